"""Corners of everything that may be given: all parameters high, all low, each at either end; levers at their maxima.

``python -m tests.reliability.corners 2000`` prints what becomes impossible there. What counts as impossible is judged
here from units and records alone, not by the table of `statistics/impossible.py`, which the test compares with it.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import numpy as np

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import prepared, recorded
from techduel.facts.sectors import read_sectors
from techduel.model.actions import LEVERS
from techduel.model.axes import STATES, Numbers
from techduel.model.outcomes import OUTCOMES
from techduel.scenario.prior import arrays, columns, with_values
from techduel.scenario.scenario import Scenario, load_scenario

BATCH: Final = 50
ENDS: Final = ("high", "low", "mixed", "mixed", "mixed", "inside")
"""Where parameters stand, batch by batch; `inside` is anywhere in their ranges."""
LEVERED: Final = ("none", "all", "half", "half", "sieve")
"""Levers at their maxima, of both states; `sieve` controls everything and enforces nothing."""
SIEVE: Final = {"control_breadth": 1.0, "control_depth": 1.0, "control_enforcement": 0.0}
RECORDS: Final = {
    "rd_intensity": (0.0, 0.0544),
    "gdp_growth": (-0.273, 0.193),
    "digital_core_share": (0.0, 0.5),
    "strategic_emerging_share": (0.0, 0.5),
}
"""What no country has on record, or no large one."""


@dataclass(frozen=True)
class Corner:
    """One batch."""

    ends: str
    levers: Mapping[str, Mapping[str, float]]
    """By state."""
    record: Record


def corners(runs: int, seed: int = 1) -> Iterator[Corner]:
    """Batches of runs at corners; the same seed gives the same."""
    luck = np.random.default_rng(seed)
    for number in range(-(-runs // BATCH)):
        ends = ENDS[number % len(ENDS)]
        levers = {state: _levers(LEVERED[number % len(LEVERED)], luck) for state in STATES}
        scenario = load_scenario("baseline_2021", "params=default", *_changes(levers))
        values = arrays(_values(ends, luck), read_sectors(files("techduel.facts")).names)
        start = prepared(scenario, range(BATCH), seed, with_values(scenario.parameters, values))
        yield Corner(ends, levers, _recorded(scenario, start, seed))


def impossible_by_unit(record: Record) -> dict[tuple[str, str], tuple[int, float]]:
    """Runs and furthest value of all that cannot be, by outcome and state.

    A run whose GDP is no number any more counts by that alone: all else that it stores goes with it.
    """
    found, lives = {}, ~np.isnan(record["gdp"]).any(axis=(1, 2))
    for name, outcome in OUTCOMES.items():
        values = record[name] if name == "gdp" else record[name][lives]
        values = values[..., 1:] if name.endswith(("growth", "growth_nominal")) else values
        by_state = [(state, values[:, place]) for place, state in enumerate(STATES)]
        for state, part in by_state if "state" in outcome.dims else [("", values)]:
            low, high = _range(name, outcome.unit)
            wrong = ~((part >= low - 1e-9) & (part <= high + 1e-9))
            if wrong.any() and not name.startswith("year_passes"):
                furthest = part[wrong][np.argmax(np.abs(np.nan_to_num(part[wrong], posinf=1e300, neginf=-1e300)))]
                found[name, state] = int(wrong.reshape(len(wrong), -1).any(axis=1).sum()), float(furthest)
    return found


def _range(name: str, unit: str) -> tuple[float, float]:
    if name in RECORDS:
        return RECORDS[name]
    if unit.startswith("share"):
        return 0.0, 1.0
    positive = unit.startswith(("bn", "firms", "thousand", "2020 = 1", "incidents", "quarters"))
    return (0.0 if positive else -1e12), 1e12


def _levers(kind: str, luck: np.random.Generator) -> dict[str, float]:
    if kind == "sieve":
        return SIEVE
    chance = {"none": 0.0, "all": 1.0, "half": 0.5}[kind]
    return {name: lever.high for name, lever in LEVERS.items() if luck.random() < chance}


def _changes(levers: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    for state, values in levers.items():
        if values:
            steps = ",".join(f"{name}:{{lever:{name},start:2021,value:{value:g}}}" for name, value in values.items())
            yield f"policy@policies.{state}=schedule"
            yield f"policies.{state}.steps={{{steps}}}"


def _values(ends: str, luck: np.random.Generator) -> Numbers:
    low, high = (np.array([getattr(column, end) for column in columns()]) for end in ("low", "high"))
    place = luck.random((BATCH, low.size))
    where = {"high": np.ones_like(place), "low": np.zeros_like(place), "mixed": np.round(place), "inside": place}
    return low + (high - low) * where[ends]


def _recorded(scenario: Scenario, start: object, seed: int) -> Record:
    with np.errstate(all="ignore"):
        return recorded(scenario, start, seed, "full")  # type: ignore[arg-type]


if __name__ == "__main__":
    worst: dict[tuple[str, str], list[tuple[int, float]]] = {}
    wanted = int(sys.argv[1])
    for corner in corners(wanted):
        for key, seen in impossible_by_unit(corner.record).items():
            worst.setdefault(key, []).append(seen)
    for (name, state), found in sorted(worst.items()):
        furthest = max((value for _, value in found), key=abs)
        print(f"{name:<28}{state:<7}{sum(runs for runs, _ in found):>6} of {wanted} runs, furthest {furthest:.4g}")
