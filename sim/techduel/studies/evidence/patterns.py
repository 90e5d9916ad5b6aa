"""Published findings about sanctioned firms, their suppliers and their rivals, looked for in the model over its prior.

Nothing here is tuned: each row says in how many parameter sets the model's effect has the published sign.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from techduel.model.axes import STATES
from techduel.policies.schedule import Schedule, Step
from techduel.scenario.prior import with_values
from techduel.studies.evidence.arms import CHINA, US, Experiment, lever, share, spread
from techduel.studies.evidence.findings import FINDINGS, TREATMENTS, Finding, Treatment
from techduel.studies.evidence.panels import YEARS, Pair, Panel, panel

type _Key = tuple[str, tuple[tuple[str, float], ...]]
"""A treatment, and the parameters that are set in both arms."""


@dataclass(frozen=True, slots=True)
class Row:
    """A finding, and what the model makes of it."""

    pattern: int
    treatment: str
    outcome: str
    switched: str
    """Parameters that are set in both arms."""
    published: str
    sign: int
    median: float
    """Log effect."""
    q05: float
    q95: float
    share: float
    """Of draws with the published sign."""
    draws: int


def patterns(experiment: Experiment) -> list[Row]:
    """Every finding over the parameter sets of an experiment, one run a set."""
    rows: dict[int, Row] = {}
    for key in _keys():
        found = pair(experiment, TREATMENTS[key[0]], dict(key[1]))
        rows |= {place: _row(finding, found) for place, finding in enumerate(FINDINGS) if _key(finding) == key}
    return [rows[place] for place in sorted(rows)]


def arms() -> int:
    """How many arms `patterns` simulates."""
    return 2 * len(_keys())


def pair(experiment: Experiment, treatment: Treatment, switched: Mapping[str, float]) -> Pair:
    """The same worlds with and without a treatment."""
    parameters, usual = with_values(experiment.parameters, switched), experiment.scenario.policies
    aim = (lever("control_end_use", 0.0),) if treatment.broad else ()

    def followed(us: tuple[Step, ...], china: tuple[Step, ...]) -> Panel:
        policies = {
            STATES[US]: Schedule(usual[STATES[US]], (*aim, *us)),
            STATES[CHINA]: Schedule(usual[STATES[CHINA]], china),
        }
        return panel(experiment.passing(policies, 2020 + YEARS[-1], parameters))

    return Pair(followed(treatment.us, treatment.china), followed((), ()))


def _keys() -> list[_Key]:
    return list(dict.fromkeys(_key(finding) for finding in FINDINGS))


def _key(finding: Finding) -> _Key:
    return finding.treatment, tuple(sorted(finding.switched.items()))


def _row(finding: Finding, pair: Pair) -> Row:
    effects = finding.effect(pair)
    middle, low, high = spread(effects)
    return Row(
        finding.pattern,
        finding.treatment,
        finding.outcome,
        "; ".join(f"{name}={value:g}" for name, value in finding.switched.items()),
        finding.published,
        finding.sign,
        middle,
        low,
        high,
        share(effects, finding.sign),
        int(np.isfinite(effects).sum()),
    )
