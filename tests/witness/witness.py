"""The witness: what version 0.1.0 said of every scenario, one run each, some quarters and a digest of all.

``python -m tests.witness.witness`` made the files beside this one, from the commit before anything was moved. They are
kept until an equation changes on purpose; then docs/decisions.md says so.
"""

import csv
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import simulate
from techduel.facts import load_facts
from techduel.facts.base_year import scale_a_year
from techduel.model.parameters.forms import RIVALS
from techduel.scenario.layers import choices
from techduel.scenario.parameter_sets import PRIOR_SEED, words_in
from techduel.scenario.prior import arrays, columns, drawn, stream, with_values
from techduel.scenario.scenario import load_scenario

FOLDER: Final = Path(__file__).parent
PARAMETERS: Final = ("shipped", "prior")
FORMS: Final = tuple(f"forms.{name}={next(iter(known.forms))}" for name, known in RIVALS.items())
"""The equations of version 0.1.0: the first form of each mechanism."""
SETS: Final = "version_0_1_0_sets.csv"
"""Set 0 of its posteriors by base year, with draws for numbers that came later."""
SCALE, LAG = "ideas.position_scale", "ideas.lag_years"
"""Log technology per log of a position, a parameter of version 0.1.0; in its place there are years of lag."""
SHIPPED_SCALE: Final = 0.15
QUARTERS: Final = (1, 20, -1)
"""Kept of outcomes with a path; the base year is 0."""

type Numbers = NDArray[np.float64]


def seen(scenario: str, parameters: str) -> Record:
    """What the model says now with the equations and parameters of then: run 0 of seed 1, everything each quarter."""
    then = load_scenario(scenario, *(("params=prior",) if parameters == "prior" else ()), *FORMS)
    if not words_in(then.config["params"]):
        return simulate(replace(then, parameters=with_values(then.parameters, {LAG: SHIPPED_SCALE / a_year()})), 1, 1)
    numbers = _prior() if parameters == "prior" else _posterior(then.base_year)
    numbers[0, [column.name for column in columns()].index(LAG)] /= a_year()
    (drawn_then,) = then.sets.drawn.values()
    own = {name: value for name, value in arrays(numbers, load_facts().sectors).items() if name in drawn_then}
    alone = replace(then, parameters=with_values(then.parameters, own), sets=replace(then.sets, drawn={}))
    return simulate(alone, runs=1, seed=1)


def a_year() -> float:
    """Log technology per log of a position that a year of lag stands for."""
    return scale_a_year(load_facts())


def _prior() -> Numbers:
    """Set 0 of the prior, with log technology per log of a position, from 0.05 to 0.3 around 0.15, as the lag."""
    numbers, luck = drawn([0]), stream(SCALE, PRIOR_SEED).random(1)[0]
    scale = 0.05 + 0.25 * betaincinv(1.0 + 4.0 * 0.4, 1.0 + 4.0 * 0.6, luck)
    return np.array(
        [[scale if column.name == LAG else value for column, value in zip(columns(), numbers[0], strict=True)]]
    )


def _posterior(year: int) -> Numbers:
    """Set 0 of the posterior of version 0.1.0, with log technology per log of a position as the lag."""
    lines = csv.DictReader((FOLDER / SETS).read_text(encoding="utf-8").splitlines())
    found = {line["parameter"]: float(line[str(year)]) for line in lines}
    found[LAG] = found.pop(SCALE)
    return np.array([[found.get(column.name, column.mode) for column in columns()]])


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
