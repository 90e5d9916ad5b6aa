"""The reference's numbers as a World of one run, for policies and events that only the arrays have."""

from dataclasses import fields, replace
from typing import Any

import numpy as np

from techduel.model.actions import LEVERS, Action
from techduel.model.world import Blocs, Cells, Firms, Markets, Openness, States, World

BUYERS = slice(None, None, 2)
"""Ordinary and listed, out of private, public and listed."""


def world_of(model: Any) -> World:
    """The world after the last quarter; what never changes comes from the base year."""
    first = model.start.world
    if model.quarter == 0:
        return first
    return replace(
        first,
        quarter=model.quarter,
        year=model.year,
        parameters=model.parameters,
        firms=_firms(model),
        cells=Cells(**{item.name: _by_cell(model, item.name) for item in fields(Cells)}),
        states=States(**{item.name: _by_state(model, item.name) for item in fields(States)}),
        markets=_markets(model),
        blocs=Blocs(**{item.name: _by_bloc(model, item.name) for item in fields(Blocs)}),
        openness=Openness(**{item.name: _open(model, item.name) for item in fields(Openness)}),
        action=_action(model, "levers"),
        decided=_action(model, "decided"),
        mandate=model.law,
        outside=model.outside,
        firm_quarters=np.array([float(model.firm_quarters)]),
    )


def _firms(model: Any) -> Firms:
    values = {}
    for item in fields(Firms):
        plain = [[[getattr(place, item.name) for place in cell.places] for cell in state.cells] for state in model.both]
        values[item.name] = np.array([plain], dtype=bool if isinstance(plain[0][0][0], bool) else float)
    return Firms(**values)


def _by_cell(model: Any, name: str) -> np.ndarray:
    plain = [
        [float(len(cell.firms)) if name == "firms" else getattr(cell, name) for cell in state.cells]
        for state in model.both
    ]
    return np.array(plain, dtype=float)[None, :, :, None]


def _by_state(model: Any, name: str) -> np.ndarray:
    return np.array([np.atleast_1d(getattr(state, name)) for state in model.both], dtype=float)[None, :, None, :]


def _by_bloc(model: Any, name: str) -> np.ndarray:
    return np.array([np.atleast_1d(getattr(rest, name)) for rest in model.rest], dtype=float)[None, :, None, :]


def _open(model: Any, name: str) -> np.ndarray:
    """A channel is open to a whole state, or to its cells one by one."""
    return _by_state(model, name) if hasattr(model.both[0], name) else _by_cell(model, name)


def _markets(model: Any) -> Markets:
    def by_market(name: str) -> np.ndarray:
        return np.array([getattr(market, name) for market in model.markets]).reshape(4, model.sectors, -1)

    def by_buyer(name: str) -> np.ndarray:
        return by_market(name).reshape(4, model.sectors, 3, 4).transpose(3, 0, 1, 2)[None]

    return Markets(
        log_price=by_market("log_price")[None, None],
        flows=by_market("flows").transpose(2, 0, 1)[None, ..., None],
        spending=by_market("spending")[None, None],
        log_fringe=_abroad(model, "log_pull"),
        fringe_technology=_abroad(model, "technology"),
        fringe_renewed=_abroad(model, "renewed"),
        fringe_penalty=_abroad(model, "missed"),
        fringe_shortage=_abroad(model, "short"),
        settled=by_buyer("settled"),
        replaced=by_buyer("replaced"),
        log_supply=_by_cell(model, "log_supply"),
        penalty=by_market("penalty")[None, :2, :, BUYERS],
        felt=by_market("felt")[None, :2, :, BUYERS],
        leakage=_by_cell(model, "leakage"),
    )


def _abroad(model: Any, name: str) -> np.ndarray:
    return np.array([getattr(bloc, name) for bloc in model.abroad])[None, ..., None]


def _action(model: Any, held: str) -> Action:
    """The levers in force, or decided, and what the policies note beside them."""
    values = {
        name: np.array([np.atleast_1d(getattr(state, held)[name]) for state in model.both], float)[None, ..., None]
        for name in LEVERS
    }
    basic, applied = (np.array([state.planned[place] for state in model.both]).reshape(1, -1, 1, 1) for place in (0, 1))
    notes = {"choice": _by_state(model, "choice"), "expected": _by_state(model, "expected_gain")}
    return Action(**values, **notes, planned_basic=basic, planned_applied=applied)
