"""The baseline stays inside what countries and firms have ever shown: medians over 64 runs, 2021 to 2035."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import kurtosis

from techduel.ensemble.record import Record
from techduel.model.axes import STATES

US, CHINA = range(2)
TOP = 10
"""Largest firms of a cell that are taken for its tail."""
EXPONENTS = (0.8, 1.6)


def median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over runs."""
    return np.median(values, axis=0)


def between(values: NDArray[np.float64], low: float, high: float) -> bool:
    return bool(np.all((values > low) & (values < high)))


@pytest.mark.parametrize(("state", "low", "high"), [(US, 0.0, 0.08), (CHINA, 0.03, 0.12)], ids=STATES)
def test_rd_grows_as_it_has_grown_before(ensemble: Record, state: int, low: float, high: float) -> None:
    assert between(median(ensemble["rd_growth"])[state, 1:], low, high)


def test_rd_intensity_stays_below_the_highest_on_record(ensemble: Record) -> None:
    assert between(median(ensemble["rd_intensity"]), 0.02, 0.045)


def test_no_state_takes_every_sector(ensemble: Record) -> None:
    """Nor all four markets of any sector."""
    in_every_market = median(ensemble["market_share"]).min(axis=1)
    assert in_every_market.max() < 0.95


def test_the_digital_core_grows_within_bounds(ensemble: Record) -> None:
    share = median(ensemble["digital_core_share"])
    assert np.all(share[:, -1] > share[:, 0])
    assert share.max() < 0.20


def test_frontiers_move_as_industries_have(ensemble: Record) -> None:
    frontier = ensemble["technology_frontier"]
    over_all_years = median(frontier[..., -1] - frontier[..., 0]) / 15.0
    assert between(over_all_years, 0.01, 0.08)
    world = np.maximum(frontier[:, US], frontier[:, CHINA]).mean(axis=1)
    assert between(median(np.diff(world[:, ::4])), 0.01, 0.08)


def test_researchers_stay_a_small_part_of_the_people(ensemble: Record) -> None:
    assert between(median(ensemble["researchers_share"]), 0.0, 0.02)


def test_entry_and_exit_balance_within_a_factor_of_two(ensemble: Record) -> None:
    entered, exited = (ensemble[f"firms_{name}"][..., 1:].sum(axis=-1) for name in ("entered", "exited"))
    assert np.all(median(exited) > 10)
    assert between(median(entered / exited), 0.5, 2.0)


def test_cash_hardly_ever_limits_research(ensemble: Record) -> None:
    counts = {name: values.sum() for name, values in ensemble.diagnostics.items()}
    assert counts["limit_cash"] < 0.01 * counts["firm_quarters"]


def tail_exponent(sizes: NDArray[np.float64]) -> float:
    """Slope of log(rank - 1/2) on log size (Gabaix and Ibragimov 2011) of sizes in falling order."""
    rank = np.arange(1, len(sizes) + 1)
    return -float(np.polyfit(np.log(sizes), np.log(rank - 0.5), 1)[0])


def of_cells(sizes: NDArray[np.float64]) -> float:
    """Median over sectors of the exponent of a sector's ten largest firms, where it has as many."""
    full = [cell for cell in map(largest, sizes) if len(cell) >= TOP]
    return float(np.median([tail_exponent(cell[:TOP]) for cell in full])) if full else np.nan


def of_state(sizes: NDArray[np.float64]) -> float:
    """Exponent of the largest quarter of all firms, sectors pooled as in published size distributions."""
    falling = largest(sizes)
    return tail_exponent(falling[: len(falling) // 4])


def largest(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sizes of firms that sell, the largest first; entrants have not sold yet."""
    return np.sort(sizes[sizes > 0.0])[::-1]


@pytest.mark.parametrize("when", ["start", "end"])
@pytest.mark.parametrize("exponent", [of_cells, of_state], ids=["in sectors", "in states"])
@pytest.mark.parametrize("state", [US, CHINA], ids=STATES)
def test_firm_sizes_keep_their_fat_tail(
    ensemble: Record, state: int, exponent: Callable[[NDArray[np.float64]], float], when: str
) -> None:
    sizes = np.nan_to_num(ensemble.snapshots[f"firm_sales_{when}"][:, state])
    assert between(np.nanmedian([exponent(run) for run in sizes]), *EXPONENTS)


@pytest.mark.parametrize("quarters", [1, 4])
@pytest.mark.parametrize("state", [US, CHINA], ids=STATES)
def test_growth_rates_of_firms_are_tent_shaped(panel: Record, state: int, quarters: int) -> None:
    assert kurtosis(_growth(panel, quarters)[state]) > 1.0


def test_research_goes_with_size(panel: Record) -> None:
    """Elasticity of R&D to sales near 1 across the firms of a sector, as in every panel of firms."""
    sales, rd = (panel.firms[name][..., -1].astype(float) for name in ("sales", "rd"))
    log_sales, log_rd = (np.log(np.where(sales > 0.0, values, np.nan)) for values in (sales, rd))
    within = [values - np.nanmean(values, axis=-1, keepdims=True) for values in (log_sales, log_rd)]
    there = np.isfinite(within[0])
    assert 0.85 < np.polyfit(within[0][there], within[1][there], 1)[0] < 1.15


def _growth(panel: Record, quarters: int) -> list[NDArray[np.float64]]:
    """Log growth of firms that sold throughout, around the mean of their sector and quarter, by state."""
    sales = np.asarray(panel.firms["sales"], dtype=float)
    sold = np.where((sales > 0.0) & panel.firms["alive"].astype(bool), sales, np.nan)
    length = sold.shape[-1] - quarters
    spans = [sold[..., first : first + length] for first in range(quarters + 1)]
    growth = np.where(np.isfinite(sum(spans)), np.log(spans[-1]) - np.log(spans[0]), np.nan)
    around = growth - np.nanmean(growth, axis=3, keepdims=True)
    return [around[:, state][np.isfinite(around[:, state])] for state in (US, CHINA)]
