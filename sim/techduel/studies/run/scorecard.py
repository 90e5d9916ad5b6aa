"""The scorecard: every figure of the article beside the model, and the claim C28, whose answer is a year.

Values of 2020 are read from the base year of the record, so they come from the world and not from the facts; older ones
are computed again from the levels of the history.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.folder import settings
from techduel.ensemble.manifest import write_text
from techduel.ensemble.record import Record, first_time
from techduel.ensemble.runs import load
from techduel.ensemble.summary import statistics
from techduel.facts import Facts, Figure
from techduel.facts.checks import recomputed
from techduel.model.axes import STATES, Numbers
from techduel.report.pages import rendered
from techduel.scenario.parameter_sets import causes
from techduel.scenario.scenario import facts_of
from techduel.statistics.tables import read_lines, write_table
from techduel.studies.backtest import primitives
from techduel.studies.backtest.counterparts import SERIES
from techduel.studies.backtest.discrepancy import Discrepancy, discrepancy_of
from techduel.studies.backtest.forecast import forecasts

type Wider = Mapping[tuple[str, str], Numbers]
"""Forecast with what the model missed over that without it, (run, year), by series and state."""
type Row = dict[str, Any]
"""One figure: text, a number, or None where there is nothing to say."""

CSV: Final = "scorecard.csv"
MARKDOWN: Final = "scorecard.md"
CROSSING: Final = ("crossing_q05", "crossing_median", "crossing_q95", "share_crossing")
COLUMNS: Final = (
    *("id", "quantity", "state", "year", "unit", "article", "official"),
    *("model_q05", "model_median", "model_q95", "share_reaching", "verdict", "parameter"),
    *CROSSING,
    *("forecast_q05", "forecast_q95", "forecast_share"),
)
TEXTS: Final = ("id", "quantity", "state", "unit", "verdict", "parameter")
OUTCOMES: Final = (
    *("digital_core_share", "strategic_emerging_share", "basic_share", "rd_total", "rd_basic"),
    *("rd_total_nominal_lcu", "rd_basic_nominal_lcu"),
    *("year_passes_rd_passes_us_market", "year_passes_rd_passes_us_ppp", "year_passes_basic_passes_us"),
)
"""Outcomes that the scorecard reads; its wider bands read those of the primitives too."""
RECORDED: Final = {
    "digital_core_share": "digital_core_share_gdp",
    "strategic_emerging_share": "sei_share_gdp",
    "basic_share": "basic_share",
    "rd_basic_nominal_lcu": "basic_lcu",
    "rd_total_nominal_lcu": "gerd_lcu",
}
"""Recorded series whose past surprises widen the band of an outcome."""
US, CHINA = range(len(STATES))


def rows(record: Record, facts: Facts, missed: Discrepancy | None = None) -> list[Row]:
    """All rows, in the order of the article's figures.

    Parameters
    ----------
    record : Record
        With at least `OUTCOMES`.
    facts : Facts
        Those that the record was computed from.
    missed : Discrepancy, optional
        What the model missed in the past; it widens the band of targets into ``forecast_*``, empty without it.
        ``forecast_share`` is the part of runs that then have the article's number in its year.

    Returns
    -------
    list of dict
        With the keys `COLUMNS`. F4 comes twice (real and at current prices, since the plan does not say), F15 twice
        (market rates and purchasing power). ``share_reaching`` counts runs that reach the article's number by the end
        of its year, ``crossing_*`` say when runs do, None where that quantile of runs never does.
    """
    wider = {} if missed is None else _wider(record, facts, missed)
    answers = [row for figure in facts.figures for row in _answers(figure, record, facts, wider)]
    return [*answers, _basic_gap(record)]


def _wider(record: Record, facts: Facts, missed: Discrepancy) -> Wider:
    keys = [(name, state) for name in RECORDED.values() for state in SERIES[name].states]
    return {
        (one.series, one.state): np.insert(one.whole / one.alone, 0, 1.0, axis=1)
        for one in forecasts(record, facts, missed, keys)
    }


def write(card: Sequence[Row], folder: Path, differ_by: str) -> None:
    """Write ``scorecard.csv`` and ``scorecard.md``; `differ_by` says what runs differ by."""
    write_table(folder / CSV, COLUMNS, ([row[name] for name in COLUMNS] for row in card))
    formats = {"published": published, "band": band, "share": share, "with_misses": with_misses, "crossing": crossing}
    write_text(folder / MARKDOWN, rendered("scorecard", rows=card, differ_by=differ_by, **formats))


def write_scorecard(folder: Path) -> None:
    """Write the scorecard of a stored result from its chunks and config."""
    config = settings(folder)
    facts = facts_of(config["facts"])
    missed = discrepancy_of(config["params"], facts.base_year)
    read_from = OUTCOMES if missed is None else tuple(dict.fromkeys((*OUTCOMES, *primitives.OUTCOMES)))
    write(rows(load(folder, read_from), facts, missed), folder, causes(config["params"]))


def read(folder: Path) -> list[Row]:
    """The rows of a stored scorecard."""
    return [
        {name: None if _missing(cell) else cell for name, cell in row.items()}
        for row in read_lines(folder / CSV, TEXTS)
    ]


def _missing(cell: Any) -> bool:
    return cell == "" or (isinstance(cell, float) and math.isnan(cell))


def in_unit(value: float, unit: str, like: float | None = None) -> str:
    """A value of the model for reading, with as many decimals as a value of the size of `like` (its own) deserves."""
    size = abs(value if like is None else like)
    digits = 0 if unit in {"year", "years", "days"} or size >= 1000 else 1 if size >= 10 else 2
    return f"{value:,.{digits}f}{_sign(unit)}"


def published(row: Row, name: str) -> str:
    """The article's or the official number of a row for reading, empty when there is none."""
    more = "> " if name == "article" and "more than" in row["quantity"] else ""
    return "" if row[name] is None else f"{more}{row[name]:g}{_sign(row['unit'])}"


def share(fraction: float | None) -> str:
    """A share of runs for reading, empty when there is none."""
    return "" if fraction is None else f"{100 * fraction:.{1 if 0 < fraction < 0.01 else 0}f} %"


def band(row: Row) -> str:
    """Median and 90 % band of a row for reading; one number where the band is a point, empty where there is none."""
    if row["model_median"] is None:
        return ""
    low, middle, high = (
        in_unit(row[f"model_{name}"], row["unit"], like=row["model_median"]) for name in ("q05", "median", "q95")
    )
    return middle if low == high else f"{middle} ({low.removesuffix(' %')} to {high.removesuffix(' %')})"


def with_misses(row: Row) -> str:
    """The band that also holds what the model missed since 2010, and who is then at the figure; empty where unknown."""
    if row["forecast_share"] is None:
        return ""
    low, high = (in_unit(row[f"forecast_{name}"], row["unit"], like=row["model_median"]) for name in ("q05", "q95"))
    return f"{low.removesuffix(' %')} to {high}; {share(row['forecast_share'])} of runs"


def crossing(row: Row) -> str:
    """When runs reach or pass, for reading: the median year with its band, and how many never do."""
    if row["share_crossing"] is None:
        return ""
    ends = [row[f"crossing_{name}"] for name in ("q05", "median", "q95")]
    low, middle, high = ("later" if year is None else f"{year:.0f}" for year in map(_floored, ends))
    when = middle if low == high else f"{middle} ({low} to {high})"
    return "none by the horizon" if row["share_crossing"] == 0 else f"{when}; {share(row['share_crossing'])} of runs"


def _answers(figure: Figure, record: Record, facts: Facts, wider: Wider) -> Iterator[Row]:
    if figure.kind == "input":
        yield _row(figure, verdict="input", parameter=figure.parameter)
    elif figure.check is not None:
        yield _past(figure, np.array([recomputed(figure, facts.history)]))
    elif figure.outcome == "rd_growth":
        yield _growth(figure, record, wider, "rd_total", "real")
        yield _growth(figure, record, wider, "rd_total_nominal_lcu", "at current prices")
    elif figure.outcome == "rd_total":
        yield from _ratios(figure, record, facts)
    elif figure.kind == "past":
        yield _seen(_judged_by(figure, facts), _of_year(figure, record), facts)
    else:
        yield _target(figure, record, wider)


def _judged_by(figure: Figure, facts: Facts) -> Figure:
    """The figure that the base year must meet: the article's, or the official final value where that was chosen."""
    final = facts.vintage == "final" and figure.official is not None
    return replace(figure, article=figure.official) if final else figure


def _past(figure: Figure, values: Numbers, **cells: Any) -> Row:
    verdict = "reproduced" if figure.reproduced(float(np.median(values))) else "differs"
    return _row(figure, verdict=verdict, **_model(values)) | cells


def _seen(figure: Figure, values: Numbers, facts: Facts, **cells: Any) -> Row:
    """A figure of 2020: reproduced or not in a world that starts there, else what came out."""
    if figure.year == facts.base_year:
        return _past(figure, values, **cells)
    return _row(figure, verdict="outcome", **_model(values)) | cells


def _target(figure: Figure, record: Record, wider: Wider) -> Row:
    """The value in the target's year, who reaches it in time, and when."""
    levels = _in_unit(figure, record[str(figure.outcome)][:, STATES.index(figure.state)])
    reached = first_time(levels >= (figure.article or 0.0), record.time)
    cells = _model(_of_year(figure, record)) | _crossed(reached)
    values = _widened(figure, record, str(figure.outcome), wider)
    cells |= _forecast(figure, _in_unit(figure, values[:, record.years == figure.year]))
    if figure.year <= record.time[-1]:
        cells["share_reaching"] = float(np.mean(reached < figure.year + 1))
    return _row(figure, verdict="outcome", **cells)


def _growth(figure: Figure, record: Record, wider: Wider, outcome: str, basis: str) -> Row:
    """Mean growth from the base year to the target's year."""
    levels, span = record.annual(outcome)[:, STATES.index(figure.state)], figure.year - int(record.years[0])
    cells: Row = {}
    if span < levels.shape[1]:
        growth = _in_unit(figure, (levels[:, span] / levels[:, 0]) ** (1 / span) - 1)
        cells = _model(growth) | {"share_reaching": float(np.mean(growth > (figure.article or 0.0)))}
        wide = _widened(figure, record, outcome, wider)[:, span : span + 1]
        cells |= _forecast(figure, _in_unit(figure, (wide / levels[: len(wide), :1]) ** (1 / span) - 1))
    return _row(figure, verdict="outcome", **cells) | {"quantity": f"{figure.quantity}, {basis}"}


def _ratios(figure: Figure, record: Record, facts: Facts) -> Iterator[Row]:
    """The United States over China in the year of the figure, and when China passes."""
    of_year = record.annual("rd_total")[:, :, record.years == figure.year]
    ratio, factor = (of_year[:, US] / of_year[:, CHINA]).reshape(-1), facts.base.ppp_factor
    yield _seen(figure, ratio, facts, **_crossed(record["year_passes_rd_passes_us_market"][:, CHINA]))
    crossed = _crossed(record["year_passes_rd_passes_us_ppp"][:, CHINA])
    quantity = figure.quantity.replace("market exchange rates", "purchasing power parities")
    yield _seen(figure, ratio * factor[US] / factor[CHINA], facts, **crossed, quantity=quantity, official=None)


def _basic_gap(record: Record) -> Row:
    """Claim C28: how much of the gap in basic research is left at the horizon, and when it closes."""
    basic, last = record.annual("rd_basic"), int(record.years[-1])
    figure = Figure(
        id="C28",
        quantity="basic research, China over the United States at market exchange rates",
        state="china",
        year=last,
        unit="%",
        kind="target",
        note="",
    )
    crossed = _crossed(record["year_passes_basic_passes_us"][:, CHINA])
    return _row(figure, verdict="outcome", **_model(100 * basic[:, CHINA, -1] / basic[:, US, -1]), **crossed)


def _row(figure: Figure, **cells: Any) -> Row:
    told = {name: getattr(figure, name, None) for name in COLUMNS if name != "parameter"}
    return told | {"parameter": None} | cells


def _of_year(figure: Figure, record: Record) -> Numbers:
    """The figure's outcome in its state and year, (run,); empty beyond the horizon."""
    place = np.flatnonzero(record.years == figure.year)
    values = record.annual(str(figure.outcome))[:, STATES.index(figure.state), place]
    return _in_unit(figure, values.reshape(-1))


def _widened(figure: Figure, record: Record, outcome: str, wider: Wider) -> Numbers:
    """An outcome by year with what the model misses, (run, year); no runs where nothing is known of that."""
    factor = wider.get((RECORDED.get(outcome, ""), str(figure.state)))
    if factor is None:
        return np.empty((0, len(record.years)))
    return record.annual(outcome)[:, STATES.index(figure.state)] * factor


def _forecast(figure: Figure, values: Numbers) -> Row:
    """Ends of the band with discrepancy, and the part of runs at the figure, (run, 0 or 1)."""
    low, _, high = _quantiles(values.reshape(-1))
    part = float(np.mean(values >= (figure.article or 0.0))) if values.size else None
    return {"forecast_q05": low, "forecast_q95": high, "forecast_share": part}


def _in_unit(figure: Figure, values: Numbers) -> Numbers:
    return values * 100 if figure.percent else values


def _model(values: Numbers) -> Row:
    return dict(zip(("model_q05", "model_median", "model_q95"), _quantiles(values), strict=True))


def _crossed(moments: Numbers) -> Row:
    ends = _quantiles(moments, never_is_late=True)
    return dict(zip(CROSSING, [*ends, float(np.mean(np.isfinite(moments)))], strict=True))


def _quantiles(values: Numbers, never_is_late: bool = False) -> list[float | None]:
    if not values.size:
        return [None, None, None]
    ends = statistics(values[:, None], never_is_late)[0, [2, 4, 6]].tolist()
    return [None if math.isnan(value) else value for value in ends]


def _floored(year: float | None) -> float | None:
    return None if year is None else math.floor(year)


def _sign(unit: str) -> str:
    return " %" if unit.startswith("%") else ""
