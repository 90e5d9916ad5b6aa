"""The witness: what version 0.1.0 said of every scenario, one run each, some quarters and a digest of all.

``python -m tests.witness.witness`` made the files beside this one, from the commit before anything was moved. They are
kept until an equation changes on purpose; then docs/decisions.md says so.
"""

import hashlib
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import simulate
from techduel.scenario.layers import choices
from techduel.scenario.scenario import load_scenario

FOLDER: Final = Path(__file__).parent
PARAMETERS: Final = ("shipped", "prior")
QUARTERS: Final = (1, 20, -1)
"""Kept of outcomes with a path; the base year is 0."""

type Numbers = NDArray[np.float64]


def seen(scenario: str, parameters: str) -> Record:
    """What the model says now: run 0 of seed 1, everything each quarter."""
    changes = () if parameters == "shipped" else (f"params={parameters}",)
    return simulate(load_scenario(scenario, *changes), runs=1, seed=1)


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
