"""Drawing forecasts: record, bands with and without discrepancy, rivals, what came, and skill."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from techduel.report.drawing import COLOURS, FOLDER, GREY, TITLES, key, page, save, style
from techduel.studies.backtest.counterparts import SERIES
from techduel.studies.backtest.figures import ForecastFans, Series, SkillBars
from techduel.studies.backtest.scores import Numbers

RIVAL: Final = "#009E73"
ALONE: Final = "#8C8C8C"
PANELS_A_PAGE: Final = 8
LEAST_SHOWN: Final = -3.0
"""Skill below this is cut off in the picture; the table has it."""
RECORDS: Final = "Records: sim/techduel/facts/history.csv."
BANDS: Final = "Bands: 90 %; inner (darker) parameters and luck, outer with what the model missed in the past."


def draw_forecast(panels: Sequence[Series], folder: Path, origin: Mapping[str, Any]) -> None:
    """Draw a run's forecast of the recorded series."""
    what = ForecastFans("Forecast of recorded series", RECORDS, tuple(panels))
    with style():
        save(_fans(what), what, folder / FOLDER / "forecast", f"{RECORDS} {BANDS}", origin)


def draw_backtest(panels: Sequence[Series], skills: SkillBars, folder: Path, origin: Mapping[str, Any]) -> None:
    """Draw what was scored, eight series a page, and the skill by series."""
    with style():
        for number, first in enumerate(range(0, len(panels), PANELS_A_PAGE), 1):
            what = ForecastFans(
                f"Forecast of {origin['origin']} and what came", RECORDS, tuple(panels[first : first + PANELS_A_PAGE])
            )
            save(_fans(what), what, folder / FOLDER / f"forecast_{number}", f"{RECORDS} {BANDS}", origin)
        words = f"1 perfect, 0 as good as the best naive forecast; cut off at {LEAST_SHOWN:g}."
        save(_skill(skills), skills, folder / FOLDER / "skill", words, origin)


def _fans(what: ForecastFans) -> Figure:
    rows = -(-len(what.panels) // 2)
    picture = page(what.title, 1.9 * rows + 0.9)
    grid = picture.subplots(rows, 2, squeeze=False)
    for axes, panel in zip(grid.flat, what.panels, strict=False):
        _panel(axes, panel)
    for axes in grid.flat[len(what.panels) :]:
        axes.remove()
    _legend(picture, what.panels)
    return picture


def _panel(axes: Axes, panel: Series) -> None:
    colour = COLOURS[panel.state]
    for band, alpha in ((panel.whole, 0.18), (panel.alone, 0.30)):
        years, (low, _, high) = _joined(panel, band)
        axes.fill_between(years, low, high, color=colour, alpha=alpha, linewidth=0)
    years, (_, middle, _) = _joined(panel, panel.whole)
    axes.plot(years, middle, color=colour)
    axes.plot(panel.past.years, panel.past.values, color=colour, linewidth=1.1, marker=".", markersize=2.5)
    if panel.naive_band is not None:
        years, (_, middle, _) = _joined(panel, panel.naive_band)
        axes.plot(years, middle, color=RIVAL, linestyle="dashed", linewidth=1.0)
    axes.plot(panel.observed_years, panel.observed, linestyle="none", marker="o", markersize=3.5, color="black")
    axes.set_title(f"{TITLES[panel.state]}: {SERIES[panel.name].title}", fontsize=8)
    axes.set_ylabel(panel.unit)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 5, 10]))
    axes.margins(x=0.02)


def _joined(panel: Series, band: Numbers) -> tuple[Numbers, Numbers]:
    """A band that begins at the last value on record."""
    if not panel.past.years.size:
        return panel.years, band
    years = np.append(float(panel.past.years[-1]), panel.years)
    return years, np.concatenate([np.full((len(band), 1), panel.past.values[-1]), band], axis=1)


def _legend(picture: Figure, panels: Sequence[Series]) -> None:
    handles = [
        key(TITLES[state], COLOURS[state], "solid") for state in COLOURS if state in {one.state for one in panels}
    ]
    if any(one.naive_band is not None for one in panels):
        handles.append(key("best naive", RIVAL, "dashed"))
    if any(one.observed.size for one in panels):
        handles.append(key("what came", "black", marker="o", markersize=3.5))
    picture.legend(handles=handles, loc="lower left", ncols=len(handles), handlelength=2.0, columnspacing=1.4)


def _skill(what: SkillBars) -> Figure:
    shown = [one for one in what.skills if not np.isnan(one.skill)]
    picture = page(what.title, 0.2 * len(shown) + 1.5)
    axes = picture.subplots()
    places = np.arange(len(shown))
    whole, alone = (np.maximum([getattr(one, name) for one in shown], LEAST_SHOWN) for name in ("skill", "model_skill"))
    axes.barh(places, whole, height=0.6, color=[COLOURS[one.state] for one in shown], alpha=0.8)
    axes.scatter(alone, places, color=ALONE, s=14, zorder=3)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_yticks(places, [f"{TITLES[one.state]}: {SERIES[one.series].title}" for one in shown], fontsize=7)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlabel("skill against the best naive forecast")
    handles = [key(f"{TITLES[state]}, with discrepancy", colour, "solid") for state, colour in COLOURS.items()]
    handles.append(key("model alone", ALONE, marker="o", markersize=4))
    picture.legend(handles=handles, loc="lower left", ncols=3, handlelength=2.0)
    return picture
