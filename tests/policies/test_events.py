"""Events: each kind by hand, no bit changes when nothing happens, and states that change places change events."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.agents import TechDuel
from techduel.ensemble.simulation import Start, advanced, prepared, simulate, worlds
from techduel.facts import load_facts
from techduel.facts.selection import chosen, known_sectors
from techduel.model.actions import LEVERS
from techduel.model.axes import BLOCS, STATES, Array
from techduel.model.noise import Noise
from techduel.model.outcomes import measured
from techduel.model.world import QUIET, World
from techduel.policies.event import Event
from techduel.policies.events import EVENTS, event, happened
from techduel.scenario.kinds import event_options
from techduel.scenario.scenario import Scenario, load_scenario
from tests.ensembles import changed_leaves, different, leaves, outcomes, part
from tests.model.test_mirror import CLOSE, COMPARED, MirroredNoise, by_state, mirrored_facts, plain, started, turned

SWAP = {"us": "china", "china": "us"}
SECTORS = known_sectors().names
REVIEWED = ("semiconductors", "batteries", "critical_minerals", "pharma_biotech")
NEUTRAL: dict[str, dict[str, Any]] = {
    "supply_chain_review": {"threshold": 1.0},
    "bill": {"probability": 0.0},
    "demand_shock": {"size": 0.0, "start": 2021.0},
    "supply_disruption": {"size": 0.0, "start": 2021.0},
    "breakthrough": {"size": 0.0, "start": 2021.0},
    "leap": {"size": 0.0, "start": 2021.0},
    "government_change": {"probability": 0.0, "date": 2021.0},
}
"""Options with which each kind does nothing."""
STRONG: dict[str, dict[str, Any]] = {
    "supply_chain_review": {"threshold": 0.01},
    "bill": {"probability": 1.0, "start": 2021.0, "delay_low": 1.0, "delay_high": 4.0, "years": 1.0},
    "demand_shock": {"start": 2021.5, "market": "us"},
    "supply_disruption": {"start": 2021.75, "origin": "china"},
    "breakthrough": {"start": 2021.25, "state": "us"},
    "leap": {"start": 2021.5, "state": "us"},
    "government_change": {"date": 2022.0},
}
"""Options with which each kind does something in three years."""


def made(kind: str, **options: Any) -> Event:
    """An event with the shipped options of its kind but for those given."""
    return event(**{**event_options(kind), **options})


def fate(*runs: tuple[float, float, float]) -> Array:
    """The luck of an event by run: whether, how much, when."""
    return np.array(runs).reshape(-1, 1, 1, 3)


def lived(world: World, kind: Event, year: float, luck: Array | None = None) -> World:
    """The world before the quarter that starts at a year, after one event."""
    luck = np.full((len(world.cash_limited), 1, 1, 3), 0.5) if luck is None else luck
    return happened(world, {"event": kind}, {"event": luck}, year)


def at(values: Array, state: int, sector: str | None = None, run: int = 0) -> float:
    """One number of an array that may be short along axes on which it does not vary."""
    wanted = (run, state, SECTORS.index(sector) if sector else 0, 0)
    return float(values[tuple(min(place, size - 1) for place, size in zip(wanted, values.shape, strict=True))])


@pytest.fixture
def world(start: Start) -> World:
    """The base year of three runs, as if the first quarter were over, so that the past lies behind."""
    return replace(start.world, quarter=1, year=2021.0)


def test_nothing_happens_without_events(start: Start) -> None:
    before, after = start.world, happened(start.world, {}, {}, 2021.0)
    assert all(getattr(before, item.name) is getattr(after, item.name) for item in fields(World))
    assert after.outside is QUIET


def test_the_outside_is_quiet_again_in_the_next_quarter(world: World) -> None:
    shocked = lived(world, made("demand_shock", start=2021.0), 2021.25)
    assert shocked.outside is not QUIET
    assert happened(shocked, {}, {}, 2021.5).outside is QUIET


def test_the_order_of_a_configuration_does_not_matter(world: World) -> None:
    """The sum of these three has other last bits in another order."""
    first, second, third = sizes = (0.1, 0.2, 0.3)
    assert first + second + third != third + second + first
    shocks = {name: made("demand_shock", start=2021.0, size=size) for name, size in zip("abc", sizes, strict=True)}
    luck = {name: fate((0.5, 0.5, 0.5)) for name in shocks}
    backwards = dict(reversed(shocks.items()))
    ours, theirs = (happened(world, events, luck, 2021.0).outside.demand for events in (shocks, backwards))
    assert np.array_equal(ours, theirs)


def with_shares(world: World, shares: Mapping[str, tuple[float, float, float]]) -> World:
    """The world in which China has these shares of the US market for some sectors, by run."""
    flows = np.zeros(np.broadcast_shapes(world.markets.flows.shape, (3, 1, 1, 1, 1)))
    flows[:, 0, 0] = 1.0
    for sector, values in shares.items():
        flows[:, 0, 0, SECTORS.index(sector), 0] = 1.0 - np.array(values)
        flows[:, 1, 0, SECTORS.index(sector), 0] = values
    flows[:, 2, 1] = 1.0
    return replace(world, markets=replace(world.markets, flows=flows))


def test_a_review_remedies_what_it_finds_in_each_run(world: World) -> None:
    found = with_shares(
        world, {"batteries": (0.3, 0.1, 0.2), "semiconductors": (0.25, 0.2, 0.0), "ai": (0.9, 0.9, 0.9)}
    )
    review = made(
        "supply_chain_review", start=2021.0, threshold=0.2, reshoring=2.0, stockpile=1.5, allied_cooperation=0.25
    )
    mandate = lived(found, review, 2021.5).mandate
    for sector in SECTORS:
        expected = {"batteries": (1, 0, 0), "semiconductors": (1, 0, 0)}.get(sector, (0, 0, 0))
        for run, hit in enumerate(expected):
            assert at(mandate.reshoring_support, 0, sector, run) == 2.0 * hit
            assert at(mandate.stockpiles, 0, sector, run) == 1.5 * hit
            assert at(mandate.stockpiles, 1, sector, run) == 0.0
    assert [at(mandate.allied_cooperation, 0, run=run) for run in range(3)] == [0.25, 0.0, 0.0]
    assert at(mandate.allied_cooperation, 1) == 0.0
    touched = {"reshoring_support", "stockpiles", "allied_cooperation"}
    assert all(getattr(mandate, name) is getattr(found.mandate, name) for name in LEVERS if name not in touched)


@pytest.mark.parametrize(
    ("ordered", "days", "first"),
    [(2021.15, 100.0, 2021.5), (2021.0, 100.0, 2021.5), (2021.25, 0.0, 2021.25), (2021.25, 365.0, 2022.25)],
)
def test_a_review_reports_once_and_its_remedies_stay(world: World, ordered: float, days: float, first: float) -> None:
    review = made("supply_chain_review", start=ordered, days=days, threshold=0.0)
    reports = []
    for year in np.arange(2021.25, 2023.25, 0.25):
        later = lived(world, review, float(year))
        reports += [float(year)] if later.mandate is not world.mandate else []
        world = later
    assert reports == [first]
    assert {name for name in SECTORS if at(world.mandate.stockpiles, 0, name)} == set(REVIEWED)


def test_what_was_due_before_the_first_quarter_counts_for_it(start: Start) -> None:
    review = made("supply_chain_review", start=2020.0, threshold=0.0)
    assert at(lived(start.world, review, 2021.0).mandate.stockpiles, 0, "batteries") > 0.0
    bill = made("bill", start=2020.0, probability=1.0, delay_low=0.0, delay_high=0.0)
    assert at(lived(start.world, bill, 2021.0).mandate.basic_research, 0) > 0.0
    over = made("bill", start=2018.0, probability=1.0, delay_low=0.0, delay_high=0.0, years=2.0)
    assert at(lived(start.world, over, 2021.0).mandate.basic_research, 0) == 0.0


BILL = {"start": 2021.25, "probability": 0.5, "amount_low": 100.0, "amount_high": 200.0, "years": 5.0}
LUCK = fate((0.4, 0.5, 0.0), (0.6, 0.5, 0.0), (0.0, 1.0, 0.75))
"""It passes in the first run after two quarters with 150 bn, not in the second, in the third after five with 200 bn."""


def money_by_year(world: World, bill: Event, lever: str) -> dict[float, list[float]]:
    """A lever of the mandate summed over sectors, by the year of the quarter and run."""
    found = {}
    for year in np.arange(2021.5, 2028.5, 0.25):
        world = lived(world, bill, float(year), LUCK)
        values = np.broadcast_to(getattr(world.mandate, lever), (3, 2, len(SECTORS), 1))
        assert not values[:, 1].any()
        found[float(year)] = values[:, 0].sum(axis=(1, 2)).tolist()
    return found


def test_a_bill_spends_its_sum_evenly_over_its_years(world: World) -> None:
    bill = made("bill", **BILL, delay_low=2.0, delay_high=6.0, grants_share=0.3, reshoring_share=0.2)
    for lever, share in {"grants": 0.3, "reshoring_support": 0.2}.items():
        money = money_by_year(world, bill, lever)
        assert money[2021.5] == [0.0, 0.0, 0.0]
        assert money[2021.75] == pytest.approx([share * 30.0, 0.0, 0.0], rel=1e-5)
        assert money[2022.5] == pytest.approx([share * 30.0, 0.0, share * 40.0], rel=1e-5)
        assert money[2026.5] == pytest.approx([share * 30.0, 0.0, share * 40.0], rel=1e-5)
        assert money[2026.75] == pytest.approx([0.0, 0.0, share * 40.0], rel=1e-5)
        assert money[2027.5] == [0.0, 0.0, 0.0]
        assert sum(values[0] for values in money.values()) / 4.0 == pytest.approx(share * 150.0, rel=1e-5)


def test_a_bill_divides_its_money(world: World) -> None:
    bill = made(
        "bill", **BILL, delay_low=2.0, delay_high=2.0, grants_share=0.3, reshoring_share=0.2, sectors=["ai", "iot"]
    )
    mandate = lived(world, bill, 2021.75, LUCK).mandate
    assert at(mandate.basic_research, 0) == pytest.approx(15.0)
    granted = {sector: at(world.structure.status_quo.grants, 0, sector) for sector in ("ai", "iot")}
    for sector in SECTORS:
        part_of = granted.get(sector, 0.0) / sum(granted.values())
        assert at(mandate.grants, 0, sector) == pytest.approx(9.0 * part_of, abs=1e-6)
        assert at(mandate.reshoring_support, 0, sector) == pytest.approx(6.0 * part_of, abs=1e-6)


def test_what_a_bill_added_comes_off_to_the_last_bit(world: World) -> None:
    for share in (0.1234567, 1.0 / 3.0):
        review = made("supply_chain_review", start=2021.25, days=0.0, threshold=0.0, reshoring=share, stockpile=share)
        world = lived(world, review, 2021.25)
    bill, after = made("bill", **{**BILL, "years": 1.0}, delay_low=1.0, delay_high=6.0), world
    for year in np.arange(2021.5, 2024.5, 0.25):
        after = lived(after, bill, float(year), LUCK)
    assert after.mandate is not world.mandate
    for name in LEVERS:
        ours, theirs = np.broadcast_arrays(getattr(after.mandate, name), getattr(world.mandate, name))
        assert np.array_equal(ours, theirs), name


def test_the_luck_of_a_bill_spreads_evenly() -> None:
    luck = Noise(5, range(400), 1, 4).fate("bill")
    bill = made("bill", **BILL, delay_low=0.0, delay_high=8.0)
    world = replace(prepared(load_scenario("baseline_2021", "params=default"), [0], 1).world, quarter=1)
    passed = np.zeros((400, 1))
    for year in np.arange(2021.25, 2023.5, 0.25):
        world = lived(world, bill, float(year), luck)
        passed = np.maximum(passed, 5.0 * world.mandate.basic_research[:, 0, 0])
    assert (passed > 0).mean() == pytest.approx(0.5, abs=0.08)
    sums = passed[passed > 0] / (1.0 - bill.grants_share - bill.reshoring_share)  # type: ignore[attr-defined]
    assert sums.min() == pytest.approx(100.0, abs=3.0)
    assert sums.max() == pytest.approx(200.0, abs=3.0)


def with_and_without(horizon: int, **options: Any) -> tuple[list[World], list[World]]:
    """Two runs of the baseline with a bill that is certain and comes at once, and without it."""
    certain = {"probability": 1, "delay_low": 0, "delay_high": 0, **options}
    bill = ["events=bill", *(f"events.bill.{name}={value}" for name, value in certain.items())]
    more, less = (
        list(
            worlds(
                prepared(load_scenario("baseline_2021", "params=default", f"horizon={horizon}", *added), range(2), 1)
            )
        )
        for added in (bill, [])
    )
    return more, less


def extra(worlds_with: list[World], worlds_without: list[World], lever: str, state: int) -> list[float]:
    """What a bill adds to a lever in force, by quarter."""
    pairs = zip(worlds_with, worlds_without, strict=True)
    return [float((getattr(a.action, lever) - getattr(b.action, lever))[0, state].sum()) for a, b in pairs]


def test_a_bill_becomes_money_at_the_start_of_a_year() -> None:
    """A law of 40 bn dollars for two years, half of it for basic research: 10 a year, which institutes can absorb."""
    more, less = with_and_without(2024, years=2, amount_low=40, amount_high=40)
    found = extra(more, less, "basic_research", 0)
    assert more[4].mandate.basic_research[0, 0, 0, 0] == pytest.approx(10.0, rel=1e-5)
    assert found[1:5] == [0.0] * 4
    assert found[5:13] == pytest.approx([10.0] * 8, rel=0.01)
    assert found[13:] == pytest.approx([0.0] * 4, abs=0.1)


def test_a_large_bill_becomes_money_as_fast_as_institutes_grow() -> None:
    """Of 50 bn dollars a year for basic research, a quarter of the budget before can be spent in the first year."""
    more, less = with_and_without(2025, years=3, amount_low=300, amount_high=300)
    found, budgets = extra(more, less, "basic_research", 0), [part.action.basic_research[0, 0, 0, 0] for part in more]
    assert more[4].mandate.basic_research[0, 0, 0, 0] == pytest.approx(50.0, rel=1e-5)
    assert budgets[5:9] == pytest.approx([1.25 * budgets[4]] * 4)
    assert budgets[9:13] == pytest.approx([1.25**2 * budgets[4]] * 4)
    assert found[13:17] == pytest.approx([50.0] * 4, rel=0.01)
    assert found[17:] == pytest.approx([0.0] * 4, abs=0.5)
    cut = [float((a.states.budget_cut - b.states.budget_cut)[0, 0, 0, 0]) for a, b in zip(more, less, strict=True)]
    assert cut[5] == pytest.approx(50.0 - found[5], rel=0.01)
    assert cut[9] == pytest.approx(50.0 - found[9], rel=0.01)
    assert cut[13] == pytest.approx(0.0, abs=0.5)


def test_a_bill_leaves_no_trace_in_a_plan_after_its_end() -> None:
    """China's plan neither saves what a law adds to public research nor grows from it, while it lasts and after."""
    research = {"amount_low": 6, "amount_high": 6, "grants_share": 0, "reshoring_share": 0}
    more, less = with_and_without(2027, state="china", years=2, **research)
    for name in ("basic_research", "applied_research"):
        during, end = ([getattr(part[at].action, name)[:, 1] for part in (more, less)] for at in (9, 28))
        if name == "basic_research":
            np.testing.assert_allclose(during[0] - during[1], 3.0, rtol=1e-3)
        np.testing.assert_allclose(end[0], end[1], rtol=1e-3)
    for at in range(1, 29):
        np.testing.assert_allclose(more[at].decided.planned_basic, less[at].decided.planned_basic, rtol=1e-3)


def test_a_plan_keeps_its_share_of_the_research_that_a_laws_grants_draw() -> None:
    """Basic research is planned as a share of all R&D, of which what firms do with a law's grants is a part."""
    more, less = with_and_without(2023, state="china", years=2, amount_low=12, amount_high=12)
    drawn = [(part[8].cells.rd + part[8].cells.grants)[:, 1, :, 0].sum(axis=1) for part in (more, less)]
    planned = [part[9].decided.planned_basic[:, 1, 0, 0] for part in (more, less)]
    share = (less[8].states.rd_basic / less[8].states.rd_total)[:, 1, 0, 0]
    np.testing.assert_allclose(planned[0] - planned[1], share * (drawn[0] - drawn[1]), rtol=0.1)


def test_an_uncertain_bill_widens_the_spread_of_public_money() -> None:
    quiet, bill = (
        simulate(
            load_scenario("baseline_2021", "params=default", "horizon=2025", f"events={name}"),
            runs=40,
            record="headline",
        )
        for name in ("none", "bill")
    )
    spread = {name: [np.std(record[name][:, 0, -1]) for record in (quiet, bill)] for name in ("rd_public", "subsidies")}
    assert all(wide > 2.0 * narrow for narrow, wide in spread.values()), spread


def test_a_demand_shock_fades(world: World) -> None:
    shock = made("demand_shock", start=2021.5, size=-0.4, fade=2.0, market="china", sectors=["ai", "batteries"])
    assert lived(world, shock, 2021.25).outside is QUIET
    for year, left in ((2021.5, 1.0), (2023.5, np.exp(-1.0)), (2025.5, np.exp(-2.0))):
        demand = lived(world, shock, year).outside.demand
        assert demand.shape == (1, len(BLOCS), len(SECTORS), 1)
        assert at(demand, 1, "ai") == at(demand, 1, "batteries") == pytest.approx(-0.4 * left)
        assert np.count_nonzero(demand) == 2


def test_demand_shocks_add_up(world: World) -> None:
    one = made("demand_shock", start=2021.25, size=0.3, market="all", sectors=["digital_core"])
    other = made("demand_shock", start=2021.25, size=-0.1, market="us", sectors=["all"])
    luck = {name: fate((0.5, 0.5, 0.5)) for name in ("one", "other")}
    demand = happened(world, {"one": one, "other": other}, luck, 2021.25).outside.demand
    assert at(demand, 0, "ai") == pytest.approx(0.2)
    assert at(demand, 3, "ai") == pytest.approx(0.3)
    assert at(demand, 0, "batteries") == pytest.approx(-0.1)
    assert at(demand, 1, "batteries") == 0.0


def test_disruptions_take_their_part_of_what_is_left(world: World) -> None:
    one = made("supply_disruption", start=2021.25, years=1.0, size=0.3, origin="allies", sectors=["semiconductors"])
    other = made("supply_disruption", start=2021.5, years=0.5, size=0.5, origin="allies", sectors=["all"])
    luck = {name: fate((0.5, 0.5, 0.5)) for name in ("one", "other")}
    missing = {
        year: happened(world, {"one": one, "other": other}, luck, year).outside.disruption
        for year in (2021.25, 2021.5, 2021.75, 2022.0, 2022.25)
    }
    chips = [at(values, 2, "semiconductors") for values in missing.values()]
    assert chips == pytest.approx([0.3, 0.65, 0.65, 0.3, 0.0])
    assert [at(values, 2, "ai") for values in missing.values()] == pytest.approx([0.0, 0.5, 0.5, 0.0, 0.0])
    assert not missing[2021.5][:, [0, 1, 3]].any()


def test_a_breakthrough_fades_where_it_came(world: World) -> None:
    for state, hit in (("us", [1, 0]), ("china", [0, 1]), ("both", [1, 1])):
        found = made("breakthrough", state=state, start=2021.25, size=0.5, fade=4.0, sectors=["quantum"])
        ease = lived(world, found, 2025.25).outside.ease
        assert [at(ease, place, "quantum") for place in (0, 1)] == pytest.approx(
            [0.5 * np.exp(-1.0) * one for one in hit]
        )
        assert np.count_nonzero(ease) == sum(hit)


def test_a_leap_lifts_all_makers_of_a_state_once(world: World) -> None:
    leap = made("leap", state="china", start=2021.25, size=0.2, sectors=["quantum"])
    lifted = lived(world, leap, 2021.25)
    for ours, before in ((lifted.firms.technology, world.firms.technology),
                         (lifted.cells.frontier, world.cells.frontier)):  # fmt: skip
        rise = ours - before
        alive = world.firms.alive if rise.shape[3] > 1 else np.ones(rise.shape)
        expected = np.zeros(rise.shape)
        expected[:, 1, SECTORS.index("quantum")] = 0.2 * alive[:, 1, SECTORS.index("quantum")]
        assert rise == pytest.approx(expected, abs=1e-12)
    assert lived(lifted, leap, 2021.5) is not world
    assert lived(lifted, leap, 2021.5).firms is lifted.firms


@pytest.mark.parametrize(
    ("kind", "options", "outcome", "sign"),
    [
        ("demand_shock", {"size": -0.3, "sectors": ["ai"]}, "sales", -1),
        ("supply_disruption", {"size": 0.9, "origin": "us", "sectors": ["ai"]}, "sales", -1),
        ("breakthrough", {"size": 2.0, "sectors": ["ai"]}, "innovations", 1),
        ("leap", {"size": 0.2, "sectors": ["ai"], "state": "us"}, "frontier", 1),
    ],
)
def test_the_outside_reaches_markets_and_ideas(kind: str, options: dict[str, Any], outcome: str, sign: int) -> None:
    start = prepared(load_scenario("baseline_2021", "params=default"), range(8), 1)
    shock = made(kind, start=2021.0, **options)
    struck = replace(start, events={"e": shock}, fates={"e": np.full((8, 1, 1, 3), 0.5)})
    quiet_start = prepared(load_scenario("baseline_2021", "params=default"), range(8), 1)
    ours, theirs = (advanced(each.world, each).cells for each in (struck, quiet_start))
    place = SECTORS.index("ai")
    change = (getattr(ours, outcome) - getattr(theirs, outcome))[:, 0, place, 0].sum()
    assert sign * change > 0.0


def test_a_new_government_wants_something_else_in_its_runs(world: World) -> None:
    change = made(
        "government_change",
        date=2021.5,
        probability=0.5,
        leadership=0.9,
        income=0.1,
        security=0.2,
        incidents=3.0,
        horizon=4.0,
    )
    luck = fate((0.4, 0.0, 0.0), (0.5, 0.0, 0.0), (0.0, 0.0, 0.0))
    before = world.parameters.objectives
    assert lived(world, change, 2021.25, luck).parameters is world.parameters
    after = lived(world, change, 2021.5, luck)
    new = {"leadership": 0.9, "income": 0.1, "security": 0.2, "incidents": 3.0, "horizon": 4.0}
    for name, value in new.items():
        wanted, old = getattr(after.parameters.objectives, name), getattr(before, name)
        assert [at(wanted, 0, run=run) for run in range(3)] == [value, at(old, 0), value]
        assert [at(wanted, 1, run=run) for run in range(3)] == [at(old, 1)] * 3
    assert lived(after, change, 2021.75, luck).parameters is after.parameters


def with_events(scenario: Scenario, kinds: Mapping[str, dict[str, Any]]) -> Scenario:
    return replace(scenario, events={kind: made(kind, **options) for kind, options in kinds.items()})


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_that_does_nothing_changes_no_bit(short: Scenario, kind: str) -> None:
    ours = simulate(with_events(short, {kind: NEUTRAL[kind]}), runs=3, seed=2)
    theirs = simulate(short, runs=3, seed=2)
    assert different(part(ours, slice(None)), part(theirs, slice(None))) == []


def test_company_and_mesa_change_no_bit_of_a_run_with_events(short: Scenario) -> None:
    eventful = with_events(short, STRONG)
    many = simulate(eventful, runs=5, seed=3)
    assert different(part(simulate(eventful, runs=[3], seed=3), slice(None)), part(many, slice(3, 4))) == []
    assert different(part(simulate(short, runs=5, seed=3), slice(None)), part(many, slice(None)))
    model = TechDuel(eventful, rng=3, run=3)
    for quarter in range(1, 9):
        model.step()
        found = measured(model.world, ("gdp", "sales", "rd_public"))
        for name, values in found.items():
            assert np.array_equal(values[0], many[name][3, ..., quarter]), name


def mirrored(kind: Event) -> Event:
    """The same event with the states exchanged."""
    words = {name: getattr(kind, name) for name in ("state", "origin", "market") if hasattr(kind, name)}
    return replace(kind, **{name: SWAP.get(word, word) for name, word in words.items()})  # type: ignore[type-var]


@pytest.mark.parametrize("kind", EVENTS)
def test_the_mirror_image_of_an_event_is_exact(start: Start, kind: str) -> None:
    ours = made(kind, **STRONG[kind])
    luck = fate((0.1, 0.2, 0.3), (0.9, 0.5, 0.9), (0.3, 0.8, 0.1))
    here, there = start.world, changed_leaves(start.world, mirrored_array)
    for year in np.arange(2021.0, 2024.0, 0.25):
        here, there = lived(here, ours, float(year), luck), lived(there, mirrored(ours), float(year), luck)
        here, there = (replace(each, quarter=each.quarter + 1) for each in (here, there))
        for (name, values), (_, theirs) in zip(leaves(here), leaves(there), strict=True):
            assert np.array_equal(mirrored_array(values), theirs, equal_nan=True), (name, year)


def mirrored_array(values: NDArray[Any]) -> NDArray[Any]:
    """States and blocs exchanged wherever an axis can hold them."""
    result = values
    for axis in (1, 2) if values.ndim == 5 else (1,):
        if values.ndim >= 4 and values.shape[axis] in (len(STATES), len(BLOCS)):
            result = np.take(result, [1, 0, 2, 3][: values.shape[axis]], axis=axis)
    return result


def test_the_mirror_image_of_an_eventful_scenario_has_mirrored_outcomes() -> None:
    scenario = load_scenario("baseline_2021", "params=default", "horizon=2024")
    facts = load_facts(scenario.base_year, scenario.facts_vintage)
    events = {kind: made(kind, **options) for kind, options in STRONG.items()}
    policies = tuple(scenario.policies[state] for state in STATES)
    ours = started(scenario, facts, Noise, plain, policies)
    theirs = started(scenario, mirrored_facts(facts), MirroredNoise, by_state, policies)
    fates = {name: ours.noise.fate(name) for name in events}
    turned_events = {name: mirrored(each) for name, each in events.items()}
    found = outcomes(worlds(replace(ours, events=events, fates=fates)), ours, facts)
    image = outcomes(worlds(replace(theirs, events=turned_events, fates=fates)), theirs, mirrored_facts(facts))
    for name in COMPARED:
        np.testing.assert_allclose(turned(name, image[name]), found[name], rtol=CLOSE, atol=1e-12, err_msg=name)


def test_sectors_are_chosen_by_name_tag_or_all() -> None:
    assert chosen(("all",)).sum() == len(SECTORS)
    assert {name for name in SECTORS if at(chosen(("supply_chain", "ai")), 0, name)} == {*REVIEWED, "ai"}
    with pytest.raises(ValueError, match="no sectors: chips"):
        chosen(("chips",))
    with pytest.raises(ValueError, match="read-only"):
        chosen(("ai",))[...] = 0.0


def test_the_luck_of_an_event_depends_on_its_name_alone() -> None:
    short, long = Noise(4, [7], 3, 5), Noise(4, [0, 7], 3, 5)
    long.quarter()
    assert np.array_equal(short.fate("bill")[0], long.fate("bill")[1])
    assert not np.array_equal(short.fate("bill"), short.fate("other"))
