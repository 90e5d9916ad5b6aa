"""Analysis of a game: everything that its tables hold, from the stakes of its cells and the weights of both states."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import Final

import numpy as np

from techduel.ensemble.headlines import UNDEFINED, Between, ratio
from techduel.model.axes import STATES, Numbers
from techduel.studies.game import solver
from techduel.studies.game.phases import RANGES, Phase, means, phase, resampled
from techduel.studies.game.solver import Equilibrium, equilibria, gains, pure_equilibria
from techduel.studies.game.stakes import COMPONENTS, Stakes, Weights, worth

ENDS: Final = (0.05, 0.95)
PURE, MIXED, LEADER = "pure", "mixed", "leader"
ROBUST: Final = ("regret", "maximin")
GRID: Final = 9
"""Weights of lead and incident each, over which regret is looked at."""


@dataclass(frozen=True, slots=True)
class Solution:
    """One way in which a game can be played."""

    kind: str
    """``pure``, ``mixed``, or ``leader STATE``."""
    rows: Numbers
    columns: Numbers
    payoffs: tuple[float, float]
    regrets: tuple[Between, Between]
    """What each state could gain alone, with the ends of 90 % of resamples of parameter sets."""
    margins: tuple[Between, Between]
    """What each state would lose by its next best policy, with the same ends; nothing where policies are mixed."""
    share: float
    """Of resamples in which it is one too; of a mixture those in which the same policies are mixed."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a state gives for lead by having one policy instead of another."""

    state: str
    against: str
    policy: str
    instead: str
    lead: float
    """Gained, log points."""
    price: Between
    """Per cent of income for a log point, incidents weighed in; undefined where a gain of lead is within luck."""
    income: Between
    """The same of income alone."""
    usd: float
    """Bn USD of 2020 of income for a log point, present value."""
    usd_month: float
    """For a month of lead."""


@dataclass(frozen=True)
class Analysis:
    """A game under some weights."""

    stakes: Stakes
    weights: Weights

    @cached_property
    def components(self) -> Numbers:
        """(run, row, column, state, component)."""
        return self.stakes.components(self.weights)

    @cached_property
    def mean(self) -> Numbers:
        """Payoffs, (row, column, state)."""
        return worth(means(self.stakes, self.weights), self.weights)

    @cached_property
    def many(self) -> Numbers:
        """Payoffs of every resample, (resample, row, column, state)."""
        return worth(resampled(self.stakes, self.weights), self.weights)

    @cached_property
    def phase(self) -> Phase:
        """Pure equilibria and how surely just these are."""
        return phase(self.stakes, self.weights)

    @cached_property
    def shares(self) -> Numbers:
        """Share of resamples in which a cell is a pure equilibrium, (row, column)."""
        return np.asarray(pure_equilibria(self.many[..., 0], self.many[..., 1]).mean(axis=0))

    @cached_property
    def solutions(self) -> list[Solution]:
        """Every equilibrium, pure ones first, and what comes out where either state leads."""
        found = [self._solution(one) for one in equilibria(self.mean[..., 0], self.mean[..., 1])]
        return [*sorted(found, key=lambda one: (one.kind != PURE, -one.share)), *self._led()]

    @cached_property
    def played(self) -> tuple[int, int]:
        """Row and column that are likeliest in the first equilibrium."""
        first = self.solutions[0]
        return int(first.rows.argmax()), int(first.columns.argmax())

    def prices(self) -> Iterator[Price]:
        """What lead costs either state against each policy of its rival, for every pair of its own policies."""
        month, values = self.stakes.months(self.weights), self.stakes.present_values(self.weights)
        for me, state in enumerate(STATES):
            own, theirs = self._names(me), self._names(1 - me)
            for beside, other in enumerate(theirs):
                parts = self.components[:, :, beside, 0] if me == 0 else self.components[:, beside, :, 1]
                for policy, instead in permutations(range(len(own)), 2):
                    found = self._price(me, parts[:, policy] - parts[:, instead])
                    if found is not None:
                        lead, price, income = found
                        usd = income.value / 100.0 * float(values[me])
                        yield Price(state, other, own[policy], own[instead], lead, price, income, usd, usd / month)

    def cautious(self, me: int, how: str, anywhere: bool = False) -> Numbers:
        """What a state looks at that trusts no forecast of its rival, by its policies; anywhere: nor its weights."""
        base = means(self.stakes, self.weights)
        found = [
            solver.cautious(_of(worth(base, one), me), how) for one in (self._grid() if anywhere else [self.weights])
        ]
        return np.asarray(np.max(found, axis=0))

    def _grid(self) -> list[Weights]:
        """Weights of lead and incident over their ranges."""
        lead, incident = (np.linspace(*RANGES[name], GRID) for name in ("lead", "incident"))
        return [self.weights.moved("lead", float(a)).moved("incident", float(b)) for a in lead for b in incident]

    def _names(self, me: int) -> Sequence[str]:
        return self.stakes.rows if me == 0 else self.stakes.columns

    def _price(self, me: int, change: Numbers) -> tuple[float, Between, Between] | None:
        """Lead gained and its price, from changes of components by run; None where no lead is gained."""
        income, lead, incidents = (change[:, place] for place in range(len(COMPONENTS)))
        gained = float(lead.mean())
        if gained <= 0.0:
            return None
        given = self.weights.incident * incidents - self.weights.of("cost")[me] * income
        runs = self.stakes.runs
        return gained, ratio(given, lead, runs), ratio(-income, lead, runs)

    def _solution(self, one: Equilibrium) -> Solution:
        payoffs = tuple(float(one.rows @ self.mean[..., me] @ one.columns) for me in range(2))
        regrets, margins = self._regrets(one), self._margins(one)
        kind = PURE if one.pure else MIXED
        if one.pure:
            share = float(self.shares[one.rows.argmax(), one.columns.argmax()])
        else:
            share = float(np.mean([self._mixes(one, many) for many in self.many[::8]]))
        return Solution(kind, one.rows, one.columns, (payoffs[0], payoffs[1]), regrets, margins, share)

    def _mixes(self, one: Equilibrium, payoffs: Numbers) -> bool:
        """Whether a resample has a mixture of the same policies."""
        supports = (one.rows > 0.0, one.columns > 0.0)
        return any(
            np.array_equal(other.rows > 0.0, supports[0]) and np.array_equal(other.columns > 0.0, supports[1])
            for other in equilibria(payoffs[..., 0], payoffs[..., 1])
        )

    def _regrets(self, one: Equilibrium) -> tuple[Between, Between]:
        mine = [solver.regret(self.mean[..., 0], self.mean[..., 1], one)]
        mine += [solver.regret(many[..., 0], many[..., 1], one) for many in self.many]
        low, high = np.quantile(np.array(mine[1:]), ENDS, axis=0)
        us, china = (Between(mine[0][me], float(low[me]), float(high[me])) for me in range(2))
        return us, china

    def _margins(self, one: Equilibrium) -> tuple[Between, Between]:
        """What each state would lose by its next best policy against what the other plays."""
        if not one.pure:
            return UNDEFINED, UNDEFINED
        place = (int(one.rows.argmax()), int(one.columns.argmax()))
        us, china = (self._margin(me, place) for me in range(2))
        return us, china

    def _margin(self, me: int, place: tuple[int, int]) -> Between:
        own, theirs = place[me], place[1 - me]
        if self.mean.shape[me] < 2:
            return UNDEFINED
        mean, many = (_of(payoffs, me)[..., theirs] for payoffs in (self.mean, self.many))
        others = np.delete(mean, own)
        rival = int(others.argmax())
        lost = many[:, own] - np.delete(many, own, axis=1)[:, rival]
        low, high = np.quantile(lost, ENDS)
        return Between(float(mean[own] - others[rival]), float(low), float(high))

    def _led(self) -> Iterator[Solution]:
        """What comes out where a state commits itself first and the other answers."""
        for me, state in enumerate(STATES):
            row, column = self._answered(self.mean, me)
            share = float(np.mean([self._answered(many, me) == (row, column) for many in self.many]))
            both = Equilibrium(np.eye(self.mean.shape[0])[row], np.eye(self.mean.shape[1])[column])
            us, china = (float(self.mean[row, column, side]) for side in range(2))
            yield Solution(
                f"{LEADER} {state}",
                both.rows,
                both.columns,
                (us, china),
                self._regrets(both),
                self._margins(both),
                share,
            )

    @staticmethod
    def _answered(payoffs: Numbers, me: int) -> tuple[int, int]:
        if me == 0:
            return solver.led(payoffs[..., 0], payoffs[..., 1])
        column, row = solver.led(payoffs[..., 1].T, payoffs[..., 0].T)
        return row, column

    def gains(self) -> tuple[Numbers, Numbers]:
        """What each state would gain by its best answer in every cell, (row, column) each."""
        return gains(self.mean[..., 0], self.mean[..., 1])


def _of(payoffs: Numbers, me: int) -> Numbers:
    """A state's own payoffs with its policies first, (..., own, other)."""
    return payoffs[..., 0] if me == 0 else payoffs[..., 1].swapaxes(-1, -2)


def weights_from(config: Mapping[str, float]) -> Weights:
    """The weights of a checked configuration."""
    return Weights(**config)
