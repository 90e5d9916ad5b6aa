"""Drawing: every figure of an ensemble as a picture, with the numbers it shows and where they come from."""

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from techduel.ensemble.manifest import DamagedResult, required_manifest, verified
from techduel.ensemble.record import Record
from techduel.ensemble.store import read_chunk, settings
from techduel.facts import Facts, load_facts
from techduel.report.drawing import (
    COLOURS,
    FOLDER,
    GREY,
    TITLES,
    add_legend,
    draw_panel,
    fans_picture,
    page,
    save,
    style,
)
from techduel.report.figures import FIGURES, OUTCOMES, Dashboard, Drawable, Fans, Map, Ranked, Sizes, at_year_ends
from techduel.scenario.fingerprint import config_hash, version
from techduel.scenario.parameter_sets import causes
from techduel.scenario.scenario import Scenario, numbers, scenario_from

DIVERGING: Final = LinearSegmentedColormap.from_list("lead", ["#D55E00", "#F7F7F7", "#0072B2"])
MOST_YEARS: Final = 16
"""Columns of a map in which numbers stay readable."""
SPREADS: Final[dict[type, str]] = {
    Fans: "Bands: 5-95 and 25-75 % of runs",
    Map: "Medians over runs",
    Sizes: "Bands: 5-95 % of runs",
    Dashboard: "Bands: 5-95 and 25-75 % of runs",
}
"""What the spread is in each kind of figure; the caption adds what runs differ by."""


def draw_all(
    record: Record, facts: Facts, scenario: Scenario, folder: Path, names: Iterable[str] | None = None
) -> list[str]:
    """Draw figures into a folder: a picture, its numbers and their provenance for each.

    Parameters
    ----------
    record : Record
        With at least `techduel.report.figures.OUTCOMES`.
    facts : Facts
        Those that the record was computed from.
    scenario : Scenario
        What was simulated.
    folder : Path
        Created when missing.
    names : iterable of str, optional
        Of `techduel.report.figures.FIGURES`; all when left out.

    Returns
    -------
    list of str
        Names of the figures drawn.

    Raises
    ------
    KeyError
        If there is no figure of that name.
    """
    drawn = list(FIGURES if names is None else names)
    origin = _origin(record, scenario)
    with style():
        for name in drawn:
            _draw(name, FIGURES[name](record, facts), origin, folder, causes(scenario.config["params"]))
    return drawn


def plot_all(folder: Path) -> list[str]:
    """Draw every figure of a stored result into its ``figures/``."""
    scenario = scenario_from(settings(folder))
    facts = load_facts(scenario.base_year, scenario.facts_vintage, scenario.facts_outlook)
    return draw_all(_stored(folder), facts, scenario, folder / FOLDER)


def _stored(folder: Path) -> Record:
    """What the figures read of a stored result; sectors at year ends only, so that ten thousand runs fit in memory."""
    manifest = required_manifest(folder)
    if not manifest.stored_chunks:
        raise DamagedResult(f"{folder.name} holds no finished run")
    chunks = (read_chunk(verified(folder, name, manifest), OUTCOMES) for name in manifest.stored_chunks)
    return Record.concat(at_year_ends(chunk) for chunk in chunks)


def _origin(record: Record, scenario: Scenario) -> dict[str, Any]:
    """Where the numbers come from; no times, so that the same result gives the same bytes."""
    return {
        "scenario": scenario.name,
        "config_hash": config_hash(numbers(scenario.config)),
        "version": version(),
        "seed": record.seed,
        "runs": len(record.runs),
    }


def _draw(name: str, what: Drawable, origin: dict[str, Any], folder: Path, differ_by: str) -> None:
    spread = f"{SPREADS[type(what)]}, which differ by {differ_by}."
    caption = f"{what.source} Simulated: Techduel {_run_in_words(origin)}. {spread}"
    save(_picture(what), what, folder / name, caption, origin)


def _run_in_words(origin: dict[str, Any]) -> str:
    return f"{origin['version']}, {origin['scenario']}, {origin['runs']} runs, seed {origin['seed']}"


def _picture(what: Drawable) -> Figure:
    match what:
        case Fans():
            return fans_picture(what)
        case Map():
            return _map(what)
        case Sizes():
            return _sizes(what)
        case Dashboard():
            return _dashboard(what)


def _map(what: Map) -> Figure:
    picture = page(what.title, 5.0)
    axes = picture.subplots()
    shown = _shown(len(what.years))
    middle = np.round(what.quantiles[2][:, shown]) + 0.0  # no minus before a zero
    limit = float(np.ceil(np.abs(middle).max() / 10) * 10) or 10.0
    image = axes.pcolormesh(middle, cmap=DIVERGING, vmin=-limit, vmax=limit, edgecolors="white", linewidth=1)
    for (row, column), value in np.ndenumerate(middle):
        ink = "white" if abs(value) > 0.75 * limit else "black"
        axes.text(column + 0.5, row + 0.5, f"{value:.0f}", ha="center", va="center", fontsize=8, color=ink)
    axes.set_yticks(np.arange(len(what.titles)) + 0.5, _two_lines(what.titles))
    axes.set_xticks(np.arange(len(shown))[::2] + 0.5, [f"{year:.0f}" for year in what.years[shown][::2]])
    axes.tick_params(length=0)
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    bar = picture.colorbar(image, ax=axes, location="bottom", fraction=0.04, pad=0.02, aspect=40)
    bar.set_label("months, median (blue: United States ahead, orange: China ahead)", x=0.0, ha="left")
    bar.ax.spines[:].set_visible(False)
    return picture


def _shown(count: int) -> NDArray[np.int64]:
    """Places of the years that a map has room for, counted from the horizon backwards so that it always shows."""
    every = -(-count // MOST_YEARS)
    return np.arange(count - 1, -1, -every)[::-1]


def _two_lines(titles: Sequence[str]) -> list[str]:
    """Sector titles that leave the room to the numbers."""
    return [textwrap.fill(title, 24, break_on_hyphens=False) for title in titles]


def _sizes(what: Sizes) -> Figure:
    picture = page(what.title, 3.8)
    grid = picture.subplots(1, len(COLOURS), sharey=True, sharex=True)
    for axes, state in zip(grid, COLOURS, strict=True):
        for firms in what.ranked:
            if firms.state == state:
                _ranks(axes, firms, first=firms is next(item for item in what.ranked if item.state == state))
        axes.set(xscale="log", yscale="log", title=TITLES[state], xlabel="sales, bn USD of 2020 a year")
        axes.legend(loc="lower left", handlelength=2.2, title="tail exponent", alignment="left")
    grid[0].set_ylabel("rank by sales")
    return picture


def _ranks(axes: Axes, firms: Ranked, first: bool) -> None:
    """Rank against size: the base year as a thin grey line, the end with its 90 % band."""
    colour = GREY if first else COLOURS[firms.state]
    ranks = np.arange(1, firms.sizes.shape[1] + 1)
    low, middle, high = firms.exponent[[0, 2, 4]]
    spread = f"{middle:.2f}" if first else f"{middle:.2f} ({low:.2f} to {high:.2f})"
    axes.fill_betweenx(ranks, firms.sizes[0], firms.sizes[4], color=colour, alpha=0.2, linewidth=0)
    axes.plot(
        firms.sizes[2],
        ranks,
        color=colour,
        linestyle="dashed" if first else "solid",
        label=f"{firms.year}: {spread}",
    )


def _dashboard(what: Dashboard) -> Figure:
    picture = page(what.title, 9.2)
    parts: Any = picture.subfigures(2, 1, height_ratios=[3, 1.85])
    upper, lower = parts
    for axes, panel in zip(upper.subplots(3, 2).flat, what.fans.panels, strict=True):
        draw_panel(axes, panel)
    _leads(lower.subplots(), what.lead)
    add_legend(picture, what.fans.panels)
    return picture


def _leads(axes: Axes, lead: Map) -> None:
    """By sector: where the lead starts, its median at the horizon and its 90 % band."""
    places = np.arange(len(lead.titles))
    low, middle, high = lead.quantiles[[0, 2, 4], :, -1]
    colours = [COLOURS["us" if value >= 0 else "china"] for value in middle]
    axes.hlines(places, low, high, colors=colours, linewidth=3, alpha=0.4)
    axes.scatter(middle, places, c=colours, s=22, zorder=3)
    axes.scatter(lead.quantiles[2, :, 0], places, facecolors="white", edgecolors=GREY, s=20, zorder=4)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_yticks(places, lead.titles)
    axes.invert_yaxis()
    first, last = lead.years[[0, -1]]
    axes.set_title(f"U.S. lead by sector: {first:.0f} (hollow), {last:.0f} (filled, 90 % band)")
    axes.set_xlabel("months (negative: China leads)")
