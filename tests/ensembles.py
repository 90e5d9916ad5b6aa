"""Ensembles built from parts that `simulate` takes as given: facts, parameters per run, luck."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.compute import Options
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.pool import Pool
from techduel.ensemble.record import Record, derived
from techduel.ensemble.simulation import Start
from techduel.facts import Facts
from techduel.model.actions import LEVERS, Action
from techduel.model.outcomes import OUTCOMES, measured
from techduel.model.parameters import Parameters, schema
from techduel.model.parameters.forms import RIVALS, Forms
from techduel.model.world import World
from techduel.scenario.forms import by_weight
from techduel.studies.calibrate.simulator import Bench


def outcomes(passing: Iterable[World], start: Start, facts: Facts) -> dict[str, NDArray[np.float64]]:
    """Every outcome of a batch, time last, as `simulate` measures them."""
    series = [measured(world, tuple(OUTCOMES)) for world in passing]
    values = {name: np.stack([found[name] for found in series], axis=-1) for name in series[0]}
    return values | derived(values, start.years(), facts.base.ppp_factor, facts.base.pace)


def different(one: dict[str, NDArray[Any]], other: dict[str, NDArray[Any]]) -> list[str]:
    """Names whose bits differ."""
    assert one.keys() == other.keys()
    return [name for name in one if not np.array_equal(one[name], other[name], equal_nan=one[name].dtype != bool)]


def part(record: Record, runs: slice) -> dict[str, NDArray[Any]]:
    """All arrays of some runs of a record by name."""
    groups = {"": record.values, "firms.": record.firms, "size.": record.snapshots, "count.": record.diagnostics}
    return {prefix + name: values[runs] for prefix, group in groups.items() for name, values in group.items()}


BEHIND_ONE_THAT_WENT: Final = ("ideas.lag_years",)
"""Parameters before which one has been taken out of the table: its draws are passed over, so that all other numbers of
a set, and with them the shares in docs/levers.md, stay what they were."""


CAME_LATER: Final = frozenset(
    {
        *("accounts.idea_share", "accounts.knowledge_estimate", "objectives.incidents"),
        *("ideas.catch_up", "ideas.home_reach", "knowledge.third_party"),
        *("market.origin_elasticity", "market.switching_years"),
    }
)
"""Numbers with draws of their own, so that those of all others stay as they were."""


def random_parameters(sets: int, sectors: int, seed: int) -> Parameters:
    """One valid set a run, every number anywhere in its range, forms as likely as their weights say."""
    generator = np.random.default_rng(seed)

    def drawn(name: str, known: Any) -> NDArray[np.float64]:
        if name in BEHIND_ONE_THAT_WENT:
            generator.uniform(size=sets)
        width = {None: (1, 1), "state": (2, 1), "sector": (1, sectors)}[known.axis]
        luck = np.random.default_rng([seed, crc32(name.encode())]) if name in CAME_LATER else generator
        return luck.uniform(known.low, known.high, (sets, *width, 1))

    return Parameters(
        **{
            group: kind(
                **{item.name: drawn(f"{group}.{item.name}", item.metadata["parameter"]) for item in fields(kind)}
            )
            for group, kind in schema.GROUPS.items()
        },
        forms=Forms(**{name: by_weight(name, range(sets)).reshape(-1, 1, 1, 1) for name in RIVALS}),
    )


@dataclass(frozen=True)
class AnyLevers:
    """A policy without sense: each quarter and run its own levers, anywhere in their ranges and often at an end.

    What it decides depends on its seed and on the run's index, not on the state for which it decides.
    """

    runs: Sequence[int]
    seed: int
    sectors: int

    def __call__(self, world: World, me: int) -> Action:
        drawn = np.stack([self._drawn(run, world.quarter) for run in self.runs])
        return Action(**{name: self._lever(name, drawn[:, place]) for place, name in enumerate(LEVERS)})

    def _drawn(self, run: int, quarter: int) -> NDArray[np.float64]:
        """By lever and sector, a fifth of them at either end."""
        wide = np.random.default_rng((self.seed, run, quarter)).uniform(
            -1.0 / 3.0, 4.0 / 3.0, (len(LEVERS), self.sectors)
        )
        return np.clip(wide, 0.0, 1.0)

    @staticmethod
    def _lever(name: str, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        known = LEVERS[name]
        by_sector = drawn if known.axis == "sector" else drawn[:, :1]
        return (known.low + (known.high - known.low) * by_sector)[:, None, :, None]


def leaves(part: Any, name: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    """Every array inside nested dataclasses, with its dotted name; not the records that a World is a view on."""
    if isinstance(part, np.ndarray):
        if part.dtype.names is None:
            yield name, part
    elif is_dataclass(part):
        for item in fields(part):
            yield from leaves(getattr(part, item.name), f"{name}.{item.name}".lstrip("."))


def changed_leaves(part: Any, change: Any) -> Any:
    """The same nested dataclasses with a function applied to every array."""
    if isinstance(part, np.ndarray):
        return change(part)
    if not is_dataclass(part):
        return part
    return type(part)(**{item.name: changed_leaves(getattr(part, item.name), change) for item in fields(part)})


@contextmanager
def scratch(options: Options) -> Iterator[Bench]:
    """A bench that keeps nothing."""
    with tempfile.TemporaryDirectory() as folder, Pool(options.place) as pool:
        yield Bench(Path(folder), Manifest({"config": ""}), options, pool)
