"""The record of an ensemble: outcomes by name, and what follows from them after the run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.shown import Shown, UnknownName
from techduel.ensemble.summary import Row, Variable, rows
from techduel.model.axes import BLOCS, HUNDRED, STATES
from techduel.model.outcomes import OUTCOMES

"""In a log of 1."""
MONTHS: Final = 12.0
"""Of a year."""
TIED: Final = 1e-9
"""Lead in log points that is none: where two states start level, rounding must not say who is ahead."""
DECOUPLED: Final = ("goods", "knowledge", "talent", "capital")


@dataclass(frozen=True, slots=True, repr=False)
class Record(Shown):
    """Outcomes of an ensemble, arrays by name.

    Examples
    --------
    >>> from techduel import load_scenario, simulate
    >>> record = simulate(load_scenario("baseline_2021"), runs=2)
    >>> record["gdp"].shape, record.dims("gdp")
    ((2, 2, 61), ('run', 'state', 'time'))
    >>> record["gpd"]
    Traceback (most recent call last):
        ...
    techduel.ensemble.shown.UnknownName: gpd: unknown; did you mean gdp?
    """

    values: dict[str, NDArray[np.float64]]
    """By outcome: run first, time last where it has one."""
    time: NDArray[np.float64]
    """Starts of quarters as decimal years; the base year's last quarter first."""
    runs: NDArray[np.int64]
    """Indices of the runs."""
    sectors: tuple[str, ...]
    seed: int
    firms: dict[str, NDArray[np.generic]] = field(default_factory=dict)
    """Firm panels, (run, state, sector, slot, time)."""
    ledger: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Why frontiers, sales and real income have moved in each quarter, by the causes of `tables.LEDGERS`: ``frontier``
    in logs and ``sales`` in bn USD, (run, state, sector, cause, time); ``income`` in bn USD, (run, state, cause, time).
    """
    snapshots: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Firms' sales at start and end, (run, state, sector, slot); NaN where no firm is."""
    diagnostics: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """Counts by run: firm-quarters, and how often a limit was reached."""
    scenario: str = ""
    """Name of what was run."""

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        if name not in self.values:
            raise UnknownName(name, list(self.values))
        return self.values[name]

    def __contains__(self, name: object) -> bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    @property
    def years(self) -> NDArray[np.int64]:
        """Calendar years of `annual`, the base year first."""
        return np.floor(self.time[::4]).astype(np.int64)

    def annual(self, name: str) -> NDArray[np.float64]:
        """An outcome by year, (run, ..., year): the base year, then means of quarters; or the year ends kept."""
        return self.values[name] if self.dims(name)[-1] == "year_end" else by_year(self.values[name])

    def year_ends(self, name: str) -> NDArray[np.float64]:
        """An outcome in the base year and at every year's end, (run, ..., year)."""
        return self.values[name] if self.dims(name)[-1] == "year_end" else self.values[name][..., ::4]

    def dims(self, name: str) -> tuple[str, ...]:
        """Axes of an outcome as stored: ``year_end`` for ``time`` where only year ends were kept."""
        dims = OUTCOMES[name].dims
        if dims[-1] == "time" and self.values[name].shape[-1] != self.time.size:
            return (*dims[:-1], "year_end")
        return dims

    def coordinates(self) -> "dict[str, tuple[str, ...] | NDArray[np.float64]]":
        """Labels along every axis."""
        return {
            "run": self.runs.astype(float),
            "state": STATES,
            "bloc": BLOCS,
            "sector": self.sectors,
            "time": self.time,
            "year_end": self.time[::4],
        }

    def summary(self) -> Iterator[Row]:
        """Mean, spread and quantiles of every outcome over runs, in the columns of ``summary.csv``."""
        for name, values in self.values.items():
            yield from rows(Variable(name, OUTCOMES[name].unit, self.dims(name), values), self.coordinates())

    @staticmethod
    def concat(parts: Iterable["Record"]) -> "Record":
        """One record of the runs of several, in the given order."""
        records = list(parts)
        first = records[0]

        def joined(group: str) -> dict[str, NDArray[np.float64]]:
            return {
                name: np.concatenate([getattr(part, group)[name] for part in records]) for name in getattr(first, group)
            }

        return Record(
            values=joined("values"),
            time=first.time,
            runs=np.concatenate([part.runs for part in records]),
            sectors=first.sectors,
            seed=first.seed,
            firms=joined("firms"),  # type: ignore[arg-type]
            ledger=joined("ledger"),
            snapshots=joined("snapshots"),
            diagnostics=joined("diagnostics"),
            scenario=first.scenario,
        )


def by_year(quarters: NDArray[np.float64]) -> NDArray[np.float64]:
    """The base year as it is, then means of four quarters; time is the last axis."""
    years = quarters[..., 1:].reshape(*quarters.shape[:-1], -1, 4).mean(axis=-1)
    return np.concatenate([quarters[..., :1], years], axis=-1)


def derived(
    values: dict[str, NDArray[np.float64]],
    time: NDArray[np.float64],
    ppp_factor: NDArray[np.float64],
    pace: NDArray[np.float64],
) -> dict[str, NDArray[np.float64]]:
    """Outcomes that need the whole path.

    Parameters
    ----------
    values : measured outcomes, time last
    time : starts of quarters
    ppp_factor : (state,) purchasing-power over market-rate dollars
    pace : (sector,) log growth of technology a year, a fact, by which leads become months
    """
    china_over_us = {
        "rd_passes_us_market": values["rd_total"],
        "rd_passes_us_ppp": values["rd_total"] * ppp_factor[:, None],
        "basic_passes_us": values["rd_basic"],
    }
    ahead = lead(values["technology_frontier"])
    return {
        "gdp_growth": growth(values["gdp"]),
        "rd_growth": growth(values["rd_total"]),
        "rd_growth_nominal": growth(values["rd_total_nominal_lcu"]),
        "lead": ahead,
        "lead_months": lead_months(ahead, pace),
        "decoupling_index": np.mean([values[f"decoupling_{part}"] for part in DECOUPLED], axis=0),
        "year_passes_digital_core_10": first_time(values["digital_core_share"] >= 0.10, time),
        "year_passes_strategic_emerging_17": first_time(values["strategic_emerging_share"] >= 0.17, time),
        "year_passes_basic_share_8": first_time(values["basic_share"] >= 0.08, time),
        **{f"year_passes_{name}": first_time(level > level[:, :1], time) for name, level in china_over_us.items()},
        "year_passes_lead": first_time((ahead > TIED) & (ahead[..., :1] <= TIED), time),
    }


def growth(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Growth on the same quarter a year before, per year; NaN in the base year.

    The base year is one number at its middle, so the four quarters after it are compared with that, at an annual rate.
    """
    rate = np.full(levels.shape, np.nan)
    rate[..., 5:] = levels[..., 5:] / levels[..., 1:-4] - 1.0
    elapsed = 0.375 + np.arange(1, 5) / 4.0
    early = levels[..., 1:5] / levels[..., :1]
    rate[..., 1:5] = np.exp(np.log(early) / elapsed[: early.shape[-1]]) - 1.0
    return rate


def lead(frontier: NDArray[np.float64]) -> NDArray[np.float64]:
    """Own log frontier less the rival's in log points, (run, state, sector, time); negative when behind."""
    return HUNDRED * (frontier - frontier[:, ::-1])


def lead_months(lead: NDArray[np.float64], pace: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leads in log points, (run, state, sector, time), as months at a fixed pace, (sector,), log per year."""
    return MONTHS / HUNDRED * lead / pace[:, None]


def first_time(reached: NDArray[np.bool_], time: NDArray[np.float64]) -> NDArray[np.float64]:
    """Time at which something first holds, NaN where it never does; time is the last axis of `reached`."""
    return np.where(reached.any(axis=-1), time[reached.argmax(axis=-1)], np.nan)
