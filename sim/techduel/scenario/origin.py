"""Forecasts of the past: the scenario that a forecaster would have run at the end of a year, 2010 to 2020.

The United States keep the levers of the year. China keeps to the five-year plan in force as plans were kept: what the
plan before had missed is expected to be missed again. Nothing that happened after the year is used, but what 2020 says
of quantities without any other record (docs/model.md, "Base years before 2020").
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.facts import BASE_YEARS, Facts, load_facts
from techduel.facts.checks import rd_intensity
from techduel.scenario.scenario import Scenario, load_scenario

LATEST: Final = "baseline_2021"
TITLE: Final = "Forecast of the past from the end of"
YEARS_AHEAD: Final = 10
"""Simulated years of a forecast of the past."""
TREND: Final = 5
"""Years over which the share of basic research is extrapolated."""
CHINA: Final = 1


@dataclass(frozen=True, slots=True)
class FiveYearPlan:
    """What a plan aimed at, and what had become of the one before."""

    last_year: int
    intensity: float
    """R&D over GDP in the last year that it aims at."""
    slippage: float
    """Part of the planned rise that the plan before had missed."""


TWELFTH: Final = FiveYearPlan(2015, 0.022, 0.4)
"""12th Five-Year Plan: 2.2 % of GDP by 2015. The 11th rose from 1.3 to 1.7 % where it aimed at 2.0 %."""
THIRTEENTH: Final = FiveYearPlan(2020, 0.025, 0.3)
"""13th Five-Year Plan: 2.5 % of GDP by 2020. The 12th rose from 1.7 to 2.06 % where it aimed at 2.2 %."""


def origin_scenario(year: int, *overrides: str) -> Scenario:
    """The forecast that starts from a base year.

    Parameters
    ----------
    year : int
        Base year, 2010 to 2020; of 2020 it is the baseline itself.
    *overrides : str
        Further changes as on the command line, such as ``"params=default"``.

    Raises
    ------
    InvalidInput
        With every problem in a line of its own.
    ValueError
        For a year without facts.
    """
    if year not in BASE_YEARS:
        raise ValueError(f"origin {year}: allowed {BASE_YEARS[0]} to {BASE_YEARS[-1]}")
    if year == BASE_YEARS[-1]:
        return load_scenario(LATEST, *overrides)
    plan = [f"policies.china.{name}={value:g}" for name, value in plan_options(year).items()]
    dates = [f"facts.base_year={year}", f"start={year + 1}", f"horizon={year + YEARS_AHEAD}"]
    return load_scenario(LATEST, f"name=origin_{year}", f"title='{TITLE} {year}'", *dates, *plan, *overrides)


def plan_options(year: int) -> dict[str, float]:
    """Options of the policy `plan` for the five-year plan in force after a base year before 2020.

    R&D is expected to grow with GDP as forecast and with the planned rise of its intensity, less the part that the plan
    before had missed; public budgets fall short of what that needs by the same part. No plan before the 14th had a
    target for basic research: its share goes on as in the five years before.
    """
    plan = TWELFTH if year < TWELFTH.last_year else THIRTEENTH
    facts, left = load_facts(year), plan.last_year - year
    now = rd_intensity(facts.history, "china", year)
    rise = ((now + (1.0 - plan.slippage) * (plan.intensity - now)) / now) ** (1.0 / left)
    growth = float(np.mean(facts.outlook.gdp_growth[CHINA, :left]))
    return {
        "rd_growth_target": round((1.0 + growth) * rise - 1.0, 4),
        "basic_share_target": round(_basic_share(facts, year, left), 4),
        "target_year": float(plan.last_year),
        "slippage": plan.slippage,
    }


def _basic_share(facts: Facts, year: int, ahead: int) -> float:
    """Share of basic research in R&D if it goes on to change as over the last years."""
    now, before = (facts.history.at("basic_share", "china", at) / 100.0 for at in (year, year - TREND))
    return float(now * (now / before) ** (ahead / TREND))
