"""Basic research on its long way to use, and co-invention that is lost and replaced."""

import numpy as np

from sim.axes import SLOT, Array, rival, total
from sim.parameters import KnowledgeParameters

STAGES = 4
"""Stages of the pipeline: their mean delays add up to the lag, with the hump shape of citation lags."""


def pipeline_rate(known: KnowledgeParameters) -> Array:
    """Part of a stage that moves on in a year."""
    return STAGES / known.basic_lag


def pipeline(stages: Array, spent: Array, known: KnowledgeParameters) -> Array:
    """Basic research in each stage after a quarter; `spent` enters the first, (run, state, 1, stage)."""
    moving = pipeline_rate(known) * stages / 4.0
    arriving = np.concatenate([np.broadcast_to(spent / 4.0, (*stages.shape[:3], 1)), moving[..., :-1]], axis=SLOT)
    return stages + arriving - moving


def own_stock(stock: Array, stages: Array, known: KnowledgeParameters) -> Array:
    """Usable knowledge after a quarter: what leaves the pipeline is added, old knowledge depreciates."""
    usable = pipeline_rate(known) * stages[..., -1:]
    return stock + (usable - known.basic_depreciation * stock) / 4.0


def shared_stock(own: Array, science: Array, known: KnowledgeParameters) -> Array:
    """Own knowledge and the part of the rival's that open science adds."""
    return own + known.basic_spillover * science * rival(own)


def seasoned(spent: Array, growth: Array, known: KnowledgeParameters) -> tuple[Array, Array]:
    """Pipeline and stock of a state whose basic research has grown at a constant rate for long.

    Parameters
    ----------
    spent : (1, state, 1, 1)
        Basic research of the base year, bn USD.
    growth : (1, state, 1, 1)
        Its past real growth per year.

    Returns
    -------
    stages : (run, state, 1, stage)
    stock : (run, state, 1, 1)
    """
    rate = pipeline_rate(known)
    passing = rate / (rate + growth)
    stages = spent / rate * np.concatenate([passing ** (stage + 1.0) for stage in range(STAGES)], axis=SLOT)
    usable = rate * stages[..., -1:]
    return stages, usable / (growth + known.basic_depreciation)


def replaced_ties(replaced: Array, openness: Array, known: KnowledgeParameters) -> Array:
    """Co-invention with others: it moves towards the replaceable part of what is closed."""
    aim = known.tie_replaceable * (1.0 - openness)
    return replaced + known.tie_replacement / 4.0 * (aim - replaced)


def collaboration(replaced: Array, openness: Array) -> Array:
    """What co-invention is left, 0 to 1: with the rival as far as open, with others as far as replaced."""
    return np.minimum(openness + replaced, 1.0)


def mean_openness(openness: Array) -> Array:
    """Mean over sectors of a channel, (run, state, 1, 1)."""
    return total(openness, 2) / openness.shape[2]
