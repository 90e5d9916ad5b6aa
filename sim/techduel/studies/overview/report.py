"""The overview in words: three sentences, the screen and the README, all from its tables."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from techduel.ensemble.folder import settings
from techduel.ensemble.headlines import INCOME
from techduel.ensemble.paired import LEAD
from techduel.report import pages
from techduel.report.marks import TITLES
from techduel.report.words import number, per_cent, wrapped
from techduel.scenario.staleness import remarks
from techduel.statistics.directions import SURE
from techduel.studies.overview.tables import LEAST, OVERVIEW, SECTORS, SHOWN, Tables

KEY: Final = (
    "Medians over runs, 90 % of runs with the same luck, share of runs with that sign; open: the runs tell no "
    "direction; *: turned round by a rival equation; income: present value."
)
NAMED: Final = 3
"""Scenarios named in a list."""
WIDTHS: Final = (23, 27, 15, 15)


def sentences(tables: Tables) -> list[str]:
    """Where the gap opens and closes, what that costs each side, and how sure that is."""
    ways = {name: _way(tables, name) for name in tables.scenarios}
    return [_gap_words(tables, ways), _cost_words(tables, ways), _sure_words(tables)]


def screen(folder: Path) -> str:
    """What the command prints."""
    found, config = Tables(folder), settings(folder)
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
        sentences=sentences(Tables(folder)),
        remarks=list(remarks(config)),
        rivals=", ".join(config["forms"]),
    )


def _way(tables: Tables, name: str) -> str:
    if not tables.moves(name, *SHOWN[0]):
        return "open"
    return "gain" if tables.change(name, *SHOWN[0]).middle > 0.0 else "loss"


def _gap_words(tables: Tables, ways: Mapping[str, str]) -> str:
    year = int(tables.line(tables.scenarios[0], *SHOWN[0])["year"])
    groups = {way: [name for name in tables.scenarios if ways[name] == way] for way in ("gain", "loss", "open")}
    groups["loss"].reverse()
    return (
        f"By {year} the U.S. lead in frontier fields widens by {LEAST[LEAD]:g} log points or more in "
        f"{len(groups['gain'])} of {len(ways)} scenarios{_examples(tables, groups['gain'])} and narrows by as much in "
        f"{len(groups['loss'])}{_examples(tables, groups['loss'])}; in {len(groups['open'])} it hardly moves, or runs "
        "tell no direction."
    )


def _examples(tables: Tables, names: Sequence[str]) -> str:
    """The first few with their numbers."""
    told = [f"{name} {number(tables.change(name, *SHOWN[0]).middle)}" for name in names[:NAMED]]
    return f" ({', '.join(told)})" if told else ""


def _cost_words(tables: Tables, ways: Mapping[str, str]) -> str:
    """Who pays where the lead widens, and how much more one pays than the other."""
    wider = [name for name, way in ways.items() if way == "gain"]
    losses = {state: [tables.change(name, INCOME, state) for name in wider] for state in TITLES}
    paying = {
        state: sum(
            tables.moves(name, INCOME, state) and tables.change(name, INCOME, state).middle < 0.0 for name in wider
        )
        for state in TITLES
    }
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


def _sure_words(tables: Tables) -> str:
    told = [name for name in tables.scenarios if tables.change(name, *SHOWN[0]).told]
    flips = [name for name in tables.scenarios if tables.flips(name, *SHOWN[0])]
    turned = f"turns round in {len(flips)} ({', '.join(flips[:NAMED])})" if flips else "turns round in none"
    return (
        f"The direction of the lead holds in {per_cent(SURE)} of runs or more in {len(told)} of "
        f"{len(tables.scenarios)} scenarios; under rival equations it {turned}."
    )


def _scenarios(tables: Tables) -> Iterator[str]:
    year = int(tables.line(tables.scenarios[0], *SHOWN[0])["year"])
    unit = tables.line(tables.scenarios[0], *SHOWN[0])["unit"]
    heads = (f"to {year}", f"U.S. lead, {unit}", "U.S. income", "China's")
    yield "".join(f"{head:<{width}}" for head, width in zip(heads, WIDTHS, strict=True)).rstrip()
    for name in tables.scenarios:
        cells = [name[: WIDTHS[0] - 1], *(_cell(tables, name, *shown) for shown in SHOWN)]
        yield "".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def _cell(tables: Tables, name: str, outcome: str, state: str) -> str:
    """Median and share of runs, of the lead with its band; a star where a rival equation turns it round."""
    change = tables.change(name, outcome, state)
    middle = number(change.middle) if change.told or change.middle == 0.0 else "open"
    flips = "*" if tables.flips(name, outcome, state) else ""
    share = f" {per_cent(change.share).replace('over ', '>')}" if change.told else ""
    unit = " %" if change.unit == "%" and change.told else ""
    ends = f" {number(change.low)}..{number(change.high)}" if (outcome, state) == SHOWN[0] else ""
    return f"{middle}{unit}{flips}{ends}{share}"


def _sectors(tables: Tables) -> Iterator[str]:
    """For every sector who leads, and in how many scenarios the gap widens or narrows, and in which most."""
    yield f"{'gap, log points':<21}{'lead':>7}  {'widens in, most in':<25}{'narrows in, most in':<25}".rstrip()
    for sector in tables.sectors:
        gaps = {name: tables.gap(name, sector) for name in tables.scenarios}
        moved = {name: gap.middle for name, gap in gaps.items() if tables.moves_gap(name, sector)}
        cells = [_counted({name: sign * size for name, size in moved.items()}) for sign in (1.0, -1.0)]
        yield f"{sector:<21}{number(tables.before(sector)):>7}  {cells[0]:<25}{cells[1]:<25}".rstrip()


def _counted(sizes: Mapping[str, float]) -> str:
    """How many are above nothing, and the largest of them."""
    above = {name: size for name, size in sizes.items() if size > 0.0}
    if not above:
        return "0"
    return f"{len(above)}: {max(above, key=lambda name: above[name])}"[:24]
