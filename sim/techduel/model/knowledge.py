"""Public research on its way to use, basic research the longest, and co-invention that is lost and replaced."""

import numpy as np
from numpy.typing import NDArray

from techduel.model.actions import Action
from techduel.model.axes import N_STATES, SLOT, Array, at_firms, flat, rival
from techduel.model.parameters.research import KnowledgeParameters
from techduel.model.world import Firms

STAGES = 4
"""Stages of the pipeline: their mean delays add up to the lag, with the hump shape of citation lags."""


def pipeline_rate(known: KnowledgeParameters) -> Array:
    """Part of a stage that moves on in a year."""
    return STAGES / known.basic_lag


def pipeline(stages: Array, basic: Array, actions: Action, known: KnowledgeParameters) -> Array:
    """Research in each stage after a quarter: basic enters the first, applied the last, (run, state, 1, stage)."""
    moving = pipeline_rate(known) * stages / 4.0
    shape = (*stages.shape[:3], 1)
    later = moving[..., :-1]
    later = np.concatenate([later[..., :-1], later[..., -1:] + actions.applied_research / 4.0], axis=SLOT)
    return stages + np.concatenate([np.broadcast_to(basic / 4.0, shape), later], axis=SLOT) - moving


def own_stock(stock: Array, stages: Array, known: KnowledgeParameters) -> Array:
    """Usable knowledge after a quarter: what leaves the pipeline is added, old knowledge depreciates."""
    usable = pipeline_rate(known) * stages[..., -1:]
    return stock + (usable - known.basic_depreciation * stock) / 4.0


def open_to_use(own: Array, science: Array, allied: Array, known: KnowledgeParameters) -> Array:
    """Knowledge within reach: the rival's as far as science is open, and what cooperation with allies adds."""
    return known.basic_spillover * science * rival(own) + allied


def borrowed(before: Array, reachable: Array, known: KnowledgeParameters) -> Array:
    """Knowledge of others in use after a quarter: learning what is open takes time, and so does losing it again."""
    return before + known.diffusion_speed / 4.0 * (reachable - before)


def allied_knowledge(own: Array, together: Array, gdp: Array, known: KnowledgeParameters) -> Array:
    """Public knowledge that cooperation adds: allies know as much for their GDP as the two states for theirs.

    A state learns at most from as much as it knows itself.

    Parameters
    ----------
    together : (run, state, 1, 1)
        Technology cooperation with allies.
    gdp : (1, bloc, 1, 1)
        Of the quarter as forecast.
    """
    theirs = (own[:, :1] + own[:, 1:]) * gdp[:, N_STATES : N_STATES + 1] / (gdp[:, :1] + gdp[:, 1:N_STATES])
    return known.allied_spillover * together * np.minimum(theirs, own)


def seasoned(
    basic: tuple[Array, Array], applied: tuple[Array, Array], known: KnowledgeParameters
) -> tuple[Array, Array]:
    """Pipeline and stock of a state whose research has grown at constant rates for long.

    Parameters
    ----------
    basic, applied : pairs of (1, state, 1, 1)
        Spending of the base year, bn USD, and its past real growth per year.

    Returns
    -------
    stages : (run, state, 1, stage)
    stock : (run, state, 1, 1)
    """
    rate = pipeline_rate(known)
    (first, growth), (last, faster) = basic, applied
    passing = rate / (rate + growth)
    stages = first / rate * np.concatenate([passing ** (stage + 1.0) for stage in range(STAGES)], axis=SLOT)
    usable = rate * stages[..., -1:]
    short = last / (rate + faster)
    stock = usable / (growth + known.basic_depreciation) + rate * short / (faster + known.basic_depreciation)
    return np.concatenate([stages[..., :-1], stages[..., -1:] + short], axis=SLOT), stock


def replaced_ties(replaced: Array, openness: Array, known: KnowledgeParameters) -> Array:
    """Co-invention with others: it moves towards the replaceable part of what is closed."""
    aim = known.tie_replaceable * (1.0 - openness)
    return replaced + known.tie_replacement / 4.0 * (aim - replaced)


def open_to_listed(openness: Array, actions: Action, known: KnowledgeParameters) -> Array:
    """Co-invention that the rival leaves open to firms on its list."""
    return openness * (1.0 - known.listing_closure * rival(actions.listing_denial))


def replaced_by_listed(firms: Firms, openness: Array, known: KnowledgeParameters) -> Array:
    """What listed firms have replaced after a quarter, by firm; they are few."""
    replaced, listed = firms.tie_replaced.copy(order="K"), np.flatnonzero(flat(firms.listed))
    aim = at_firms(known.tie_replaceable * (1.0 - openness), listed, replaced.shape)
    speed = at_firms(known.tie_replacement / 4.0, listed, replaced.shape)
    before = flat(replaced)[listed]
    flat(replaced)[listed] = before + speed * (aim - before)
    return replaced


def partners(firms: Firms, ordinary: Array, listed: Array, replaced: Array) -> Array:
    """What is left of each firm's co-invention: with the rival as far as open, with others as far as replaced.

    Parameters
    ----------
    ordinary : cells
        What is left to firms that are not listed, from `collaboration`.
    listed : cells
        What the rival leaves open to listed firms.
    replaced : firms
        What listed firms have replaced.
    """
    left, places = firms.tie * ordinary, np.flatnonzero(flat(firms.listed))
    own = collaboration(flat(replaced)[places], at_firms(listed, places, left.shape))
    flat(left)[places] = flat(firms.tie)[places] * own
    return left


def collaboration(replaced: NDArray[np.float64], openness: NDArray[np.float64]) -> NDArray[np.float64]:
    """What co-invention is left, 0 to 1."""
    return np.minimum(openness + replaced, 1.0)
