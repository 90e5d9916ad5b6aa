"""Third countries: what one maker a bloc and sector knows, pays for inputs, and teaches the two states."""

from math import exp, log
from typing import Any

from tests.reference import plain

STATES = 2
ABSORBED = (1.0, 0.5)
CHANNELS = ("embodied", "coinvention", "talent", "science", "investment")


class Abroad:
    """One passive bloc; lists are by sector."""

    def __init__(self, place: int, world: Any, sectors: int) -> None:
        self.place, self.bloc = place, place + STATES
        markets, first = world.markets, world.structure.research.fringe_technology
        self.log_pull, self.technology, self.first, self.missed, self.short = (
            plain.by_sector(values[:, place : place + 1], sectors)
            for values in (
                *(markets.log_fringe, markets.fringe_technology, first),
                *(markets.fringe_penalty, markets.fringe_shortage),
            )
        )
        self.renewed = [0.0] * sectors
        shares, hardness = world.structure.links.cost_share[0, ..., 0], world.structure.links.hardness
        self.inputs = [
            [
                (source, float(shares[:, source, user].mean()), float(hardness[source, user]))
                for source in range(sectors)
                if world.structure.links.input_share[source, user] > 0.0
            ]
            for user in range(sectors)
        ]
        self.cost = [0.0] * sectors


def look_at_prices(model: Any) -> None:
    """What inputs cost, from prices of the quarter before."""
    for bloc in model.abroad:
        labour = model.rest[bloc.bloc].labour_cost
        bloc.cost = [sum(_paid(model, bloc, *link) for link in links) for links in bloc.inputs]
        bloc.cost = [
            cost + labour * (1.0 - sum(share for _, share, _ in links))
            for cost, links in zip(bloc.cost, bloc.inputs, strict=True)
        ]


def _paid(model: Any, bloc: Abroad, source: int, share: float, hardness: float) -> float:
    missed, felt = bloc.missed[source], bloc.missed[source] + bloc.short[source]
    return share * (model.market(bloc.bloc, source).log_price[0] - missed) + share * hardness * felt


def pull(model: Any, sector: int, pace: float) -> list[float]:
    """Attraction of both blocs' makers."""
    by = model.known.market.elasticity[sector] - 1.0
    for bloc in model.abroad:
        if model.known.forms.fringe == "own":
            bloc.log_pull[sector] = by * (
                4.0 / 3.0 * (bloc.technology[sector] - bloc.first[sector]) - bloc.cost[sector]
            )
        else:
            bloc.log_pull[sector] += pace
    return [exp(bloc.log_pull[sector]) for bloc in model.abroad]


def learn(model: Any, frontiers: list[float]) -> None:
    """A quarter of research and learning, with the better of the two states' frontiers before."""
    if model.known.forms.fringe == "mean":
        return
    ideas, reach = model.known.ideas, _open(model)
    for bloc, absorbed in zip(model.abroad, ABSORBED, strict=True):
        research = (1.0 - model.known.research.price_elasticity) * log(model.gdp_paths[bloc.bloc][model.quarter])
        for sector, best in enumerate(frontiers):
            known = bloc.technology[sector]
            dear = known - bloc.first[sector] - bloc.renewed[sector]
            effort = research - ideas.difficulty[sector] * dear
            found = ideas.innovation_rate * ideas.step * exp(ideas.curvature * effort)
            learnt = ideas.catch_up * absorbed * reach * (best - known) if best > known else 0.0
            bloc.technology[sector] = known + (found + learnt) / 4.0


def go_over(model: Any) -> None:
    """Makers of third countries find the base of the new paradigm, after what they found in the quarter."""
    if model.known.forms.paradigm == "wear":
        return
    for bloc in model.abroad:
        for sector, cell in enumerate(model.both[0].cells):
            used = 13.0 * cell.pace + bloc.technology[sector] - bloc.first[sector] - bloc.renewed[sector]
            bloc.renewed[sector] += model.opens * cell.iot_weight * used


def taught(state: Any, cell: Any, from_rival: float) -> float:
    """What a cell can learn abroad: from the rival, or from allies where they have more to teach."""
    model = state.model
    if model.known.forms.fringe == "mean":
        return from_rival
    kept_back = state.rival.joined[cell.sector] * cell.denied_by_rival
    closing = (1.0 - kept_back) ** model.known.access.knowledge_closing
    ahead = model.abroad[0].technology[cell.sector] - cell.frontier
    return max(from_rival, model.known.knowledge.third_party * _open(model) * closing * ahead)


def _open(model: Any) -> float:
    return sum(getattr(model.known.knowledge, channel) for channel in CHANNELS)
