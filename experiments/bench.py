"""``techduel bench``: speed, memory and scaling, one JSON object a line.

``techduel bench sweeps=100000`` measures sweeps instead, up to one of so many runs.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import chain

from techduel.scenario.loader import InvalidInput

from .exits import guarded
from .hydra_flags import jobs
from .measures import Line, measurements
from .sweep_measures import sweep_measurements

SWEEPS = "sweeps="
"""Before the runs of the largest sweep."""
LEAST = 2000
MOST = 1_000_000


def main(arguments: Sequence[str]) -> int:
    """Measure the scenario that the command line names, or sweeps, and print what is found."""
    sizes = [text.removeprefix(SWEEPS) for text in arguments if text.startswith(SWEEPS)]
    others = [text for text in arguments if not text.startswith(SWEEPS)]
    for name, value, unit in _lines(sizes, others):
        print(json.dumps({"name": name, "value": value, "unit": unit}), flush=True)
    return 0


def _lines(sizes: Sequence[str], others: Sequence[str]) -> Iterator[Line]:
    if not sizes:
        return chain.from_iterable(measurements(job.config) for job in jobs(others))
    if others or len(sizes) > 1 or not sizes[0].isdecimal() or not LEAST <= int(sizes[0]) <= MOST:
        raise InvalidInput([f"{SWEEPS}{sizes[0]}: allowed: whole number, {LEAST} to {MOST}, and no other setting"])
    return sweep_measurements(int(sizes[0]))


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
