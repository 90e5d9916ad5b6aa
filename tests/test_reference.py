"""The arrays against the slow reference: every field of firms, cells, markets and states, quarter by quarter."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.actions import LEVERS, Action
from sim.policies import StatusQuo2020
from sim.scenario import load_scenario
from sim.simulation import Start, prepared, simulate, worlds
from sim.world import Cells, Firms, States, World
from tests.reference import Reference, run
from tests.reference.policies import status_quo

QUARTERS = 12
RELATIVE = 1e-9
ABSOLUTE = 1e-12  # logs pass through zero, where only an absolute distance means anything
FLOWS = ("sales", "rd", "profit", "innovation")
"""Fields of firms that a place keeps for one quarter after its firm has left."""
MOVES = ("entered", "exited", "turned_away")
MASKS = ("alive", "listed", "state_owned")


@dataclass(frozen=True)
class Strong:
    """The status quo with some levers set, for arrays and for plain numbers."""

    levers: dict[str, float]

    def __call__(self, world: World, me: int) -> Action:
        set_to = {name: np.full((1, 1, 1, 1), value) for name, value in self.levers.items()}
        return replace(StatusQuo2020()(world, me), **set_to)

    def in_numbers(self, state: Any) -> dict[str, Any]:
        sectors = len(state.cells)
        set_to = {
            name: [value] * sectors if LEVERS[name].axis == "sector" else value for name, value in self.levers.items()
        }
        return status_quo(self, state) | set_to


HAWK = Strong(
    {
        "tax_credit": 0.15,
        "control_breadth": 0.7,
        "control_depth": 0.8,
        "control_enforcement": 0.5,
        "control_end_use": 0.3,
        "allied_participation": 0.6,
        "inbound_screening": 0.7,
        "outbound_screening": 0.4,
        "procurement_localisation": 0.6,
        "tariff": 0.25,
        "visa_limits": 0.4,
        "collaboration_limits": 0.5,
        "science_limits": 0.3,
        "counter_intelligence": 0.6,
    }
)
RESPONDENT = Strong(
    {
        "tax_credit": 0.3,
        "control_breadth": 0.5,
        "control_depth": 0.8,
        "control_enforcement": 0.8,
        "allied_participation": 0.1,
        "inbound_screening": 0.2,
        "outbound_screening": 0.6,
        "procurement_localisation": 0.9,
        "tariff": 0.4,
        "talent_recruitment": 0.8,
        "visa_limits": 0.1,
        "collaboration_limits": 0.2,
        "technology_acquisition": 0.7,
    }
)


UNUSUAL = (
    "params.market.demand_elasticity=0.8",
    "params.research.market_incentive=0.6",
    "params.entry.initial_occupancy=0.9",
    "params.entry.arrival_rate=0.05",
    "params.entry.exit_size=0.2",
    "params.finance.lean_research=0.3",
    "params.paradigm.iot_midpoint=2022",
)
"""Values that use what the default leaves out: price effects on spending, full cells, poor firms."""


def with_listed(start: Start) -> Start:
    """The same start with the second and the fifth firm of every cell on the rival's list."""
    firms, cells = start.world.firms, start.world.cells
    listed = firms.listed.copy(order="K")
    listed[..., [1, 4]] = firms.alive[..., [1, 4]]
    sales = (firms.sales * listed).sum(axis=-1, keepdims=True)
    world = replace(start.world, firms=replace(firms, listed=listed), cells=replace(cells, listed_sales=sales))
    return replace(start, world=world)


def assert_close(actual: NDArray[Any], expected: Any, where: str) -> None:
    np.testing.assert_allclose(actual, np.array(expected, dtype=float), RELATIVE, ABSOLUTE, err_msg=where)


def assert_equal_worlds(world: World, reference: Reference) -> None:
    _compare_firms(world, reference)
    _compare_markets(world, reference)
    for item in fields(Cells):
        plain = [[_of_cell(cell, item.name) for cell in state.cells] for state in reference.both]
        assert_close(getattr(world.cells, item.name)[0, ..., 0], plain, f"cells.{item.name}, quarter {world.quarter}")
    for item in fields(States):
        actual = getattr(world.states, item.name)[0, :, 0]
        plain = [np.atleast_1d(getattr(state, item.name)) for state in reference.both]
        assert_close(actual, plain, f"states.{item.name}, quarter {world.quarter}")


def _of_cell(cell: Any, name: str) -> float:
    return len(cell.firms) if name == "firms" else getattr(cell, name)


def _compare_firms(world: World, reference: Reference) -> None:
    alive = world.firms.alive[0]
    for item in fields(Firms):
        actual = getattr(world.firms, item.name)[0]
        plain = np.array(
            [[[getattr(firm, item.name) for firm in cell.places] for cell in state.cells] for state in reference.both]
        )
        seen = np.ones_like(alive) if item.name in (*FLOWS, *MASKS) else alive
        assert_close(actual[seen], plain[seen], f"firms.{item.name}, quarter {world.quarter}")


def _compare_markets(world: World, reference: Reference) -> None:
    markets, shape = world.markets, (4, reference.sectors, -1)
    plain = {
        "log_price": (markets.log_price[0, 0], _of_markets(reference, "log_price", shape)),
        "spending": (markets.spending[0, 0], _of_markets(reference, "spending", shape)),
        "flows": (markets.flows[0, ..., 0].transpose(1, 2, 0), _of_markets(reference, "flows", shape)),
        "penalty": (markets.penalty[0], _of_markets(reference, "penalty", shape)[:2, :, ::2]),
        "log_fringe": (markets.log_fringe[0, 0, :, 0], reference.log_fringe),
        "log_supply": (markets.log_supply[0, ..., 0], _of_cells(reference, "log_supply")),
        "leakage": (markets.leakage[0, ..., 0], _of_cells(reference, "leakage")),
    }
    for name, (actual, expected) in plain.items():
        assert_close(actual, expected, f"markets.{name}, quarter {world.quarter}")


def _of_markets(reference: Reference, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    return np.array([getattr(market, name) for market in reference.markets]).reshape(shape)


def _of_cells(reference: Reference, name: str) -> list[list[float]]:
    return [[getattr(cell, name) for cell in state.cells] for state in reference.both]


def advance_together(arrays: Start, plain: Start) -> tuple[World, Reference, dict[str, float]]:
    """Both through the quarters, compared after each; also how many firms came, went and found no place."""
    reference, moves = Reference(plain), dict.fromkeys(MOVES, 0.0)
    for world in worlds(replace(arrays, quarters=QUARTERS)):
        if world.quarter:
            reference.step()
            assert_equal_worlds(world, reference)
            moves = {name: moves[name] + getattr(world.cells, name).sum() for name in MOVES}
    return world, reference, moves


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", ["baseline_2021", "article_plan"])
def test_every_field_equals_the_reference(name: str, seed: int) -> None:
    scenario = load_scenario(name)
    world, reference, moves = advance_together(prepared(scenario, [0], seed), prepared(scenario, [0], seed))
    assert reference.firm_quarters == world.firm_quarters[0]
    assert moves["entered"] > 0
    assert moves["exited"] > 0


@pytest.mark.parametrize("policies", [(HAWK, RESPONDENT), (RESPONDENT, HAWK)], ids=["hawk_us", "hawk_china"])
def test_strong_levers_equal_the_reference(policies: tuple[Strong, Strong]) -> None:
    scenario = load_scenario("baseline_2021", *UNUSUAL)
    scenario = replace(scenario, policies=dict(zip(("us", "china"), policies, strict=True)))
    arrays, plain = (with_listed(prepared(scenario, [0], 1)) for _ in range(2))
    world, _, moves = advance_together(arrays, plain)
    assert moves["turned_away"] > 0
    assert world.cash_limited[0] > 0
    assert (world.markets.penalty.max(axis=2) > 0.0).all()
    assert (world.markets.leakage.max(axis=2) > 0.0).all()
    assert ((world.firms.substituted > 0.0) & world.firms.listed).any(axis=(0, 2, 3)).all()


def test_a_whole_run_does_the_work_of_simulate() -> None:
    scenario = load_scenario("baseline_2021", "horizon=2023")
    record = simulate(scenario, runs=[1], seed=4)
    reference = run(scenario, seed=4, run=1)
    assert reference.firm_quarters == record.diagnostics["firm_quarters"][0]
    assert_close(record["gdp"][0, :, -1], [state.gdp for state in reference.both], "gdp at the horizon")
