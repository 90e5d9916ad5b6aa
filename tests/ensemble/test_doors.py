"""Doors agree: a run is the same bits alone, in any company, in any process and through Mesa."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import techduel
from techduel.agents import Firm, State, TechDuel
from techduel.ensemble.compute import Options
from techduel.ensemble.pool import Place
from techduel.ensemble.record import Record
from techduel.ensemble.runs import Ensemble, load, run_ensemble
from techduel.ensemble.simulation import BATCH, simulate
from techduel.model.actions import LEVERS
from techduel.model.noise import CHANCES, PLACEMENT, STREAMS, Noise
from techduel.model.outcomes import OUTCOMES, measured
from techduel.policies.fixed import StatusQuo2020
from techduel.scenario.scenario import Scenario, load_scenario
from tests.ensembles import different, part


@pytest.mark.parametrize(
    ("first", "size"),
    [pytest.param(0, 1, id="alone"), pytest.param(63, 1, id="the last alone"), pytest.param(20, 7, id="seven")],
)
def test_company_changes_no_bit(drawn: Scenario, ensemble: Record, first: int, size: int) -> None:
    fewer = simulate(drawn, runs=range(first, first + size), seed=1)
    assert different(part(fewer, slice(None)), part(ensemble, slice(first, first + size))) == []


def test_company_changes_no_bit_of_any_firm(drawn_short: Scenario) -> None:
    many = simulate(drawn_short, runs=BATCH + 2, seed=5, record="firms")
    for runs in ([BATCH + 1], range(3, 10), range(BATCH - 3, BATCH + 2)):
        fewer = simulate(drawn_short, runs=runs, seed=5, record="firms")
        assert different(part(fewer, slice(None)), part(many, slice(runs[0], runs[-1] + 1))) == []


def test_a_rerun_is_the_same(drawn: Scenario, ensemble: Record) -> None:
    assert different(part(simulate(drawn, runs=64, seed=1), slice(None)), part(ensemble, slice(None))) == []


def test_runs_and_seeds_differ(drawn_short: Scenario) -> None:
    sales = simulate(drawn_short, runs=2, seed=1)["sales"]
    assert not np.array_equal(sales[0], sales[1])
    assert not np.array_equal(simulate(drawn_short, runs=2, seed=2)["sales"], sales)


def test_one_and_two_processes_agree(drawn_short: Scenario, tmp_path: Path) -> None:
    for workers in (1, 2):
        run_ensemble(Ensemble(drawn_short, 40), tmp_path / str(workers), Options(Place("local", workers)))
    stored = [part(load(tmp_path / str(workers)), slice(None)) for workers in (1, 2)]
    assert different(*stored) == []
    direct = simulate(drawn_short, runs=40, seed=1)
    assert [name for name in direct.values if not np.array_equal(stored[0][name], direct[name], equal_nan=True)] == []


def test_a_headline_record_holds_the_same_numbers(drawn: Scenario, ensemble: Record) -> None:
    headline = simulate(drawn, runs=8, seed=1, record="headline")
    for name, values in headline.values.items():
        full = ensemble[name][:8]
        same = full if values.shape == full.shape else full[..., ::4]
        assert np.array_equal(values, same, equal_nan=True), name


def test_scenarios_share_their_luck(drawn_short: Scenario) -> None:
    planned = load_scenario("article_plan", "horizon=2023")
    ours, theirs = simulate(drawn_short, runs=16, seed=3), simulate(planned, runs=16, seed=3)
    sizes = [record.snapshots["firm_sales_start"] for record in (ours, theirs)]
    assert np.array_equal(*sizes, equal_nan=True)
    assert np.array_equal(ours["technology_frontier"][..., :2], theirs["technology_frontier"][..., :2])
    assert not np.array_equal(ours["rd_basic"], theirs["rd_basic"])
    paired = np.std((ours["gdp"] - theirs["gdp"])[..., -1], axis=0)
    assert np.all(paired < 0.1 * np.std(ours["gdp"][..., -1], axis=0))


def test_luck_depends_on_seed_and_run_alone() -> None:
    alone, company = Noise(9, [4], 3, 5), Noise(9, [0, 4, 8], 3, 5)
    first, then = (alone.initial(), company.initial()), (alone.quarter(), company.quarter())
    for (ours, theirs), names in ((first, (*PLACEMENT, "resolve")), (then, (*STREAMS, *CHANCES))):
        for name in names:
            assert np.array_equal(getattr(ours, name)[0], getattr(theirs, name)[1]), name


@pytest.mark.parametrize("run", [0, 11])
def test_the_mesa_face_has_the_same_bits(drawn: Scenario, ensemble: Record, run: int) -> None:
    model = TechDuel(drawn, rng=1, run=run)
    series = [measured(model.world, tuple(OUTCOMES))]
    for _ in range(60):
        model.step()
        series.append(measured(model.world, tuple(OUTCOMES)))
    faced = {name: np.stack([found[name][0] for found in series], axis=-1) for name in series[0]}
    assert different(faced, {name: ensemble[name][run] for name in faced}) == []
    assert (model.time, model.year, model.running) == (60.0, 2035.75, False)


def test_two_mesa_models_do_not_disturb_each_other(drawn_short: Scenario) -> None:
    one, other = TechDuel(drawn_short, rng=7), TechDuel(drawn_short, rng=8)
    one.run_for(4)
    other.run_for(12)
    one.run_for(8)
    for model, seed in ((one, 7), (other, 8)):
        sales = simulate(drawn_short, runs=1, seed=seed)["sales"][0, ..., -1]
        assert np.array_equal(model.world.cells.sales[0, ..., 0], sales)


def test_mesa_randomness_is_not_ours(drawn_short: Scenario) -> None:
    model = TechDuel(drawn_short, rng=7)
    for _ in range(12):
        model.random.random()
        model.rng.random()
        model.states.shuffle(inplace=True)
        model.step()
    found = [state.gdp for state in sorted(model.states, key=lambda state: state.index)]
    np.testing.assert_allclose(found, simulate(drawn_short, runs=1, seed=7)["gdp"][0, :, -1], rtol=1e-14)


def test_the_states_decide(drawn_short: Scenario) -> None:
    model = TechDuel(drawn_short, rng=7)
    us, china = model.states.to_list()
    assert [state.name for state in model.agents.select(agent_type=State)] == ["us", "china"]
    assert [name for name in LEVERS if getattr(china.decide(), name).shape[1] != 1] == []
    assert china.rd_intensity == china.rd_total / china.gdp
    assert us.researchers < china.researchers
    china.policy = StatusQuo2020()
    model.run_for(12)
    calm = load_scenario("baseline_2021", "horizon=2023", "policy@policies.china=status_quo_2020")
    basic = [state.basic_share * state.rd_total for state in (us, china)]
    np.testing.assert_allclose(basic, simulate(calm, 1, 7)["rd_basic"][0, :, -1], rtol=1e-14)


def test_firms_are_windows_on_the_living(drawn_short: Scenario) -> None:
    model = TechDuel(drawn_short, rng=7)
    model.run_for(8)
    firms, world = model.firms, model.world.firms
    assert len(model.agents) == 2 + world.alive.size
    assert len(firms) == world.alive.sum()
    assert np.isclose(firms.agg("sales", sum), world.sales[world.alive].sum(), rtol=1e-12)
    chips = firms.select(lambda firm: firm.sector == "semiconductors" and firm.state == "china")
    sector = model.sectors.index("semiconductors")
    alive = world.alive[0, 1, sector]
    assert [firm.slot for firm in chips] == np.flatnonzero(alive).tolist()
    assert chips.get("technology") == world.technology[0, 1, sector][alive].tolist()
    before = chips.get("rd")
    model.step()
    assert chips.get("rd") != before


@pytest.mark.parametrize("name", ["sales", "technology", "alive", "anything", "sector"])
def test_windows_cannot_be_written_to(drawn_short: Scenario, name: str) -> None:
    firms = TechDuel(drawn_short, rng=7).firms
    with pytest.raises(AttributeError, match=rf"firm\.{name} is read-only.*what a state decides"):
        setattr(firms.to_list()[0], name, 1.0)
    with pytest.raises(AttributeError):
        firms.set(name, 1.0)


def test_the_collector_keeps_headlines(drawn_short: Scenario) -> None:
    model = TechDuel(drawn_short, rng=7)
    model.run_for(12)
    table = model.datacollector.get_model_vars_dataframe()
    assert table["year"].tolist() == [2020.75, *np.arange(2021, 2024, 0.25)]
    record = simulate(drawn_short, runs=1, seed=7)
    assert np.array_equal(table["decoupling_goods"], record["decoupling_goods"][0])
    assert np.array_equal(table["firms_alive"], record["firms_alive"][0].sum(axis=0))
    states = model.datacollector.get_agenttype_vars_dataframe(State)
    assert np.array_equal(states["gdp"].to_numpy().reshape(-1, 2).T, record["gdp"][0])
    assert len(model.datacollector.get_agenttype_vars_dataframe(Firm)) == 13 * model.world.firms.alive.size


def test_a_model_ends_with_its_scenario(drawn_short: Scenario) -> None:
    model = TechDuel(drawn_short)
    model.run_model()
    assert model.time == 12
    with pytest.raises(RuntimeError, match="the scenario ends with 2023"):
        model.step()


def test_mesa_is_quiet(drawn_short: Scenario, caplog: pytest.LogCaptureFixture) -> None:
    TechDuel(drawn_short).run_for(2)
    assert caplog.records == []
    assert logging.getLogger("MESA").level == logging.WARNING


@pytest.mark.parametrize("runs", [0, -1, True, 1.5, [], [0, 0], [-1], ["0"]])
def test_runs_that_are_none_are_refused(drawn_short: Scenario, runs: Any) -> None:
    with pytest.raises(ValueError, match="runs"):
        simulate(drawn_short, runs)


def test_public_names_arrive_when_used() -> None:
    script = "from techduel import TechDuel, load_scenario, simulate; import sys; print('mesa' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    assert techduel.TechDuel is TechDuel
    with pytest.raises(AttributeError, match="no attribute 'techduel'"):
        _ = techduel.techduel
