"""A comparison of scenarios: its members, computed in a folder of their own each, and what sets two of them apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.compute import Options, fitting
from techduel.ensemble.headlines import (
    HEADLINES,
    Cost,
    change,
    costs,
    headline,
    levels,
    outcome_problem,
    told_by,
    until,
)
from techduel.ensemble.manifest import DamagedResult
from techduel.ensemble.paired import LEAD, LEADS, SECTOR_OUTCOMES, Row, difference, pair, rows, variables
from techduel.ensemble.pool import HERE, Pool
from techduel.ensemble.record import Record
from techduel.ensemble.runs import Ensemble, records, run_ensemble
from techduel.facts.selection import known_sectors
from techduel.model.axes import STATES, Numbers
from techduel.model.outcomes import OUTCOMES, RUN_TIME, STATE_TIME
from techduel.scenario.parameter_sets import words_in
from techduel.scenario.scenario import Scenario, numbers, scenario_from
from techduel.studies.compare.equations import Codes, drawn_forms

SCENARIOS: Final = "scenarios"
"""Folder of the members' own results."""
MEMBERS: Final = "members"
"""Key of a comparison's config under which the members' configs lie."""
QUESTION: Final = ("year", "sector", "outcome")
"""Settings that say what is told of the runs: they change no run and no name."""
FREE: Final = ("runs", *QUESTION)
"""Settings that may change from one call to the next: what is there is kept, only what is new is computed."""
_ACTING: Final = ("policies", "events")
"""Settings in which a state's levers lie."""
READ: Final = frozenset(
    {name for name, outcome in OUTCOMES.items() if outcome.dims in {STATE_TIME, RUN_TIME}} | set(SECTOR_OUTCOMES)
)
"""Outcomes that a contrast is made of."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a comparison is asked: when, and about which outcomes beside those of `headlines.HEADLINES`."""

    year: int | None = None
    """Of headlines and costs; the last one when None."""
    more: tuple[str, ...] = ()
    """Names of further headlines."""
    lead: str = LEAD
    """The lead that costs are held against."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """What a scenario changes, run by run."""

    scenario: str
    runs: NDArray[np.int64]
    time: Numbers
    """Starts of quarters, as in the records."""
    sectors: tuple[str, ...]
    changes: dict[str, Numbers]
    """By variable: (run, ..., year), in the unit of its `paired.scale`."""
    level: dict[str, Numbers]
    """Headlines of the scenario, (run, state) or (run, 1) each."""
    first: dict[str, Numbers]
    """Those of the baseline."""
    asked: Asked = Asked()
    drawn: bool = True
    """Whether runs differ by parameters, so that changes have a band of them."""
    forms: Codes = field(default_factory=dict)
    """Rival forms that the runs were drawn with."""

    @property
    def years(self) -> Numbers:
        """Calendar years of the changes."""
        return np.floor(self.time[::4])

    @property
    def year(self) -> int:
        """Of the headlines."""
        return int(self.years[-1]) if self.asked.year is None else self.asked.year

    def headline(self, name: str) -> Numbers:
        """Change of a headline, (run, state) or (run, 1)."""
        return change(name, self.level[name], self.first[name])

    def costs(self) -> list[Cost]:
        """What the scenario costs both states and what it buys them."""
        return costs(self.level, self.first, self.runs, self.asked.lead)

    def rows(self) -> Iterator[Row]:
        """The rows of ``differences.csv``."""
        for name, found in self.changes.items():
            yield from rows(name, found, self.runs, self.scenario, self.sectors, self.time)


ANYTHING: Final = Asked()
"""Headlines at the horizon."""


def contrast(record: Record, baseline: Record, rate: float, scenario: str = "", asked: Asked = ANYTHING) -> Contrast:
    """The contrast of two records with the same seed.

    Parameters
    ----------
    record, baseline : Record
        With at least the outcomes `READ`, as far as they are wanted.
    rate : float
        At which real income is discounted, per year.
    scenario : str
        Name of the first.
    asked : Asked
        Year and further outcomes of the headlines.
    """
    ours, theirs = pair(record, baseline)
    year = int(ours.years[-1]) if asked.year is None else asked.year
    return Contrast(
        scenario=scenario,
        runs=ours.runs,
        time=ours.time,
        sectors=ours.sectors,
        changes={name: difference(ours, theirs, name) for name in variables(ours)},
        level=levels(until(ours, year), rate, asked.more),
        first=levels(until(theirs, year), rate, asked.more),
        asked=asked,
    )


def stored_contrast(folder: Path, baseline: Path, rate: float, asked: Asked = ANYTHING) -> Contrast:
    """The contrast of two stored results, read one block of runs at a time.

    Raises
    ------
    DamagedResult
        If a chunk is damaged, or no run is finished in both.
    """
    pairs = _pairs(folder, baseline, READ | {headline(name).needs for name in asked.more})
    return _joined(contrast(ours, theirs, rate, folder.name, asked) for ours, theirs in pairs)


def _pairs(folder: Path, baseline: Path, read: Set[str]) -> Iterator[tuple[Record, Record]]:
    """The same block of runs of both; one in which no run is finished on both sides is left out."""
    theirs = records(baseline, read)
    first = next(theirs, None)
    for record in records(folder, read):
        while first is not None and first.runs[-1] < record.runs[0]:
            first = next(theirs, None)
        if first is not None and np.intersect1d(record.runs, first.runs).size:
            yield record, first


def _joined(parts: Iterable[Contrast]) -> Contrast:
    found = list(parts)
    if not found:
        raise DamagedResult("no run is finished in both results")
    one = found[0]
    return Contrast(
        scenario=one.scenario,
        runs=np.concatenate([part.runs for part in found]),
        time=one.time,
        sectors=one.sectors,
        changes=_stacked([part.changes for part in found]),
        level=_stacked([part.level for part in found]),
        first=_stacked([part.first for part in found]),
        asked=one.asked,
    )


def _stacked(parts: Sequence[dict[str, Numbers]]) -> dict[str, Numbers]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def states_of(numbers: Numbers) -> tuple[str, ...]:
    """Labels along the second axis of a headline: the states, or nothing for the world."""
    return STATES if numbers.shape[1] == len(STATES) else ("",)


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
        return {"experiment": "compare", **{k: v for k, v in numbers(self.config).items() if k != "folders"}}

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


def run_members(parts: Mapping[Path, Comparison], options: Options) -> None:
    """Compute what is missing of every member in ``scenarios/NAME`` of its comparison's folder, by the same workers."""
    total = sum(part.runs * len(part.members) for part in parts.values())
    place = fitting(options.place, total)
    # A process alone shows how far its runs are only with a gauge of its own for each member.
    with options.progress(total) as progress, nullcontext() if place == HERE else Pool(place) as pool:
        shared = replace(options, place=place, progress=lambda _: nullcontext(progress))
        for folder, part in parts.items():
            (folder / SCENARIOS).mkdir(parents=True, exist_ok=True)
            for name in part.names:
                run_ensemble(part.ensemble(name), folder / SCENARIOS / name, shared, pool=pool)


def contrasts(comparison: Comparison, folder: Path) -> Iterator[Contrast]:
    """Every member but the baseline against it, from the stored runs."""
    baseline = folder / SCENARIOS / comparison.baseline
    drawn = bool(words_in({name: member.config["params"] for name, member in comparison.members.items()}))
    for name in comparison.names[1:]:
        found = stored_contrast(folder / SCENARIOS / name, baseline, comparison.discount_rate, comparison.asked)
        forms = drawn_forms(comparison.members[name], comparison.members[comparison.baseline], found.runs)
        yield replace(found, drawn=drawn, forms=forms)


def asked_from(config: Mapping[str, Any]) -> Asked:
    """The question of a checked configuration: asked for first, then leads in sectors whose levers differ."""
    lead = _lead_in(config["sector"]) if config["sector"] else LEAD
    outcomes = [config["outcome"]] if config["outcome"] else []
    names = (name for one in [lead, *outcomes, *map(_lead_in, moved_sectors(config))] for name in told_by(one))
    return Asked(config["year"], tuple(dict.fromkeys(name for name in names if name not in HEADLINES)), lead)


def _lead_in(sector: str) -> str:
    return f"{LEADS[0]}.{sector}"


def moved_sectors(config: Mapping[str, Any]) -> list[str]:
    """Sectors that a scenario's policies or events name where they differ from the baseline's or from nothing."""
    first, *others = config[MEMBERS].values()
    baseline = _leaves({key: first[key] for key in _ACTING})
    named: set[str] = set()
    for other in others:
        for path, value in _leaves({key: other[key] for key in _ACTING}).items():
            if baseline.get(path, 0.0) != value:
                named |= {*path, *(value if isinstance(value, tuple) else (value,))} & {*known_sectors().names}
    return [name for name in known_sectors().names if name in named]


def problems(config: Mapping[str, Any]) -> Iterator[str]:
    """A line for each part of a question that its scenarios cannot answer."""
    year, outcome = config["year"], config["outcome"]
    spans = {(member["start"], member["horizon"]) for member in config[MEMBERS].values()}
    for start, horizon in sorted(spans) if year is not None else ():
        if not start <= year <= horizon:
            yield f"year: {year} given; allowed: {start} to {horizon}"
        elif year != horizon and config["decompose"] != "none":
            yield f"year: {year} given with decompose={config['decompose']}; allowed: the horizon: horizon={year}"
    if outcome is not None:
        yield from filter(None, [_outcome_problem(outcome)])


def _outcome_problem(outcome: str) -> str | None:
    definition = OUTCOMES.get(outcome.partition(".")[0])
    if definition is not None and definition.dims[-1] != "time":
        return f"outcome: {outcome!r} given; allowed: one that has a number in every year (techduel list outcomes)"
    return outcome_problem("outcome", outcome)


def _leaves(tree: Mapping[str, Any], path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Values by their path; lists as tuples."""
    found: dict[tuple[str, ...], Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            found |= _leaves(value, (*path, key))
        else:
            found[(*path, key)] = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
    return found
