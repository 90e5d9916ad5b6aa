"""``techduel bench``: speed, memory and scaling, one JSON object a line."""

import json
import sys
from collections.abc import Sequence

from .exits import guarded
from .hydra_flags import jobs
from .measures import measurements


def main(arguments: Sequence[str]) -> int:
    """Measure the scenario that the command line names and print what is found."""
    for job in jobs(arguments):
        for name, value, unit in measurements(job.config):
            print(json.dumps({"name": name, "value": value, "unit": unit}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
