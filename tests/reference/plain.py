"""The base year as plain Python numbers: everything that NumPy has to do is done here, before the first quarter."""

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import numpy as np

from techduel.model.actions import LEVERS, Action
from techduel.model.parameters import Parameters, schema
from techduel.model.parameters.forms import RIVALS
from techduel.model.world import World


def by_state(values: np.ndarray) -> list[float]:
    """One number a state."""
    return np.broadcast_to(values[0, :, 0, 0], 2).tolist()


def by_sector(values: np.ndarray, sectors: int) -> list[float]:
    """One number a sector."""
    return np.broadcast_to(values[0, 0, :, 0], sectors).tolist()


def by_cell(values: np.ndarray, sectors: int) -> list[list[float]]:
    """One number a cell, by state and sector."""
    return np.broadcast_to(values[0, :, :, 0], (2, sectors)).tolist()


def by_market(values: np.ndarray, sectors: int) -> list[list[list[float]]]:
    """What belongs to a market, by bloc, sector and buyer."""
    return np.broadcast_to(values[0, 0], (4, sectors, 3)).tolist()


def by_origin(values: np.ndarray) -> list[list[list[float]]]:
    """What belongs to a market, by bloc, sector and origin."""
    return values[0, ..., 0].transpose(1, 2, 0).tolist()


def by_bloc(values: np.ndarray, sectors: int) -> list[list[float]]:
    """One number a bloc and sector."""
    return np.broadcast_to(values[0, ..., 0], (4, sectors)).tolist()


def for_all_buyers(values: np.ndarray) -> list[list[list[float]]]:
    """What ordinary and listed buyers in the states' markets meet, by bloc, sector and buyer; 0 for all others."""
    filled = np.zeros((4, values.shape[2], 3))
    filled[:2, :, ::2] = values[0]
    return filled.tolist()


def parameters(known: Parameters, sectors: int) -> SimpleNamespace:
    """Parameters by group: numbers, or lists by state or sector; forms by their names."""
    shapes = {None: 1, "state": 2, "sector": sectors}
    groups: dict[str, dict[str, Any]] = {group: {} for group in schema.GROUPS}
    for full_name, described in schema.described().items():
        group, name = full_name.split(".")
        line = getattr(getattr(known, group), name).reshape(-1)
        values = np.broadcast_to(line, shapes[described.axis]).tolist()
        groups[group][name] = values if described.axis else values[0]
    chosen = {name: list(rivals.forms)[getattr(known.forms, name).item()] for name, rivals in RIVALS.items()}
    return SimpleNamespace(
        forms=SimpleNamespace(**chosen), **{group: SimpleNamespace(**values) for group, values in groups.items()}
    )


def levers(action: Action, sectors: int) -> list[dict[str, Any]]:
    """The levers of each state, or twice those of one: numbers, or lists by sector."""
    both: list[dict[str, Any]] = [{}, {}]
    for name, lever in LEVERS.items():
        values = getattr(action, name)
        found = by_cell(values, sectors) if lever.axis == "sector" else by_state(values)
        for state, value in enumerate(found):
            both[state][name] = value
    return both


def state_fields(values: Any, index: int) -> dict[str, Any]:
    """The fields of a dataclass of state quantities for one state; a line of stages or quarters is a list."""
    found = {}
    for item in fields(values):
        array = getattr(values, item.name)
        if isinstance(array, np.ndarray) and array.shape[1] == 2:
            line = array[0, index, 0].tolist()
            found[item.name] = line if len(line) > 1 else line[0]
    return found


def links(world: World) -> list[list[list[tuple[int, float, float, float, float]]]]:
    """By state and user: input, input share, cost share, cost share x hardness, hardness; without empty links."""
    known = world.structure.links
    cost = known.cost_share[0, ..., 0].tolist()
    share, hard = known.input_share.tolist(), known.hardness.tolist()
    members = range(len(share))
    return [
        [
            [
                (j, share[j][k], cost[s][j][k], cost[s][j][k] * hard[j][k], hard[j][k])
                for j in members
                if share[j][k] > 0.0
            ]
            for k in members
        ]
        for s in range(2)
    ]
