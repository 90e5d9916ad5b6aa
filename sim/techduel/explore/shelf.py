"""Shelf: the scenarios that pages offer: shipped ones, and those of a stored result with the runs that lie there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.record import Record
from techduel.ensemble.runs import records
from techduel.scenario.composition import label
from techduel.scenario.layers import choices, config_folder
from techduel.scenario.loader import InvalidInput, strict_yaml
from techduel.scenario.scenario import Scenario, load_scenario, scenario_from
from techduel.studies.compare.comparison import MEMBERS, READ
from techduel.studies.stored import of_these_sources, result_folders, runs_in, sound, stored, understood

SEED: Final = 1
YEARS: Final = (2021, 2035)
OPENED: Final = ("run", "compare", "overview")
"""Studies whose results hold runs."""
BASELINE, SCENARIO = "baseline_2021", "chip_controls"
"""Of the first view."""
STORED: Final = "stored."
"""Before the name of a stored scenario in a link."""
MOST_STORED: Final = 1_000
"""Stored runs of a scenario that a page shows."""
IN_FILES: Final = ("start", "horizon", "slots", "params", "forms", "facts", "policies", "events")
"""Keys of a configuration that a scenario file may hold."""
WHOLE: Final = ("policies", "events")
"""Keys whose parts are told whole."""


@dataclass(frozen=True)
class Shelf:
    """Scenarios by the names that links use; stored ones begin with `STORED`."""

    folder: Path | None = None
    """Of the result, as it was named."""
    kept: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Configurations of its scenarios."""
    runs_of: Mapping[str, Path] = field(default_factory=dict)
    """Folders of their runs."""
    runs: int = 0
    """Stored of each."""
    seed: int = SEED
    years: tuple[int, int] = YEARS
    fixed: str = ""
    """Why nothing can be computed beside the stored runs; empty where it can."""

    @cached_property
    def scenarios(self) -> dict[str, str]:
        """Words by name: all scenarios that can be paired with each other."""
        own = {name: f"{name.removeprefix(STORED)} (stored)" for name in self.kept}
        return own if self.fixed else own | {name: name for name in shipped(self.years[0])}

    @property
    def first(self) -> tuple[str, str]:
        """Both scenarios of the first view: the stored ones, a single one beside the baseline."""
        own = list(self.kept)
        if len(own) > 1:
            return own[0], own[1]
        if own:
            return (own[0] if self.fixed else BASELINE), own[0]
        return BASELINE, SCENARIO

    @property
    def alike(self) -> dict[str, Any]:
        """Settings that scenarios with the same luck must share."""
        return {key: one[key] for one in list(self.kept.values())[:1] for key in ("horizon", "slots")}

    def scenario(self, name: str) -> Scenario:
        """One of `scenarios`, with as many years and places for firms as the stored ones."""
        if name in self.kept:
            return scenario_from({**self.kept[name], "name": name.removeprefix(STORED)})
        return _shipped(name, *(f"{key}={value}" for key, value in self.alike.items()))

    def content(self, name: str) -> dict[str, Any]:
        """One of `scenarios` as the content of a scenario file."""
        if name in self.kept:
            return content_of(self.kept[name])
        found = strict_yaml(config_folder() / "scenario" / f"{name}.yaml")
        return {key: value for key, value in found.items() if key != "sources"} | self.alike

    def record(self, name: str, runs: int) -> Record:
        """The first stored runs of a scenario of `kept`."""
        with understood(self.runs_of[name]):
            return next(records(self.runs_of[name], READ, runs))


SHIPPED: Final = Shelf()
"""Where no result was named."""


def shelf_of(folder: str) -> Shelf:
    """The shelf with a stored result on it.

    Parameters
    ----------
    folder : str
        Of a result of ``run`` or ``compare``, checked like a stranger's.

    Raises
    ------
    InvalidInput
        If it holds no such result, or its configuration is wrong.
    DamagedResult
        If a file is not as it was written.
    """
    (path,) = result_folders([folder])
    sound(path)
    config = stored(path)
    if config["experiment"] not in OPENED:
        raise InvalidInput([f"{folder} is a result of {config['experiment']}; allowed: of {', '.join(OPENED)}"])
    alone = {key: value for key, value in config.items() if key not in {"experiment", "runs"}}
    members = {label(config): alone} if config["experiment"] == "run" else config[MEMBERS]
    places = runs_in(path, config)
    first = next(iter(members.values()))
    return Shelf(
        folder=path,
        kept={f"{STORED}{name}": member for name, member in members.items()},
        runs_of=dict(zip((f"{STORED}{name}" for name in members), places.values(), strict=True)),
        runs=min(config["runs"], MOST_STORED),
        seed=config["seed"],
        years=(first["start"], first["horizon"]),
        fixed=_fixed(path, members),
    )


def _fixed(folder: Path, members: Mapping[str, Mapping[str, Any]]) -> str:
    if not of_these_sources(folder):
        return f"{folder.name} was made by other equations"
    unsaid = [name for name, member in members.items() if not _said_by_file(member)]
    return f"no scenario file says all settings of {', '.join(unsaid)}" if unsaid else ""


def _said_by_file(config: Mapping[str, Any]) -> bool:
    """Whether a scenario file with the differences from the baseline means the same configuration."""
    try:
        again = load_scenario(content_of(config)).config
    except InvalidInput:
        return False
    return all(again[key] == config[key] for key in IN_FILES)


def shipped(start: int) -> list[str]:
    """Shipped scenarios that can be paired with each other: those that begin in a year."""
    files = ((name, strict_yaml(config_folder() / "scenario" / f"{name}.yaml")) for name in choices("scenario"))
    return [name for name, content in files if content.get("start", YEARS[0]) == start]


@cache
def _shipped(name: str, *overrides: str) -> Scenario:
    return load_scenario(name, *overrides)


def content_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """What of a whole configuration differs from the baseline, as a scenario file would say it."""
    own, baseline = {key: config[key] for key in IN_FILES}, _shipped(BASELINE).config
    return {"title": config["title"], "question": config["question"], **_differing(own, baseline)}


def _differing(config: Mapping[str, Any], baseline: Mapping[str, Any], whole: bool = False) -> dict[str, Any]:
    """Settings that differ; where they are `whole`, with all that belongs to them."""
    found = {}
    for key, value in config.items():
        before = baseline.get(key)
        if isinstance(value, Mapping) and isinstance(before, Mapping) and not whole:
            found[key] = _differing(value, before, key in WHOLE)
        elif value != before:
            found[key] = value
    return {key: value for key, value in found.items() if value != {}}
