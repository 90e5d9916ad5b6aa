"""From the estimates of many worlds to a verdict, by the rule of the protocol."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Numbers
from techduel.scenario.parameter_sets import RUNS_OF_A_SET
from techduel.statistics.normal import NORMAL_90, NORMAL_95
from techduel.studies.evidence.published import (
    LARGEST,
    NOT_ESTIMABLE,
    NOT_REPRODUCED,
    REPRODUCED,
    SIGN_ONLY,
)
from techduel.studies.micro.estimates import Estimate
from techduel.studies.micro.protocol import BAND, NONE, Finding

FEWEST: Final = 0.5
"""Share of worlds without whose estimate there is no verdict."""
NEAR_ZERO: Final = 0.1
"""Part of the mean base below which a world's base is near zero, so that its per cent say little."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Estimates of a finding over worlds, in per cent."""

    mean: float
    se: float
    """Of the mean, over parameter sets: the two worlds of a set count as one."""
    q05: float
    q95: float
    share: float
    """Of worlds whose estimate has the published sign; NaN where the paper finds no effect."""
    within_se: float
    """Mean of the clustered standard errors within worlds."""
    placebo: float
    placebo_se: float
    corrected: float
    """Mean of estimate less placebo."""
    corrected_se: float
    lead: float
    """Mean of the lead of the event study that lies farthest from 0 in its standard errors."""
    lead_se: float
    treated: float
    control: float
    """Firms, mean over worlds."""
    worlds: int
    """With an estimate."""
    asked: int
    median: float
    """Over worlds."""
    ratio: float
    """Mean coefficient over mean base: of counts, where `mean` is a mean of ratios; else the same as `mean`."""
    ratio_se: float
    net_ratio: float
    """The same of estimate less placebo."""
    net_ratio_se: float
    near_zero: float
    """Share of worlds whose base is near zero."""


def summary(finding: Finding, estimates: Sequence[Estimate]) -> Summary:
    """Mean, spread and checks of a finding's estimates."""
    effect, placebo = (np.array([getattr(part, name) for part in estimates]) for name in ("effect", "placebo"))
    finite = [part for part in estimates if np.isfinite(part.effect)]
    sets, base = np.array([part.run // RUNS_OF_A_SET for part in estimates]), np.array([part.base for part in finite])
    mean, se = mean_of_sets(effect, sets)
    false, false_se = mean_of_sets(placebo, sets)
    corrected, corrected_se = mean_of_sets(effect - placebo, sets)
    low, high = np.nanquantile(effect, (0.05, 0.95)) if finite else (np.nan, np.nan)
    lead, lead_se = _farthest(event_study(estimates))
    ratio, ratio_se = ratio_of_means(finite, net=False)
    net_ratio, net_ratio_se = ratio_of_means(finite, net=True)
    hits = np.array([np.sign(part.effect) == finding.sign for part in finite], dtype=float)
    return Summary(
        mean=mean,
        se=se,
        q05=float(low),
        q95=float(high),
        share=_mean(hits) if finding.sign else float("nan"),
        within_se=_mean(np.array([part.se for part in finite])),
        placebo=false,
        placebo_se=false_se,
        corrected=corrected,
        corrected_se=corrected_se,
        lead=lead,
        lead_se=lead_se,
        treated=_mean(np.array([part.treated for part in finite], dtype=float)),
        control=_mean(np.array([part.control for part in finite], dtype=float)),
        worlds=len(finite),
        asked=len(estimates),
        median=float(np.median(effect[np.isfinite(effect)])) if finite else float("nan"),
        ratio=ratio,
        ratio_se=ratio_se,
        net_ratio=net_ratio,
        net_ratio_se=net_ratio_se,
        near_zero=_mean((base < NEAR_ZERO * base.mean()).astype(float)) if finite else float("nan"),
    )


def mean_of_sets(values: Numbers, sets: NDArray[np.int_]) -> tuple[float, float]:
    """Mean over worlds and its standard error, a parameter set being one draw; worlds without a value do not count."""
    there = np.isfinite(values)
    means = np.array([values[there & (sets == one)].mean() for one in np.unique(sets[there])])
    if not means.size:
        return float("nan"), float("nan")
    return float(values[there].mean()), float(means.std(ddof=1) / np.sqrt(means.size)) if means.size > 1 else float(
        "nan"
    )


def ratio_of_means(estimates: Sequence[Estimate], *, net: bool) -> tuple[float, float]:
    """Mean coefficient over mean base, and its standard error by leaving out one parameter set at a time.

    A world with hardly any innovations before has a base near zero, and one such world may rule a mean of per cents;
    here it weighs as little as its base.

    Parameters
    ----------
    estimates : sequence of Estimate
    net : bool
        Whether the placebo is taken out; worlds without one do not count.
    """
    effects = np.array([part.effect - (part.placebo if net else 0.0) for part in estimates])
    bases, sets = (
        np.array([part.base for part in estimates]),
        np.array([part.run // RUNS_OF_A_SET for part in estimates]),
    )
    there = np.isfinite(effects * bases)
    if not there.any():
        return float("nan"), float("nan")
    each = np.unique(sets[there])
    above, below = (np.array([part[there & (sets == one)].sum() for one in each]) for part in (effects * bases, bases))
    if each.size < 2:
        return float(above.sum() / below.sum()), float("nan")
    without = (above.sum() - above) / (below.sum() - below)
    error = np.sqrt((each.size - 1) / each.size * ((without - without.mean()) ** 2).sum())
    return float(above.sum() / below.sum()), float(error)


def event_study(estimates: Sequence[Estimate]) -> dict[int, tuple[float, float]]:
    """Mean effect over worlds and its standard error by distance from the last year before."""
    sets = np.array([part.run // RUNS_OF_A_SET for part in estimates])
    years = sorted({year for part in estimates for year in part.path})
    return {year: mean_of_sets(np.array([part.path.get(year, np.nan) for part in estimates]), sets) for year in years}


def _farthest(points: dict[int, tuple[float, float]]) -> tuple[float, float]:
    leads = [point for year, point in points.items() if year < 0 and point[1] > 0.0]
    return max(leads, key=lambda point: abs(point[0] / point[1])) if leads else (float("nan"), float("nan"))


def verdict(finding: Finding, summary: Summary) -> str:
    """The verdict of the protocol; none of a mean that a few worlds rule, which is no part of it."""
    if summary.worlds < FEWEST * summary.asked or summary.worlds == 0 or abs(summary.mean) > LARGEST:
        return NOT_ESTIMABLE
    if finding.kind == NONE:
        return REPRODUCED if summary.q05 <= 0.0 <= summary.q95 else NOT_REPRODUCED
    pairs = ((summary.mean, summary.se), (summary.corrected, summary.corrected_se))
    if not all(finding.sign * mean > NORMAL_90 * se for mean, se in pairs):
        return NOT_REPRODUCED
    return REPRODUCED if finding.kind == BAND and finding.low <= summary.mean <= finding.high else SIGN_ONLY


def net_verdict(finding: Finding, summary: Summary) -> str:
    """The verdict with the placebo taken out, which is no part of the protocol: stricter where selection does most.

    No effect must then not differ from 0 on the mean either, for single worlds spread widely. What cannot be estimated
    cannot with less taken out.
    """
    if verdict(finding, summary) == NOT_ESTIMABLE:
        return NOT_ESTIMABLE
    if finding.kind == NONE and abs(summary.corrected) > NORMAL_95 * summary.corrected_se:
        return NOT_REPRODUCED
    low, high = summary.q05 - summary.placebo, summary.q95 - summary.placebo
    return verdict(finding, replace(summary, mean=summary.corrected, se=summary.corrected_se, q05=low, q95=high))


def _mean(values: Numbers) -> float:
    return float(values.mean()) if values.size else float("nan")
