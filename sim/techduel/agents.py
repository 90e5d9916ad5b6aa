"""The Mesa face: one world as a `mesa.Model`, states that decide, firms as read-only windows; bits as of `simulate`."""

import logging
from math import exp
from operator import attrgetter
from typing import Any, Final

import numpy as np
from mesa import Agent, DataCollector, Model

from techduel.ensemble.simulation import prepared
from techduel.model.actions import Action, both
from techduel.model.axes import N_STATES, STATE, STATES
from techduel.model.engine.batch import Batch
from techduel.model.outcomes import measured
from techduel.model.world import World
from techduel.policies.events import happened
from techduel.policies.fixed import Policy
from techduel.scenario.scenario import Scenario

logging.getLogger("MESA").setLevel(logging.WARNING)
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
        """Gross domestic product at own cost of labour, bn USD of 2020 a year."""
        return self._volume("gdp")

    @property
    def rd_total(self) -> float:
        """R&D of all performers, bn USD of 2020 a year."""
        return self._volume("rd_total")

    @property
    def rd_intensity(self) -> float:
        """R&D over GDP."""
        return self.rd_total / self.gdp

    @property
    def basic_share(self) -> float:
        """Basic research over R&D."""
        return self._volume("rd_basic") / self.rd_total

    @property
    def researchers(self) -> float:
        """Researchers, thousand full-time equivalents."""
        return self._amount("researchers")

    def _volume(self, field: str) -> float:
        """Money of the state at its own cost of labour, as outcomes are."""
        return self._amount(field) * exp(-float(self.model.world.blocs.labour_cost[0, self.index, 0, 0]))

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

    def _value(self, field: str) -> Any:
        world: World = self.model.world
        return getattr(world.firms, field)[self._place]


class TechDuel(Model):  # type: ignore[misc] # Mesa has no types
    """One world: two `State` agents that decide and a `Firm` window for every place that a firm can take.

    All luck comes from the model's own streams, never from Mesa's, so run `run` of `simulate` with the same seed gives
    the same bits. `time` counts quarters since the base year.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`.
    rng : int
        The seed, as `seed` of `simulate`.
    run : int
        Which run of that seed.

    Examples
    --------
    >>> from techduel import TechDuel, load_scenario
    >>> model = TechDuel(load_scenario("baseline_2021"), rng=7)
    >>> model.run_for(4)
    >>> model.year
    2021.75
    """

    def __init__(self, scenario: Scenario, rng: int = 1, run: int = 0) -> None:
        super().__init__(rng=rng)
        self.running: bool = True
        self._start = prepared(scenario, [run], rng)
        self._batch = Batch(self._start.world)
        self._seen = self._batch.world
        facts = scenario.facts()
        self.sectors: tuple[str, ...] = facts.sectors
        self.states = State.create_agents(self, N_STATES, [*range(N_STATES)], [*self._start.policies])
        places = np.argwhere(np.ones(self.world.firms.alive.shape[STATE:], dtype=bool))
        self._windows = Firm.create_agents(self, len(places), *(places[:, axis] for axis in range(3)))
        self.datacollector = DataCollector(
            model_reporters={reporter.__name__: reporter for reporter in MODEL_REPORTERS},
            agenttype_reporters=AGENT_REPORTERS,
        )
        self.datacollector.collect(self)

    @property
    def world(self) -> World:
        """The world of now, as its states see it."""
        return self._seen

    @property
    def firms(self) -> Any:
        """The windows on living firms, an AgentSet."""
        return self._windows.select(attrgetter("alive"))

    @property
    def year(self) -> float:
        """Start of the quarter that the world is in, 2020.75 for the base year."""
        return self.world.year

    def step(self) -> None:
        """One quarter: events happen, both states decide on what they see, then it passes.

        Raises
        ------
        RuntimeError
            After the scenario's last quarter.
        """
        if not self.running:
            raise RuntimeError(f"the scenario ends with {int(self.year)}; load it with a later horizon to go on")
        year = self._start.coming(self.world)
        self._seen = happened(self.world, self._start.events, self._start.fates, year)
        us, china = self.states.sort("index", ascending=True).map("decide")
        self._batch.pass_quarters(both(us, china), self._start.noise, [year], self._seen)
        self._seen = self._batch.world
        self.running = self.world.quarter < self._start.quarters
        self.datacollector.collect(self)


def year(model: TechDuel) -> float:
    """Start of the quarter, as a decimal year."""
    return model.year


def frontier_gap(model: TechDuel) -> float:
    """Log frontier of the United States less that of China, mean over sectors."""
    frontier = model.world.cells.frontier[0, :, :, 0]
    return float((frontier[0] - frontier[1]).mean())


def decoupling_goods(model: TechDuel) -> float:
    """0 as in the base year, 1 when nothing is left of the exchange between the two states."""
    return float(measured(model.world, ("decoupling_goods",))["decoupling_goods"][0])


def firms_alive(model: TechDuel) -> int:
    """Living firms of both states."""
    return int(model.world.firms.alive.sum())


MODEL_REPORTERS: Final = (year, frontier_gap, decoupling_goods, firms_alive)
AGENT_REPORTERS: Final = {
    State: {name: name for name in ("name", "gdp", "rd_total", "rd_intensity", "basic_share", "researchers")},
    Firm: {name: name for name in ("state", "sector", "alive", "technology", "sales", "rd")},
}
