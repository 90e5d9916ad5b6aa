"""The Mesa face: one world as a `mesa.Model`, with the same bits as `simulate`."""

import logging
from operator import attrgetter
from typing import Any, Final

import numpy as np
from mesa import DataCollector, Model

from techduel.agents import Firm, State
from techduel.ensemble.simulation import prepared
from techduel.facts import load_facts
from techduel.model.actions import both
from techduel.model.axes import N_STATES, STATE
from techduel.model.outcomes import decoupling_goods as goods_decoupling
from techduel.model.quarter import step
from techduel.model.world import World
from techduel.policies.events import happened
from techduel.scenario.scenario import Scenario

logging.getLogger("MESA").setLevel(logging.WARNING)


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
    >>> from sim import TechDuel, load_scenario
    >>> model = TechDuel(load_scenario("baseline_2021"), rng=7)
    >>> model.run_for(4)
    >>> model.year
    2021.75
    """

    def __init__(self, scenario: Scenario, rng: int = 1, run: int = 0) -> None:
        super().__init__(rng=rng)
        self.running: bool = True
        self._start = prepared(scenario, [run], rng)
        self.world: World = self._start.world
        facts = load_facts(scenario.base_year, scenario.facts_vintage, scenario.facts_outlook)
        self.sectors: tuple[str, ...] = facts.sectors
        self.states = State.create_agents(self, N_STATES, [*range(N_STATES)], [*self._start.policies])
        places = np.argwhere(np.ones(self.world.firms.alive.shape[STATE:], dtype=bool))
        self._windows = Firm.create_agents(self, len(places), *(places[:, axis] for axis in range(3)))
        self.datacollector = DataCollector(
            model_reporters={known.__name__: known for known in MODEL_REPORTERS},
            agenttype_reporters=AGENT_REPORTERS,
        )
        self.datacollector.collect(self)

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
        self.world = happened(self.world, self._start.events, self._start.fates, year)
        us, china = self.states.sort("index", ascending=True).map("decide")
        self.world = step(self.world, both(us, china), self._start.noise.quarter(), year)
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
    return float(goods_decoupling(model.world)[0, 0, 0, 0])


def firms_alive(model: TechDuel) -> int:
    """Living firms of both states."""
    return int(model.world.firms.alive.sum())


MODEL_REPORTERS: Final = (year, frontier_gap, decoupling_goods, firms_alive)
AGENT_REPORTERS: Final = {
    State: {name: name for name in ("name", "gdp", "rd_total", "rd_intensity", "basic_share", "researchers")},
    Firm: {name: name for name in ("state", "sector", "alive", "technology", "sales", "rd")},
}
