"""The tables of a calibration: sets and how they were made; every moment and every parameter, before and after."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.manifest import write_text
from techduel.model.axes import Numbers
from techduel.model.parameters.forms import RIVALS
from techduel.scenario import prior
from techduel.scenario.forms import by_weight
from techduel.scenario.posteriors import parsed, table
from techduel.statistics.tables import write_table
from techduel.studies.calibrate.fit import (
    DUMMIES,
    Plan,
    Step,
    Target,
    implausibility,
    luck,
    missed,
    plausible,
    target,
    thinned,
)
from techduel.studies.calibrate.moments import Moment

type Row = tuple[str | float, ...]

POSTERIOR: Final = "posterior.csv"
MAKING: Final = "posterior.json"
MOMENTS: Final = "moments.csv"
PARAMETERS: Final = "parameters.csv"
SIGNIFICANT: Final = 5
BAND: Final = (0.05, 0.5, 0.95)
IDENTIFIED: Final = 0.7
WEAKLY: Final = 0.9
"""Ratios of the standard deviations of scores after over before, below which a parameter is identified, or weakly."""
MOMENT_COLUMNS: Final = (
    *("moment", "state", "year", "kind", "fitted", "observed", "tolerance", "luck"),
    *("prior_q05", "prior_median", "prior_q95", "posterior_q05", "posterior_median", "posterior_q95"),
    *("forecast_q05", "forecast_q95", "implausibility", "inside"),
)
PARAMETER_COLUMNS: Final = (
    *("parameter", "low", "mode", "high", "prior_q05", "prior_median", "prior_q95"),
    *("posterior_q05", "posterior_median", "posterior_q95", "sd_ratio", "identified"),
)


@dataclass(frozen=True, slots=True)
class Fit:
    """A finished calibration."""

    plan: Plan
    simulated: tuple[Moment, ...]
    """All moments that the ensembles hold, fitted or not."""
    aim: Target
    first: Step
    last: Step
    made: Mapping[str, Any]
    """What decides its numbers."""

    @property
    def distances(self) -> Numbers:
        """Implausibility of every set of the last ensemble, (set, fitted moment)."""
        return implausibility(self.last, self.aim)

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Sets that live through the record."""
        return plausible(self.distances)

    @property
    def missed(self) -> tuple[Moment, ...]:
        """Moments that the ensemble as a whole misses."""
        return tuple(moment for moment, out in zip(self.aim.chosen, missed(self.distances), strict=True) if out)

    @property
    def values(self) -> Numbers:
        """The sets of the posterior table, (set, column)."""
        return prior.values(self.last.scores[thinned(self.kept), :-DUMMIES])

    @property
    def forms(self) -> Mapping[str, NDArray[np.int64]]:
        """Forms of the same sets by mechanism, (set,)."""
        return {name: by_weight(name, thinned(self.kept)) for name in RIVALS}

    @property
    def ratios(self) -> Numbers:
        """Standard deviation of scores after over before, dummies last, (column + dummy,)."""
        return self.last.scores[self.kept].std(axis=0) / self.first.scores.std(axis=0)

    @property
    def by_chance(self) -> Numbers:
        """The same of the dummies, (dummy,)."""
        return self.ratios[-DUMMIES:]


def write(fit: Fit, folder: Path) -> None:
    """Write all of them into a result folder; the same fit gives the same bytes."""
    sets = table(fit.values, fit.forms)
    parsed(sets, POSTERIOR)
    write_text(folder / POSTERIOR, sets)
    write_text(folder / MAKING, json.dumps(_making(fit, sets), indent=1) + "\n")
    write_table(folder / MOMENTS, MOMENT_COLUMNS, moment_rows(fit))
    write_table(folder / PARAMETERS, PARAMETER_COLUMNS, parameter_rows(fit))


def _making(fit: Fit, sets: str) -> dict[str, Any]:
    return {
        "made": "techduel calibrate: ensemble smoother with multiple data assimilation",
        **fit.made,
        "runs": fit.plan.runs,
        "sets": len(fit.values),
        "plausible": int(fit.kept.sum()),
        "moments": {moment.key: float(f"{moment.observed:.{SIGNIFICANT}g}") for moment in fit.aim.chosen},
        "missed": [moment.key for moment in fit.missed],
        "chance": [float(f"{end(fit.by_chance):.{SIGNIFICANT}g}") for end in (np.min, np.max)],
        "digest": hashlib.sha256(sets.encode("utf-8")).hexdigest(),
    }


def moment_rows(fit: Fit) -> Iterator[Row]:
    """One row a moment; bands of the model alone, and with errors of the record and what the model may miss."""
    every = target(fit.simulated, fit.simulated)
    by_luck = np.sqrt(np.diag(luck(fit.last, every.places)))
    after = fit.last.moments[fit.kept]
    forecasts = after + np.sqrt(np.diag(every.error)) * _normals(after.shape)
    fitted = {moment.key for moment in fit.aim.chosen}
    for place, moment in enumerate(fit.simulated):
        low, high = np.quantile(forecasts[:, place], (BAND[0], BAND[-1]))
        bands = [*np.quantile(fit.first.moments[:, place], BAND), *np.quantile(after[:, place], BAND)]
        away = abs(bands[4] - moment.observed) / np.hypot(moment.tolerance, by_luck[place])
        yield (
            *(moment.name, moment.state, float(moment.year), moment.kind, _word(moment.key in fitted)),
            *(moment.observed, moment.tolerance, float(by_luck[place])),
            *map(float, (*bands, low, high, away)),
            _word(low <= moment.observed <= high),
        )


def parameter_rows(fit: Fit) -> Iterator[Row]:
    """One row a column of the posterior table."""
    before = prior.values(fit.first.scores[:, :-DUMMIES])
    after = prior.values(fit.last.scores[fit.kept, :-DUMMIES])
    for place, column in enumerate(prior.columns()):
        ratio = float(fit.ratios[place])
        yield (
            *(column.name, column.low, column.mode, column.high),
            *map(float, (*np.quantile(before[:, place], BAND), *np.quantile(after[:, place], BAND))),
            *(ratio, identified(ratio)),
        )


def identified(ratio: float) -> str:
    """Whether the record tells anything about a parameter: yes, weak or no."""
    return "yes" if ratio < IDENTIFIED else "weak" if ratio < WEAKLY else "no"


def _normals(shape: tuple[int, ...]) -> Numbers:
    return np.random.default_rng(0).standard_normal(shape)


def _word(truth: bool | np.bool_) -> str:
    return "yes" if truth else "no"


def install(folder: Path, place: Path, until: int) -> None:
    """Put the table of sets and how it was made into the package."""
    for name in (POSTERIOR, MAKING):
        source = Path(name)
        shutil.copyfile(folder / name, place / f"{source.stem}_{until}{source.suffix}")
