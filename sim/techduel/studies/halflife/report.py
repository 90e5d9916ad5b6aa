"""A finished study of half-lives in words: how long a lead lasts, where longest, and what would change that."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.folder import settings
from techduel.model.axes import HUNDRED
from techduel.report.marks import TITLES
from techduel.report.words import number, per_cent
from techduel.statistics.tables import Lines
from techduel.studies import frame
from techduel.studies.halflife.impulses import ALL
from techduel.studies.halflife.tables import BY_FORM, COURSES, HALF_LIVES, PUBLISHED, line_of, read


def sentences(folder: Path, config: Mapping[str, Any]) -> list[str]:
    """For each state how long a lead lasts, in which sectors most and least, and the equation that would change it."""
    lines, forms = read(folder, HALF_LIVES), read(folder, BY_FORM)
    return [sentence for state in config["states"] for sentence in _of(state, lines, forms, config)]


def screen(folder: Path) -> str:
    """What the command prints."""
    config = settings(folder)
    table, files = _table(read(folder, HALF_LIVES), config), (HALF_LIVES, COURSES, BY_FORM, "figures/")
    return frame.told(folder, config, sentences(folder, config), table, files)


def write_readme(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``README.md`` of a folder that has its tables."""
    frame.write_readme(folder, config, sentences(folder, config))


def _of(state: str, lines: Lines, forms: Lines, config: Mapping[str, Any]) -> Iterator[str]:
    first = config["sectors"][0]
    whole = line_of(lines, state, first)
    points = f"{HUNDRED * config['size']:g}"
    where = "every sector" if first == ALL else first.replace("_", " ")
    low, high = (f"{end:g}" for end in PUBLISHED)
    yield (
        f"Makers of {TITLES[state]} better by {points} log points in {where} from {config['since']}: after "
        f"{config['after']} years {per_cent(max(whole['left'], 0.0))} of that is left, a half-life of "
        f"{_life(whole['half_life'])} years (90 % interval of the mean {_life(whole['low'])} to "
        f"{_life(whole['high'])}; 90 % of parameter sets {_life(whole['q05'])} to {_life(whole['q95'])}"
        f"{_luck(whole)}). Published, 3 to 8 % a year converted: {low} to {high}, as in "
        f"{per_cent(whole['inside'])} of sets; {per_cent(whole['shorter'])} are shorter."
    )
    single = [one for one in lines if one["state"] == state and one["sector"] != ALL]
    if len(single) > 1:
        ranked = sorted(single, key=lambda one: one["left"])
        yield f"Shortest in {_named(ranked[:3])}; longest in {_named(ranked[:-4:-1])}."
    yield from _flips(state, first, whole, forms)


def _flips(state: str, sector: str, whole: Mapping[str, Any], forms: Lines) -> Iterator[str]:
    """The rival equation that moves the half-life most, where its interval leaves out the mean of all."""
    of = [one for one in forms if (one["state"], one["sector"]) == (state, sector)]
    apart = [one for one in of if _outside(whole["half_life"], one)]
    if apart:
        most = max(apart, key=lambda one: abs(math.log(_finite(one["half_life"]) / _finite(whole["half_life"]))))
        yield (
            f"Turned most by {most['mechanism']}={most['form']}: {_life(most['half_life'])} years "
            f"({_life(most['low'])} to {_life(most['high'])}, {most['sets']:.0f} sets)."
        )
    elif of:
        yield "No rival equation moves it beyond its interval."


def _outside(life: float, line: Mapping[str, Any]) -> bool:
    return not _finite(line["low"]) <= _finite(life) <= _finite(line["high"])


def _finite(life: float) -> float:
    """A half-life, endless ones as one that no run is long enough to tell from that."""
    return 1000.0 if math.isnan(life) else life


def _named(lines: Lines) -> str:
    return ", ".join(f"{one['sector'].replace('_', ' ')} ({_life(one['half_life'])})" for one in lines)


def _life(life: float) -> str:
    return "endless" if math.isnan(life) else number(life, sign=False)


def _luck(line: Mapping[str, Any]) -> str:
    return "" if math.isnan(line["luck"]) else f", of whose spread luck is {per_cent(line['luck'])}"


def _table(lines: Lines, config: Mapping[str, Any]) -> Iterator[str]:
    yield f"Left after {config['after']} years, %; half-life, years; luck, % of the variance; years until half is gone"
    yield f" {'state':<7}{'sector':<22}{'left':>5}{'half-life':>11}{'90 % of sets':>19}{'luck':>6}{'half gone':>11}"
    for one in lines:
        sets = f"{_life(one['q05'])} to {_life(one['q95'])}"
        share, gone = HUNDRED * one["luck"], number(one["half_gone"], sign=False)
        cells = f"{HUNDRED * one['left']:>5.0f}{_life(one['half_life']):>11}{sets:>19}{share:>6.0f}{gone:>11}"
        yield f" {one['state']:<7}{one['sector']:<22}{cells}"
