"""Learning from making: who wins a larger share of what the world makes knows more of how it is made."""

from math import exp, log
from typing import Any, Final

from techduel.model.access import sales_of
from techduel.model.axes import ALLIES, N_STATES, REST
from techduel.model.engine.compiler import compiled
from techduel.model.ideas import OWN
from techduel.model.market import smoothed

OTHERS: Final = 1.0 / 3.0
"""What a maker learns from another's output relative to its own (Irwin and Klenow 1994)."""


@compiled
def smooth_passive_sales(run: Any, k: int) -> None:
    """Sales of the passive blocs' suppliers that are remembered. Equation: model.md 3.9."""
    sector = run.sectors[k]
    for origin in (ALLIES, REST):
        place = origin - N_STATES
        sector.passive_trend[place] = smoothed(
            sector.passive_trend[place], sales_of(run, origin, k), run.parameters.market
        )


@compiled
def world_trend(run: Any, k: int) -> float:
    """Sales of all makers of a sector that are remembered. Equation: model.md 3.7."""
    passive = run.sectors[k].passive_trend
    return run.cells[0, k].trend_sales + run.cells[1, k].trend_sales + (passive[0] + passive[1])


@compiled
def experience(log_sales: float, world: float) -> float:
    """Log of what a maker knows from making relative to a single maker of all. Equation: model.md 3.7."""
    return log(OTHERS + (1.0 - OTHERS) * exp(log_sales) / world)


@compiled
def gain_experience(run: Any, s: int, k: int) -> None:
    """Technology rises with experience relative to other makers; what all learn together is in the sector's pace.

    An entrant has made nothing yet that it could learn from. Equation: model.md 3.7. Source: Irwin and Klenow 1994.
    """
    if run.parameters.forms.knowledge == OWN:
        world, learning = world_trend(run, k), run.parameters.ideas.learning
        for firm in run.firms[s, k]:
            if firm.alive:
                known = experience(firm.log_scale, world)
                if firm.age > 0.0:
                    firm.technology += learning * (known - firm.experience)
                firm.experience = known
