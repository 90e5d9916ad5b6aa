"""What outcomes measure, added up state by state from the flows and firms of a world that has moved away from 2020."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.simulation import prepared, worlds
from techduel.facts import load_facts
from techduel.model.outcomes import OUTCOMES, firm_panel, measured
from techduel.model.world import Openness, World
from techduel.scenario.scenario import load_scenario

US, CHINA = range(2)
QUARTERS = 8
TAGS = load_facts().tags

type Values = NDArray[np.float64]


@pytest.fixture(scope="module")
def world() -> World:
    """Two runs after two years in which the United States closes everything; the last one is looked at."""
    start = prepared(
        load_scenario("baseline_2021", "params=default", "horizon=2022", "policy@policies.us=full_decoupling"),
        range(2),
        1,
    )
    return list(worlds(start))[QUARTERS]


@pytest.fixture(scope="module")
def found(world: World) -> dict[str, Values]:
    return {name: values[-1] for name, values in measured(world, tuple(OUTCOMES)).items()}


@pytest.fixture(scope="module")
def flows(world: World) -> Values:
    """(origin, market, sector)."""
    return world.markets.flows[-1, ..., 0]


def of(part: object, name: str) -> Values:
    """A field of the cells, the states or the firms of the last run, (state, ...)."""
    values: Values = getattr(part, name)[-1]
    return values


@pytest.mark.parametrize(("me", "rival"), [(US, CHINA), (CHINA, US)])
def test_trade_is_what_flows(me: int, rival: int, found: dict[str, Values], flows: Values) -> None:
    bought = sum(flows[origin, me] for origin in range(4))
    np.testing.assert_allclose(found["sales"][me], sum(flows[me, market] for market in range(4)))
    np.testing.assert_allclose(found["exports"][me], sum(flows[me, market] for market in range(4) if market != me))
    np.testing.assert_allclose(found["imports"][me], sum(flows[origin, me] for origin in range(4) if origin != me))
    np.testing.assert_allclose(found["self_sufficiency"][me], flows[me, me] / bought)
    np.testing.assert_allclose(found["import_dependence"][me], flows[rival, me] / bought)
    for market in range(4):
        everything = sum(flows[origin, market] for origin in range(4))
        np.testing.assert_allclose(found["market_share"][me, market], flows[me, market] / everything)


def test_trade_between_rivals_counts_against_both_home_markets(
    world: World, found: dict[str, Values], flows: Values
) -> None:
    first = prepared(load_scenario("baseline_2021", "params=default"), [0], 1).world.markets.flows[0, ..., 0]

    def crossing(traded: Values) -> float:
        return float((traded[US, CHINA] + traded[CHINA, US]).sum() / traded[:, [US, CHINA]].sum())

    assert found["decoupling_goods"] == pytest.approx(1.0 - crossing(flows) / crossing(first))
    assert found["decoupling_goods"] > 0.02


@pytest.mark.parametrize(
    ("name", "channels"),
    [("knowledge", ("coinvention", "science")), ("talent", ("talent",)), ("capital", ("investment",))],
)
def test_channels_close_relative_to_the_base_year(
    name: str, channels: tuple[str, ...], world: World, found: dict[str, Values]
) -> None:
    def opened(openness: Openness) -> float:
        parts = [np.broadcast_to(getattr(openness, channel)[-1], (2, 14, 1)) for channel in channels]
        return float(np.mean(parts))

    closed = 1.0 - opened(world.openness) / opened(world.structure.openness)
    assert found[f"decoupling_{name}"] == pytest.approx(closed)
    assert closed > 0.02


def test_channels_are_those_of_both_states(world: World) -> None:
    """The levers close most channels to both alike, so one state is closed alone here."""
    one = replace(world.structure.openness, talent=world.structure.openness.talent * np.array([[[[1.0]], [[0.0]]]]))
    found = measured(replace(world, openness=one), ("decoupling_talent",))["decoupling_talent"]
    first = np.broadcast_to(world.structure.openness.talent[:1], (1, 2, 14, 1)).mean(axis=(0, 2, 3))
    np.testing.assert_allclose(found, first[CHINA] / first.sum())


@pytest.mark.parametrize("me", [US, CHINA])
def test_shares_of_gdp_count_tagged_sectors_and_the_rest_of_the_aggregate(
    me: int, world: World, found: dict[str, Values]
) -> None:
    for name, tag, other in (
        ("digital_core_share", "digital_core", "other_digital"),
        ("strategic_emerging_share", "strategic_emerging", "other_emerging"),
    ):
        counted = of(world.cells, "value_added")[me][TAGS[tag]].sum() + of(world.states, other)[me].item()
        assert found[name][me] == pytest.approx(counted / of(world.states, "gdp")[me].item()), name


@pytest.mark.parametrize("me", [US, CHINA])
def test_leadership_and_completeness_are_of_their_sectors(
    me: int, world: World, found: dict[str, Values], flows: Values
) -> None:
    emerging = flows[:, :, TAGS["strategic_emerging"]].sum(axis=(1, 2))
    assert found["leadership_index"][me] == pytest.approx(emerging[me] / emerging.sum())
    inputs = world.structure.links.input_share
    home = flows[me, me] / flows[:, me].sum(axis=0)
    supplied = [inputs[:, user] @ home / inputs[:, user].sum() for user in np.flatnonzero(TAGS["foundation"])]
    assert found["ecosystem_completeness"][me] == pytest.approx(np.mean(supplied))


@pytest.mark.parametrize("me", [US, CHINA])
def test_research_money_is_that_of_its_performers(me: int, world: World, found: dict[str, Values]) -> None:
    own = float(np.exp(-of(world.blocs, "labour_cost")[me].item()))
    firms = of(world.cells, "rd")[me].sum() + of(world.cells, "grants")[me].sum()
    assert found["rd_business"][me] == pytest.approx(own * (firms + of(world.states, "rd_other_business")[me].item()))
    assert found["rd_total"][me] == pytest.approx(found["rd_business"][me] + found["rd_other"][me])
    np.testing.assert_allclose(found["rd"][me].sum(), firms)
    assert found["rd_intensity"][me] == pytest.approx(found["rd_total"][me] / found["gdp"][me])
    assert found["basic_share"][me] == pytest.approx(found["rd_basic"][me] / found["rd_total"][me])


@pytest.mark.parametrize("me", [US, CHINA])
def test_own_currency_has_prices_of_the_quarter_at_the_exchange_rate_of_2020(
    me: int, world: World, found: dict[str, Values]
) -> None:
    prices = world.structure.economy.deflator_path[0, me, 0, QUARTERS]
    rate = load_facts().base.currency_per_usd[me]
    assert prices > 1.0
    assert found["rd_total_nominal_lcu"][me] == pytest.approx(found["rd_total"][me] * prices * rate)
    assert found["rd_basic_nominal_lcu"][me] == pytest.approx(found["rd_basic"][me] * prices * rate)
    economy = world.structure.economy
    dearer = replace(economy, currency_path=economy.currency_path * np.linspace(1.0, 2.0, economy.gdp_path.shape[-1]))
    moved = replace(world, structure=replace(world.structure, economy=dearer))
    assert measured(moved, ("rd_total_nominal_lcu",))["rd_total_nominal_lcu"][-1, me] == pytest.approx(
        found["rd_total"][me] * prices * rate
    )


@pytest.mark.parametrize("me", [US, CHINA])
def test_researchers_are_counted_against_people(me: int, world: World, found: dict[str, Values]) -> None:
    people = world.structure.economy.population_path[0, me, 0, QUARTERS]
    assert found["researchers_share"][me] == pytest.approx(found["researchers"][me] / people / 1000.0)
    assert 0.0005 < found["researchers_share"][me] < 0.02


@pytest.mark.parametrize("me", [US, CHINA])
def test_firms_count_by_what_they_sell(me: int, world: World, found: dict[str, Values]) -> None:
    for sector in range(14):
        sales, alive = of(world.firms, "sales")[me, sector], of(world.firms, "alive")[me, sector]
        technology = of(world.firms, "technology")[me, sector][alive]
        mean = np.average(technology, weights=sales[alive])
        assert found["technology_mean"][me, sector] == pytest.approx(mean)
        assert found["concentration"][me, sector] == pytest.approx(((sales / sales.sum()) ** 2).sum())
        assert found["technology_frontier"][me, sector] == pytest.approx(np.sort(technology)[-3:].mean())
    assert found["firms_alive"][me] == of(world.firms, "alive")[me].sum()
    assert found["firms_listed"][me] == of(world.firms, "listed")[me].sum()


def test_controls_are_breadth_times_depth(world: World, found: dict[str, Values]) -> None:
    breadth, depth = of(world.action, "control_breadth"), of(world.action, "control_depth")
    np.testing.assert_allclose(found["controls"], np.broadcast_to((breadth * depth)[..., 0], (2, 14)))


def test_a_panel_shows_firms_as_they_are(world: World, flows: Values) -> None:
    panel = {name: values[-1] for name, values in firm_panel(world).items()}
    np.testing.assert_array_equal(panel["innovations"], 4.0 * of(world.firms, "innovation"))
    known = world.parameters.research.filings_per_billion
    np.testing.assert_allclose(panel["filings"], of(world.firms, "rd") * np.broadcast_to(known, (1, 2, 14, 1))[0])
    assert np.array_equal(np.isnan(panel["technology"]), ~of(world.firms, "alive"))
    inputs = world.structure.links.input_share
    for me in (US, CHINA):
        share = flows[1 - me, me] / flows[:, me].sum(axis=0)
        bought = share @ inputs / np.maximum(inputs.sum(axis=0), 1e-300)
        exposed = of(world.firms, "dependence")[me] * (1.0 - of(world.firms, "substituted")[me])
        np.testing.assert_allclose(panel["foreign_input_share"][me], exposed * bought[:, None])
