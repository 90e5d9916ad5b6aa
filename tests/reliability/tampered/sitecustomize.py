"""Makes the model of a real command misbehave; Python imports this by itself where PYTHONPATH says so.

The variable TAMPERED holds JSON: ``shuffle`` (a seed for the order of chunks) and ``runs`` (what goes wrong, by point
and run). No such door is in the program itself.
"""

import json
import os
import random
import signal
import time

import numpy as np

from techduel.ensemble import sweep

WISHES = json.loads(os.environ["TAMPERED"])
company = []
"""Point and run of each row in work."""
works, computed, recorded = sweep.Sweep.works, sweep.Points.computed, sweep.recorded


def shuffled(*given):
    found = list(works(*given))
    random.Random(WISHES["shuffle"]).shuffle(found)
    yield from found


def watched(work, rows, tick):
    company[:] = [f"{work.points[row]} {work.runs[row]}" for row in rows]
    return computed(work, rows, tick)


def spoilt(*given):
    fates = [WISHES["runs"].get(name) for name in company]
    if "raise" in fates:
        raise FloatingPointError("technology is not finite")
    if "starve" in fates:
        np.empty(2**50)
    if "killed" in fates:
        os.kill(os.getpid(), signal.SIGKILL)
    while "hang" in fates:
        time.sleep(1)
    record = recorded(*given)
    for row, fate in enumerate(fates):
        if fate == "nan":
            record.values["gdp"][row] = np.nan
    return record


if "shuffle" in WISHES:
    sweep.Sweep.works = shuffled
if "runs" in WISHES:
    sweep.Points.computed, sweep.recorded = watched, spoilt
