"""A finished study of choke points in words: who can deny whom what, at which loss to both, for how long."""

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
from techduel.studies.chokepoints.denials import MORE
from techduel.studies.chokepoints.tables import COOPERATION, COURSES, LOSSES, read

LEAST: Final = 0.0005
"""Per cent of income, below which nothing is said to be undone."""


def sentences(folder: Path, config: Mapping[str, Any]) -> list[str]:
    """For each denier its strongest choke point, the curve, the half-life, what cooperation undoes, other inputs."""
    losses, undone = read(folder, LOSSES), read(folder, COOPERATION)
    return [line for denier in config["deniers"] for line in _of(denier, losses, undone, config)]


def screen(folder: Path) -> str:
    """What the command prints."""
    config = settings(folder)
    table, files = _table(read(folder, LOSSES), config), (LOSSES, COURSES, COOPERATION, "figures/")
    return frame.told(folder, config, sentences(folder, config), table, files)


def write_readme(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``README.md`` of a folder that has its tables."""
    frame.write_readme(folder, config, sentences(folder, config))


def _of(denier: str, losses: Lines, undone: Lines, config: Mapping[str, Any]) -> Iterator[str]:
    most = config["shares"][-1]
    targets = [x for x in losses if x["denier"] == denier and x["role"] == "target"]
    whole = [line for line in targets if line["share"] == most]
    worst = min(whole, key=lambda line: line["mean"])
    own = next(x for x in losses if _key(x) == _key(worst) and x["role"] == "denier")
    joined = ", with allies" if worst["allies"] else ""
    both = ", ".join(f"{_with(x)} {_sized(x)}" for x in whole if x["input"] == worst["input"])
    yield (
        f"{TITLES[denier]} denying {worst['input'].replace('_', ' ')} for {config['years']} years does most: "
        f"{TITLES[worst['state']]} {both}; itself{joined} {_sized(own)}; {_lasting(worst, config)}."
    )
    line = next(x for x in undone if _key(x) == _key(worst))
    beyond_luck = abs(line["undone"]) > max(NORMAL_90 * line["se"], LEAST)
    size = f"{number(line['undone'])} % of income (standard error {number(line['se'], sign=False)})"
    does = f"undoes {size} of {number(line['loss'])}" if beyond_luck else f"undoes nothing that could be told ({size})"
    yield (
        f"{MORE} more technology cooperation of {TITLES[worst['state']]} with allies {does}; shares of origins cannot "
        "be moved in this model."
    )
    half = min(config["shares"], key=lambda share: abs(share - most / 2.0))
    part = next(x for x in targets if x["share"] == half and (x["input"], x["allies"]) == _place(worst))
    if worst["mean"] < 0.0:
        of_all = per_cent(part["mean"] / worst["mean"])
        yield f"At {per_cent(half)} denied it loses {number(part['mean'])} %, {of_all} of that."
    yield from _others(whole, worst["input"])
    if denier == "china" and denier not in config["allies"]:
        yield "No ally joins China, as none has joined a control of China: an assumption (allies=[us,china] drops it)."


def _others(whole: Lines, but: str) -> Iterator[str]:
    """What the other inputs that were asked for do."""
    inputs = [name for name in dict.fromkeys(line["input"] for line in whole) if name != but]
    told = [
        f"{name.replace('_', ' ')} " + ", ".join(_short(line) for line in whole if line["input"] == name)
        for name in inputs
    ]
    if told:
        yield f"Of the other inputs: {'; '.join(told)}."


def _short(line: Mapping[str, Any]) -> str:
    return f"{_with(line)} {number(line['mean'])} %{within_luck(line['mean'], line['se'])}"


def _with(line: Mapping[str, Any]) -> str:
    return "with allies" if line["allies"] else "alone"


def _key(line: Mapping[str, Any]) -> tuple[Any, ...]:
    return (line["denier"], line["input"], line["allies"], line["share"])


def _place(line: Mapping[str, Any]) -> tuple[Any, ...]:
    return (line["input"], line["allies"])


def _sized(line: Mapping[str, Any]) -> str:
    share = f", lower in {per_cent(line['hurt'])}"
    return sized(line, "% of income", share, within_luck(line["mean"], line["se"]))


def _lasting(line: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    left = config["base"]["horizon"] - config["since"] - config["years"] + 1
    stays = f"it has not by {config['base']['horizon']} in {per_cent(line['stays'])} of runs that lost"
    if math.isnan(line["stays"]):
        return "nothing was lost from which to recover"
    if math.isnan(line["half_life_q50"]):
        return f"half of the loss takes its target longer than {left} years to recover; {stays}"
    return f"half of the loss is recovered {number(line['half_life_q50'], sign=False)} years after (median); {stays}"


def _table(losses: Lines, config: Mapping[str, Any]) -> Iterator[str]:
    """A line a denier and input: income of target and denier, alone and with allies."""
    most = config["shares"][-1]
    lines = {(x["denier"], x["input"], x["allies"], x["role"]): x for x in losses if x["share"] == most}
    yield "All denied: income of target and of denier, %, alone and with allies; ratio and"
    yield " half-life of the loss, years, alone"
    heads = "".join(f"{head:>8}" for head in ("target", "allies", "denier", "allies"))
    yield f" {'denier':<7}{'input':<20}{heads}{'ratio':>7}{'half-life':>11}"
    for denier in config["deniers"]:
        for name in config["inputs"]:
            target, own = (lines[denier, name, 0.0, role] for role in ("target", "denier"))
            ratio = target["mean"] / own["mean"] if own["mean"] < 0.0 else math.nan
            places = ((denier, name, allies, role) for role in ("target", "denier") for allies in (0.0, 1.0))
            cells = "".join(f"{number(lines[one]['mean']) if one in lines else '-':>8}" for one in places)
            life = number(target["half_life_q50"], sign=False)
            yield f" {denier:<7}{name:<20}{cells}{number(ratio, sign=False):>7}{life:>11}"
