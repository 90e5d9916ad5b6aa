"""Public research on its way to use, basic research the longest, and co-invention that is lost and replaced."""

import numpy as np

from sim.axes import SLOT, Array, rival
from sim.parameters import KnowledgeParameters

STAGES = 4
"""Stages of the pipeline: their mean delays add up to the lag, with the hump shape of citation lags."""


def pipeline_rate(known: KnowledgeParameters) -> Array:
    """Part of a stage that moves on in a year."""
    return STAGES / known.basic_lag


def pipeline(stages: Array, basic: Array, applied: Array, known: KnowledgeParameters) -> Array:
    """Research in each stage after a quarter: basic enters the first, applied the last, (run, state, 1, stage)."""
    moving = pipeline_rate(known) * stages / 4.0
    shape = (*stages.shape[:3], 1)
    later = moving[..., :-1]
    later = np.concatenate([later[..., :-1], later[..., -1:] + applied / 4.0], axis=SLOT)
    return stages + np.concatenate([np.broadcast_to(basic / 4.0, shape), later], axis=SLOT) - moving


def own_stock(stock: Array, stages: Array, known: KnowledgeParameters) -> Array:
    """Usable knowledge after a quarter: what leaves the pipeline is added, old knowledge depreciates."""
    usable = pipeline_rate(known) * stages[..., -1:]
    return stock + (usable - known.basic_depreciation * stock) / 4.0


def shared_stock(own: Array, science: Array, known: KnowledgeParameters) -> Array:
    """Own knowledge and the part of the rival's that open science adds."""
    return own + known.basic_spillover * science * rival(own)


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


def collaboration(replaced: Array, openness: Array) -> Array:
    """What co-invention is left, 0 to 1: with the rival as far as open, with others as far as replaced."""
    return np.minimum(openness + replaced, 1.0)
