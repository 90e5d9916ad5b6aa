"""Which part of a scenario brings its effect about: measures alone, the last to join, and their fair share.

What a player of a `Game` adds depends on who is there already. Its Shapley average is the mean over the orders in
which the players can join, so that the averages of all players add up to the whole effect.

Source: Shapley (1953), A value for n-person games.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, permutations
from typing import Final

import numpy as np

from techduel.ensemble.headlines import HEADLINES, change
from techduel.ensemble.paired import Row, spread
from techduel.ensemble.sets import Runs
from techduel.ensemble.simulation import prepared, worlds
from techduel.ensemble.summary import QUANTILES
from techduel.model.actions import CHANNELS, KINDS, LEVERS
from techduel.model.axes import STATES, Numbers
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.variants import Mixed
from techduel.scenario.scenario import Scenario, scenario_from
from techduel.studies.compare.comparison import states_of

PARAMETERS: Final = "parameters"
EVENTS: Final = "events"
GROUPS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "levers": {kind: tuple(name for name in LEVERS if LEVERS[name].kind == kind) for kind in KINDS},
    "channels": {flow: tuple(name for name in LEVERS if LEVERS[name].channel == flow) for flow in CHANNELS},
}
"""Groups of levers by kind of decomposition; every lever is in one group of each."""
PROBED_RUNS: Final = 4
"""Runs in which policies are watched for differences."""


@dataclass(frozen=True, slots=True)
class Game:
    """A scenario and its baseline, whose measures can be mixed."""

    baseline: Scenario
    scenario: Scenario
    groups: Mapping[str, tuple[str, ...]]
    """Levers by player."""

    def mixed(self, coalition: Iterable[str]) -> Scenario:
        """The baseline with the measures of a coalition's players."""
        joined = frozenset(coalition)
        config = dict(self.baseline.config)
        for player, keys in ((PARAMETERS, ("params", "forms", "facts")), (EVENTS, ("events",))):
            if player in joined:
                config |= {key: self.scenario.config[key] for key in keys}
        levers = frozenset(lever for player in joined for lever in self.groups.get(player, ()))
        policies = {state: self._mixed_policy(state, levers) for state in STATES}
        return replace(scenario_from(config), policies=policies)

    def _mixed_policy(self, state: str, levers: frozenset[str]) -> Policy:
        ours, theirs = self.scenario.policies[state], self.baseline.policies[state]
        return theirs if not levers or not self._differs("policies", state) else Mixed(ours, theirs, levers)

    def _differs(self, *path: str) -> bool:
        ours, theirs = self.scenario.config, self.baseline.config
        for key in path:
            ours, theirs = ours[key], theirs[key]
        return bool(ours != theirs)

    def players(self, seed: int) -> tuple[str, ...]:
        """Everyone in whom the scenario differs from the baseline, seen in a few runs of both."""
        moved = self._moved_levers(seed)
        found = [player for player, levers in self.groups.items() if moved.intersection(levers)]
        if any(self._differs(key) for key in ("params", "forms", "facts")):
            found.append(PARAMETERS)
        return (*found, *([EVENTS] if self._differs("events") else []))

    def _moved_levers(self, seed: int) -> set[str]:
        """Levers that the policies of the two set differently in the same world."""
        places = [place for place, state in enumerate(STATES) if self._differs("policies", state)]
        moved: set[str] = set()
        for scenario in (self.baseline, self.scenario) if places else ():
            for world in worlds(prepared(scenario, range(PROBED_RUNS), seed)):
                moved |= {name for place in places for name in self._apart(world, place) if name not in moved}
        return moved

    def _apart(self, world: World, place: int) -> list[str]:
        ours, theirs = (part.policies[STATES[place]](world, place) for part in (self.scenario, self.baseline))
        return [name for name in LEVERS if np.any(getattr(ours, name) != getattr(theirs, name))]


type Coalition = frozenset[str]
type Order = tuple[str, ...]
"""Players as they join."""
type Levels = Mapping[str, Numbers]
"""Headlines by name, (run, state) or (run, 1) each."""

MOST_EXACT: Final = 6
"""Players up to whom every order is taken; 6 need 64 coalitions."""
SAMPLED_PAIRS: Final = 8
"""Beyond, so many random orders and their reverses, whose errors partly cancel."""
SAMPLING_SEED: Final = 1953
TOTAL: Final = "all together"
COLUMNS: Final = (
    *("scenario", "player", "outcome", "state", "alone", "last", "share", "share_se", "share_order_se"),
    *(f"share_{name}" for name in QUANTILES),
    *("unit", "method"),
)
"""``alone``: added to the baseline; ``last``: lost when taken from the scenario; ``share``: Shapley average."""


def orders(players: Sequence[str]) -> list[Order]:
    """Every order in which the players can join, or a fixed sample of them when there are too many."""
    if len(players) <= MOST_EXACT:
        return list(permutations(players))
    generator = np.random.default_rng(SAMPLING_SEED)
    drawn = [tuple(players[place] for place in generator.permutation(len(players))) for _ in range(SAMPLED_PAIRS)]
    return [order for one in drawn for order in (one, one[::-1])]


def method(players: Sequence[str]) -> str:
    """How the average over orders is taken, in words."""
    return "every order" if len(players) <= MOST_EXACT else f"{2 * SAMPLED_PAIRS} sampled orders"


def coalitions(players: Sequence[str]) -> list[Coalition]:
    """The coalitions whose outcomes a decomposition needs, smallest first; nobody and everybody among them."""
    everyone = frozenset(players)
    found = {prefix for order in orders(players) for prefix in _prefixes(order)}
    found |= {frozenset([player]) for player in players} | {everyone - {player} for player in players}
    return sorted(found, key=lambda coalition: (len(coalition), sorted(map(players.index, coalition))))


def contributions(players: Sequence[str], values: Mapping[Coalition, Numbers]) -> Numbers:
    """What each player adds as it joins in each order, (order, player, run, ...).

    Parameters
    ----------
    players : names
    values : by coalition, (run, ...)
    """
    found = []
    for order in orders(players):
        joined = [values[prefix] for prefix in _prefixes(order)]
        added = dict(zip(order, (after - before for before, after in pairwise(joined)), strict=True))
        found.append(np.stack([added[player] for player in players]))
    return np.stack(found)


def rows(scenario: str, players: Sequence[str], levels: Mapping[Coalition, Levels], runs: Runs) -> Iterator[Row]:
    """The rows of ``decomposition.csv``: each player, then all together, for every headline.

    Parameters
    ----------
    scenario : name
    players : names
    levels : headlines of every coalition, over the same runs
    runs : their indices
    """
    nobody = levels[frozenset()]
    for name in nobody:
        values = {who: change(name, level[name], nobody[name]) for who, level in levels.items()}
        for place, state in enumerate(states_of(nobody[name])):
            one = {who: value[:, place] for who, value in values.items()}
            for player, *numbers in _effects(players, one, runs):
                yield (scenario, player, name, state, *numbers, HEADLINES[name].scale.unit, method(players))


def _effects(players: Sequence[str], values: Mapping[Coalition, Numbers], runs: Runs) -> Iterator[Row]:
    """Alone, last and share of each player in one number a run."""
    everyone, added = frozenset(players), contributions(players, values)
    for place, player in enumerate(players):
        alone = float(values[frozenset([player])].mean())
        last = float((values[everyone] - values[everyone - {player}]).mean())
        yield (player, alone, last, *_share(added[:, place], runs, exact=len(players) <= MOST_EXACT))
    whole = float(values[everyone].mean())
    yield (TOTAL, whole, whole, *_share(values[everyone][None], runs, exact=True))


def _share(added: Numbers, runs: Runs, exact: bool) -> tuple[float, ...]:
    """Mean, its standard errors from runs and from sampled orders, and quantiles over runs, of (order, run)."""
    mean, error, *quantiles = spread(added.mean(axis=0), runs)[0].tolist()
    return (mean, error, 0.0 if exact else _order_error(added), *quantiles[: len(QUANTILES)])


def _order_error(added: Numbers) -> float:
    """Standard error from having taken a sample of orders only: an order and its reverse count as one draw."""
    draws = added.mean(axis=1).reshape(-1, 2).mean(axis=1)
    return float(draws.std(ddof=1) / np.sqrt(len(draws)))


def _prefixes(order: Order) -> list[Coalition]:
    return [frozenset(order[:count]) for count in range(len(order) + 1)]
