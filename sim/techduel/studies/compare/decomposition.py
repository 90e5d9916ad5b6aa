"""Which part of a scenario brings its effect about: measures alone, the last to join, and their fair share.

What a player of a `game.Game` adds depends on who is there already. Its Shapley average is the mean over the orders in
which the players can join, so that the averages of all players add up to the whole effect.

Source: Shapley (1953), A value for n-person games.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, permutations
from typing import Final

import numpy as np

from techduel.ensemble.headlines import HEADLINES, change
from techduel.ensemble.paired import Numbers, Row, spread
from techduel.ensemble.summary import QUANTILES
from techduel.studies.compare.contrast import states_of

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


def rows(scenario: str, players: Sequence[str], levels: Mapping[Coalition, Levels]) -> Iterator[Row]:
    """The rows of ``decomposition.csv``: each player, then all together, for every headline.

    Parameters
    ----------
    scenario : name
    players : names
    levels : headlines of every coalition, over the same runs
    """
    nobody = levels[frozenset()]
    for name in nobody:
        values = {who: change(name, level[name], nobody[name]) for who, level in levels.items()}
        for place, state in enumerate(states_of(nobody[name])):
            one = {who: value[:, place] for who, value in values.items()}
            for player, *numbers in _effects(players, one):
                yield (scenario, player, name, state, *numbers, HEADLINES[name].scale.unit, method(players))


def _effects(players: Sequence[str], values: Mapping[Coalition, Numbers]) -> Iterator[Row]:
    """Alone, last and share of each player in one number a run."""
    everyone, added = frozenset(players), contributions(players, values)
    for place, player in enumerate(players):
        alone = float(values[frozenset([player])].mean())
        last = float((values[everyone] - values[everyone - {player}]).mean())
        yield (player, alone, last, *_share(added[:, place], exact=len(players) <= MOST_EXACT))
    whole = float(values[everyone].mean())
    yield (TOTAL, whole, whole, *_share(values[everyone][None], exact=True))


def _share(added: Numbers, exact: bool) -> tuple[float, ...]:
    """Mean, its standard errors from runs and from sampled orders, and quantiles over runs, of (order, run)."""
    mean, error, *quantiles = spread(added.mean(axis=0))[0].tolist()
    return (mean, error, 0.0 if exact else _order_error(added), *quantiles[: len(QUANTILES)])


def _order_error(added: Numbers) -> float:
    """Standard error from having taken a sample of orders only: an order and its reverse count as one draw."""
    draws = added.mean(axis=1).reshape(-1, 2).mean(axis=1)
    return float(draws.std(ddof=1) / np.sqrt(len(draws)))


def _prefixes(order: Order) -> list[Coalition]:
    return [frozenset(order[:count]) for count in range(len(order) + 1)]
