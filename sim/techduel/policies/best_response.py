"""Looking ahead: a state tries a menu of policies in the model itself and takes the one that serves it best."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from techduel.model.actions import BUDGETS, LEVERS, PLANNED, Action, of_state, own
from techduel.model.axes import Array
from techduel.model.engine.batch import Batch
from techduel.model.noise import Draws, Noise
from techduel.model.parameters.parameter import parameter
from techduel.model.world import QUIET, World
from techduel.policies.fixed import Policy, coming_gdp
from techduel.policies.moves import changed, coming, own_decision, side_by_side
from techduel.policies.options import base, menu
from techduel.policies.reactions import Answer

PLANNING_SEED: Final = 20200312
"""Of imagined luck, which has nothing to do with the luck of any run."""
ANSWER_SPEED: Final = 1.0
"""How fast the rival is expected to answer, per year: assumption, as the shipped tit_for_tat."""


@dataclass(frozen=True, slots=True)
class BestResponse:
    """Every few years the best of a menu, found by running the model ahead for each.

    The state weighs what it wants (`params.objectives`) and expects the rival to answer restrictions in kind. The
    futures that it imagines have luck of their own, the same for every alternative and in every run: it knows the
    model, not the dice.

    Attributes
    ----------
    menu : dict of str to Policy
        The alternatives beside the base. Alternative 0 is the base, the others follow in the order of their names; the
        number of the chosen one is noted in `Action.choice`, what it is expected to gain over the base in
        `Action.expected`.
    """

    base: Policy = field(metadata=base())
    menu: dict[str, Policy] = field(metadata=menu("the alternatives to the base, by names of your own"))
    every: float = parameter("time between decisions", "years", 1.0, 30.0, "assumption: about a term of office")
    lookahead: float = parameter("how far it looks ahead", "years", 1.0, 15.0, "assumption")
    futures: float = parameter("futures that it imagines for each alternative", "whole number", 1.0, 16.0, "assumption")
    expected_retaliation: float = parameter(
        "part of its new restrictions that it expects the rival to answer in kind", "share", 0.0, 0.95, "assumption"
    )

    def __post_init__(self) -> None:
        for name in ("every", "lookahead", "futures"):
            if getattr(self, name) != int(getattr(self, name)):
                raise ValueError(f"{name}: {getattr(self, name):g} given; allowed: whole numbers")

    @property
    def names(self) -> tuple[str, ...]:
        """The alternatives, in the order of their numbers."""
        return ("base", *sorted(self.menu))

    def __call__(self, world: World, me: int) -> Action:
        """The levers of the alternative that is chosen now or was chosen last."""
        if world.quarter % (4 * int(self.every)) == 0:
            return self._decided(world, me)
        return self._followed(world, me, own(world.action.choice, me), own(world.action.expected, me))

    def considered(self, world: World, me: int) -> NDArray[np.float64]:
        """What each alternative is expected to gain over the base if chosen now, (run, alternative).

        In units of the state's objective, summed over the years looked ahead: with an income weight of 1, 0.01 is one
        per cent of a year's income.
        """
        values = np.concatenate([self._value(world, me, policy) for policy in self._alternatives()], axis=1)[..., 0, 0]
        return values - values[:, :1]

    def _alternatives(self) -> tuple[Policy, ...]:
        return (self.base, *(self.menu[name] for name in sorted(self.menu)))

    def _decided(self, world: World, me: int) -> Action:
        gains = self.considered(world, me)
        best = gains.argmax(axis=1)
        expected = np.take_along_axis(gains, best[:, None], axis=1)
        return self._followed(world, me, best.reshape(-1, 1, 1, 1).astype(float), expected.reshape(-1, 1, 1, 1))

    def _followed(self, world: World, me: int, choice: Array, expected: Array) -> Action:
        """The levers of each run's chosen alternative; alternatives that no run has chosen are not asked."""
        policies = self._alternatives()
        asked = [(index, policies[int(index)](world, me)) for index in np.unique(choice)]

        def merged(name: str) -> Array:
            first, *others = ((index, getattr(action, name)) for index, action in asked)
            return reduce(lambda kept, other: np.where(choice == other[0], other[1], kept), others, first[1])

        return Action(**{name: merged(name) for name in (*LEVERS, *PLANNED)}, choice=choice, expected=expected)

    def _value(self, world: World, me: int, mine: Policy) -> Array:
        """What a policy is worth on the mean of all futures, (run, 1, 1, 1)."""
        theirs = Imagined.of(world, 1 - me, self.expected_retaliation)
        luck = (imagined_luck(world, me, future, 4 * int(self.lookahead)) for future in range(int(self.futures)))
        return sum((worth(world, me, mine, theirs, draws) for draws in luck), np.zeros((1, 1, 1, 1))) / self.futures


@dataclass(frozen=True, slots=True)
class Imagined:
    """A rival as a planner imagines it: it keeps its course, and answers new restrictions in kind."""

    course: Action
    """Its levers when the planner looks ahead."""
    gdp: Array
    """Its GDP then, with which budgets grow."""
    answer: Answer

    @classmethod
    def of(cls, world: World, rival: int, gain: float) -> Self:
        """The rival of now."""
        levers = {name: own_decision(world, rival, name) for name in LEVERS}
        course = replace(of_state(world.action, rival), **levers)
        answer = Answer(gain, ANSWER_SPEED, course, of_state(world.action, 1 - rival))
        return cls(course, coming_gdp(world, rival), answer)

    def __call__(self, world: World, me: int) -> Action:
        """The levers of then, with the growth of budgets and the answer."""
        growth = coming_gdp(world, me) / self.gdp
        budgets = {name: getattr(self.course, name) * growth for name in BUDGETS}
        return changed(self.course, budgets | self.answer(world, me))


def worth(world: World, me: int, mine: Policy, theirs: Policy, luck: Iterator[Draws]) -> Array:
    """Discounted objective of a state along one future, (run, 1, 1, 1).

    Parameters
    ----------
    world : World
        Where the future begins; it is left as it is.
    me : int
    mine, theirs : Policy
        Of the state and of its rival.
    luck : iterator of Draws
        One for each quarter.
    """
    horizon, value = own(world.parameters.objectives.horizon, me), np.zeros((1, 1, 1, 1))
    batch = Batch(world)
    for ahead, draws in enumerate(luck):
        actions = {me: mine(world, me), 1 - me: theirs(world, 1 - me)}
        decided = Action(
            **{
                item.name: side_by_side(getattr(actions[me], item.name), getattr(actions[1 - me], item.name), me)
                for item in fields(Action)
            }
        )
        # What events do to the coming quarter is known; later quarters are imagined without events.
        batch.step(decided, draws, coming(world), world)
        world = replace(batch.world, outside=QUIET)
        value = value + np.exp(-ahead / 4.0 / horizon) * objective(world, me) / 4.0
    return value


def objective(world: World, me: int) -> Array:
    """What a state makes of a quarter: its income, its lead in frontier fields, its risk, as it weighs them."""
    objectives, states = world.parameters.objectives, world.states
    return (
        own(objectives.income, me) * np.log(own(states.real_income, me))
        + own(objectives.leadership, me) * own(-states.rival_lead, me)
        - own(price_of_incident(world), me) * own(states.risk, me)
    )


def price_of_incident(world: World) -> Array:
    """What states give for one expected incident less a year: a weight of its own, and multiples of what it costs.

    An incident takes a part of a quarter's output, and risk counts incidents a year. Equation: model.md 6.
    """
    objectives, cost = world.parameters.objectives, world.parameters.security.incident_cost
    return objectives.security + objectives.incidents * (cost / 4.0)


def imagined_luck(world: World, me: int, future: int, quarters: int) -> Iterator[Draws]:
    """Luck of an imagined future, the same for every run of a world and for whatever company it is in.

    Its first half belongs to the state that imagines, so that the mirror image of a state imagines the mirror image.
    """
    _, _, sectors, slots = world.firms.alive.shape
    noise = Noise(PLANNING_SEED, [future], sectors, slots)
    for _ in range(quarters):
        draws = noise.passing()
        yield draws.mirrored() if me else draws
