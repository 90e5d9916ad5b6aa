"""The witness: what version 0.1.0 said of every scenario, one run each, some quarters and a digest of all.

``python -m tests.witness.witness`` made the files beside this one, from the commit before anything was moved. They are
kept until an equation changes on purpose; then docs/decisions.md says so.
"""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import simulate
from techduel.facts import load_facts
from techduel.facts.base_year import scale_a_year
from techduel.model.axes import STATES
from techduel.model.parameters import schema
from techduel.model.parameters.forms import RIVALS
from techduel.policies.fixed import Plan
from techduel.scenario.layers import choices
from techduel.scenario.parameter_sets import PRIOR_SEED, words_in
from techduel.scenario.prior import arrays, columns, drawn, drawn_parameters, shipped, stream, with_values
from techduel.scenario.scenario import load_scenario

FOLDER: Final = Path(__file__).parent
PARAMETERS: Final = ("shipped", "prior")
FORMS: Final = tuple(f"forms.{name}={next(iter(known.forms))}" for name, known in RIVALS.items())
"""The equations of version 0.1.0: the first form of each mechanism."""
SETS: Final = "version_0_1_0_sets.csv"
"""Set 0 of its posteriors by base year, with draws for numbers that came later."""
SCALE, LAG = "ideas.position_scale", "ideas.lag_years"
"""Log technology per log of a position, a parameter of version 0.1.0; in its place there are years of lag."""
INCIDENT: Final = "security.incident_cost"
"""Whose range has another source since."""
SHIPPED_SCALE, SHIPPED_INCIDENT = 0.15, 0.002
LOBBYING: Final = "government.lobbying"
LOBBIED: Final = (0.6, 0.2)
"""Shipped values for the United States and China; ranges of this and of lock-in have been changed."""
LATER: Final = ("accounts.industry_link", "government.budget_trend", "government.contracts_trend")
"""Numbers that later equations read: at 0 they are those of version 0.1.0."""
EXCESS: Final = "accounts.digital_excess"
"""A fact of the base year then, uncertain since."""
EXCESS_THEN: Final = {
    2010: (0.014999717728724554, -0.02432808081480271),
    2017: (0.02652923570839343, -0.008138084618031425),
    2020: (0.0288, 0.0027),
}
WANTED: Final = ("params.objectives.security=0.02", "params.objectives.incidents=0")
"""What states wanted then."""
CHANGED: Final = {
    "risk_mitigation": ("policies.us.limit=0.4", "policies.us.multiple=0"),
    "change_of_government": ("events.government.security=0.02", "events.government.incidents=0"),
}
"""Settings that scenarios had then."""
QUARTERS: Final = (1, 20, -1)
"""Kept of outcomes with a path; the base year is 0."""

type Numbers = NDArray[np.float64]


def seen(scenario: str, parameters: str) -> Record:
    """What the model says now with the equations and parameters of then: run 0 of seed 1, everything each quarter."""
    drawn_from = ("params=prior",) if parameters == "prior" else ()
    then = load_scenario(scenario, *drawn_from, *FORMS, *WANTED, *CHANGED.get(scenario, ()))
    then = replace(then, policies={state: _planned_then(policy) for state, policy in then.policies.items()})
    constant = dict.fromkeys(LATER, 0.0) | {EXCESS: np.reshape(EXCESS_THEN[then.base_year], (1, 2, 1, 1))}
    if not words_in(then.config["params"]):
        values = constant | {
            LAG: SHIPPED_SCALE / a_year(),
            INCIDENT: SHIPPED_INCIDENT,
            LOBBYING: np.reshape(LOBBIED, (1, 2, 1, 1)),
        }
        return simulate(replace(then, parameters=with_values(then.parameters, values)), 1, 1)
    numbers = _prior() if parameters == "prior" else _posterior(then.base_year)
    numbers[0, [column.name for column in columns()].index(LAG)] /= a_year()
    (drawn_then,) = then.sets.drawn.values()
    own = {name: value for name, value in arrays(numbers, load_facts().sectors).items() if name in drawn_then}
    drawn_since = own | _idle(parameters, then.base_year) | constant
    alone = replace(then, parameters=with_values(then.parameters, drawn_since), sets=replace(then.sets, drawn={}))
    return simulate(alone, runs=1, seed=1)


def _planned_then(policy: Any) -> Any:
    """A policy in which every plan made up for what had slipped, and filled all that R&D lacked by public money."""
    if not is_dataclass(policy):
        return policy
    parts = {item.name: getattr(policy, item.name) for item in fields(policy)}
    inside = {name: _planned_then(value) for name, value in parts.items() if is_dataclass(value)}
    inside |= {
        name: {key: _planned_then(one) for key, one in value.items()}
        for name, value in parts.items()
        if isinstance(value, Mapping)
    }
    own = {"catch_up": 1.0, "public_part": 1.0} if isinstance(policy, Plan) else {}
    return replace(policy, **inside, **own)  # type: ignore[type-var]


def a_year() -> float:
    """Log technology per log of a position that a year of lag stands for."""
    return scale_a_year(load_facts())


def _prior() -> Numbers:
    """Set 0 of the prior, with log technology per log of a position as the lag."""
    incident = _pert(INCIDENT, 0.0, SHIPPED_INCIDENT, 0.01)
    then = {LAG: _pert(SCALE, 0.05, SHIPPED_SCALE, 0.3), INCIDENT: incident}
    then |= {
        f"{LOBBYING}.{state}": _pert(f"{LOBBYING}.{state}", 0.0, LOBBIED[place], 1.0)
        for place, state in enumerate(STATES)
    }
    then["paradigm.lock_in"] = _pert("paradigm.lock_in", 0.0, 0.15, 0.6)
    pairs = zip(columns(), drawn([0])[0], strict=True)
    return np.array([[then.get(column.name, value) for column, value in pairs]])


def _idle(parameters: str, year: int) -> dict[str, float]:
    """Set 0 of the numbers that were drawn then and act only under equations of then."""
    known = {name: one for name, one in schema.described().items() if one.under and name not in drawn_parameters()}
    if parameters != "prior":
        found = _stored_set(year)
        return {name: found[name] for name in known}
    values = {name: shipped()[name.partition(".")[0]][name.partition(".")[2]] for name in known}
    return {name: _pert(name, one.low, values[name], one.high) for name, one in known.items()}


def _pert(name: str, low: float, mode: float, high: float) -> float:
    """What version 0.1.0 drew for a number whose range is another now."""
    up = (mode - low) / (high - low)
    luck = stream(name, PRIOR_SEED).random(1)[0]
    return low + (high - low) * float(betaincinv(1.0 + 4.0 * up, 5.0 - 4.0 * up, luck))


def _posterior(year: int) -> Numbers:
    """Set 0 of the posterior of version 0.1.0, with log technology per log of a position as the lag."""
    found = _stored_set(year)
    found[LAG] = found.pop(SCALE)
    return np.array([[found.get(column.name, column.mode) for column in columns()]])


def _stored_set(year: int) -> dict[str, float]:
    """Set 0 of the posterior of version 0.1.0 by column."""
    lines = csv.DictReader((FOLDER / SETS).read_text(encoding="utf-8").splitlines())
    return {line["parameter"]: float(line[str(year)]) for line in lines}


def kept(record: Record) -> dict[str, Numbers]:
    """Chosen quarters of every outcome, (..., quarter), or all of one without a path."""
    return {
        name: values[0][..., QUARTERS] if values.shape[-1] == record.time.size else values[0]
        for name, values in record.values.items()
    }


def digest(record: Record) -> str:
    """SHA-256 of all outcomes of all quarters, in the order of their names."""
    found = hashlib.sha256()
    for name, values in sorted(record.values.items()):
        found.update(name.encode())
        found.update(np.ascontiguousarray(values).tobytes())
    return found.hexdigest()


def file_of(parameters: str) -> Path:
    """The stored numbers by ``SCENARIO/OUTCOME``, and digests by ``SCENARIO``."""
    return FOLDER / f"version_0_1_0_{parameters}.npz"


def stored(parameters: str) -> dict[str, NDArray[np.generic]]:
    """All that is stored for one kind of parameters."""
    with np.load(file_of(parameters), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _make(parameters: str) -> None:
    content: dict[str, NDArray[np.generic]] = {}
    for scenario in choices("scenario"):
        record = seen(scenario, parameters)
        content |= {f"{scenario}/{name}": values for name, values in kept(record).items()}
        content[scenario] = np.array(digest(record))
    np.savez_compressed(file_of(parameters), allow_pickle=False, **content)


if __name__ == "__main__":
    for chosen in PARAMETERS:
        _make(chosen)
