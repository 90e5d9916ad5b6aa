"""Box: in which part of the axes and of the parameters a control backfires, by PRIM of the EMA Workbench.

The patient rule induction method peels away slices until what is left holds mostly cases of interest.
Source: Friedman and Fisher (1999), Bump hunting in high-dimensional data.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Numbers

MISSING: Final = "no box: ema_workbench is not installed (pip install techduel[strategy])"
KEPT: Final = 6
"""Uncertain parameters that go in beside the axes: those that tell cases apart best by themselves."""
DENSITY: Final = 0.8
"""Of cases of interest that a box should have at least."""
PEEL: Final = 0.1
FEW: Final = 0.02
"""Share of cases of interest below which, or above 1 less which, there is nothing to hunt for."""
SEED: Final = 1999


def installed() -> bool:
    """Whether the library is there."""
    return find_spec("ema_workbench") is not None


@dataclass(frozen=True, slots=True)
class Cases:
    """Runs at places of a map, one below the other."""

    axes: Mapping[str, Numbers]
    """Values by name, (case,)."""
    sets: NDArray[np.intp]
    """Which parameter set a case has, (case,)."""
    hurts: NDArray[np.bool_]
    """(case,)."""
    parameters: Mapping[str, Numbers]
    """Values by name, (set,)."""


def box(cases: Cases, resamples: int) -> dict[str, Any]:
    """Limits of the box in which a control backfires, how good it is, and how often resamples keep each limit.

    Resampled are parameter sets with all their cases, and which parameters go in is asked anew: cases of one set are no
    independent news of its parameters, and of many parameters some tell few sets apart by chance.
    """
    draws = np.random.default_rng(SEED)
    share = float(cases.hurts.mean())
    if not FEW <= share <= 1.0 - FEW:
        return {"share": share, "limits": {}, "why": "too few cases of one kind"}
    order = np.argsort(cases.sets, kind="stable")
    of_set = np.split(order, np.flatnonzero(np.diff(cases.sets[order])) + 1)
    limits, coverage, density = _found(cases, order)
    kept = dict.fromkeys(limits, 0)
    for _ in range(resamples):
        again = np.concatenate([of_set[place] for place in draws.integers(len(of_set), size=len(of_set))])
        other, _, _ = _found(cases, again)
        for name in kept:
            kept[name] += int(name in other and _alike(limits[name], other[name]))
    return {
        "share": share,
        "coverage": coverage,
        "density": density,
        "cases": len(order),
        "sets": len(of_set),
        "resamples": resamples,
        "limits": {
            name: {"low": ends[0], "high": ends[1], "kept": kept[name] / resamples if resamples else None}
            for name, ends in limits.items()
        },
    }


def telling(cases: Cases, places: NDArray[np.intp]) -> list[str]:
    """The few parameters that tell some cases apart best by themselves: those most correlated with what hurts."""
    names, values = list(cases.parameters), np.stack(list(cases.parameters.values()))
    sets, count = cases.sets[places], values.shape[1]
    drawn = np.bincount(sets, minlength=count)
    hurt = np.bincount(sets, cases.hurts[places], minlength=count)
    away = values - (values @ drawn / len(places))[:, None]
    spread = np.sqrt(away**2 @ drawn / len(places))
    varied = spread > 1e-12 * abs(values).max(axis=1)
    sizes = np.divide(abs(away @ hurt), spread, out=np.zeros(len(names)), where=varied)
    return [names[place] for place in np.argsort(-sizes, kind="stable")[:KEPT] if sizes[place] > 0.0]


def _found(cases: Cases, places: NDArray[np.intp]) -> tuple[dict[str, list[float]], float, float]:
    """Limits that a box has, its coverage and its density: the widest that is dense enough, else the densest."""
    import pandas as pd

    wanted, sets = cases.hurts[places], cases.sets[places]
    table = {name: values[places] for name, values in cases.axes.items()}
    table |= {name: cases.parameters[name][sets] for name in telling(cases, places)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim

        found = prim.Prim(pd.DataFrame(dict(table)), wanted, peel_alpha=PEEL).find_box()
    if found is None:
        return {}, 0.0, 0.0
    path = found.peeling_trajectory
    dense = path[path["density"] >= DENSITY]
    place = int((dense["coverage"] if len(dense) else path["density"]).idxmax())
    ends = found.box_lims[place]
    limits = {}
    for name, values in table.items():
        low, high = float(ends[name].iloc[0]), float(ends[name].iloc[1])
        if low > values.min() or high < values.max():
            limits[name] = [low, high]
    return limits, float(path["coverage"][place]), float(path["density"][place])


def _alike(one: list[float], other: list[float]) -> bool:
    """Whether two limits hold much the same: they share at least half of what either holds."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    whole = max(one[1], other[1]) - min(one[0], other[0])
    return bool(whole <= 0.0 or shared >= 0.5 * whole)
