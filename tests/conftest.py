"""What many tests share: scenarios and ensembles, each computed once a session."""

from typing import Any

import pytest

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import Start, prepared, simulate
from techduel.scenario.scenario import Scenario, load_scenario


@pytest.fixture(scope="session")
def baseline() -> Scenario:
    """At the shipped parameters: what a mechanism does should not move with every fit."""
    return load_scenario("baseline_2021", "params=default")


@pytest.fixture(scope="session")
def short() -> Scenario:
    """Three years of it."""
    return load_scenario("baseline_2021", "params=default", "horizon=2023")


@pytest.fixture(scope="session")
def drawn() -> Scenario:
    """The baseline as it is run: parameters from the posterior."""
    return load_scenario("baseline_2021")


@pytest.fixture(scope="session")
def drawn_short() -> Scenario:
    """Three years of it."""
    return load_scenario("baseline_2021", "horizon=2023")


@pytest.fixture(scope="session")
def ensemble(drawn: Scenario) -> Record:
    """64 runs of the whole baseline as it is run."""
    return simulate(drawn, runs=64, seed=1)


@pytest.fixture(scope="session")
def panel(drawn: Scenario) -> Record:
    """The first 16 of them with all their firms."""
    return simulate(drawn, runs=16, seed=1, record="firms")


@pytest.fixture
def start(short: Scenario) -> Start:
    """The base year of three runs."""
    return prepared(short, range(3), seed=1)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say in a line why browser tests were skipped, if they were."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = {report.longrepr[2] for report in skipped if "browser" in getattr(report, "keywords", {})}
    for reason in sorted(reasons):
        terminalreporter.write_line(f"Browser tests were skipped: {reason.removeprefix('Skipped: ')}; make browser")
