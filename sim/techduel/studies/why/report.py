"""Why a lead, sales or real income moved in words: how far, by which causes, sectors and measures, and in one run."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.folder import settings
from techduel.model.axes import STATES
from techduel.report.marks import TITLES
from techduel.report.words import number, per_cent, within_luck, wrapped
from techduel.statistics.tables import Lines
from techduel.studies import frame
from techduel.studies.compare.answer import LEADERS
from techduel.studies.compare.decomposition import TOTAL
from techduel.studies.why.accounts import ACCOUNTS, ALL, LEAD, START, Account
from techduel.studies.why.tables import COURSES, DIFFERENCE, LEDGER, MATRIX, QUARTERS, read, side_of

WORDS: Final = {
    "own": "own research",
    "denied": "denied inputs",
    "induced": "induced research",
    "partners": "research with partners",
    "home": "learning at home",
    "goods": "learning from goods",
    "coinvention": "learning by co-invention",
    "talent": "learning from people who move",
    "science": "learning from open science",
    "investment": "learning by investment",
    "illicit": "learning unasked",
    "allies": "learning from allies",
    "membership": "others among the best",
    "paradigm": "paradigm",
    "exit": "exit",
    "entry": "entry",
    "event": "events",
    "demand": "final demand",
    "users": "inputs that users buy",
    "appeal": "technology and appeal",
    "price": "cost",
    "inputs": "cost of denied inputs",
    "access": "access",
    "duty": "duties and support",
    "capacity": "goods not to be had",
    "forecast": "growth as forecast",
    "luck": "luck of the economy",
    "knowledge": "public knowledge",
    "ideas": "ideas that come with imports",
    "engine": "digital prices as an engine",
    "sectors": "value added of the sectors",
    "crowding": "drawn from the rest",
    "forgone": "single inputs not sold",
    "shortages": "shortages",
    "incidents": "incidents",
    "spending": "public spending",
    "tariffs": "tariff revenue",
    "terms": "terms of trade",
    "prices": "prices of the sectors",
    ALL: "all causes",
    START: "base year",
}
BRACKETS: Final = (
    "In brackets: 90 % of runs, share of runs that go the way of the mean, part of luck in their variance."
)
MOST: Final = 4
"""Causes that a sentence names."""
STEPS: Final = 3
"""Quarters of one run that the screen tells."""
OWNERS: Final = {"us": "U.S.", "china": "China's"}
WIDE: Final = 15
"""Width of a column of the screen, a side each."""
WIDEST, ROOM = 18, 49
"""Most that a column of the screen takes, and what all take together."""
LEAST: Final = 0.05
"""Log points; what is less is not told of a quarter."""


def sentences(folder: Path, config: Mapping[str, Any]) -> list[str]:
    """How far the lead moved and by what; with two scenarios, what the second does, by which measure and cause."""
    lines, matrix = read(folder, LEDGER), read(folder, MATRIX)
    found = [*_moved(lines, config)]
    if matrix:
        found += [*_apart(lines, matrix, config)]
    return [*found, *_steps(read(folder, QUARTERS), config)]


def screen(folder: Path) -> str:
    """What the command prints."""
    config = settings(folder)
    files = (name for name in (LEDGER, COURSES, MATRIX, QUARTERS) if (folder / name).exists())
    table = (*_table(folder, config), *wrapped(BRACKETS, ""))
    return frame.told(folder, config, sentences(folder, config), table, (*files, "figures/"))


def write_readme(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``README.md`` of a folder that has its tables."""
    frame.write_readme(folder, config, sentences(folder, config), what=ACCOUNTS[config["of"]].what)


def chosen(lines: Lines, config: Mapping[str, Any], scenario: str, side: str = "") -> dict[str, Mapping[str, Any]]:
    """Lines of a scenario by cause, in the field that is asked for; of the side that is asked for, or of another."""
    place = (scenario, side or side_of(config), field_of(config))
    return {line["cause"]: line for line in lines if (line["scenario"], line["side"], line["sector"]) == place}


def parts_of(lines: Lines, config: Mapping[str, Any], scenario: str) -> list[tuple[str, Mapping[str, Any], float]]:
    """Causes, of a lead those of either side, the largest first: words, line, and the sign with which they count."""
    account = ACCOUNTS[config["of"]]
    found = [
        (
            f"{TITLES[state]}: {WORDS[cause]}" if account.is_lead else WORDS[cause],
            line,
            1.0 if state == config["state"] else -1.0,
        )
        for state in STATES
        for cause, line in chosen(lines, config, scenario, state).items()
        if cause in account.causes and line["mean"] != 0.0 and (account.is_lead or state == config["state"])
    ]
    return sorted(found, key=lambda part: -abs(part[1]["mean"]))


def _moved(lines: Lines, config: Mapping[str, Any]) -> Iterator[str]:
    name = config["scenarios"][0]
    lead, members = chosen(lines, config, name), config["members"][name]
    start, change = lead[START]["mean"], lead[ALL]
    signed, unit = lead_is_told(config), ACCOUNTS[config["of"]].unit
    yield (
        f"{subject(config)}{told_field(config)} under {name} {'go' if config['of'] == 'sales' else 'goes'} from "
        f"{number(start, signed)} {unit} in {members['start'] - 1} to {number(start + change['mean'], signed)} at the "
        f"end of {members['horizon']}, by {_sized(change)}."
    )
    yield f"What moved it most: {named(parts_of(lines, config, name))}."
    place = (name, side_of(config), ALL)
    by_sector = [line for line in lines if (line["scenario"], line["side"], line["cause"]) == place]
    alone = sorted((line for line in by_sector if line["sector"] != field_of(config)), key=lambda line: line["mean"])
    if alone and not config["sector"]:
        ends = [f"{line['sector'].replace('_', ' ')} {_sized(line)}" for line in (alone[-1], alone[0])]
        yield f"Of all sectors it moved most up and down in {' and '.join(ends)}."


def _apart(lines: Lines, matrix: Lines, config: Mapping[str, Any]) -> Iterator[str]:
    first, second = config["scenarios"]
    change = chosen(lines, config, DIFFERENCE)[ALL]
    yield f"{second} instead of {first} moves that by {_sized(change)}."
    parts = parts_of(lines, config, DIFFERENCE)
    yield f"By cause: {named(parts)}." if parts else "No cause differs."
    rows = sorted((x for x in matrix if x["cause"] == ALL and x["measure"] != TOTAL), key=lambda x: -abs(x["mean"]))
    if rows:
        yield f"By measure: {named([(x['measure'], x, 1.0) for x in rows], 'measures')}."
        cells = [x for x in matrix if x["cause"] != ALL and x["measure"] != TOTAL]
        most = max(cells, key=lambda x: abs(x["mean"]))
        yield f"The largest single part is {most['measure']} by way of {WORDS[most['cause']]}: {_sized(most)}."


def named(parts: Sequence[tuple[str, Mapping[str, Any], float]], what: str = "causes") -> str:
    """The largest parts, and what all others add up to, so that a reader can add them up."""
    told = [f"{words} {_sized(line, sign)}" for words, line, sign in parts[:MOST]]
    others = sum(sign * line["mean"] for _, line, sign in parts[MOST:])
    return "; ".join([*told, *([f"all other {what} {number(others)}"] if parts[MOST:] else [])])


def subject(config: Mapping[str, Any]) -> str:
    """What is told, at the start of a sentence."""
    if lead_is_told(config):
        return LEADERS[config["state"]]
    return f"{OWNERS[config['state']]} {ACCOUNTS[config['of']].subject}"


def lead_is_told(config: Mapping[str, Any]) -> bool:
    """Whether it is a lead, which has a sign."""
    return side_of(config) == LEAD


def field_of(config: Mapping[str, Any]) -> str:
    """Where it is counted, as tables have it."""
    return str(config["sector"] or ACCOUNTS[config["of"]].field)


def told_field(config: Mapping[str, Any]) -> str:
    """The same in words; nothing of an economy as a whole."""
    return f" in {field_of(config).replace('_', ' ')}" if ACCOUNTS[config["of"]].by_sector else ""


def _sized(line: Mapping[str, Any], sign: float = 1.0) -> str:
    """A mean with its band, the share of runs that go its way, and the part of luck."""
    mean, low, high = (sign * line[key] for key in ("mean", "q05", "q95"))
    share = line["share_positive" if line["mean"] > 0.0 else "share_negative"]
    lucky = "" if math.isnan(line["luck"]) else f", luck {per_cent(line['luck'])}"
    ends = " to ".join(number(end) for end in sorted((low, high)))
    return f"{number(mean)} ({ends}; {per_cent(share)} of runs{lucky}{within_luck(line['mean'], line['se'])})"


def steps(lines: Lines, config: Mapping[str, Any], most: int) -> Iterator[str]:
    """The quarters of a run in sentences."""
    account = ACCOUNTS[config["of"]]
    what = "frontier" if lead_is_told(config) else account.subject
    for line in lines[:most]:
        causes = [cause for cause in account.causes if abs(line[cause]) > LEAST]
        causes.sort(key=lambda cause: -abs(line[cause]))
        told = ", ".join(f"{WORDS[cause]} {number(line[cause])}" for cause in causes[:MOST])
        where = f" in {line['sector'].replace('_', ' ')}" if account.by_sector else ""
        yield (
            f"{line['year']:.0f} Q{line['quarter']:.0f}: {what} of {TITLES[line['state']]}{where} "
            f"{number(line['change'])} {account.unit}: {told}."
        )


def _steps(lines: Lines, config: Mapping[str, Any]) -> Iterator[str]:
    told = " ".join(steps(lines, config, STEPS))
    yield f"Largest steps of run {config['run']} under {config['scenarios'][-1]}: {told}"


def _table(folder: Path, config: Mapping[str, Any]) -> Iterator[str]:
    matrix = read(folder, MATRIX)
    if matrix:
        yield from _rows_by_measure(matrix, ACCOUNTS[config["of"]])
    else:
        yield from _rows_by_side(read(folder, LEDGER), config)


def _rows_by_side(lines: Lines, config: Mapping[str, Any]) -> Iterator[str]:
    account = ACCOUNTS[config["of"]]
    by_side = {side: chosen(lines, config, config["scenarios"][0], side) for side in account.sides}
    yield f"{account.heading} since the base year, means over runs{told_field(config)}"
    yield f" {'':<32}{''.join(f'{TITLES.get(side, side):>{WIDE}}' for side in by_side)}"
    for cause in account.changes:
        values = [found[cause]["mean"] for found in by_side.values()]
        if any(values):
            yield f" {WORDS[cause]:<32}{''.join(f'{number(value):>{WIDE}}' for value in values)}"


def _rows_by_measure(matrix: Lines, account: Account) -> Iterator[str]:
    measures = list(dict.fromkeys(line["measure"] for line in matrix))
    cells = {(line["measure"], line["cause"]): line["mean"] for line in matrix}
    yield f"{account.heading} of {account.subject} by measure and cause, Shapley averages; rows and columns add up"
    width = min(WIDEST, ROOM // len(measures))
    yield f" {'':<30}{''.join(f'{_short(one)[: width - 1]:>{width}}' for one in measures)}"
    for cause in account.changes:
        values = [cells[one, cause] for one in measures]
        if any(values):
            yield f" {WORDS[cause]:<30}{''.join(f'{number(value):>{width}}' for value in values)}"


def _short(measure: str) -> str:
    return "all" if measure == TOTAL else measure
