"""Impossible numbers: outcomes outside what they can be by definition, or beyond what any country has on record.

A model of shares and elasticities holds near the world that it was fitted to. Where extreme parameters or levers carry
it away from there, its numbers are no forecast, and every result that has such runs says so.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from techduel.ensemble.record import Record
from techduel.model.axes import STATES, Numbers
from techduel.model.outcomes import OUTCOMES, RUN_TIME, STATE_TIME
from techduel.statistics.tables import read_lines, write_table

DIAGNOSTICS: Final = "diagnostics.csv"
COLUMNS: Final = ("name", "meaning", "count", "of", "value", "allowed", "fine")
PREFIX: Final = "beyond_"
ROUNDING: Final = 1e-9
"""By how much a sum of shares may miss one."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What an outcome can be; both ends are included."""

    low: float
    high: float
    why: str
    """A definition; or of a record its source, or the word assumption."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """An outcome of a state that left its bound in some runs."""

    outcome: str
    state: str
    """Empty for the world."""
    runs: int
    of: int
    reached: float
    """Furthest value; NaN where one is undefined or infinite."""
    bound: float
    why: str
    defined: bool
    """Whether the bound is a definition, so that the number is impossible; or a record."""

    @property
    def sentence(self) -> str:
        """What was reached, what is possible and why."""
        opening = "impossible" if self.defined else "beyond the record"
        whose = f"{opening}: {self.outcome} {self.state}".strip()
        if math.isnan(self.reached):
            return f"{whose} is not a finite number"
        side = "most" if self.reached > self.bound else "least"
        return f"{whose} reaches {self._number(self.reached)}; at {side} {self._number(self.bound)} ({self.why})"

    def _number(self, value: float) -> str:
        name = self.outcome.partition(".")[0]
        percent = name in {*GROWTH, *OVER_GDP} or OUTCOMES[name].unit.startswith("share")
        return f"{100.0 * value:.4g} %" if percent else f"{value:,.4g}"


GROWTH: Final = ("gdp_growth", "rd_growth", "rd_growth_nominal")
"""Outcomes without a number in the base year."""
OVER_GDP: Final = {"public_spending_over_gdp": "public_spending", "tariff_revenue_over_gdp": "tariff_revenue"}
"""Parts of GDP that are checked though they are no outcomes."""
MAY_BE_MISSING: Final = "year_passes_"
"""How outcomes begin that may never happen."""
CHECKED: Final = (
    *(name for name, outcome in OUTCOMES.items() if outcome.dims in {STATE_TIME, RUN_TIME}),
    *("sales", "leakage"),
)
"""Outcomes that are read of a stored result: where sectors go wrong, these do too."""

ANYTHING: Final = Bound(-math.inf, math.inf, "a number")
SHARE: Final = Bound(0.0, 1.0, "a share")
AMOUNT: Final = Bound(0.0, math.inf, "an amount")
INDEX: Final = Bound(0.0, 1.0, "an index from 0 to 1")
CHANGE: Final = Bound(-math.inf, 1.0, "1 is nothing left")
UNITS: Final[Mapping[str, Bound]] = {"share": SHARE, "bn": AMOUNT, "firms": AMOUNT, "thousand": AMOUNT}
"""Definitions by how a unit begins."""
DEFINED: Final[Mapping[str, Bound]] = {
    **dict.fromkeys(OVER_GDP, Bound(0.0, 1.0, "a part of GDP")),
    **dict.fromkeys(GROWTH, Bound(-1.0, math.inf, "nothing loses more than all")),
    **dict.fromkeys(("price_index", "research_price"), Bound(0.0, math.inf, "a price")),
    **dict.fromkeys(("filings", "innovations", "risk", "incidents", "stock"), AMOUNT),
    **dict.fromkeys(("concentration", "restriction", "trust", "threat", "dependence"), INDEX),
    **{f"decoupling_{part}": CHANGE for part in ("goods", "knowledge", "talent", "capital", "index")},
    "money_gap": Bound(0.0, 1e-8, "receipts are payments"),
}
"""Definitions by outcome, where the unit does not say it."""
_INDUSTRY: Final = Bound(0.0, 0.5, "assumption: no large economy owes half of its GDP to these industries")
RECORDED: Final[Mapping[str, Bound]] = {
    "gdp_growth": Bound(-0.273, 0.193, "World Bank: China in 1961 and 1970, the extremes of both states"),
    "rd_intensity": Bound(0.0, 0.0544, "OECD MSTI: Israel in 2020, the highest of any country"),
    "digital_core_share": _INDUSTRY,
    "strategic_emerging_share": _INDUSTRY,
    "researchers_share": Bound(
        0.0, 0.02, "assumption: over twice Korea's 0.87 % of 2020, the highest that UNESCO lists"
    ),
}
"""What countries have on record, by outcome."""


def definition(outcome: str) -> Bound:
    """What an outcome can be at all; a mean over sectors, such as ``leakage.frontier``, like each of them."""
    name = outcome.partition(".")[0]
    if name in DEFINED or name not in OUTCOMES:
        return DEFINED.get(name, ANYTHING)
    return next((found for unit, found in UNITS.items() if OUTCOMES[name].unit.startswith(unit)), ANYTHING)


def impossible(record: Record) -> list[Beyond]:
    """Every outcome of a record that left what is possible or on record in some run, by outcome and state.

    Parameters
    ----------
    record : Record
        With all outcomes or some.
    """
    kept = record.values
    parts = {name: kept[part] / kept["gdp"] for name, part in OVER_GDP.items() if {part, "gdp"} <= kept.keys()}
    found: list[Beyond] = []
    for name, values in {**kept, **parts}.items():
        path = values[..., 1:] if name in GROWTH else values
        by_state = name in parts or "state" in OUTCOMES[name].dims
        for place, state in enumerate(STATES if by_state else ("",)):
            found += beyond(name, state, path[:, place] if by_state else path)
    return found


def beyond(outcome: str, state: str, values: Numbers) -> list[Beyond]:
    """How far an outcome of a state left what is possible, and what is on record; empty where it did in no run.

    Parameters
    ----------
    outcome, state : str
    values : (run, ...)
    """
    if outcome.startswith(MAY_BE_MISSING):
        return []
    numbers = values.reshape(len(values), -1)
    found = [_left(numbers, definition(outcome), outcome, state, True)]
    if outcome in RECORDED:
        found.append(_left(numbers, RECORDED[outcome], outcome, state, False))
    return [one for one in found if one is not None]


def _left(numbers: Numbers, bound: Bound, outcome: str, state: str, defined: bool) -> Beyond | None:
    undefined = ~np.isfinite(numbers)
    with np.errstate(invalid="ignore"):
        excess = np.maximum(numbers - bound.high, bound.low - numbers)
    out = undefined | (excess > ROUNDING)
    if not out.any():
        return None
    furthest = float(numbers.flat[np.argmax(np.where(undefined, -np.inf, excess))])
    edge = bound.high if furthest > bound.high else bound.low
    runs, reached = int(out.any(axis=1).sum()), math.nan if undefined.any() else furthest
    return Beyond(outcome, state, runs, len(numbers), reached, edge, bound.why, defined)


def together(one: Beyond, other: Beyond) -> Beyond:
    """The same outcome, state and kind of bound in two groups of runs."""
    worse = max(one, other, key=lambda found: (math.isnan(found.reached), abs(found.reached - found.bound)))
    return replace(worse, runs=one.runs + other.runs, of=one.of + other.of)


def cells(beyond: Beyond, whose: str = "") -> tuple[str | float, ...]:
    """A line of ``diagnostics.csv``; the value is empty where it is undefined or infinite."""
    words = f"{whose}: {beyond.sentence}" if whose else beyond.sentence
    kind = "possible" if beyond.defined else "record"
    name = PREFIX + "_".join(part for part in (kind, whose, beyond.outcome, beyond.state) if part)
    return name, words, beyond.runs, beyond.of, beyond.reached, beyond.bound, "no"


def write(folder: Path, found: Mapping[str, Sequence[Beyond]]) -> None:
    """Write ``diagnostics.csv`` of a result of several parts, by part; none where nothing is impossible."""
    lines = [cells(one, part) for part, parts in found.items() for one in parts]
    if lines:
        write_table(folder / DIAGNOSTICS, COLUMNS, lines)
    else:
        (folder / DIAGNOSTICS).unlink(missing_ok=True)


def told(folder: Path) -> list[str]:
    """A sentence for each line that ``diagnostics.csv`` has of impossible numbers."""
    lines = read_lines(folder / DIAGNOSTICS) if (folder / DIAGNOSTICS).exists() else []
    beyond = [line for line in lines if line["name"].startswith(PREFIX)]
    return [f"{line['meaning']}, in {line['count']:.0f} of {line['of']:.0f} runs" for line in beyond]
