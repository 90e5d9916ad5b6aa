"""The agents of the Mesa face: states that decide, and firms as read-only windows on the world's arrays."""

from typing import Any, Final

from mesa import Agent

from techduel.model.actions import Action
from techduel.model.axes import STATES
from techduel.model.world import World
from techduel.policies.fixed import Policy

_MESA_FIELDS: Final = frozenset({"model", "unique_id", "pos"})
"""What Mesa itself writes on an agent."""


class State(Agent):  # type: ignore[misc] # Mesa has no types
    """A government: it holds a policy and decides each quarter.

    Parameters
    ----------
    model : TechDuel
    index : int
        Place on the state axis: 0 for the United States, 1 for China.
    policy : Policy
        Replace `state.policy` to change course; it is asked anew each quarter.
    """

    def __init__(self, model: Any, index: int, policy: Policy) -> None:
        super().__init__(model)
        self.index = index
        self.policy = policy

    def decide(self) -> Action:
        """The levers that this state chooses, seeing the world of the quarter before."""
        return self.policy(self.model.world, self.index)

    @property
    def name(self) -> str:
        """``us`` or ``china``."""
        return STATES[self.index]

    @property
    def gdp(self) -> float:
        """Gross domestic product, bn USD of 2020 a year."""
        return self._amount("gdp")

    @property
    def rd_total(self) -> float:
        """R&D of all performers, bn USD of 2020 a year."""
        return self._amount("rd_total")

    @property
    def rd_intensity(self) -> float:
        """R&D over GDP."""
        return self.rd_total / self.gdp

    @property
    def basic_share(self) -> float:
        """Basic research over R&D."""
        return self._amount("rd_basic") / self.rd_total

    @property
    def researchers(self) -> float:
        """Researchers, thousand full-time equivalents."""
        return self._amount("researchers")

    def _amount(self, field: str) -> float:
        world: World = self.model.world
        return float(getattr(world.states, field)[0, self.index, 0, 0])


class Firm(Agent):  # type: ignore[misc] # Mesa has no types
    """One place for a firm: a window that holds an index, never an array; what it shows is the world of now.

    It cannot be written to: a firm changes by what states decide and by what the quarter brings. Where no firm lives
    (`alive` is false) the numbers mean nothing.

    Parameters
    ----------
    model : TechDuel
    state, sector, slot : int
        Place on the last three axes of the world's arrays.
    """

    def __init__(self, model: Any, state: int, sector: int, slot: int) -> None:
        object.__setattr__(self, "_place", (0, state, sector, slot))
        super().__init__(model)

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _MESA_FIELDS:
            raise AttributeError(
                f"firm.{name} is read-only: a firm is a window on the world; change what a state decides instead"
            )
        super().__setattr__(name, value)

    @property
    def state(self) -> str:
        """Where its headquarters are: ``us`` or ``china``."""
        return STATES[self._place[1]]

    @property
    def sector(self) -> str:
        """Name of its sector."""
        return str(self.model.sectors[self._place[2]])

    @property
    def slot(self) -> int:
        """Its place among those of its state and sector."""
        return int(self._place[3])

    @property
    def alive(self) -> bool:
        """Whether a firm lives in this place."""
        return bool(self._value("alive"))

    @property
    def technology(self) -> float:
        """Log quality-adjusted productivity."""
        return float(self._value("technology"))

    @property
    def sales(self) -> float:
        """Sales in all markets, bn USD of 2020 a year."""
        return float(self._value("sales"))

    @property
    def rd(self) -> float:
        """Own-funded R&D, bn USD of 2020 a year."""
        return float(self._value("rd"))

    @property
    def profit(self) -> float:
        """Profit after R&D and tax, bn USD of 2020 a year."""
        return float(self._value("profit"))

    @property
    def cash(self) -> float:
        """Cash, bn USD of 2020; negative is debt."""
        return float(self._value("cash"))

    @property
    def age(self) -> float:
        """Years since it was founded."""
        return float(self._value("age"))

    @property
    def listed(self) -> bool:
        """Whether it is on the rival's entity list."""
        return bool(self._value("listed"))

    @property
    def state_owned(self) -> bool:
        """Whether the state owns or controls it."""
        return bool(self._value("state_owned"))

    @property
    def collaborates(self) -> bool:
        """Whether it co-invents with the rival."""
        return bool(self._value("tie"))

    def _value(self, field: str) -> Any:
        world: World = self.model.world
        return getattr(world.firms, field)[self._place]
