"""Figures of a run: one line each says title, mark, unit and the outcomes that it reads.

An outcome that names a figure in `techduel.model.outcomes.OUTCOMES` has one without a line here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.folder import settings
from techduel.ensemble.record import Record
from techduel.ensemble.runs import records
from techduel.ensemble.summary import QUANTILES, tail_exponent
from techduel.facts import Facts
from techduel.model.axes import HUNDRED, STATES, Numbers
from techduel.model.outcomes import OUTCOMES, RUN_TIME, SECTOR_TIME, STATE_TIME, Outcome
from techduel.report.marks import COLOURS, GREY, TITLES, Album, Axis, Curve, Fan, Picture, line
from techduel.report.series import Course, Series, fans, quantiles
from techduel.scenario.fingerprint import config_hash, version
from techduel.scenario.parameter_sets import causes
from techduel.scenario.scenario import Scenario, numbers, scenario_from
from techduel.studies.run.courses import (
    GDP_SHARE,
    MONEY,
    basic_research,
    basic_share,
    by_outcome,
    by_state,
    digital_core,
    market_shares,
    rd_intensity,
    rd_totals,
    sector_titles,
    strategic_emerging,
    years_of,
)
from techduel.studies.run.lead_figures import TITLE, UNIT, Spread, lead_bars, lead_fans, lead_heatmap, spread_of
from techduel.studies.run.pathways import picture

LARGEST_FIRMS: Final = 100
"""Firms of a state, over all sectors, whose sizes give the tail exponent."""
RECORDS: Final = "Records to 2020: NSF NCSES, NBS of China, World Bank (sim/techduel/facts/history.csv)."
BANDS: Final = "Bands: 5-95 and 25-75 % of runs, which differ by {}."
LEAD_ENDS: Final = ("parameters_q05", "parameters_q95")
"""Columns that only leads have."""
ON_ONE_PAGE: Final = "The technology duel on one page"

DRAWN_BY_THEMSELVES: Final = (STATE_TIME, SECTOR_TIME, RUN_TIME)
"""Axes of outcomes whose figure needs no code."""

type Drawn = Callable[[Record, Facts, str], Picture]
"""A figure of a record; the text says what runs differ by."""


@dataclass(frozen=True, slots=True)
class RunFigure:
    """What a figure shows, how, in which unit, and which outcomes it reads."""

    title: str
    mark: str
    unit: str
    reads: tuple[str, ...]
    drawn: Drawn


def registry() -> dict[str, RunFigure]:
    """Every figure of a run by the name of its files: `FIGURES`, and one of each outcome that names one."""
    of_outcomes = {name: _of_outcome(name, outcome) for name, outcome in OUTCOMES.items() if outcome.figure}
    return {**FIGURES, **of_outcomes}


def outcomes_read() -> list[str]:
    """Outcomes that the figures read."""
    return list(dict.fromkeys(name for figure in registry().values() for name in figure.reads))


def album_of(record: Record, facts: Facts, scenario: Scenario, names: Iterable[str] | None = None) -> Album:
    """Figures of a record, drawn as they are asked for.

    Parameters
    ----------
    record : Record
        With at least `outcomes_read`.
    facts : Facts
        Those that the record was computed from.
    scenario : Scenario
        What was simulated.
    names : iterable of str, optional
        Of `registry`; all when left out.

    Raises
    ------
    KeyError
        If there is no figure of that name.
    """
    figures, differ_by = registry(), causes(scenario.config["params"])
    chosen = {name: figures[name] for name in (figures if names is None else names)}
    made = f"Simulated: Techduel {version()}, {scenario.name}, {len(record.runs)} runs, seed {record.seed}."
    pictures = ((name, figure.drawn(record, facts, differ_by)) for name, figure in chosen.items())
    return Album(pictures, made, _origin(record, scenario))


def album(_config: Mapping[str, Any], folder: Path) -> Album:
    """Every figure of a stored result, that of everything on one page first."""
    scenario = scenario_from(settings(folder))
    facts = scenario.facts()
    record = _stored(folder)
    found = album_of(record, facts, scenario, sorted(registry(), key=lambda name: name != "dashboard"))
    waited = picture(record, scenario)
    return replace(found, pictures=chain(found.pictures, [("pathways", waited)] if waited else []))


def _stored(folder: Path) -> Record:
    """What the figures read of a stored result; sectors at year ends only, so that ten thousand runs fit in memory."""
    wanted = outcomes_read()
    return Record.concat(at_year_ends(block) for block in records(folder, wanted))


def _origin(record: Record, scenario: Scenario) -> dict[str, Any]:
    return {
        "scenario": scenario.name,
        "config_hash": config_hash(numbers(scenario.config)),
        "version": version(),
        "seed": record.seed,
        "runs": len(record.runs),
    }


def firm_sizes(record: Record, facts: Facts, differ_by: str) -> Picture:
    """Sales by rank at the start and the end, with tail exponents."""
    moments = {"firm_sales_start": facts.base_year, "firm_sales_end": int(record.time[-1])}
    panels, rows = [], []
    for place, state in enumerate(STATES):
        curves, names = [], []
        for name, year in moments.items():
            sizes, exponent = _ranked(record.snapshots[name][:, place])
            curves.append(_ranks(sizes, GREY if year == facts.base_year else COLOURS[state]))
            names.append(f"{year}: {_in_words(exponent, one=year == facts.base_year)}")
            rows.append(("tail exponent", state, year, None, *exponent, "1"))
            rows += [("sales", state, year, rank, *one, f"{MONEY} a year") for rank, one in enumerate(sizes.T, 1)]
        title = f"{TITLES[state]}\n{names[0]} (dashed)\n{names[1]}"
        panels.append(
            Fan(curves, title, Axis("rank by sales", scale="log"), Axis("sales, bn USD of 2020 a year", scale="log"))
        )
    return Picture(
        title=FIGURES["firm_sizes"].title,
        source="Sizes of 2020: Pareto exponents by sector from the JRC-OECD panel of 2018. Tail exponent: "
        f"log(rank - 1/2) on log sales (Gabaix and Ibragimov 2011) of the {LARGEST_FIRMS} largest firms of a state.",
        panels=panels,
        columns=("quantity", "state", "year", "rank", *QUANTILES, "unit"),
        rows=rows,
        height=3.8,
        note=f"Above the panels: years and their exponents. Bands: 5-95 % of runs, which differ by {differ_by}.",
        same="both",
    )


def dashboard(record: Record, facts: Facts, differ_by: str) -> Picture:
    """R&D, plan targets, world markets and the lead by sector on one page."""
    influence = by_outcome(record, "leadership_index", scale=HUNDRED)
    courses = [
        replace(rd_totals(record, facts)[0], title="R&D, market exchange rates"),
        replace(rd_intensity(record, facts)[0], title="R&D intensity"),
        replace(basic_share(record, facts), title="Basic research"),
        replace(digital_core(record, facts)[0], title="Digital core industries"),
        replace(strategic_emerging(record, facts)[0], title="Strategic emerging industries"),
        Course("World sales, emerging industries", "% of world", influence),
    ]
    spread = spread_of(record, facts, differ_by)
    picture = fans(f"{ON_ONE_PAGE}: {record.scenario.replace('_', ' ')}", RECORDS, courses, BANDS.format(differ_by))
    return replace(
        picture,
        columns=(*picture.columns, *LEAD_ENDS),
        rows=[*((*row, None, None) for row in picture.rows), *_lead_rows(record, spread)],
        height=9.2,
        below=lead_bars(sector_titles(record, facts), spread, years_of(record)),
    )


def _lead_rows(record: Record, spread: Spread) -> Iterator[tuple[Any, ...]]:
    """Leads by sector and year in the columns of the dashboard's table."""
    for place, sector in enumerate(record.sectors):
        for at, year in enumerate(years_of(record)):
            yield (TITLE, sector, year, None, *spread.runs[:, place, at], UNIT, *spread.parameters[:, place, at])


def _fans(
    title: str,
    unit: str,
    reads: tuple[str, ...],
    courses: Callable[[Record, Facts], list[Course]],
    source: str = RECORDS,
) -> RunFigure:
    def drawn(record: Record, facts: Facts, differ_by: str) -> Picture:
        return fans(title, source, courses(record, facts), BANDS.format(differ_by))

    return RunFigure(title, "fan", unit, reads, drawn)


FIGURES: Final[Mapping[str, RunFigure]] = {
    "rd_totals": _fans("Research and development of both states", MONEY, ("rd_total",), rd_totals),
    "rd_intensity": _fans(
        "Research intensity",
        GDP_SHARE,
        ("rd_intensity",),
        rd_intensity,
        f"{RECORDS} China's GDP before its revision of 2024.",
    ),
    "basic_research": _fans("Basic research", f"{MONEY}; % of R&D", ("rd_basic", "basic_share"), basic_research),
    "digital_core": _fans(
        "Digital core industries",
        GDP_SHARE,
        ("digital_core_share",),
        digital_core,
        "2020: outline of the 14th plan; United States: nearest match from NCSES and BEA, so levels do not compare "
        "(sim/techduel/facts/base_2020.csv).",
    ),
    "strategic_emerging": _fans(
        "Strategic emerging industries",
        GDP_SHARE,
        ("strategic_emerging_share",),
        strategic_emerging,
        "China to 2020: NDRC and NBS statements, recalled. United States 2020: knowledge- and technology-intensive "
        "industries (NCSES), no official counterpart.",
    ),
    "lead_heatmap": RunFigure(f"{TITLE} by sector", "map", UNIT, ("lead",), lead_heatmap),
    "lead_fans": RunFigure(f"{TITLE} in six sectors", "fan", UNIT, ("lead",), lead_fans),
    "market_shares": _fans(
        "Market shares of U.S. and Chinese firms by place of sale",
        "% of the market",
        ("market_share",),
        market_shares,
        "2020: company and market reports (facts/base_2020.csv). Sectors weighted by the market's size in 2020.",
    ),
    "firm_sizes": RunFigure("Firm sizes: rank and sales", "fan", MONEY, (), firm_sizes),
    "dashboard": RunFigure(
        ON_ONE_PAGE,
        "fan and bars",
        "as beside each panel",
        (
            *("rd_total", "rd_intensity", "basic_share", "digital_core_share", "strategic_emerging_share"),
            *("leadership_index", "lead"),
        ),
        dashboard,
    ),
}
"""By the name of its files."""


def _of_outcome(name: str, outcome: Outcome) -> RunFigure:
    """The fan of an outcome over time: of both states, of the world, or by sector as a lead is."""
    if outcome.dims not in DRAWN_BY_THEMSELVES:
        raise ValueError(f"{name}: a figure by itself needs the axes of a state, a sector or the world over time")
    scale = HUNDRED if outcome.unit.startswith("share") else 1.0
    unit = outcome.unit.replace("share", "%", 1) if scale == HUNDRED else outcome.unit

    def courses(record: Record, facts: Facts) -> list[Course]:
        values = scale * (record.year_ends(name) if outcome.sectoral else record.annual(name))
        if outcome.dims == STATE_TIME:
            return [Course(outcome.meaning, unit, by_state(record, values))]
        if not outcome.sectoral:
            return [Course(outcome.meaning, unit, [Series("world", years_of(record), quantiles(values))])]
        titles = sector_titles(record, facts)
        return [Course(title, unit, by_state(record, values[:, :, place])) for place, title in enumerate(titles)]

    return _fans(outcome.figure, unit, (name,), courses, "Own computation.")


def at_year_ends(record: Record) -> Record:
    """A record whose sector outcomes are cut down to what the figures show of them."""
    return replace(record, values={name: _kept(record, name) for name in record.values})


def _ranks(sizes: Numbers, colour: str) -> Curve:
    """Size by rank: the base year as a thin dashed line, the end with its 90 % band."""
    ranks = np.arange(1, sizes.shape[1] + 1, dtype=float)
    ink = line(colour, "dashed" if colour == GREY else "solid")
    return Curve(ranks, sizes[2], ink, bands=((sizes[0], sizes[4]),))


def _in_words(exponent: Numbers, one: bool) -> str:
    low, middle, high = exponent[[0, 2, 4]]
    return f"{middle:.2f}" if one else f"{middle:.2f} ({low:.2f} to {high:.2f})"


def _kept(record: Record, name: str) -> Numbers:
    # A copy, since a view would keep every quarter in memory.
    return record.year_ends(name).copy() if "sector" in record.dims(name) else record[name]


def _ranked(sales: Numbers) -> tuple[Numbers, Numbers]:
    """Sizes of firms by rank over all sectors, as far down as every run has them, and their tail exponent."""
    sizes = -np.sort(-np.where(sales > 0.0, sales, np.nan).reshape(len(sales), -1), axis=1)
    common = int(np.isfinite(sizes).sum(axis=1).min())
    exponents = tail_exponent(sizes[:, : min(LARGEST_FIRMS, common)])
    return quantiles(sizes[:, :common]), quantiles(exponents[:, None])[:, 0]
