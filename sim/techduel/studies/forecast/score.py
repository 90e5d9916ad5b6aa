"""Score: a registered forecast and its rivals against what came, from the quantiles in its file alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np

from techduel.model.axes import Numbers
from techduel.studies.backtest.comparison import CODE_OF
from techduel.studies.backtest.outcomes_file import Outcome
from techduel.studies.backtest.rivals import RULES
from techduel.studies.forecast.settings import LEVELS, MODEL

SCORE_COLUMNS: Final = (
    *("model_id", "target", "location", "year", "observed", "q05", "q50", "q95", "crps", "covered_90", "pit"),
)
BAND: Final = (LEVELS.index(0.05), LEVELS.index(0.5), LEVELS.index(0.95))


@dataclass(frozen=True, slots=True)
class Scored:
    """How one forecast of one value came out."""

    model: str
    outcome: Outcome
    quantiles: Numbers
    crps: float
    """From the quantiles: twice their mean pinball loss, each by the probability that it stands for."""
    covered: bool
    pit: float
    """Probability that the forecast gave to less than what came."""

    def line(self) -> tuple[Any, ...]:
        """A row of the scores."""
        one = self.outcome
        opening = (self.model, one.series, CODE_OF[one.state], float(one.year), one.value)
        return (*opening, *self.quantiles[list(BAND)].tolist(), self.crps, float(self.covered), self.pit)


def scored(content: Mapping[str, Any], outcomes: Sequence[Outcome]) -> list[Scored]:
    """Scores of every model for every outcome that the file has a forecast of."""
    by_place = _by_value(content)
    found = []
    for outcome in outcomes:
        place = (outcome.series, CODE_OF[outcome.state], outcome.year)
        found += [_scored(model, outcome, values) for model, values in by_place.get(place, {}).items()]
    return found


def skill(scores: Sequence[Scored]) -> Iterator[tuple[str, str, int, str, float, float, float]]:
    """Series, state, values, best naive rival, its mean CRPS, that of the model, and 1 less their ratio."""
    order = sorted(scores, key=lambda one: (one.outcome.series, one.outcome.state))
    for (series, state), group in groupby(order, lambda one: (one.outcome.series, one.outcome.state)):
        by_model: dict[str, list[float]] = {}
        for one in group:
            by_model.setdefault(one.model, []).append(one.crps)
        count, own = len(by_model[MODEL]), float(np.mean(by_model[MODEL]))
        naive = {rule: float(np.mean(by_model[rule])) for rule in RULES if len(by_model.get(rule, ())) == count}
        best = min(naive, key=lambda rule: naive[rule], default="")
        relative = 1.0 - own / naive[best] if best and naive[best] > 0.0 else np.nan
        yield (series, CODE_OF[state], count, best, naive.get(best, np.nan), own, relative)


def crps_of(values: Numbers, observed: float) -> float:
    """CRPS of a forecast of which `LEVELS` are known; each stands for the probability around it.

    Source: Gneiting and Raftery (2007), equation 20: twice the integral of pinball losses over levels.
    """
    levels = np.array(LEVELS)
    edges = np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2.0, [1.0]])
    losses = (np.where(observed < values, 1.0, 0.0) - levels) * (values - observed)
    return float(2.0 * (losses * np.diff(edges)).sum())


def _scored(model: str, outcome: Outcome, values: Numbers) -> Scored:
    low, _, high = values[list(BAND)]
    pit = float(np.interp(outcome.value, values, LEVELS, left=0.0, right=1.0))
    return Scored(model, outcome, values, crps_of(values, outcome.value), bool(low <= outcome.value <= high), pit)


def _by_value(content: Mapping[str, Any]) -> dict[tuple[str, str, int], dict[str, Numbers]]:
    """Quantiles by model, by series, state and year."""
    found: dict[tuple[str, str, int], dict[str, list[float]]] = {}
    origin = content["config"]["origin"]
    for model, _, horizon, target, location, _, _, value in content["rows"]:
        found.setdefault((target, location, origin + horizon), {}).setdefault(model, []).append(value)
    return {place: {name: np.array(many) for name, many in models.items()} for place, models in found.items()}
