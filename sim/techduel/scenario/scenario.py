"""A checked scenario, from configs or from a stranger's file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from techduel.facts.sectors import read_sectors
from techduel.model.axes import STATES
from techduel.model.parameters import Parameters
from techduel.policies.event import Event
from techduel.policies.events import event
from techduel.policies.fixed import Policy
from techduel.policies.kinds import policy
from techduel.scenario.event_settings import completed, without_other_kinds
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.layers import (
    Change,
    at,
    choices,
    chosen_files,
    config_folder,
    default_choices,
    differences,
    layered,
    outside_file,
    with_params_file,
    without_overruled,
)
from techduel.scenario.loader import InvalidInput, name_from, unknown_key
from techduel.scenario.overrides import ALLOWED, parsed
from techduel.scenario.parameter_sets import EVERY, ParameterSets, all_drawn, parameter_sets
from techduel.scenario.policy_settings import completed as completed_policies

WITHOUT_NUMBERS: Final = ("name", "results", "quiet", "fresh", "executor", "scenario_file")
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

    def parameters_of(self, runs: Sequence[int]) -> Parameters:
        """The parameters of some runs: (run, 1 or state, 1 or sector, 1) where they are drawn, else (1, ...)."""
        return self.sets.of_runs(self.parameters, runs)


def load_scenario(name: str = "baseline_2021", *overrides: str) -> Scenario:
    """Load a shipped scenario, with changes as on the command line.

    Parameters
    ----------
    name : str
        A file of ``configs/scenario``.
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
    """
    return scenario_from(composed([f"scenario={name}", *overrides]))


def scenario_from(config: Mapping[str, Any]) -> Scenario:
    """Build the scenario of a plain configuration that `composed` has checked; needs neither Hydra nor pydantic."""
    parameters, sets = parameter_sets(config["params"], config["facts"]["base_year"], _sectors())
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


def composed(overrides: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command: common file, scenario, ablation, command line, the last strongest.

    Parameters
    ----------
    overrides : sequence of str
        In Hydra's notation, ``key=value``.

    Raises
    ------
    InvalidInput
        With every problem of every layer, one line each.
    """
    from techduel.scenario.settings import problems

    changes, found = _changes(overrides)
    try:
        config = _combined(changes, found)
    except InvalidInput as refused:
        raise InvalidInput([*found, *refused.problems]) from None
    found += problems(config, _sectors())
    if found:
        raise InvalidInput(list(dict.fromkeys(found)))
    config["params"] = _with_floats(config["params"])
    return {**config, "name": config["name"] or _default_name(config, changes)}


def numbers(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a configuration that decides the numbers of a result."""
    return {key: value for key, value in config.items() if key not in WITHOUT_NUMBERS}


def _changes(overrides: Sequence[str]) -> tuple[list[Change], list[str]]:
    """The overrides that can be understood, and one line for each that cannot."""
    changes: list[Change] = []
    found: list[str] = []
    for text in overrides:
        try:
            change = _change(parsed(text))
        except InvalidInput as refused:
            found += refused.problems
            continue
        changes.append(change) if isinstance(change, Change) else found.append(change)
    return changes, found


def _change(override: Any) -> Change | str:
    """A parsed override as a change, or what is wrong with it."""
    key = override.key_or_group + (f"@{override.package}" if override.package else "")
    if override.is_hydra_override():
        return f"{key}: Hydra's own settings work only with --cfg, --info and --help"
    if override.is_delete():
        return f"{key}: cannot be removed, only changed"
    if override.is_sweep_override():
        return f"{key}: several values need the flag -m"
    return _understood(key, override.value())


def _understood(key: str, value: Any) -> Change | str:
    if key == "results" and isinstance(value, str) and _no_folder(value):
        return f"{key}: {value!r} given, which is a file; allowed: a folder"
    if not all(key.split(".")):
        return f"{key}={value}: not understood; {ALLOWED}"
    if key.startswith("policies.") and key.endswith(".kind") and key.count(".") == 2:
        key = f"policy@{key.removesuffix('.kind')}"
    if f"policy@{key}" in default_choices() and not isinstance(value, Mapping):
        return f"{key}: {value!r} given; a policy is chosen with policy@{key}={value}"
    if key in default_choices():
        return Change(key, value, choice=True)
    if "@" in key or key == "policy":
        return unknown_key(key, list(default_choices()))
    return Change(key, value, choice=False)


def _no_folder(name: str) -> bool:
    try:
        return Path(name).exists() and not Path(name).is_dir()
    except OSError:
        return False  # too long; its settings say so


def _combined(changes: Sequence[Change], found: list[str]) -> dict[str, Any]:
    """All layers in one, as far as they can be read; adds to what was `found` wrong."""
    chosen = chosen_files(changes, found)
    layers = without_overruled(differences(chosen, changes, found), changes)
    chosen, layers = with_params_file(chosen, layers, changes, found)
    config = _grouped(chosen)
    path = outside_file(changes)
    named = name_from(path.stem) if path else chosen["scenario"]
    config |= {"scenario": named, "ablation": chosen["ablation"]}
    config["policies"] = completed_policies(config.get("policies"))
    for layer in [*layers, *_set(changes)]:
        config = layered(without_other_kinds(config, layer), layer)
        config["policies"] = completed_policies(config.get("policies"))
    return config | {"events": completed(config.get("events"))}


def _set(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """The values that the command line sets, each a layer of its own.

    Kinds first, since options belong to a kind, and of policies inside others the outer ones first.
    """
    kinds = [change for change in changes if change.key.endswith(".kind")]
    ordered = [*sorted(kinds, key=lambda change: change.key.count(".")), *(c for c in changes if c not in kinds)]
    return [at(change.key.split("."), change.value) for change in ordered if not change.choice]


def _grouped(chosen: Mapping[str, str]) -> dict[str, Any]:
    """The common file with the chosen file of each group, as Hydra composes it."""
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf

    with initialize_config_dir(str(config_folder()), version_base="1.3"):
        found = compose("config", [f"{group}={choice}" for group, choice in chosen.items()])
    plain: Any = OmegaConf.to_container(found, resolve=True)
    if EVERY in plain["params"]:
        plain["params"] = all_drawn(plain["params"][EVERY])
    return dict(plain)


def _default_name(config: Mapping[str, Any], changes: Sequence[Change]) -> str:
    """The scenario's name, with eight digits of the hash if this is not quite that scenario."""
    scenario, ablation = config["scenario"], config["ablation"]
    name = scenario if ablation == "none" else f"{scenario}+{ablation}"
    changed = any(change.key not in {"scenario", "ablation", *WITHOUT_NUMBERS} for change in changes)
    if outside_file(changes) and scenario not in choices("scenario"):
        unchanged = not changed
    else:
        shipped = [f"scenario={scenario}", f"ablation={ablation}"]
        unchanged = not (changed or outside_file(changes)) or numbers(composed(shipped)) == numbers(config)
    return name if unchanged else f"{name}-{config_hash(numbers(config))[:8]}"


def _with_floats(values: Mapping[str, Any]) -> dict[str, Any]:
    """Whole numbers as floats, so that 1 and 1.0 are one configuration with one hash; words stay."""
    return {
        key: _with_floats(value) if isinstance(value, Mapping) else value if isinstance(value, str) else float(value)
        for key, value in values.items()
    }


@cache
def _sectors() -> tuple[str, ...]:
    return read_sectors(files("techduel.facts")).names
