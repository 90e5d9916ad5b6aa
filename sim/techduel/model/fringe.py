"""Makers of third countries: one representative maker a bloc and sector, what it knows and what its inputs cost."""

from math import exp, log
from typing import Any, Final

from techduel.model.access import denied
from techduel.model.axes import ALLIES, N_PASSIVE, N_STATES, PRIVATE
from techduel.model.engine.compiler import compiled
from techduel.model.parameters.forms import code
from techduel.model.reallocation import pull

OWN: Final = code("fringe", "own")
ABSORPTION: Final = (1.0, 0.5)
"""Absorptive capacity of allies and of the rest: assumption."""
REALLOCATION: Final = 1.0 / 3.0
"""What selection, entry and learning at home add to what one maker gains: as in the states' sectors, whose attraction
grows by a third more than their frontiers until 2035. Of the growth of industries three quarters or less comes from
inside plants (Foster, Haltiwanger and Krizan 2001, recalled)."""


@compiled
def price_inputs(run: Any) -> None:
    """Log unit cost of the makers of third countries, from the prices and shortages of their bloc before.

    They use inputs as the two states do on average. Equation: model.md 3.3.
    """
    if run.parameters.forms.fringe != OWN:
        return
    for sector in run.sectors:
        for place in range(N_PASSIVE):
            sector.cost[place] = run.blocs[N_STATES + place].labour_cost
    for link in run.links:
        user, source, share = run.sectors[link.user], run.sectors[link.source], 0.5 * sum_of(link.cost_share)
        for place in range(N_PASSIVE):
            price, penalty = run.markets[N_STATES + place, link.source].log_price[PRIVATE], source.penalty[place]
            dear = price - penalty + link.hardness * (penalty + source.shortage[place])
            user.cost[place] += share * (dear - run.blocs[N_STATES + place].labour_cost)


@compiled
def sum_of(pair: Any) -> float:
    """Of what belongs to the two states."""
    return pair[0] + pair[1]


@compiled
def attract_abroad(run: Any, k: int, pace: float) -> None:
    """Attraction of third countries' makers: by what they know and pay, or at the pace of the two states.

    Equation: model.md 3.4. Source: ideas that come with partners, Buera and Oberfield 2020; Cai, Li and Santacreu 2022.

    Parameters
    ----------
    pace : float
        Mean change of the log attraction of the two states.
    """
    sector, by_price = run.sectors[k], run.parameters.market.elasticity[k] - 1.0
    for place in range(N_PASSIVE):
        if run.parameters.forms.fringe == OWN:
            gained = sector.technology[place] - sector.first_technology[place]
            sector.log_fringe[place] = by_price * ((1.0 + REALLOCATION) * gained - sector.cost[place])
        else:
            sector.log_fringe[place] += pace
        sector.supply[N_STATES + place] = pull(run, k, exp(sector.log_fringe[place]))


@compiled
def open_channels(weights: Any) -> float:
    """What reaches third countries of a distance to the better frontier: all channels but the illicit one.

    Equation: model.md 3.7.
    """
    return weights.embodied + weights.coinvention + weights.talent + weights.science + weights.investment


@compiled
def progress(run: Any, k: int, place: int) -> float:
    """Rise of a third country's technology in a quarter: own research and what it learns from the better state.

    Research grows with forecast GDP, not with sales. Equation: model.md 3.7. Source: Griffith, Redding and Van Reenen
    2004 (productivity grows with the distance to the frontier).
    """
    sector, ideas = run.sectors[k], run.parameters.ideas
    research = (1.0 - run.parameters.research.price_elasticity) * log(run.now.gdp[N_STATES + place])
    gained = sector.technology[place] - sector.first_technology[place] - sector.renewed[place]
    dearness = ideas.difficulty[k] * gained
    found = ideas.step * ideas.innovation_rate * exp(ideas.curvature * (research - dearness))
    behind = max(max(run.cells[0, k].frontier, run.cells[1, k].frontier) - sector.technology[place], 0.0)
    caught = ideas.catch_up * open_channels(run.parameters.knowledge) * ABSORPTION[place] * behind
    return 0.25 * (found + caught)


@compiled
def learn_abroad(run: Any) -> None:
    """Technology of third countries after a quarter. Equation: model.md 3.7."""
    if run.parameters.forms.fringe == OWN:
        for k in range(len(run.sectors)):
            for place in range(N_PASSIVE):
                run.sectors[k].technology[place] += progress(run, k, place)


@compiled
def taught_by_allies(run: Any, s: int, k: int) -> float:
    """Log technology that a state can learn from allies, as far as they do not keep it back with the rival.

    Equation: model.md 3.7.
    """
    withheld = denied(run, ALLIES, s, k, PRIVATE)
    closing = (1.0 - withheld) ** run.parameters.access.knowledge_closing
    ahead = max(run.sectors[k].technology[ALLIES - N_STATES] - run.cells[s, k].frontier, 0.0)
    return run.parameters.knowledge.third_party * open_channels(run.parameters.knowledge) * closing * ahead


@compiled
def inflow(run: Any, s: int, k: int) -> float:
    """Log technology that a state's firms can learn abroad: from the rival, or from allies where they teach more.

    Equation: model.md 3.7.
    """
    cell = run.cells[s, k]
    from_rival = cell.reach * max(cell.lead, 0.0)
    if run.parameters.forms.fringe == OWN:
        return max(from_rival, taught_by_allies(run, s, k))
    return from_rival
