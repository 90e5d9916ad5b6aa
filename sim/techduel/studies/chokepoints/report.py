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
from techduel.studies.chokepoints.tables import COURSES, DIVERSIFIED, LOSSES, read

LEAST: Final = 0.0005
"""Per cent of income, below which nothing is said to be undone."""


def sentences(folder: Path, config: Mapping[str, Any]) -> list[str]:
    """For each denier its strongest choke point, the curve, the half-life, and what diversification undoes."""
    losses, undone = read(folder, LOSSES), read(folder, DIVERSIFIED)
    return [line for denier in config["deniers"] for line in _of(denier, losses, undone, config)]


def screen(folder: Path) -> str:
    """What the command prints."""
    config = settings(folder)
    table, files = _table(read(folder, LOSSES), config), (LOSSES, COURSES, DIVERSIFIED, "figures/")
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
    joined = "with allies" if worst["allies"] else "without allies"
    yield (
        f"{TITLES[denier]} denying {worst['input'].replace('_', ' ')} for {config['years']} years, {joined}, does "
        f"most: {TITLES[worst['state']]} {_sized(worst)}, itself {_sized(own)}; {_lasting(worst, config)}."
    )
    line = next(x for x in undone if _key(x) == _key(worst))
    beyond_luck = abs(line["undone"]) > max(NORMAL_90 * line["se"], LEAST)
    size = f"{number(line['undone'])} % of income (standard error {number(line['se'], sign=False)})"
    does = f"undo {size} of {number(line['loss'])}" if beyond_luck else f"undo nothing that could be told ({size})"
    yield f"Ten points more of supply that {TITLES[worst['state']]} shares with allies {does}."
    half = min(config["shares"], key=lambda share: abs(share - most / 2.0))
    part = next(x for x in targets if x["share"] == half and (x["input"], x["allies"]) == _place(worst))
    if worst["mean"] < 0.0:
        of_all = per_cent(part["mean"] / worst["mean"])
        yield f"At {per_cent(half)} denied it loses {number(part['mean'])} %, {of_all} of that."


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
    most = config["shares"][-1]
    yield "All denied: target's and denier's income, %; half-life of the loss, years"
    yield f" {'denier':<7}{'input':<21}{'allies':<8}{'target':>9}{'denier':>9}{'ratio':>7}{'half-life':>11}"
    for line in losses:
        if line["role"] == "target" and line["share"] == most:
            own = next(x for x in losses if _key(x) == _key(line) and x["role"] == "denier")
            ratio = line["mean"] / own["mean"] if own["mean"] < 0.0 else math.nan
            life = number(line["half_life_q50"], sign=False)
            allies = "in" if line["allies"] else "out"
            cells = f"{number(line['mean']):>9}{number(own['mean']):>9}{number(ratio, sign=False):>7}{life:>11}"
            yield f" {line['denier']:<7}{line['input']:<21}{allies:<8}{cells}"
