"""The model: builds the agents from the base year and steps them quarter by quarter."""

import time
from dataclasses import fields
from math import exp
from types import SimpleNamespace
from typing import Any

import mesa

from techduel.ensemble.simulation import Start, prepared
from techduel.model.noise import Noise
from techduel.model.world import Firms, World
from techduel.policies.events import happened
from techduel.scenario.scenario import Scenario
from tests.reference import ledger_income, ledger_sales, plain
from tests.reference.abroad import Abroad, go_over, learn
from tests.reference.agents import Cell, Firm, State
from tests.reference.markets import STATES, Market, trade
from tests.reference.rest import Rest, trade_rest
from tests.reference.view import world_of

MIDDLE_OF_BASE_YEAR = 0.375
"""Years from the middle of the base year to the middle of its last quarter."""


class Reference(mesa.Model):
    """One world; the same draws and the same base year as the arrays.

    Parameters
    ----------
    start : Start
        From `techduel.ensemble.simulation.prepared`, for one run.
    """

    def __init__(self, start: Start) -> None:
        super().__init__(rng=0)
        world, sectors = start.world, start.world.cells.sales.shape[2]
        self.start, self.first_year, self.noise = start, start.start, start.noise
        self.quarter, self.year, self.quarters = world.quarter, world.year, start.quarters
        self.firm_quarters, self.sectors = 0, sectors
        self.known = plain.parameters(world.parameters, sectors)
        self.tags = {tag: members.tolist() for tag, members in world.structure.tags.items()}
        self._read_markets(world)
        self.both = _states(self, world, start.policies)
        self.states = self.agents_by_type[State]
        _read_prices(self)
        self._heed(world)
        if world.origin is not None:
            ledger_sales.remember(self, world.origin.records[0])
        for state in self.both:
            ledger_income.remember(state)

    def market(self, bloc: int, sector: int) -> Market:
        """A bloc's market for a sector."""
        return self.markets[bloc * self.sectors + sector]

    def view(self) -> World:
        """The model's own numbers as the world that a policy or an event of the arrays asks for, once a quarter."""
        if self.seen is None:
            self.seen = world_of(self)
        return self.seen

    def step(self) -> None:
        """One quarter: events, then both states decide on what they see, then all in the order of the text."""
        self._happen()
        self.states.do("decide")
        self._open_quarter()
        self.states.do("act")
        self.states.do("ask_allies")
        self.states.do("open_doors")
        self.states.do("offer")
        trade(self)
        self.states.do("set_standards")
        self.states.do("research")
        frontiers = [max(us.frontier, china.frontier) for us, china in zip(*(s.cells for s in self.both), strict=True)]
        self.states.do("discover")
        learn(self, frontiers)
        go_over(self)
        self.states.do("turn_over")
        self.states.do("list_firms")
        _read_prices(self)
        self.states.do("secure")
        self.states.do("send_researchers")
        self.states.do("produce")
        trade_rest(self)
        self.states.do("account")
        self.states.do("share_knowledge")
        self.states.do("perceive")
        self.firm_quarters += self.living

    def _happen(self) -> None:
        """Events act on the view of the quarter before; what they leave there is read back as plain numbers."""
        self.seen = None
        if self.start.events:
            year = self.first_year + self.quarter / 4.0
            self._heed(happened(self.view(), self.start.events, self.start.fates, year))

    def _heed(self, world: World) -> None:
        """Laws and objectives, what the coming quarter meets from outside, and what makers know."""
        self.seen, self.law, self.outside, self.parameters = world, world.mandate, world.outside, world.parameters
        self.shifts = [[exp(shift) for shift in line] for line in plain.by_bloc(world.outside.demand, self.sectors)]
        self.present = [[1.0 - part for part in line] for line in plain.by_bloc(world.outside.disruption, self.sectors)]
        laws, ease = plain.levers(world.mandate, self.sectors), plain.by_cell(world.outside.ease, self.sectors)
        frontier = plain.by_cell(world.cells.frontier, self.sectors)
        for state in self.both:
            state.mandate, state.ease = laws[state.index], ease[state.index]
            for cell in state.cells:
                cell.frontier = frontier[state.index][cell.sector]
                for place in cell.places:
                    place.technology = float(world.firms.technology[0, state.index, cell.sector, place.slot])

    def _open_quarter(self) -> None:
        """Time, luck and what only depends on them."""
        self.year = self.first_year + self.quarter / 4.0
        self.quarter += 1
        self.years = self.quarter / 4.0 + MIDDLE_OF_BASE_YEAR
        self.luck = _luck(self.noise)
        self.living = sum(len(cell.firms) for state in self.both for cell in state.cells)
        known = self.known.paradigm
        self.diffusion_left = exp(-known.diffusion_speed * self.years)
        before, after = (
            1.0 / (1.0 + exp(-known.iot_speed * (year - known.iot_midpoint))) for year in (self.year, self.year + 0.25)
        )
        begun = 1.0 / (1.0 + exp(-known.iot_speed * (self.first_year - known.iot_midpoint)))
        self.opens, self.opened = after - before, after - begun

    def _read_markets(self, world: World) -> None:
        structure, sectors = world.structure, self.sectors
        shares = structure.links.input_share.tolist()
        self.users = [[(user, share) for user, share in enumerate(line) if share > 0.0] for line in shares]
        self.link_scale = world.structure.links.link_scale[0, ..., 0].tolist()
        self.digital_inputs = plain.by_sector(structure.links.digital_inputs, sectors)
        self.final_hardness = plain.by_sector(structure.links.final_hardness, sectors)
        self.first_spending = plain.by_sector(structure.demand.first_spending, sectors)
        self.first_gdp = structure.economy.first_gdp[0, :, 0, 0].tolist()
        self.gdp_paths = structure.economy.gdp_path[0, :, 0].tolist()
        self.rest_paths = structure.economy.rest_path[0, :, 0].tolist()
        self.knowledge_paths = structure.economy.knowledge_path[0, :, 0].tolist()
        self.sector_paths = structure.economy.sector_path[0, :, 0].tolist()
        self.sales_paths = structure.economy.sales_path[0, :, 0].tolist()
        self.digital_sales_paths = structure.economy.digital_sales_path[0, :, 0].tolist()
        self.storable = [at for at, stored in enumerate(self.tags["storable"]) if stored]
        self.rest = [Rest(bloc, world) for bloc in range(4)]
        self.abroad = [Abroad(place, world, sectors) for place in range(2)]
        self.passive_sales = world.markets.flows[0, STATES:, ..., 0].sum(axis=1).tolist()
        self.markets = _markets(world, sectors)


def run(scenario: Scenario, seed: int, run: int = 0) -> Reference:
    """A whole run of a scenario; `firm_quarters` of the result counts its work."""
    reference = Reference(prepared(scenario, [run], seed))
    reference.run_for(reference.quarters)
    return reference


def microseconds_per_firm_quarter(scenario: Scenario, seed: int) -> float:
    """Time that a firm takes for a quarter in a whole run, the base year included."""
    began = time.perf_counter()
    firm_quarters = run(scenario, seed).firm_quarters
    return 1e6 * (time.perf_counter() - began) / firm_quarters


def _luck(noise: Noise) -> SimpleNamespace:
    """The draws of the quarter, by state, sector and slot."""
    draws = noise.quarter()
    names = ("innovation", "imitation", "appeal", "turnover", "peer")
    luck = {name: getattr(draws, name)[0].tolist() for name in names}
    luck |= {name: plain.by_state(getattr(draws, name)) for name in ("economy", "espionage", "disruption", "sight")}
    return SimpleNamespace(**luck)


def _markets(world: World, sectors: int) -> list[Market]:
    demand, markets = world.structure.demand, world.markets
    taste, flows = plain.by_origin(demand.taste), plain.by_origin(markets.flows)
    log_first = plain.by_market(demand.log_attraction, sectors)
    final = plain.by_market(demand.final_demand, sectors)
    prices = plain.by_market(markets.log_price, sectors)
    spending = plain.by_market(markets.spending, sectors)
    limit = demand.diffusion_limit[0, ..., 0].tolist()
    penalty, felt = (plain.for_all_buyers(values) for values in (markets.penalty, markets.felt))
    return [
        Market(
            bloc=bloc,
            sector=sector,
            taste=taste[bloc][sector],
            flows=flows[bloc][sector],
            log_first=log_first[bloc][sector],
            final=final[bloc][sector],
            log_price=prices[bloc][sector],
            spending=spending[bloc][sector],
            limit=limit[bloc][sector],
            penalty=penalty[bloc][sector],
            felt=felt[bloc][sector],
            settled=markets.settled[0, :, bloc, sector].T.tolist(),
            replaced=markets.replaced[0, :, bloc, sector].T.tolist(),
        )
        for bloc in range(4)
        for sector in range(sectors)
    ]


def _read_prices(model: Reference) -> None:
    """Cells keep the price and the penalties of their goods at home: what users pay in the next quarter."""
    for state in model.both:
        for cell in state.cells:
            market = model.market(state.index, cell.sector)
            cell.log_price = market.log_price[0]
            cell.penalty = market.penalty[0]
            cell.felt, _, cell.felt_listed = market.felt


def _states(model: Reference, world: World, policies: tuple[Any, ...]) -> list[State]:
    """Both states with their cells and firms."""
    sectors = model.sectors
    cells = _cells(model, world)
    in_force, status_quo = plain.levers(world.action, sectors), plain.levers(world.structure.status_quo, sectors)
    economy, resolve = world.structure.economy, plain.by_state(world.resolve)
    first_credit = plain.by_state(world.structure.research.tax_credit)
    values = []
    for index in range(STATES):
        constants = plain.state_fields(economy, index)
        constants["first_mobility"] = constants.pop("mobility")
        values.append(
            constants
            | plain.state_fields(world.states, index)
            | {
                "inputs_from_rival": world.structure.chokepoints.from_rival[0, index, 0].tolist(),
                "inputs_from_allies": world.structure.chokepoints.from_allies[0, index, 0].tolist(),
                "first": plain.state_fields(economy.first, index),
                "first_credit": first_credit[index],
                "levers": in_force[index],
                "decided": in_force[index],
                "planned": (in_force[index]["basic_research"], in_force[index]["applied_research"]),
                "status_quo": status_quo[index],
                "first_capital": _capital(status_quo[index], status_quo[1 - index]),
                "resolve": resolve[index],
            }
        )
    return list(State.create_agents(model, STATES, list(range(STATES)), list(policies), cells, values))


def _capital(host: dict[str, Any], owner: dict[str, Any]) -> float:
    """Openness for the rival's capital in the base year."""
    return (1.0 - host["inbound_screening"]) * (1.0 - owner["outbound_screening"])


def _cells(model: Reference, world: World) -> list[list[Cell]]:
    """The cells of both states, each knowing its opposite number."""
    firms, constants = _firms(model, world), _constants(world, model.sectors)
    links, elasticity = plain.links(world), model.known.market.elasticity
    cells = [
        [
            Cell(
                firms[state][sector],
                sector=sector,
                links=links[state][sector],
                elasticity=elasticity[sector],
                **{name: values[state][sector] for name, values in constants.items()},
            )
            for sector in range(model.sectors)
        ]
        for state in range(STATES)
    ]
    for ours, theirs in zip(*cells, strict=True):
        ours.opposite, theirs.opposite = theirs, ours
    return cells


def _constants(world: World, sectors: int) -> dict[str, list[list[Any]]]:
    """What cells start with and what the base year fixed, by name, state and sector."""
    structure, cells = world.structure, world.cells
    demand, base, links = structure.demand, structure.research, structure.links
    digital = demand.final_demand[:, 0, :STATES, :, :1] * structure.tags["digital_core"][None, None, :, None]
    carried = ("sales", "listed_sales", "trend_sales", "frontier", "rd", "tie_replaced", "support_rate")
    carried += ("standing", "stock", "renewed", "seen_gap")
    arrays = {name: getattr(cells, name) for name in carried} | {
        "log_supply": world.markets.log_supply,
        "margin": links.margin,
        "use": links.use,
        "other_inputs": links.other_inputs,
        "trend_ratio": demand.trend_ratio,
        "private_share": demand.consumption_share[..., :1],
        "public_share": demand.consumption_share[..., 1:],
        "first_ecosystem": demand.ecosystem,
        "digital_weight": digital,
        "iot_weight": structure.iot_weight,
        "pace": structure.pace,
        "log_norm": base.log_norm,
        "first_support": base.support,
        "first_frontier": base.frontier,
        "own_first_frontier": base.own_frontier,
        "induced": base.induced,
        "log_idea_cost": base.log_idea_cost,
        "log_firm_size": base.log_firm_size,
    }
    found = {name: plain.by_cell(values, sectors) for name, values in arrays.items()}
    goods = structure.chokepoints
    for name, values in (("inputs_share", goods.cost_share), ("inputs_weight", goods.weight)):
        found[name] = [values[0, ..., 0].T.tolist()] * STATES
    return found


def _firms(model: Reference, world: World) -> list[list[list[Firm]]]:
    """One agent for each place, by state, sector and slot."""
    count, slots = world.firms.alive[0].size, world.firms.alive.shape[3]
    names = [item.name for item in fields(Firms)]
    values = {name: getattr(world.firms, name)[0].reshape(-1).tolist() for name in names}
    places = list(Firm.create_agents(model, count, slot=[place % slots for place in range(count)], **values))
    by_cell = [places[first : first + slots] for first in range(0, count, slots)]
    return [by_cell[: model.sectors], by_cell[model.sectors :]]
