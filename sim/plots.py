"""Drawing: every figure as a picture, with the numbers it shows and where they come from.

Colours are those of Okabe and Ito, told apart by colour-blind readers; the states also differ by line style for print.
"""

import csv
import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.facts import Facts, load_facts
from sim.figures import FIGURES, OUTCOMES, Dashboard, Drawable, Fan, Fans, Line, Map, Panel, Ranked, Sizes, at_year_ends
from sim.manifest import DamagedResult, required_manifest, verified, write_text, written
from sim.provenance import config_hash, version
from sim.record import Record
from sim.scenario import Scenario, numbers, scenario_from
from sim.store import read_chunk, settings

FOLDER: Final = "figures"
WIDTH: Final = 6.3
"""Inches: 16 cm, the text width of a page."""
DOTS_PER_INCH: Final = 150
COLOURS: Final = {"us": "#0072B2", "china": "#D55E00"}
DASHES: Final[dict[str, Any]] = {"us": "solid", "china": (0, (5, 1.5))}
TITLES: Final = {"us": "United States", "china": "China"}
GREY: Final = "#4D4D4D"
LEAD: Final = "#009E73"
"""A lead belongs to neither state, so it has its own colour."""
DIVERGING: Final = LinearSegmentedColormap.from_list("lead", ["#D55E00", "#F7F7F7", "#0072B2"])
MOST_YEARS: Final = 16
"""Columns of a map in which numbers stay readable."""
SPREADS: Final[dict[type, str]] = {
    Fans: "Bands: 5-95 and 25-75 % of runs; luck, not doubt about parameters.",
    Map: "Medians over runs, which differ by luck, not by parameters.",
    Sizes: "Bands: 5-95 % of runs; luck, not doubt about parameters.",
    Dashboard: "Bands: 5-95 and 25-75 % of runs; luck, not doubt about parameters.",
}
"""What a reader has to know about the spread in each kind of figure."""
STYLE: Final[dict[Any, Any]] = {
    "font.size": 8.5,
    "axes.titlesize": 9.0,
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "figure.titlesize": 11.0,
    "figure.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "lines.linewidth": 1.5,
}


def draw_all(
    record: Record, facts: Facts, scenario: Scenario, folder: Path, names: Iterable[str] | None = None
) -> list[str]:
    """Draw figures into a folder: a picture, its numbers and their provenance for each.

    Parameters
    ----------
    record : Record
        With at least `sim.figures.OUTCOMES`.
    facts : Facts
        Those that the record was computed from.
    scenario : Scenario
        What was simulated.
    folder : Path
        Created when missing.
    names : iterable of str, optional
        Of `sim.figures.FIGURES`; all when left out.

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
    with _style():
        for name in drawn:
            _draw(name, FIGURES[name](record, facts), origin, folder)
    return drawn


def plot_all(folder: Path) -> list[str]:
    """Draw every figure of a stored result into its ``figures/``."""
    scenario = scenario_from(settings(folder))
    facts = load_facts(scenario.base_year, scenario.facts_vintage)
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


@contextmanager
def _style() -> Iterator[None]:
    """Our settings alone, whatever the reader's own file of settings says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        for key, value in STYLE.items():
            mpl.rcParams[key] = value
        yield


def _draw(name: str, what: Drawable, origin: dict[str, Any], folder: Path) -> None:
    picture = _picture(what)
    _caption(picture, f"{what.source} From 2021: Techduel {_run_in_words(origin)}. {SPREADS[type(what)]}")
    with written(folder / f"{name}.png") as part:
        picture.savefig(part, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    _write_numbers(folder / f"{name}.csv", what.header, what.table())
    provenance = {"figure": name, "title": what.title, "source": what.source, **origin, "numbers": f"{name}.csv"}
    write_text(folder / f"{name}.json", json.dumps(provenance, indent=1) + "\n")


def _run_in_words(origin: dict[str, Any]) -> str:
    return f"{origin['version']}, {origin['scenario']}, {origin['runs']} runs, seed {origin['seed']}"


def _write_numbers(path: Path, header: Line, lines: Iterable[Line]) -> None:
    with written(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(header)
        table.writerows([f"{cell:.8g}" if isinstance(cell, float) else cell for cell in line] for line in lines)


def _picture(what: Drawable) -> Figure:
    match what:
        case Fans():
            return _fans(what)
        case Map():
            return _map(what)
        case Sizes():
            return _sizes(what)
        case Dashboard():
            return _dashboard(what)


def _page(title: str, height: float) -> Figure:
    picture = Figure(figsize=(WIDTH, height), layout="constrained")
    picture.suptitle(title, x=0.012, ha="left")
    return picture


def _caption(picture: Figure, text: str) -> None:
    """Source line at the foot, below a legend if there is one; the rest of the picture makes room for both."""
    lines = textwrap.wrap(text, 104, break_on_hyphens=False)
    height = picture.get_figheight()
    foot = (len(lines) * 0.145 + 0.06) / height
    picture.text(0.012, 0.006, "\n".join(lines), fontsize=8, color=GREY, va="bottom", linespacing=1.2)
    for legend in picture.legends:
        legend.set_bbox_to_anchor((0.0, foot))
        foot += 0.26 / height
    engine: Any = picture.get_layout_engine()
    engine.set(rect=(0, foot, 1, 1 - foot), w_pad=0.09, h_pad=0.05, hspace=0.04, wspace=0.04)


def _fans(what: Fans) -> Figure:
    """One or two panels a row, common legend below."""
    count = len(what.panels)
    rows = -(-count // 2)
    picture = _page(what.title, 3.9 if rows == 1 else 2.0 * rows + 1.0)
    grid = picture.subplots(rows, min(count, 2), squeeze=False, sharey=_same_unit(what.panels))
    for axes, panel in zip(grid.flat, what.panels, strict=False):
        _panel(axes, panel)
        if _same_unit(what.panels) and axes not in grid[:, 0]:
            axes.set_ylabel("")
    for axes in grid.flat[count:]:
        axes.remove()
    _legend(picture, what.panels)
    return picture


def _same_unit(panels: Sequence[Panel]) -> bool:
    return len({panel.unit for panel in panels}) == 1


def _panel(axes: Axes, panel: Panel) -> None:
    for fan in panel.fans:
        _fan(axes, fan)
    if panel.target is not None:
        axes.plot(*panel.target, marker="D", markersize=5, markerfacecolor="white", color=GREY, zorder=5, clip_on=False)
    if panel.unit == "months":
        axes.axhline(0, color=GREY, linewidth=0.8)
    else:
        axes.set_ylim(bottom=0)
    axes.set_title(panel.title)
    axes.set_ylabel(panel.unit)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 5, 10]))
    axes.margins(x=0.02)


def _fan(axes: Axes, fan: Fan) -> None:
    colour, dash = COLOURS.get(fan.name, LEAD), DASHES.get(fan.name, "solid")
    low, lower, middle, upper, high = fan.quantiles
    axes.fill_between(fan.years, low, high, color=colour, alpha=0.18, linewidth=0)
    axes.fill_between(fan.years, lower, upper, color=colour, alpha=0.30, linewidth=0)
    axes.plot(fan.years, middle, color=colour, linestyle=dash)
    if fan.past.size:
        past_years, past = np.append(fan.past_years, fan.years[0]), np.append(fan.past, middle[0])
        axes.plot(past_years, past, color=colour, linewidth=1.1)
    axes.plot(fan.years[0], middle[0], marker="o", markersize=3.5, color=colour)


def _legend(picture: Figure, panels: Sequence[Panel]) -> None:
    names = {fan.name for panel in panels for fan in panel.fans}
    handles = [_key(f"{TITLES[name]}, median", COLOURS[name], DASHES[name]) for name in COLOURS if name in names]
    if not handles:
        handles = [_key("median", LEAD, "solid")]
    handles.append(_key("base year", GREY, marker="o", markersize=3.5))
    if any(panel.target is not None for panel in panels):
        handles.append(_key("plan target, China", GREY, marker="D", markersize=5, markerfacecolor="white"))
    picture.legend(handles=handles, loc="lower left", ncols=len(handles), handlelength=2.4, columnspacing=1.4)


def _key(label: str, colour: str, dash: Any = "none", **marker: Any) -> Line2D:
    return Line2D([], [], color=colour, linestyle=dash, label=label, **marker)


def _map(what: Map) -> Figure:
    picture = _page(what.title, 5.0)
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
    picture = _page(what.title, 3.8)
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
    picture = _page(what.title, 9.2)
    parts: Any = picture.subfigures(2, 1, height_ratios=[3, 1.85])
    upper, lower = parts
    for axes, panel in zip(upper.subplots(3, 2).flat, what.fans.panels, strict=True):
        _panel(axes, panel)
    _leads(lower.subplots(), what.lead)
    _legend(picture, what.fans.panels)
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
