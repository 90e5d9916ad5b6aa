"""A comparison of scenarios: its members, and computing them in a folder that is resumable and checksummed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.compute import Options
from techduel.ensemble.runs import Ensemble, Result, run_ensemble
from techduel.scenario.scenario import Scenario, numbers, scenario_from
from techduel.studies.compare.asked import MEMBERS, QUESTION, asked_from
from techduel.studies.compare.contrast import Asked, Contrast, stored_contrast

SCENARIOS: Final = "scenarios"
"""Folder of the members' own results."""
FREE: Final = ("runs", *QUESTION)
"""Settings that may change from one call to the next: what is there is kept, only what is new is computed."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several scenarios with the same luck, the first of them the baseline."""

    members: dict[str, Scenario]
    """By name, the baseline first."""
    runs: int
    seed: int
    record: str
    discount_rate: float
    """Per year, of real income."""
    decompose: str
    """``none``, or a table of `decomposition.GROUPS`."""
    asked: Asked
    """Year, sector and outcome."""
    config: dict[str, Any]
    """The plain settings that this was built from."""

    @property
    def names(self) -> list[str]:
        """Names of the members, the baseline first."""
        return list(self.members)

    @property
    def baseline(self) -> str:
        """Name of the first member."""
        return self.names[0]

    @property
    def settings(self) -> dict[str, Any]:
        """All that decides the numbers: the content of ``config.yaml``."""
        return {"experiment": "compare", **numbers(self.config)}

    def ensemble(self, name: str) -> Ensemble:
        """The runs of one member."""
        return Ensemble(self.members[name], self.runs, self.seed, self.record)


def comparison_from(config: Mapping[str, Any]) -> Comparison:
    """Build the comparison of checked plain settings, as the command composes them or ``config.yaml`` holds them."""
    return Comparison(
        members={name: scenario_from({**config[MEMBERS][name], "name": name}) for name in config["scenarios"]},
        runs=config["runs"],
        seed=config["seed"],
        record=config["record"],
        discount_rate=config["discount_rate"],
        decompose=config["decompose"],
        asked=asked_from(config),
        config=dict(config),
    )


def run_members(comparison: Comparison, folder: Path, options: Options) -> list[Result]:
    """Compute what is missing of every member in ``scenarios/NAME``."""
    (folder / SCENARIOS).mkdir(exist_ok=True)
    return [run_ensemble(comparison.ensemble(name), folder / SCENARIOS / name, options) for name in comparison.names]


def contrasts(comparison: Comparison, folder: Path) -> Iterator[Contrast]:
    """Every member but the baseline against it, from the stored runs."""
    baseline = folder / SCENARIOS / comparison.baseline
    for name in comparison.names[1:]:
        yield stored_contrast(folder / SCENARIOS / name, baseline, comparison.discount_rate, comparison.asked)
