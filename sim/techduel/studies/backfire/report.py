"""A finished map in words: chance and size of each meaning, where it turns, in which box."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.folder import settings
from techduel.model.actions import LEVERS
from techduel.report.marks import TITLES
from techduel.report.words import number, per_cent, wrapped
from techduel.statistics.tables import Lines
from techduel.studies import frame
from techduel.studies.backfire.places import HORIZON, MEANINGS, in_force
from techduel.studies.backfire.tables import BOX, BY_YEAR, CROSSING, MAP, read

HURT: Final = {
    "lead": "relative lead falls by more than {size} log points",
    "frontier": "own frontier falls by more than {size} log points",
    "income": "own income falls by more than {size} %",
}
FIRM: Final = 0.5
"""Share of resamples that has to keep a limit for it to be told."""
WHAT: Final = {"lead": "lead", "frontier": "own frontier", "income": "income"}


def sentences(folder: Path, config: Mapping[str, Any]) -> list[str]:
    """A sentence a meaning with size, band, share and luck; crossings; boxes; what is held; what only relaxes."""
    lines, crossings = read(folder, MAP), read(folder, CROSSING)
    boxes = json.loads((folder / BOX).read_text(encoding="utf-8"))
    found = [_meaning(lines, meaning, config) for meaning in MEANINGS]
    found += [_turn(crossings, meaning, config) for meaning in MEANINGS]
    found += [_boxed(meaning, boxes[meaning]) for meaning in MEANINGS if meaning in boxes]
    found += [f"{boxes['why'][0].upper()}{boxes['why'][1:]}."] if "why" in boxes else []
    return [*found, *_held(config), *warnings(config)]


def warnings(config: Mapping[str, Any]) -> list[str]:
    """A line for each lever of which some values lie below the status quo."""
    found = []
    for key, spec in config["axes"].items():
        quo = None if key == HORIZON else in_force(config, key)
        if quo is None:
            continue
        softens = LEVERS[key.partition(".")[2]].softens
        if spec.get("high", 1.0) > quo if softens else spec.get("low", 0.0) < quo:
            found.append(
                f"{'Above' if softens else 'Below'} {number(quo, sign=False)} a value of {key} takes back what was in "
                "force in 2020: that relaxes a control, it imposes none."
            )
    return found


def _held(config: Mapping[str, Any]) -> Iterator[str]:
    """What is the same in both arms, and what it was in 2020."""
    told = [
        f"{key}={in_digits(spec['values'][0])} ({number(in_force(config, key) or 0.0, sign=False)} in 2020)"
        for key, spec in config["held"].items()
    ]
    if told:
        yield f"Held at every place and in its twin: {', '.join(told)}."


def screen(folder: Path) -> str:
    """What the command prints."""
    config = settings(folder)
    table, files = _grid(read(folder, MAP), config), (MAP, CROSSING, BY_YEAR, BOX, "figures/")
    return frame.told(folder, config, sentences(folder, config), table, files)


def write_readme(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``README.md`` of a folder that has its tables."""
    frame.write_readme(folder, config, sentences(folder, config), axes=" and ".join(config["axes"]))


def _meaning(lines: Lines, meaning: str, config: Mapping[str, Any]) -> str:
    """How likely it is over the map, and how much at its worst."""
    of = [line for line in lines if line["meaning"] == meaning]
    least, most = (pick(of, key=lambda line: line["share"]) for pick in (min, max))
    worst = min(of, key=lambda line: line["mean"])
    size = number(config["sizes"][meaning], sign=False)
    part = "" if math.isnan(worst["luck"]) else f"; luck {per_cent(worst['luck'])} of the variance"
    opening = (
        f"{TITLES[config['state']]}, {HURT[meaning].format(size=size)}: mean {number(worst['mean'])} {worst['unit']} "
        f"at its worst ({_place(worst, config)}; 90 % of runs {number(worst['q05'])} to {number(worst['q95'])}{part})"
    )
    known = f"({100 * most['share_low']:.0f} to {100 * most['share_high']:.0f} %)"
    if least["share"] == most["share"]:
        return f"{opening}. {_part(most).capitalize()} of the runs lose that much anywhere {known}."
    return (
        f"{opening}. Between {_part(least)} and {_part(most)} of runs lose that much, most at {_place(most, config)} "
        f"{known}, where the mean is {number(most['mean'])}."
    )


def _part(line: Mapping[str, Any]) -> str:
    return per_cent(line["share"]) if line["share"] > 0.0 else "none"


def _place(line: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    across, up = config["axes"]
    return f"{_short(across)} {in_digits(line['across'])}, {_short(up)} {in_digits(line['up'])}"


def _turn(crossings: Lines, meaning: str, config: Mapping[str, Any]) -> str:
    """Where the mean turns along the first axis, in the middle of the other; or that it nowhere does."""
    of = [line for line in crossings if line["meaning"] == meaning]
    turning = [line for line in of if not math.isnan(line["value"])]
    if not turning:
        return f"The mean change of {WHAT[meaning]} keeps its sign all over the map."
    across, up = config["axes"]
    first = [line for line in turning if line["along"] == across] or turning
    line = first[len(first) // 2]
    other = up if line["along"] == across else across
    way = "gain to loss" if line["falls"] else "loss to gain"
    return (
        f"The mean change of {WHAT[meaning]} turns from {way} at {_short(line['along'])} "
        f"{number(line['value'], sign=False)} (90 % over parameter sets {number(line['q05'], sign=False)} to "
        f"{number(line['q95'], sign=False)}; it turns in {per_cent(line['share'])} of resamples) where "
        f"{_short(other)} is {in_digits(line['at'])}."
    )


def _boxed(meaning: str, found: Mapping[str, Any]) -> str:
    if not found["limits"]:
        return f"No box for {WHAT[meaning]}: it hurts in {per_cent(found['share'])} of all cases."
    firm = {name: ends for name, ends in found["limits"].items() if ends["kept"] is None or ends["kept"] >= FIRM}
    if not firm:
        return (
            f"No region stands out for {WHAT[meaning]}: the best box catches {per_cent(found['coverage'])} of all "
            f"cases that hurt, {per_cent(found['density'])} of its own hurt (all places: {per_cent(found['share'])}), "
            f"and its limits change with the sets drawn ({BOX})."
        )
    limits = ", ".join(
        f"{_short(name)} {number(ends['low'], sign=False)} to {number(ends['high'], sign=False)}"
        + (f" (kept in {per_cent(ends['kept'])})" if ends["kept"] is not None else "")
        for name, ends in firm.items()
    )
    loose = len(found["limits"]) - len(firm)
    few = (
        f" and {loose} limit{'s' if loose > 1 else ''} that fewer than half of {found['resamples']} resamples of "
        f"{found['sets']} parameter sets keep"
    )
    return (
        f"Box in which {WHAT[meaning]} is hurt: {limits}{f'{few} ({BOX})' if loose else ''}; it holds "
        f"{per_cent(found['coverage'])} of all cases that hurt, and {per_cent(found['density'])} of its own hurt (all "
        f"places: {per_cent(found['share'])})."
    )


def _grid(lines: Lines, config: Mapping[str, Any]) -> Iterator[str]:
    """Shares of runs in which the lead falls, with mean changes, at a few places."""
    of = {(line["across"], line["up"]): line for line in lines if line["meaning"] == "lead"}
    across, up = (_some(list(dict.fromkeys(place[axis] for place in of))) for axis in (0, 1))
    names = [_short(key) for key in config["axes"]]
    yield from wrapped(f"Lead: mean change, share of runs that lose; across {names[0]}, up {names[1]}", "")
    yield f" {'':<10}" + "".join(f"{in_digits(value):>13}" for value in across)
    for row in reversed(up):
        cells = (of[column, row] for column in across)
        told = "".join(f"{number(line['mean'])} {per_cent(line['share']).rjust(5)}".rjust(13) for line in cells)
        yield f" {in_digits(row):<10}{told}"


def _some(values: Sequence[Any]) -> list[Any]:
    """Five of them, both ends among them."""
    if len(values) <= 5:
        return list(values)
    return [values[round(place * (len(values) - 1) / 4)] for place in range(5)]


def _short(key: str) -> str:
    return key.rpartition(".")[2].replace("_", " ")


def in_digits(value: Any) -> str:
    """A value of an axis in three digits; a choice by its name."""
    return value if isinstance(value, str) else f"{value:.3g}" if abs(value) < 1000.0 else f"{value:.0f}"
