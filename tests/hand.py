"""Small cases to check by hand: a run as a plain object that a test fills, and luck that lets nothing happen."""

from collections.abc import Sequence
from dataclasses import replace
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from techduel.facts import load_facts
from techduel.facts.base_year import initial_world
from techduel.model.actions import NARROW, WIDE, Action
from techduel.model.axes import N_BLOCS, N_BUYERS, N_STATES
from techduel.model.engine.batch import Batch
from techduel.model.engine.plain import rows
from techduel.model.engine.record import empty, write_links
from techduel.model.noise import CHANCES, STREAMS, Draws, Noise, luck_type
from techduel.model.parameters import Parameters, schema
from techduel.model.world import World
from techduel.scenario.prior import shipped
from tests.uncompiled import access, market, run_of

US, CHINA, ALLIES, REST = range(4)
VALUES: Parameters = schema.parameters(shipped(), load_facts().sectors)
"""The default parameters."""
PLACES = 24
"""For firms in a cell of the base year, as many as usual."""

type Links = Sequence[Sequence[float]]
"""Numbers by (input, user)."""


def duel(sectors: int = 1, places: int = 1, share: Links = (), hardness: Links = (), cost: Links = ()) -> Any:
    """A run with the default parameters in which everything else is 0; production cost is sales unless given."""
    inputs = np.array(share, dtype=float) if len(share) else np.zeros((sectors, sectors))
    hard = np.array(hardness, dtype=float) if len(hardness) else np.zeros_like(inputs)
    spent = np.array(cost, dtype=float) if len(cost) else inputs
    records = empty(1, sectors, places, np.count_nonzero(inputs))
    write_links(records, inputs, hard, np.broadcast_to(spent[..., None], (1, N_STATES, *spent.shape, 1)))
    for full, known in schema.described().items():
        group, name = full.split(".")
        values = getattr(getattr(VALUES, group), name)[0, :, :, 0]
        records["parameters"][group][name] = values[0, :sectors] if known.axis == "sector" else values[:, 0]
    return rows(records)[0]


def base_world() -> World:
    """The base year of run 0 of seed 1 at the default parameters."""
    facts = load_facts()
    return initial_world(facts, VALUES, Noise(1, [0], len(facts.sectors), PLACES).initial())


def later(world: World, quarters: int = 1, **levers: Sequence[Any]) -> Any:
    """The first run of a World some quarters on, when nothing happens by chance and some levers are changed."""
    changes = {name: np.array(values, dtype=float).reshape(1, N_STATES, -1, 1) for name, values in levers.items()}
    decided, draws = replace(world.action, **changes), Draws(_quiet(*world.firms.alive.shape[2:]))
    for _ in range(quarters):
        world = step(world, decided, draws, world.year + 0.25)
    return run_of(world)


def fill(rows: Sequence[Any], **columns: Sequence[Any]) -> None:
    """Write columns into rows, such as sales of firms in their places, or a quantity of both states."""
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=True):
            if not hasattr(row, name):
                raise AttributeError(f"{name}: no such field")
            setattr(row, name, value)


def firms(run: Any, alive: Sequence[bool], **columns: Sequence[Any]) -> list[Any]:
    """Fill the places of the first sector alike in both states; those of the first state are returned."""
    for state in range(N_STATES):
        fill(run.firms[state, 0], alive=alive, **columns)
        run.cells[state, 0].firms = float(sum(alive))
    first: list[Any] = run.firms[US, 0]
    return first


def put(run: Any, decision: str = "levers", /, **levers: Sequence[float]) -> Any:
    """Put levers of both states, the same in all sectors, in force or into another decision; the run is returned."""
    for name, values in levers.items():
        if name not in (*WIDE, *NARROW):
            raise AttributeError(f"{name}: no such lever")
        for state, value in zip(run.states, values, strict=True):
            rows = run.cells[run.states.index(state)] if name in WIDE else [state]
            for row in rows:
                setattr(getattr(row, decision), name, value)
    return run


def column(rows: Sequence[Any], name: str) -> list[float]:
    """A field of some rows."""
    return [getattr(row, name) for row in rows]


def luck(sectors: int, places: int, **given: tuple[float, float] | Sequence[float]) -> Any:
    """A quarter in which nothing happens by chance; streams by place, chances by state."""
    records = _quiet(sectors, places)
    for name, values in given.items():
        if name in CHANCES:
            records[name] = values
        else:
            records["uniforms"][:, STREAMS.index(name)] = np.asarray(values)
    return rows(records)[0]


def opened(
    willing: tuple[float, float] = (1.0, 1.0),
    standing: tuple[float, float] = (0.0, 0.0),
    cooperation: tuple[float, float] = (0.0, 0.0),
    licence_cost: float = 0.0,
    **levers: tuple[float, float],
) -> Any:
    """A run of one sector whose doors stand as levers have it, where each state buys all at home, for 100.

    The elasticity is 4, and allies join and cooperate as far as they are `willing`.
    """
    run = put(duel(), **levers)
    run.parameters.market.elasticity[0] = 4.0
    run.parameters.access.licence_cost = licence_cost
    run.sectors[0].strategic_emerging = True
    for bloc in range(4):
        run.markets[bloc, 0].flows[bloc] = run.markets[bloc, 0].spending[0] = 100.0
    fill(run.states, cooperation=cooperation)
    fill([run.cells[state, 0] for state in range(N_STATES)], standing=standing)
    run.parameters.access.allied_pull = 0.0
    for state in range(N_STATES):
        run.parameters.access.allied_consent = log_odds(willing[state])
        access.ask_allies(run, state)
        access.open_goods(run, state, 0)
    for state in range(N_STATES):
        access.open_knowledge(run, state)
    return run


def log_odds(chance: float) -> float:
    """Whose logistic is a chance, to the last digit also at 0 and 1."""
    return log(chance / (1.0 - chance)) if 0.0 < chance < 1.0 else 1400.0 * (chance - 0.5)


def _quiet(sectors: int, places: int) -> NDArray[Any]:
    records = np.zeros(1, luck_type(sectors, places))
    records["uniforms"] = 0.999
    records["uniforms"][:, STREAMS.index("turnover")] = 0.5
    records["espionage"] = records["disruption"] = 0.999
    return records


def cells(run: Any) -> list[Any]:
    """All cells, state by state."""
    return [cell for state in range(N_STATES) for cell in run.cells[state]]


def cleared(run: Any, attraction: list[float], spending: list[float] | None = None) -> Any:
    """Markets in which the four origins have these attractions, against a base year in which each had 1."""
    run.sectors[0].supply = [1.0] * N_BLOCS
    for m in range(N_BLOCS):
        found = run.markets[m, 0]
        found.taste, found.log_first = list(attraction), [log(4.0)] * N_BUYERS
        found.spending = spending or [1.0] * N_BUYERS
        market.clear(run, m, 0)
    return run


def step(world: World, decided: Action, draws: Draws, year: float) -> World:
    """The world one quarter later, in memory of its own; arguments as of `Batch.step`."""
    batch = Batch(world)
    batch.step(decided, draws, year)
    return batch.world
