"""What many tests share: scenarios and ensembles, each computed once a session."""

import pytest

from sim.record import Record
from sim.scenario import Scenario, load_scenario
from sim.simulation import Start, prepared, simulate


@pytest.fixture(scope="session")
def baseline() -> Scenario:
    return load_scenario("baseline_2021")


@pytest.fixture(scope="session")
def short() -> Scenario:
    """Three years of the baseline."""
    return load_scenario("baseline_2021", "horizon=2023")


@pytest.fixture(scope="session")
def ensemble(baseline: Scenario) -> Record:
    """64 runs of the whole baseline."""
    return simulate(baseline, runs=64, seed=1)


@pytest.fixture(scope="session")
def panel(baseline: Scenario) -> Record:
    """The first 16 of them with all their firms."""
    return simulate(baseline, runs=16, seed=1, record="firms")


@pytest.fixture
def start(short: Scenario) -> Start:
    """The base year of three runs."""
    return prepared(short, range(3), seed=1)
