"""Changes of facts: positions, sizes and paces of sectors that a scenario gives instead of those of its base year."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from techduel.facts import QUANTITIES, Facts
from techduel.facts.base_trade import other_digital
from techduel.facts.tables import frozen
from techduel.model.axes import N_STATES, STATES, Numbers

CHANGEABLE: Final = ("position", "market_size", "pace")
"""Quantities that a scenario may change: by state and sector the first, by sector the others."""

type Choice = Mapping[str, Any]
"""Plain settings of ``facts``: what the model starts from, and by name of `CHANGEABLE` what is different."""


def changed(facts: Facts, choice: Choice) -> Facts:
    """Facts with the positions, sizes and paces that a scenario gives; the same object where it gives none."""
    given = {name: _replaced(facts, name, choice[name]) for name in CHANGEABLE if choice.get(name)}
    return replace(facts, base=replace(facts.base, **given)) if given else facts


def _replaced(facts: Facts, name: str, given: Mapping[str, Any]) -> Numbers:
    values = getattr(facts.base, name).copy()
    for key, value in given.items():
        if "state" not in QUANTITIES[name].dims:
            values[facts.sectors.index(key)] = value
            continue
        for sector, number in value.items():
            values[STATES.index(key), facts.sectors.index(sector)] = number
    return frozen(values)


def overdrawn(facts: Facts) -> Iterator[str]:
    """One line for each account without firms that has nothing left, since the sectors' markets are too large."""
    base = facts.base
    sold = base.market_size * base.supply_share[:N_STATES]
    made = (sold * base.value_added_share).sum(axis=1)
    spent = (sold * base.rd_intensity * (1.0 + base.grant_rate[:, None])).sum(axis=1)
    left = {
        "other digital industries": other_digital(facts),
        "other strategic emerging industries": base.strategic_emerging_share * base.gdp[:N_STATES] - made,
        "business R&D outside the sectors": base.rd_business_performed - spent,
    }
    for account, values in left.items():
        for state, value in zip(STATES, values, strict=True):
            if value <= 0.0:
                yield f"{account} of {state} would be {value:.0f} bn USD; allowed: smaller markets"
