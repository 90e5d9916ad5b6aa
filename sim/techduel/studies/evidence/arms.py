"""Arms of an experiment on the model: equal luck, equal parameters, different policies; and how they are compared."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from techduel.ensemble.simulation import prepared, worlds
from techduel.facts.selection import ALL
from techduel.model.axes import N_STATES, Numbers
from techduel.model.parameters import Parameters
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.kinds import policy
from techduel.policies.schedule import NEVER, Step
from techduel.scenario.parameter_sets import ParameterSets
from techduel.scenario.scenario import Scenario

US, CHINA = range(2)
ROUNDING: Final = 1e-12
"""Effects below this are rounding, not effects: they have no sign."""

type Told = Callable[[int], None]
"""Told how many more runs are finished."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """What all arms of a study have in common."""

    scenario: Scenario
    """Its policies are those of the arm without treatment."""
    parameters: Parameters
    """By run."""
    runs: tuple[int, ...]
    seed: int = 1
    told: Told = lambda more: None

    def passing(
        self, policies: Mapping[str, Policy], horizon: int, parameters: Parameters | None = None
    ) -> Iterator[World]:
        """The worlds of an arm, base year first; states without a policy of their own keep the scenario's."""
        changed = replace(
            self.scenario,
            policies={**self.scenario.policies, **policies},
            parameters=parameters or self.parameters,
            sets=ParameterSets(self.scenario.base_year, self.scenario.sets.sectors),
            horizon=horizon,
        )
        yield from worlds(prepared(changed, self.runs, self.seed))
        self.told(len(self.runs))


def at_end(passing: Iterable[World]) -> World:
    """The last world of an arm, holding no other in memory."""
    return deque(passing, maxlen=1)[0]


def lever(name: str, amount: float, *sectors: str, how: str = "value") -> Step:
    """A lever that is set for good from the first quarter, in all sectors when none is named."""
    return Step(name, sectors or (ALL,), 2021.0, NEVER, 0.0, how, amount)


def plain(kind: str, **options: Any) -> Any:
    """A shipped policy with some options of its own."""
    from techduel.scenario.kinds import filled

    return policy(**filled({"kind": kind, **options}))


def log_gdp(world: World) -> Numbers:
    """Log GDP at own cost of labour, which is 0 unless the rest of the economy is a sector, (run, state)."""
    labour_cost = world.blocs.labour_cost[:, :N_STATES, 0, 0]
    return np.log(world.states.gdp[:, :, 0, 0]) - labour_cost


def spread(effects: Numbers) -> tuple[float, float, float]:
    """Median and 90 % band over runs; runs without a value do not count."""
    low, middle, high = np.nanquantile(effects, (0.05, 0.5, 0.95)) if np.isfinite(effects).any() else (np.nan,) * 3
    return float(middle), float(low), float(high)


def mean_and_error(effects: Numbers) -> tuple[float, float]:
    """Mean over runs and its standard error; runs without a value do not count."""
    finite = effects[np.isfinite(effects)]
    if finite.size < 2:
        return (float(finite.mean()) if finite.size else float("nan")), float("nan")
    return float(finite.mean()), float(finite.std(ddof=1) / np.sqrt(finite.size))


def share(effects: Numbers, sign: int) -> float:
    """Part of runs whose effect has a sign; 0 asks for no effect at all. Runs without a value do not count."""
    finite = effects[np.isfinite(effects)]
    if not finite.size:
        return float("nan")
    hits = np.abs(finite) <= ROUNDING if sign == 0 else np.sign(finite) * (np.abs(finite) > ROUNDING) == sign
    return float(hits.mean())
