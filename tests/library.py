"""Library: the tables of docs/scenarios.md and the figures of its scenarios, from a stored overview.

``python -m tests.library [FOLDER]`` writes what stands between the page's markers and ``docs/figures/SCENARIO.png``
anew; no run is computed. ``make picture`` computes the overview and does this with it.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from techduel.ensemble.folder import settings
from techduel.ensemble.headlines import INCOME, headline
from techduel.ensemble.manifest import write_text
from techduel.ensemble.paired import LEAD, SPREAD, spread
from techduel.model.axes import STATES, Numbers
from techduel.report.page import save
from techduel.scenario.fingerprint import version
from techduel.scenario.parameter_sets import causes
from techduel.statistics.directions import SURE, Change
from techduel.studies.compare.comparison import MEMBERS, Comparison, Contrast, comparison_from, contrasts
from techduel.studies.compare.equations import COLUMNS as FORM_COLUMNS
from techduel.studies.compare.figures import paired
from techduel.studies.compare.tables import rows_by_form
from techduel.studies.findings.pages import rewritten
from techduel.studies.overview.tables import LEAST, SHOWN

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"
PAGE: Final = DOCS / "scenarios.md"
RESULT: Final = "results/overview/library"
US, CHINA = range(len(STATES))
ACTS: Final = {(True, True): "both", (True, False): "US", (False, True): "China", (False, False): "neither"}
OF_THE_US: Final = frozenset({"bill", "supply_chain_review"})
"""Kinds of events that are acts of the United States."""
WHAT: Final = {(LEAD, "us"): "lead", (INCOME, "us"): "income, US", (INCOME, "china"): "income, China"}
DIGITS: Final = {"%": 2, "log points": 1}
COLOURS: Final = 96
"""Of a figure of the page, so that a clone stays small."""
APART: Final = 0.5
"""Distance of effects under two forms, as a part of the larger, from which on the page tells it."""
WORTH: Final = 5.0
"""The same in units of the least change that counts."""
BY_YEAR: Final[Mapping[str, tuple[str, int | None, str, int]]] = {
    "lead in chips, log points": ("lead", US, "semiconductors", 2035),
    "chip exports, US": ("exports", US, "semiconductors", 2035),
    "chip sales, US": ("sales", US, "semiconductors", 2035),
    "chip sales, China": ("sales", CHINA, "semiconductors", 2035),
    "R&D 2030, US": ("rd_total", US, "", 2030),
    "R&D 2030, China": ("rd_total", CHINA, "", 2030),
    "goods apart, points": ("decoupling_goods", None, "", 2035),
}
"""Column: outcome, state or the world, sector, year."""
OVER_ALL: Final[Mapping[str, tuple[str, int]]] = {
    "innovations, US": ("innovations", US),
    "innovations, China": ("innovations", CHINA),
    "incidents, US": ("incidents", US),
    "incidents, China": ("incidents", CHINA),
}
"""Column: headline of all years, state."""


def headlines(config: Mapping[str, Any], found: Mapping[str, Contrast]) -> Iterator[str]:
    """The first table, a row a scenario in the order of the page."""
    yield from _head("scenario", "who acts", "income, US, %", "income, China, %", "lead, log points")
    shown = [(INCOME, US), (INCOME, CHINA), (LEAD, US)]
    for name in ordered(found):
        changes = (_headline(found[name], one, state) for one, state in shown)
        yield _row(f"[{name}](#{name})", acts(config, name), *map(cell, changes))


def beside(found: Mapping[str, Contrast]) -> Iterator[str]:
    """The second table: medians of what else a scenario moves."""
    yield from _head("scenario", *BY_YEAR, *OVER_ALL)
    for name in ordered(found):
        moved = [_in_year(found[name], *place) for place in BY_YEAR.values()]
        moved += [_headline(found[name], *place) for place in OVER_ALL.values()]
        yield _row(name, *map(_bracketed, moved))


def rivals(found: Mapping[str, Contrast]) -> Iterator[str]:
    """The third table: effects that are unlike under the two forms of an equation that is drawn."""
    yield from _head("scenario", "effect", "equation", "under one form", "under its rival")
    for name in ordered(found):
        lines = [dict(zip(FORM_COLUMNS, row, strict=True)) for row in rows_by_form(found[name])]
        for place in SHOWN:
            yield from (_row(name, WHAT[place], *cells) for cells in _unlike(lines, *place))


def _unlike(lines: list[dict[str, Any]], outcome: str, state: str) -> Iterator[tuple[str, ...]]:
    """Mechanism and both effects of each pair of forms under which an outcome moves unlike."""
    mine = [line for line in lines if (line["outcome"], line["state"]) == (outcome, state)]
    for mechanism in dict.fromkeys(line["mechanism"] for line in mine):
        pair = {line["form"]: Change.of(line) for line in mine if line["mechanism"] == mechanism}
        middles = [change.middle for change in pair.values()]
        if max(middles) - min(middles) >= max(WORTH * LEAST[outcome], APART * max(map(abs, middles))):
            yield (f"`{mechanism}`", *(f"{form} {cell(change)}" for form, change in pair.items()))


def ordered(names: Any) -> list[str]:
    """Scenarios in the order of the page's sections."""
    heads = [
        line.removeprefix("## ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("## ")
    ]
    return sorted(names, key=heads.index)


def acts(config: Mapping[str, Any], name: str) -> str:
    """Who acts: states whose policy is another than in the baseline, or that an event stands for."""
    first, own = config[MEMBERS][config["scenarios"][0]], config[MEMBERS][name]
    us, china = (first["policies"][state] != own["policies"][state] for state in STATES)
    return ACTS[us or any(event["kind"] in OF_THE_US for event in own["events"].values()), china]


def cell(change: Change) -> str:
    """Median, 90 % of runs and share of runs with its sign, in per cent; of a median of 0 the larger share."""
    middle, low, high = (_signed(value, DIGITS[change.unit]) for value in (change.middle, change.low, change.high))
    share = change.share if change.middle else max(change.rises, change.falls)
    return f"{middle} ({low} to {high}) {100.0 * share:.0f}"


def _bracketed(change: Change) -> str:
    """A median, in brackets where fewer than `SURE` runs have its sign."""
    middle = _signed(change.middle, 1)
    return middle if change.share >= SURE or float(middle) == 0.0 else f"({middle})"


def _signed(value: float, digits: int) -> str:
    told = round(value, digits) + 0.0
    return f"{told:{'+' if told else ''}.{digits}f}"


def _in_year(contrast: Contrast, outcome: str, state: int | None, sector: str, year: int) -> Change:
    values = contrast.changes[outcome][..., contrast.years.tolist().index(year)]
    values = values if state is None else values[:, state]
    return _change(contrast, values[:, contrast.sectors.index(sector)] if sector else values)


def _headline(contrast: Contrast, name: str, state: int) -> Change:
    return _change(contrast, contrast.headline(name)[:, state], headline(name).scale.unit)


def _change(contrast: Contrast, values: Numbers, unit: str = "") -> Change:
    numbers = spread(values[:, None], contrast.runs)[0].tolist()
    return Change.of({**dict(zip(SPREAD, numbers, strict=True)), "unit": unit, "runs": len(values)})


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield f"|{'---|' * len(names)}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def draw(comparison: Comparison, found: Mapping[str, Contrast]) -> None:
    """Draw ``docs/figures/SCENARIO.png`` of every scenario."""
    made = f"Techduel {version()}, {comparison.runs} runs, seed {comparison.seed}."
    differ_by = causes({name: comparison.members[name].config["params"] for name in comparison.names})
    with TemporaryDirectory() as place:
        for name, contrast in found.items():
            picture = paired(contrast, comparison.baseline)
            save(replace(picture, note=f"{picture.note}, which differ by {differ_by}."), Path(place) / name, made, {})
            lighten(Path(place) / f"{name}.png", DOCS / "figures" / f"{name}.png")


def lighten(picture: Path, place: Path) -> None:
    """Write a picture and its texts in `COLOURS`, in some third of the bytes: single runs are faint, and many."""
    with Image.open(picture) as whole:
        kept = PngInfo()
        for key, text in whole.text.items():
            kept.add_text(key, text)
        whole.convert("RGB").quantize(COLOURS).save(place, optimize=True, pnginfo=kept)


def main(folder: str = RESULT) -> None:
    """Write tables and figures of a stored overview of the whole library."""
    config, result = settings(Path(folder)), Path(folder)
    comparison = comparison_from(config)
    found = {contrast.scenario: contrast for contrast in contrasts(comparison, result)}
    tables = {"headlines": headlines(config, found), "beside": beside(found), "rivals": rivals(found)}
    blocks = {name: "\n".join(lines) for name, lines in tables.items()}
    write_text(PAGE, rewritten(PAGE.read_text(encoding="utf-8"), blocks, PAGE.name))
    draw(comparison, found)


if __name__ == "__main__":
    main(*sys.argv[1:])
