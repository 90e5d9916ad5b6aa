"""Box: in which part of the axes and of the parameters a control backfires, by PRIM of the EMA Workbench.

The patient rule induction method peels away slices until what is left holds mostly cases of interest.
Source: Friedman and Fisher (1999), Bump hunting in high-dimensional data.
"""

import warnings
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

type Numbers = NDArray[np.float64]

MISSING: Final = "no box: ema_workbench is not installed (pip install techduel[strategy])"
ROWS: Final = 600
"""Cases looked at, drawn from all."""
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


def box(cases: Mapping[str, Numbers], hurts: NDArray[np.bool_], resamples: int) -> dict[str, Any]:
    """Limits of the box in which a control backfires, how good it is, and how often resamples keep each limit.

    Parameters
    ----------
    cases : mapping
        By name of an axis or parameter: values, (case,).
    hurts : (case,)
    resamples : int
        Bootstraps over cases.
    """
    draws = np.random.default_rng(SEED)
    share = float(hurts.mean())
    if not FEW <= share <= 1.0 - FEW:
        return {"share": share, "limits": {}, "why": "too few cases of one kind"}
    chosen = draws.choice(len(hurts), min(ROWS, len(hurts)), replace=False)
    table, wanted = {name: values[chosen] for name, values in cases.items()}, hurts[chosen]
    limits, coverage, density = _found(table, wanted)
    kept = dict.fromkeys(limits, 0)
    for _ in range(resamples):
        again = draws.integers(len(wanted), size=len(wanted))
        other, _, _ = _found({name: values[again] for name, values in table.items()}, wanted[again])
        for name in kept:
            kept[name] += int(name in other and _alike(limits[name], other[name]))
    return {
        "share": share,
        "coverage": coverage,
        "density": density,
        "cases": len(wanted),
        "resamples": resamples,
        "limits": {
            name: {"low": ends[0], "high": ends[1], "kept": kept[name] / resamples if resamples else None}
            for name, ends in limits.items()
        },
    }


def telling(parameters: Mapping[str, Numbers], hurts: NDArray[np.bool_]) -> dict[str, Numbers]:
    """The few parameters that tell cases apart best by themselves."""
    wanted = hurts.astype(float)
    if wanted.min() == wanted.max():
        return {}
    varied = {name: values for name, values in parameters.items() if np.ptp(values) > 1e-12 * abs(values).max()}
    sizes = {name: abs(np.corrcoef(values, wanted)[0, 1]) for name, values in varied.items()}
    best = sorted(sizes, key=lambda name: -sizes[name])[:KEPT]
    return {name: parameters[name] for name in best}


def _found(table: Mapping[str, Numbers], wanted: NDArray[np.bool_]) -> tuple[dict[str, list[float]], float, float]:
    """Limits that a box has, its coverage and its density: the widest that is dense enough, else the densest."""
    import pandas as pd
    from ema_workbench.analysis import prim

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
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
