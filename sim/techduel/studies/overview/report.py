"""The overview in words: three sentences, the screen and the README, all from its tables."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from techduel.ensemble.folder import settings
from techduel.ensemble.headlines import INCOME
from techduel.report import pages
from techduel.report.marks import TITLES
from techduel.report.words import Change, number, per_cent, wrapped
from techduel.scenario.staleness import remarks
from techduel.studies.overview.tables import OVERVIEW, SECTORS, SHOWN, Found

KEY: Final = (
    "Medians over runs, 90 % of runs with the same luck, share of runs with that sign; open: the runs tell no "
    "direction; *: turned round by a rival equation; income: present value."
)
SURE: Final = 0.95
"""Share of runs from which on a direction is called sure here."""
NAMED: Final = 3
"""Scenarios named in a list."""
WIDTHS: Final = (24, 28, 14, 14)


def sentences(found: Found) -> list[str]:
    """Where the gap opens and closes, what that costs each side, and how sure that is."""
    ways = {name: _way(found.change(name, *SHOWN[0])) for name in found.scenarios}
    return [_gap_words(found, ways), _cost_words(found, ways), _sure_words(found)]


def screen(folder: Path) -> str:
    """What the command prints."""
    found, config = Found(folder), settings(folder)
    lines = [line for sentence in sentences(found) for line in wrapped(sentence)]
    lines += ["", *_scenarios(found), "", *_sectors(found), ""]
    lines += wrapped(KEY, "")
    lines += [line for told in remarks(config) for line in wrapped(told, "")]
    return "\n".join([*lines, f"Written to {folder}:", f" README.md, {OVERVIEW}, {SECTORS}, figures/"])


def write_readme(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``README.md`` of a folder that has its tables."""
    first = next(iter(config["members"].values()))
    pages.write_readme(
        folder,
        "overview",
        config=config,
        first=first,
        sentences=sentences(Found(folder)),
        remarks=list(remarks(config)),
        rivals=", ".join(config["forms"]),
    )


def _way(change: Change) -> str:
    return "open" if not change.told else "gain" if change.middle > 0.0 else "loss"


def _gap_words(found: Found, ways: Mapping[str, str]) -> str:
    year = int(found.line(found.scenarios[0], *SHOWN[0])["year"])
    groups = {way: [name for name in found.scenarios if ways[name] == way] for way in ("gain", "loss", "open")}
    groups["loss"].reverse()
    return (
        f"By {year} the U.S. lead in frontier fields widens in {len(groups['gain'])} of {len(ways)} scenarios"
        f"{_examples(found, groups['gain'])}, narrows in {len(groups['loss'])}{_examples(found, groups['loss'])}, "
        f"and is open in {len(groups['open'])}."
    )


def _examples(found: Found, names: Sequence[str]) -> str:
    """The first few with their numbers."""
    told = [f"{name} {number(found.change(name, *SHOWN[0]).middle)}" for name in names[:NAMED]]
    return f" ({', '.join(told)} {found.change(names[0], *SHOWN[0]).unit})" if told else ""


def _cost_words(found: Found, ways: Mapping[str, str]) -> str:
    """Who pays where the lead widens, and how much more one pays than the other."""
    wider = [name for name, way in ways.items() if way == "gain"]
    losses = {state: [found.change(name, INCOME, state) for name in wider] for state in TITLES}
    paying = {state: sum(change.told and change.middle < 0.0 for change in losses[state]) for state in TITLES}
    both = [
        china.middle / us.middle
        for us, china in zip(losses["us"], losses["china"], strict=True)
        if us.told and china.told and us.middle < 0.0 and china.middle < 0.0
    ]
    times = f"; where both do, China loses {number(median(both), sign=False)} times the share (median)" if both else ""
    return (
        f"Where it widens the United States lose income in {paying['us']} and China in {paying['china']} "
        f"of {len(wider)} scenarios{times}."
    )


def _sure_words(found: Found) -> str:
    told = {name: found.change(name, *SHOWN[0]) for name in found.scenarios}
    sure = [name for name, change in told.items() if change.told and change.share >= SURE]
    flips = [name for name in found.scenarios if found.flips(name, *SHOWN[0])]
    turned = f"turns round in {len(flips)} ({', '.join(flips[:NAMED])})" if flips else "turns round in none"
    return (
        f"The direction of the lead holds in {per_cent(SURE)} of runs in {len(sure)} of {len(told)} scenarios; under "
        f"rival equations it {turned}."
    )


def _scenarios(found: Found) -> Iterator[str]:
    year = int(found.line(found.scenarios[0], *SHOWN[0])["year"])
    unit = found.line(found.scenarios[0], *SHOWN[0])["unit"]
    heads = (f"to {year}", f"U.S. lead, {unit}", "U.S. income", "China's")
    yield "".join(f"{head:<{width}}" for head, width in zip(heads, WIDTHS, strict=True)).rstrip()
    for name in found.scenarios:
        cells = [name[: WIDTHS[0] - 1], *(_cell(found, name, *shown) for shown in SHOWN)]
        yield "".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def _cell(found: Found, name: str, outcome: str, state: str) -> str:
    """Median and share of runs, of the lead with its band; a star where a rival equation turns it round."""
    change = found.change(name, outcome, state)
    middle = number(change.middle) if change.told or change.middle == 0.0 else "open"
    flips = "*" if found.flips(name, outcome, state) else ""
    share = f" {per_cent(change.share)}" if change.told else ""
    unit = " %" if change.unit == "%" and change.told else ""
    ends = f" {number(change.low)}..{number(change.high)}" if (outcome, state) == SHOWN[0] else ""
    return f"{middle}{unit}{flips}{ends}{share}"


def _sectors(found: Found) -> Iterator[str]:
    """For every sector who leads, and in how many scenarios the gap widens or narrows, and in which most."""
    yield f"{'gap, log points':<21}{'lead':>7}  {'widens in':<25}{'narrows in':<25}"
    for sector in found.sectors:
        gaps = {name: found.gap(name, sector) for name in found.scenarios}
        cells = [_counted({name: sign * gap.middle for name, gap in gaps.items() if gap.told}) for sign in (1.0, -1.0)]
        yield f"{sector:<21}{number(found.before(sector)):>7}  {cells[0]:<25}{cells[1]:<25}".rstrip()


def _counted(sizes: Mapping[str, float]) -> str:
    """How many are above nothing, and the largest of them."""
    above = {name: size for name, size in sizes.items() if size > 0.0}
    if not above:
        return "0"
    return f"{len(above)}: {max(above, key=lambda name: above[name])}"[:24]
