"""Pictures of a page: fans of the lead in both scenarios, and of what sets them apart run by run."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, Span
from bokeh.plotting import figure

from techduel.ensemble.paired import LEAD, LEADS
from techduel.ensemble.summary import QUANTILES
from techduel.explore.shelf import YEARS
from techduel.explore.view import View
from techduel.face.compared import Compared
from techduel.model.axes import Numbers
from techduel.report.marks import BLUE, GREEN, GREY
from techduel.report.series import quantiles
from techduel.report.single import course

HEIGHT: Final = 300
NAMES: Final = tuple(QUANTILES)
"""Of the columns of a fan, beside the year."""


class Pictures:
    """Two figures of one page; `show` puts other numbers into them."""

    def __init__(self) -> None:
        empty = {"year": np.array(YEARS, dtype=float), **{name: np.zeros(2) for name in NAMES}}
        self.fans = {name: ColumnDataSource(dict(empty)) for name in ("baseline", "scenario", "change")}
        self.levels, self.change = _figure(), _figure()
        _fan(self.levels, self.fans["baseline"], GREY, "dashed", wide=False)
        _fan(self.levels, self.fans["scenario"], BLUE, "solid", wide=False)
        _fan(self.change, self.fans["change"], GREEN, "solid", wide=True)
        self.change.add_layout(Span(location=0.0, dimension="width", line_color=GREY, line_width=1))

    def show(self, view: View, compared: Compared) -> None:
        """Draw what has been found."""
        for name, record in zip(("baseline", "scenario"), compared.records.values(), strict=True):
            years, spread = course(record, view.lead, "us", view.shelf.years)
            self.fans[name].data = _columns(years, spread)
        self.fans["change"].data = _columns(compared.contrasts[0].years[1:].tolist(), change(view, compared))


def change(view: View, compared: Compared) -> Numbers:
    """Quantiles of the change of the lead by year, (quantile, year), without the base year."""
    (contrast,) = compared.contrasts
    if view.sector:
        return quantiles(contrast.changes[LEADS[0]][:, 0, contrast.sectors.index(view.sector), 1:])
    return quantiles(contrast.changes[LEAD][:, 0, 1:])


def _columns(years: Sequence[float], spread: Numbers) -> dict[str, Any]:
    return {"year": np.array(years), **dict(zip(NAMES, spread, strict=True))}


def _figure() -> Any:
    page = figure(height=HEIGHT, sizing_mode="stretch_width", tools="", toolbar_location=None)
    page.xaxis.ticker.desired_num_ticks = 5
    page.xgrid.visible = False
    page.add_tools(
        HoverTool(tooltips=[("year", "@year"), *((name, f"@{name}{{0.0}}") for name in NAMES)], mode="vline")
    )
    return page


def _fan(page: Any, source: ColumnDataSource, colour: str, dash: str, wide: bool) -> None:
    """A median with its bands."""
    ends = [("q05", "q95", 0.15), ("q25", "q75", 0.3)] if wide else [("q25", "q75", 0.2)]
    for low, high, opacity in ends:
        page.varea("year", low, high, source=source, fill_color=colour, fill_alpha=opacity)
    page.line("year", "q50", source=source, line_color=colour, line_width=2.5, line_dash=dash)
    page.scatter("year", "q50", source=source, color=colour, size=4)  # of one year there is no line
