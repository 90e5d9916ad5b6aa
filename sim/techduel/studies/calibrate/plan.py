"""How many simulations a calibration takes, and what they are spent on."""

from dataclasses import dataclass
from typing import Final

from techduel.scenario.loader import InvalidInput

TWINS: Final = 256
"""Sets that are run a second time in every step: how much of a moment is luck."""
CHECKED: Final = 1000
"""Prior draws that the prior-predictive check looks at."""
FEWEST_STEPS, MOST_STEPS = 3, 8
"""Emerick and Reynolds 2013 use 4 to 8; more gain nothing."""
FEWEST_MEMBERS, MOST_MEMBERS = 100, 10_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a budget buys."""

    until: int
    """Last year of the record that the fit knows."""
    members: int
    steps: int
    seed: int

    @property
    def twins(self) -> int:
        """Sets that are run twice."""
        return min(TWINS, self.members)

    @property
    def each(self) -> int:
        """Runs of one evaluation of the ensemble."""
        return self.members + self.twins

    @property
    def runs(self) -> int:
        """Runs in all: the check, the prior, and what follows each assimilation."""
        return CHECKED + (self.steps + 1) * self.each


def planned(until: int, members: int, budget: int, seed: int) -> Plan:
    """The plan with as many assimilations as the budget allows.

    Raises
    ------
    InvalidInput
        If it does not allow enough.
    """
    least = Plan(until, members, FEWEST_STEPS, seed).runs
    if budget < least:
        raise InvalidInput([f"budget: {budget} given; {members} members need at least {least} runs"])
    each = Plan(until, members, 1, seed).each
    return Plan(until, members, min((budget - CHECKED) // each - 1, MOST_STEPS), seed)
