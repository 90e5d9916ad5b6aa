"""A checked scenario, from configs or from a stranger's file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from techduel.facts import Facts, load_facts
from techduel.facts.changes import changed
from techduel.facts.sectors import read_sectors
from techduel.model.axes import STATES
from techduel.model.parameters import Parameters
from techduel.policies.event import Event
from techduel.policies.events import event
from techduel.policies.fixed import Policy
from techduel.policies.kinds import policy
from techduel.scenario.parameter_sets import ParameterSets, parameter_sets

WITHOUT_NUMBERS: Final = ("name", "results", "quiet", "fresh", "retry", "executor", "scenario_file")
"""Settings that change no number of a result."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything that decides a simulation but the number of runs and the seed."""

    name: str
    title: str
    question: str
    parameters: Parameters
    """One set for all runs; where parameters are drawn, posterior medians and prior modes."""
    sets: ParameterSets
    """What is drawn, run by run."""
    policies: dict[str, Policy]
    """By state."""
    events: dict[str, Event]
    """By name."""
    facts_vintage: str
    facts_outlook: str
    """What forecasters expected at the base year, or what was recorded until 2020."""
    base_year: int
    start: int
    """First simulated year."""
    horizon: int
    """Last simulated year."""
    slots: int
    config: dict[str, Any]
    """The resolved plain configuration that this was built from."""

    def __repr__(self) -> str:
        """Name, question, years, and who acts how, in a line or two."""
        acting = ", ".join(f"{state}: {self.config['policies'][state]['kind']}" for state in self.policies)
        events = f"; events: {', '.join(self.events)}" if self.events else ""
        return f"<Scenario {self.name}, {self.start} to {self.horizon}: {self.title}; {acting}{events}>"

    def parameters_of(self, runs: Sequence[int]) -> Parameters:
        """The parameters of some runs: (run, 1 or state, 1 or sector, 1) where they are drawn, else (1, ...)."""
        return self.sets.of_runs(self.parameters, runs)

    def facts(self) -> Facts:
        """The facts that the scenario starts from."""
        return facts_of(self.config["facts"])


def load_scenario(name: "str | Path | Mapping[str, Any]" = "baseline_2021", *overrides: str) -> Scenario:
    """Load a scenario, shipped or of one's own, with changes as on the command line.

    Parameters
    ----------
    name : str, Path or mapping
        A shipped one by its name, ``NAME+ABLATION``; a file that ends in ``.yaml``; or what such a file holds,
        differences from the baseline, where a key may be a path such as ``"params.research.crowd_in"`` and title
        and question may be left out.
    *overrides : str
        Such as ``"params.research.crowd_in=0.3"`` or ``"policy@policies.us=plan"``.

    Raises
    ------
    InvalidInput
        With every problem in a line of its own.

    Examples
    --------
    >>> load_scenario("baseline_2021", "horizon=2030").horizon
    2030
    >>> load_scenario({"policies.us": {"kind": "broad_controls"}, "horizon": 2030})  # doctest: +ELLIPSIS
    <Scenario own-..., 2021 to 2030: Own scenario; us: broad_controls, china: plan>
    >>> load_scenario("chip_control")
    Traceback (most recent call last):
        ...
    techduel.scenario.loader.InvalidInput: scenario: chip_control: unknown; did you mean chip_controls?
    """
    from techduel.scenario.composition import composed

    if isinstance(name, Mapping):
        return scenario_from(composed(overrides, name))
    return scenario_from(composed([*_named(str(name)), *overrides]))


def _named(name: str) -> list[str]:
    """The overrides that choose a scenario by its name or file."""
    from techduel.scenario.overrides import quoted

    if name.endswith((".yaml", ".yml")):
        return [f"scenario_file={quoted(name)}"]
    scenario, _, ablation = name.partition("+")
    return [f"scenario={quoted(scenario)}", *([f"ablation={quoted(ablation)}"] if ablation else [])]


def scenario_from(config: Mapping[str, Any]) -> Scenario:
    """Build the scenario of a plain configuration that `composed` has checked; needs neither Hydra nor pydantic."""
    parameters, sets = parameter_sets(config["params"], config["forms"], config["facts"]["base_year"], _sectors())
    return Scenario(
        name=config.get("name") or config["scenario"],
        title=config["title"],
        question=config["question"],
        parameters=parameters,
        sets=sets,
        policies={state: policy(**config["policies"][state]) for state in STATES},
        events={name: event(**options) for name, options in config["events"].items()},
        facts_vintage=config["facts"]["vintage"],
        facts_outlook=config["facts"]["outlook"],
        base_year=config["facts"]["base_year"],
        start=config["start"],
        horizon=config["horizon"],
        slots=config["slots"],
        config=dict(config),
    )


def facts_of(choice: Mapping[str, Any]) -> Facts:
    """The facts of a base year, with what the plain settings of ``facts`` change."""
    return changed(load_facts(choice["base_year"], choice["vintage"], choice["outlook"]), choice)


def numbers(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a configuration that decides the numbers of a result."""
    return {key: value for key, value in config.items() if key not in WITHOUT_NUMBERS}


def named(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a configuration that the name of a result stands for: numbers, however many runs have been made."""
    kept = {key: value for key, value in numbers(config).items() if key != "runs"}
    members = {name: named(member) for name, member in kept.get("members", {}).items()}
    return {**kept, "members": members} if members else kept


@cache
def _sectors() -> tuple[str, ...]:
    return read_sectors(files("techduel.facts")).names
