"""Double oracle: policies of a family that are better answers are added to a game until nobody gains by one more.

In every round each state looks, policy by policy of its family, for the settings that are its best answer to what its
rival plays in the equilibrium of the policies so far. What gains more than its standard error over parameter sets is
added. Source: McMahan, Gordon and Blum (2003), Planning in the presence of cost functions controlled by an adversary.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import numpy as np

from techduel.ensemble.compute import EveryRunFailed
from techduel.ensemble.sets import by_set
from techduel.model.axes import STATES, Numbers
from techduel.scenario.fingerprint import config_hash
from techduel.studies.game.analysis import Analysis, Solution, weights_from
from techduel.studies.game.family import Ranges, Settings
from techduel.studies.game.search import Search, Trial
from techduel.studies.game.settings import LEAST_SEARCHED, candidate
from techduel.studies.game.stakes import Stakes, Weights, worth

type Config = Mapping[str, Any]
type Play = Callable[[Config], Stakes]
"""Runs of every cell of a configuration's policies."""
type Opened = Callable[[str, Ranges, tuple[int, ...]], Search]
"""The search of a name, with its ranges and seed."""

TRIED: Final = "tried "
"""Begins the name that a policy has while it is tried; no other name holds a space."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The best that a state has found of one policy of its family, against what its rival plays."""

    round: int
    state: str
    policy: str
    against: dict[str, float]
    """Chances of the policies that the rival plays."""
    ranges: Ranges
    trials: list[Trial]
    best: Trial
    added: str = ""
    """The name under which it was added to the state's policies; none if it was not."""


def answers(config: Config, play: Play, opened: Opened) -> Iterator[Answer]:
    """Best answers, round by round, until nobody gains or there have been as many rounds as were asked for.

    Parameters
    ----------
    config : mapping
        Of a game with ``oracle``.
    play : callable
    opened : callable

    Raises
    ------
    EveryRunFailed
        If so few runs of settings that are tried came to their end that a gain has no standard error.
    """
    for number in range(1, config["oracle"]["rounds"] + 1):
        held = Analysis(play(config), weights_from(config["weights"])).solutions[0]
        found = [one for me in range(len(STATES)) for one in Seat(config, number, me, held, play).answers(opened)]
        yield from found
        config = enlarged(config, found)
        if not any(one.added for one in found):
            return


def enlarged(config: Config, found: Iterable[Answer]) -> Config:
    """A game with the policies that were added to it."""
    policies = {state: dict(own) for state, own in config["policies"].items()}
    for one in found:
        if one.added:
            policies[one.state][one.added] = candidate(one.policy, one.best.settings, one.state, config["base"])
    return {**config, "policies": policies}


@dataclass(frozen=True, slots=True)
class Seat:
    """A state in a round: it looks for an answer to what its rival plays."""

    config: Config
    """With the policies so far."""
    round: int
    me: int
    held: Solution
    """The equilibrium of these."""
    play: Play

    @property
    def state(self) -> str:
        """Who looks."""
        return STATES[self.me]

    @property
    def rival(self) -> str:
        """Whom it answers."""
        return STATES[1 - self.me]

    def answers(self, opened: Opened) -> Iterator[Answer]:
        """The best of each policy of the family, of which the very best is added where it gains."""
        family, trials = self.config["oracle"]["families"][self.state], self.config["oracle"]["trials"]
        searches = {policy: self._search(place, policy, opened) for place, policy in enumerate(family)}
        for _ in range(trials if family else 0):
            wanted = {policy: settings for policy, search in searches.items() if (settings := search.proposed())}
            for policy, trial in self._tried(wanted).items():
                searches[policy].keep(trial)
        gaining = {policy: search.best.gain for policy, search in searches.items() if search.best.gains}
        first = max(gaining, key=lambda policy: gaining[policy], default="")
        chances, names = self._played(self.rival)
        against = dict(zip(names, chances.tolist(), strict=True))
        for policy, search in searches.items():
            added = self._name(policy) if policy == first else ""
            yield Answer(self.round, self.state, policy, against, family[policy], search.tried, search.best, added)

    def _search(self, place: int, policy: str, opened: Opened) -> Search:
        """The search among settings of a policy, under a name that holds all that decides what they bring."""
        decides = {key: self.config[key] for key in ("base", "policies", "weights", "runs", "seed", "oracle")}
        name = f"{config_hash(decides)} {self.round} {self.state} {policy}"
        ranges = self.config["oracle"]["families"][self.state][policy]
        return opened(name, ranges, (self.config["seed"], self.round, self.me, place))

    def _tried(self, wanted: Mapping[str, Settings]) -> dict[str, Trial]:
        """What settings of some policies bring against what the rival plays, over what the state plays itself."""
        if not wanted:
            return {}
        policies, base = self.config["policies"], self.config["base"]
        (chances, own), (others, rival) = (self._played(state) for state in (self.state, self.rival))
        tried = {f"{TRIED}{policy}": candidate(policy, one, self.state, base) for policy, one in wanted.items()}
        mine = {name: policies[self.state][name] for name in own} | tried
        cells = {self.state: mine, self.rival: {name: policies[self.rival][name] for name in rival}}
        stakes = self.play({**self.config, "policies": {state: cells[state] for state in STATES}, "forms": []})
        if len(stakes.runs) < LEAST_SEARCHED:
            raise EveryRunFailed(
                f"double_oracle: {len(stakes.runs)} runs came to their end where {self.state} tries {wanted}"
            )
        found = over(stakes, weights_from(self.config["weights"]), self.me, chances, others)
        return {policy: Trial(one, *found[place]) for place, (policy, one) in enumerate(wanted.items())}

    def _played(self, state: str) -> tuple[Numbers, list[str]]:
        """Chances and names of the policies that a state plays."""
        chances = self.held.rows if state == STATES[0] else self.held.columns
        names = list(self.config["policies"][state])
        return chances[chances > 0.0], [name for name, one in zip(names, chances, strict=True) if one > 0.0]

    def _name(self, policy: str) -> str:
        """A name that no policy of the state has yet."""
        taken = self.config["policies"][self.state]
        return next(name for number in count(1) if (name := f"{policy}_{number}") not in taken)


def over(stakes: Stakes, weights: Weights, me: int, chances: Numbers, others: Numbers) -> list[tuple[float, float]]:
    """What policies gain a state over those that it plays, % of income, each with its standard error over sets.

    Parameters
    ----------
    stakes : Stakes
        Of the policies that it plays, then of those that are tried, against all that its rival plays.
    weights : Weights
    me : int
    chances : (own,)
        Of the policies that it plays.
    others : (other,)
        Of those of its rival.
    """
    payoffs = worth(stakes.components(weights), weights)[..., me]
    expected = (payoffs if me == 0 else payoffs.swapaxes(1, 2)) @ others
    gains = expected[:, len(chances) :] - (expected[:, : len(chances)] @ chances)[:, None]
    gained = by_set(gains, stakes.runs)
    errors = gained.std(axis=0, ddof=1) / np.sqrt(len(gained))
    return list(zip(gained.mean(axis=0).tolist(), errors.tolist(), strict=True))
