"""A comparison of scenarios: its members, and computing them in a folder that is resumable and checksummed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.crew import Place
from techduel.ensemble.manifest import seal
from techduel.ensemble.runner import Ensemble, Progress, Result, run_ensemble
from techduel.ensemble.store import Notice
from techduel.scenario.parameter_sets import words_in
from techduel.scenario.scenario import Scenario, numbers, scenario_from
from techduel.studies.compare.contrast import Contrast, stored_contrast

SCENARIOS: Final = "scenarios"
"""Folder of the members' own results."""
MEMBERS: Final = "members"
"""Key of a comparison's config under which the members' configs lie; no other result has it."""


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
    config: dict[str, Any]
    """The plain settings that this was built from."""
    overrides: tuple[str, ...] = ()
    """Changes of the command line, for the provenance."""

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
        return numbers(self.config)

    def ensemble(self, name: str) -> Ensemble:
        """The runs of one member."""
        return Ensemble(self.members[name], self.runs, self.seed, self.record, self.overrides)


def comparison_from(config: Mapping[str, Any], overrides: Sequence[str] = ()) -> Comparison:
    """Build the comparison of checked plain settings, as the command composes them or ``config.yaml`` holds them."""
    return Comparison(
        members={name: scenario_from({**config[MEMBERS][name], "name": name}) for name in config["scenarios"]},
        runs=config["runs"],
        seed=config["seed"],
        record=config["record"],
        discount_rate=config["discount_rate"],
        decompose=config["decompose"],
        config=dict(config),
        overrides=tuple(overrides),
    )


def is_comparison(config: Mapping[str, Any]) -> bool:
    """Whether these are the settings of a comparison, not of a single scenario."""
    return MEMBERS in config


def run_members(
    comparison: Comparison,
    folder: Path,
    *,
    place: Place | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
    notice: Notice = print,
) -> list[Result]:
    """Compute what is missing of every member in ``scenarios/NAME``; arguments as of `runner.run_ensemble`."""
    results = []
    for name in comparison.names:
        part = folder / SCENARIOS / name
        result = run_ensemble(
            comparison.ensemble(name), part, workers=place, fresh=fresh, progress=progress, notice=notice
        )
        if not result.unchanged:
            seal(part)
        results.append(result)
    return results


def contrasts(comparison: Comparison, folder: Path) -> Iterator[Contrast]:
    """Every member but the baseline against it, from the stored runs."""
    baseline, drawn = folder / SCENARIOS / comparison.baseline, bool(words_in(comparison.config[MEMBERS]))
    for name in comparison.names[1:]:
        yield replace(stored_contrast(folder / SCENARIOS / name, baseline, comparison.discount_rate), drawn=drawn)
