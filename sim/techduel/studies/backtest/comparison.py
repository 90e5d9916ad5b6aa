"""A forecast and its naive rivals against what came: scores by year, skill by series."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from techduel.facts import History
from techduel.facts.backcast import REDEFINED
from techduel.model.axes import STATES, Numbers
from techduel.studies.backtest.counterparts import LOG, POINTS, SERIES
from techduel.studies.backtest.forecast import LEVELS, Forecast
from techduel.studies.backtest.outcomes_file import CODES, Outcome
from techduel.studies.backtest.rivals import (
    RULES,
    Naive,
    Track,
    covered,
    crps_ensemble,
    naive,
    track,
    usual_spread,
)
from techduel.studies.backtest.series import pairs, past

type Line = tuple[str | float, ...]

CODE_OF: Final = {state: code for code, state in CODES.items()}
SCORE_COLUMNS: Final = (
    *("series", "state", "year", "observed", "q05", "q50", "q95", "crps", "covered_90"),
    *(f"crps_{rule}" for rule in RULES),
    *("model_q05", "model_q50", "model_q95", "model_crps", "model_covered_90", "unit", "last_record"),
    *("pit", "covered_50", "covered_80", "model_pit", "model_covered_50", "model_covered_80", "nominal", "converts"),
)
SKILL_COLUMNS: Final = (
    *("series", "state", "points", "best_naive", "crps_naive", "crps", "skill", "covered_90"),
    *("model_crps", "model_skill", "model_covered_90", "unit"),
    *("covered_50", "covered_80", "model_covered_50", "model_covered_80", "nominal", "converts"),
)
BANDS: Final = (0.5, 0.8, 0.9)
"""Central bands of a forecast that are judged."""
NONE: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Judged:
    """How one forecast of one value came out."""

    quantiles: tuple[float, ...]
    crps: float
    pit: float
    """Probability integral transform: the part of runs below the observation, ties by half; uniform if all is well."""
    inside: tuple[bool, ...]
    """Whether each of `BANDS` holds the observation."""

    @property
    def covered(self) -> bool:
        """Whether the widest band holds it."""
        return self.inside[-1]


@dataclass(frozen=True, slots=True)
class Score:
    """One observed value beside the forecast, alone and with discrepancy, and the rivals."""

    outcome: Outcome
    whole: Judged
    alone: Judged
    naive: Mapping[str, float]
    """CRPS by rule; only of rules that the record allows."""
    last_record: int | None

    def line(self) -> Line:
        """A row of ``scores.csv``."""
        one = self.outcome
        opening: Line = (one.series, CODE_OF[one.state], one.year, one.value)
        rivals = [self.naive.get(rule, NONE) for rule in RULES]
        judged = [*_bands(self.whole), *_bands(self.alone), float(SERIES[one.series].nominal)]
        numbers = [*_cells(self.whole), *rivals, *_cells(self.alone)]
        ending: Line = (one.unit, self.last_record or NONE, *judged, SERIES[one.series].converts)
        return (*opening, *numbers, *ending)


@dataclass(frozen=True, slots=True)
class Skill:
    """Scores of one series of one state relative to the best rival."""

    series: str
    state: str
    points: int
    best_naive: str
    """Empty where no rule could be used."""
    crps_naive: float
    crps: float
    inside: tuple[float, ...]
    """Part of the points inside each of `BANDS`."""
    model_crps: float
    model_inside: tuple[float, ...]
    unit: str

    @property
    def covered(self) -> float:
        """Part of the points inside the 90 % band."""
        return self.inside[-1]

    @property
    def skill(self) -> float:
        """1 is perfect, 0 as good as the best rival, below 0 worse; NaN without a rival."""
        return _relative(self.crps, self.crps_naive)

    @property
    def model_skill(self) -> float:
        """The same without discrepancy."""
        return _relative(self.model_crps, self.crps_naive)

    def line(self) -> Line:
        """A row of ``skill.csv``."""
        code = CODE_OF.get(self.state, self.state)
        opening = (self.series, code, self.points, self.best_naive, self.crps_naive, self.crps, self.skill)
        series = SERIES[self.series]
        ending: Line = (*self.inside[:-1], *self.model_inside[:-1], float(series.nominal), series.converts)
        return (*opening, self.covered, self.model_crps, self.model_skill, self.model_inside[-1], self.unit, *ending)


@dataclass(frozen=True, slots=True)
class Rivals:
    """Naive forecasters at an origin."""

    tracks: Mapping[tuple[str, str], Track]
    """What they know, by series and state."""
    usual: Mapping[tuple[str, str, str], float | None]
    """Spread after a year by rule, state and scale, for a series without a past."""

    def forecasts(self, key: tuple[str, str], year: int) -> dict[str, Naive]:
        """Forecasts of a year by every rule that the record allows."""
        track = self.tracks[key]
        if not track.values:
            return {}
        found = {rule: naive(rule, track, year, self.usual[rule, key[1], track.scale]) for rule in RULES}
        return {rule: forecast for rule, forecast in found.items() if forecast is not None}


def rivals(history: History, origin: int) -> Rivals:
    """Naive forecasters that know the record from 2000 to an origin."""
    tracks = {key: track(past(history, *key), SERIES[key[0]].scale, origin, REDEFINED.get(key, ())) for key in pairs()}
    usual = {
        (rule, state, scale): usual_spread(rule, [one for key, one in tracks.items() if key[1] == state], scale)
        for rule in RULES
        for state in STATES
        for scale in (LOG, POINTS)
    }
    return Rivals(tracks, usual)


def scored(outcomes: Iterable[Outcome], forecasts: Sequence[Forecast], history: History, origin: int) -> list[Score]:
    """Every observed value against forecast and rivals."""
    by_key = {(forecast.series, forecast.state): forecast for forecast in forecasts}
    rules = rivals(history, origin)
    return [_score(outcome, by_key[outcome.series, outcome.state], rules) for outcome in outcomes]


def _score(outcome: Outcome, forecast: Forecast, rules: Rivals) -> Score:
    whole, alone = (_judged(sample, outcome.value) for sample in forecast.at(outcome.year))
    found = rules.forecasts((outcome.series, outcome.state), outcome.year)
    naive_scores = {rule: rival.crps(outcome.value) for rule, rival in found.items()}
    return Score(outcome, whole, alone, naive_scores, forecast.last_record)


def _judged(sample: Numbers, observed: float) -> Judged:
    quantiles = tuple(np.quantile(sample, LEVELS).tolist())
    below, ties = float(np.mean(sample < observed)), float(np.mean(sample == observed))
    inside = tuple(covered(sample, observed, band) for band in BANDS)
    return Judged(quantiles, crps_ensemble(sample, observed), below + ties / 2.0, inside)


def skills(scores: Sequence[Score]) -> list[Skill]:
    """Skill by series and state, in the order of the series; the best rival is that with the lowest mean score."""
    order = {key: place for place, key in enumerate(pairs())}
    ordered = sorted(scores, key=lambda score: order[score.outcome.series, score.outcome.state])
    groups = groupby(ordered, lambda score: (score.outcome.series, score.outcome.state))
    return [_skill(key, list(found)) for key, found in groups]


def _skill(key: tuple[str, str], scores: Sequence[Score]) -> Skill:
    rules = [rule for rule in RULES if all(rule in score.naive for score in scores)]
    means = {rule: float(np.mean([score.naive[rule] for score in scores])) for rule in rules}
    best = min(means, key=lambda rule: means[rule], default="")
    return Skill(
        *key,
        points=len(scores),
        best_naive=best,
        crps_naive=means.get(best, NONE),
        crps=float(np.mean([score.whole.crps for score in scores])),
        inside=_means([score.whole.inside for score in scores]),
        model_crps=float(np.mean([score.alone.crps for score in scores])),
        model_inside=_means([score.alone.inside for score in scores]),
        unit=scores[0].outcome.unit,
    )


def _means(inside: Sequence[tuple[bool, ...]]) -> tuple[float, ...]:
    return tuple(np.mean(inside, axis=0).tolist())


def _relative(crps: float, best: float) -> float:
    if math.isnan(best):
        return NONE
    return 1.0 - crps / best if best > 0.0 else (0.0 if crps == best else -math.inf)


def _cells(judged: Judged) -> Iterator[float]:
    yield from (*judged.quantiles, judged.crps, float(judged.covered))


def _bands(judged: Judged) -> Iterator[float]:
    yield from (judged.pit, *map(float, judged.inside[:-1]))
