"""Equilibria of games of two players with few choices: pure and mixed, leader and follower, and cautious choices.

Rows are the choices of the first player, columns those of the second; a game is one matrix of payoffs for each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Mask, Numbers

TOLERANCE: Final = 1e-10
"""Of probabilities and of gains, in parts of the spread of payoffs."""
NUDGE: Final = 1e-11
"""In parts of the spread: what ties are broken by where no basis of a degenerate game is regular."""
SEED: Final = 1951


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """Probabilities from which neither player gains by moving alone."""

    rows: Numbers
    """(row,)."""
    columns: Numbers
    """(column,)."""

    @property
    def pure(self) -> bool:
        """Whether both play one choice."""
        return bool(np.count_nonzero(self.rows) == np.count_nonzero(self.columns) == 1)


def pure_equilibria(first: Numbers, second: Numbers) -> Mask:
    """Cells in which each choice is a best answer to the other, (..., row, column); equal answers are all best."""
    return np.asarray((first >= first.max(axis=-2, keepdims=True)) & (second >= second.max(axis=-1, keepdims=True)))


def gains(first: Numbers, second: Numbers) -> tuple[Numbers, Numbers]:
    """What each player would gain in every cell by its best answer alone, (..., row, column) each."""
    return first.max(axis=-2, keepdims=True) - first, second.max(axis=-1, keepdims=True) - second


def equilibria(first: Numbers, second: Numbers) -> list[Equilibrium]:
    """Every equilibrium of a game without ties, and at least one of a game with ties.

    By supports of equal size, all of a size solved at once, after choices that another one beats everywhere have gone.

    Parameters
    ----------
    first, second : (row, column)

    Raises
    ------
    ValueError
        If a payoff is no number.

    Source: Shapley and Snow (1950), Basic solutions of discrete games; Nisan et al. (2007), Algorithmic game theory,
    3.2.
    """
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("a payoff is no number")
    first, second = _scaled(first), _scaled(second)
    found = list(_unlike(_supported(first, second)))
    if not found:
        noise = np.random.default_rng(SEED).standard_normal((2, *first.shape)) * NUDGE
        found = list(_unlike(_supported(first + noise[0], second + noise[1])))
    return found


def regret(first: Numbers, second: Numbers, one: Equilibrium) -> tuple[float, float]:
    """What each player could gain alone by leaving a mixture."""
    rows, columns = first @ one.columns, one.rows @ second
    return float(rows.max() - one.rows @ rows), float(columns.max() - columns @ one.columns)


def led(leader: Numbers, follower: Numbers) -> tuple[int, int]:
    """The row that a leader commits to and the column that answers it; of equal answers the one that suits the leader.

    Parameters
    ----------
    leader, follower : (row, column)
    """
    best = follower >= follower.max(axis=1, keepdims=True)
    answers = np.where(best, leader, -np.inf).argmax(axis=1)
    row = int(leader[np.arange(len(leader)), answers].argmax())
    return row, int(answers[row])


def cautious(first: Numbers, how: str) -> Numbers:
    """What a player looks at who trusts no forecast of the other, by row: smaller is better.

    Parameters
    ----------
    first : (..., row, column)
    how : {"regret", "maximin"}
        The largest loss against the best answer, or the smallest payoff with the other sign.
    """
    worst = first.max(axis=-2, keepdims=True) - first if how == "regret" else -first
    return np.asarray(worst.max(axis=-1))


def _scaled(payoffs: Numbers) -> Numbers:
    spread = float(np.ptp(payoffs))
    return (payoffs - payoffs.min()) / spread if spread > 0.0 else np.zeros_like(payoffs)


def _supported(first: Numbers, second: Numbers) -> Iterator[Equilibrium]:
    rows, columns = _undominated(first, second)
    inner_first, inner_second = first[np.ix_(rows, columns)], second[np.ix_(rows, columns)]
    for size in range(1, min(len(rows), len(columns)) + 1):
        for mine, theirs in _of_size(inner_first, inner_second, size):
            yield Equilibrium(_spread(mine, rows, len(first)), _spread(theirs, columns, first.shape[1]))


def _undominated(first: Numbers, second: Numbers) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns that are left when what another choice beats everywhere goes, again and again."""
    rows, columns = np.arange(first.shape[0]), np.arange(first.shape[1])
    while True:
        kept = _unbeaten(first[np.ix_(rows, columns)])
        rows = rows[kept]
        also = _unbeaten(second[np.ix_(rows, columns)].T)
        columns = columns[also]
        if kept.all() and also.all():
            return rows, columns


def _unbeaten(payoffs: Numbers) -> Mask:
    beaten = (payoffs[None, :, :] > payoffs[:, None, :] + TOLERANCE).all(axis=2).any(axis=1)
    return np.asarray(~beaten)


def _of_size(first: Numbers, second: Numbers, size: int) -> Iterator[tuple[Numbers, Numbers]]:
    """Mixtures over so many choices each, in which all that are played are equally good and none is better."""
    above = np.array(list(combinations(range(first.shape[0]), size)))
    beside = np.array(list(combinations(range(first.shape[1]), size)))
    own, other = np.repeat(np.arange(len(above)), len(beside)), np.tile(np.arange(len(beside)), len(above))
    mine, theirs = above[own], beside[other]
    columns, sound = _indifferent(first[mine[:, :, None], theirs[:, None, :]])
    rows, also = _indifferent(second[mine[:, :, None], theirs[:, None, :]].swapaxes(1, 2))
    for place in np.flatnonzero(sound & also):
        row, column = np.zeros(first.shape[0]), np.zeros(first.shape[1])
        row[mine[place]], column[theirs[place]] = rows[place], columns[place]
        if max(regret(first, second, Equilibrium(row, column))) <= TOLERANCE:
            yield row, column


def _indifferent(payoffs: Numbers) -> tuple[Numbers, Mask]:
    """Mixtures of columns that make all rows equally good, (game, column), and where there is one."""
    games, size, _ = payoffs.shape
    system = np.ones((games, size + 1, size + 1))
    system[:, :size, :size], system[:, :size, size], system[:, size, size] = payoffs, -1.0, 0.0
    regular = np.abs(np.linalg.det(system)) > TOLERANCE**1.5
    system[~regular] = np.eye(size + 1)
    right = np.zeros((games, size + 1, 1))
    right[:, size] = 1.0
    found = np.linalg.solve(system, right)[:, :size, 0]
    sound = regular & (found >= -TOLERANCE).all(axis=1)
    mixed = np.clip(found, 0.0, None)
    return mixed / np.where(sound, mixed.sum(axis=1), 1.0)[:, None], sound


def _unlike(equilibria: Iterator[Equilibrium]) -> Iterator[Equilibrium]:
    seen: list[Numbers] = []
    for one in equilibria:
        both = np.concatenate([one.rows, one.columns])
        if not any(np.allclose(both, other, atol=1e-7) for other in seen):
            seen.append(both)
            yield one


def _spread(values: Numbers, places: NDArray[np.intp], size: int) -> Numbers:
    whole = np.zeros(size)
    whole[places] = values
    return whole
