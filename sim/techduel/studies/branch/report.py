"""A finished branch in words: the date at which a choice is worth most, the regret of others, and what flips it."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.folder import settings
from techduel.report.marks import TITLES
from techduel.report.words import number, per_cent, sized, within_luck
from techduel.statistics.normal import NORMAL_90
from techduel.statistics.tables import Lines
from techduel.studies import frame
from techduel.studies.branch.arms import NEVER
from techduel.studies.branch.tables import COURSES, FLIPS, REGRET, VALUES, WORTH, line_of, read
from techduel.studies.game.report import UNIT

SIDES: Final = {"income": "%", "lead": "log points", "incidents": "expected a year"}


def sentences(folder: Path, config: Mapping[str, Any]) -> list[str]:
    """For each state that turns: when that is worth most, what waiting or hurrying costs, and what would flip it."""
    tables = {name: read(folder, name) for name in (VALUES, REGRET, FLIPS)}
    return [line for state in config["policies"] for line in _of(state, tables, config)]


def screen(folder: Path) -> str:
    """What the command prints."""
    config = settings(folder)
    table, files = _table(read(folder, VALUES), read(folder, REGRET)), (VALUES, REGRET, FLIPS, COURSES, "figures/")
    return frame.told(folder, config, sentences(folder, config), table, files)


def write_readme(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``README.md`` of a folder that has its tables."""
    frame.write_readme(folder, config, sentences(folder, config))


def turning(config: Mapping[str, Any]) -> str:
    """Which states turn to what."""
    return " and ".join(f"{TITLES[state]} to {policy['kind']}" for state, policy in config["policies"].items())


def _of(state: str, tables: Mapping[str, Lines], config: Mapping[str, Any]) -> Iterator[str]:
    values, regrets = tables[VALUES], [one for one in tables[REGRET] if one["state"] == state]
    dates = [line_of(values, state=state, at=f"{date:g}", component=WORTH) for date in config["at"]]
    best = max(dates, key=lambda line: line["mean"])
    what = config["policies"][state]["kind"].replace("_", " ")
    opening = f"{TITLES[state]}: {what}"
    parts = (line_of(values, state=state, at=best["at"], component=name) for name in SIDES)
    of_that = ", ".join(_side(part, state, config["weights"]) for part in parts)
    gains = "is worth most" if best["mean"] > 0.0 else "costs least"
    alike = [one["at"] for one in regrets if _alike(one, best)]
    told = f" Not to be told from it: {', '.join(alike)}." if alike else ""
    yield f"{opening} from {best['at']} {gains}, {_sized(best)}, of which {of_that}.{told}"
    least = min(regrets, key=lambda line: line["regret"])
    yield (
        f"Least regret: {_date(least['at'])}, {number(least['regret'], sign=False)} of payoff against the best date "
        f"for each set of parameters (in the same equivalents; 5 % of sets above {number(least['q95'], sign=False)}), "
        f"best in {per_cent(least['best'])} of sets; {_others(regrets, least)}."
    )
    flips = [one for one in tables[FLIPS] if one["state"] == state and not math.isnan(one["flips_at"])]
    told = "; ".join(
        f"{one['weight']}={number(one['flips_at'], sign=False)} (now {number(one['now'], sign=False)}) to "
        f"{_date(one['to'])}"
        for one in flips
    )
    yield f"The choice of date by the mean flips at {told}." if told else "No weight flips the choice of date."


def _alike(regret: Mapping[str, Any], best: Mapping[str, Any]) -> bool:
    """Whether another date is behind the best by no more than the error of that."""
    other = regret["at"] not in (best["at"], NEVER)
    return other and bool(regret["behind"] <= NORMAL_90 * regret["behind_se"])


def _sized(line: Mapping[str, Any]) -> str:
    share = f", better in {per_cent(line['better'])}"
    return sized(line, f"of payoff against never, {UNIT}", share, within_luck(line["mean"], line["se"]))


def _side(line: Mapping[str, Any], state: str, weights: Mapping[str, float]) -> str:
    """What a component of a payoff adds to it, and its own size where that is another number."""
    name = line["component"]
    by = {"income": weights[f"cost_{state}"], "lead": weights[f"lead_{state}"], "incidents": -weights["incident"]}[name]
    own = "" if by == 1.0 else f" ({number(line['mean'])} {SIDES[name]})"
    return f"{name} {number(by * line['mean'])}{' at the assumed weight' if name == 'lead' else ''}{own}"


def _others(regrets: Lines, least: Mapping[str, Any]) -> str:
    told = (f"{_date(one['at'])} {number(one['regret'], sign=False)}" for one in regrets if one is not least)
    return f"regret of the others: {', '.join(told)}"


def _date(at: str) -> str:
    return "never" if at == NEVER else at


def _table(values: Lines, regrets: Lines) -> Iterator[str]:
    yield "Against never: income, %; lead, log points; incidents a year; worth and regret,"
    yield f" {UNIT}"
    yield f" {'state':<7}{'at':<9}{'income':>9}{'lead':>8}{'incidents':>11}{'worth':>8}{'better':>8}{'regret':>8}"
    for regret in regrets:
        state, at = regret["state"], regret["at"]
        lost = f"{number(regret['regret'], sign=False):>8}"
        if at == NEVER:
            yield f" {state:<7}{at:<9}{'0':>9}{'0':>8}{'0':>11}{'0':>8}{'':>8}{lost}"
            continue
        income, lead, incidents, whole = (
            line_of(values, state=state, at=at, component=name) for name in (*SIDES, WORTH)
        )
        sides = f"{number(income['mean']):>9}{number(lead['mean']):>8}{number(incidents['mean']):>11}"
        yield f" {state:<7}{at:<9}{sides}{number(whole['mean']):>8}{per_cent(whole['better']):>8}{lost}"
