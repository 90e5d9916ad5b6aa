"""Makes the model of a real command misbehave; Python imports this by itself where PYTHONPATH says so.

The variable TAMPERED holds JSON: ``shuffle`` (a seed for the order of chunks) and ``runs`` (what goes wrong, by point
and run). No such door is in the program itself.
"""

import json
import os
import random
import time

import numpy as np

from techduel.ensemble import sweep
from techduel.ensemble import tasks as worker

WISHES = json.loads(os.environ["TAMPERED"])
company = []
"""Point and run of each row in work."""
tasks, simulated, recorded = sweep.tasks, worker._simulated, worker.recorded


def shuffled(*given):
    found = list(tasks(*given))
    random.Random(WISHES["shuffle"]).shuffle(found)
    yield from found


def watched(task, rows):
    company[:] = [f"{task.points[row]} {task.runs[row]}" for row in rows]
    return simulated(task, rows)


def spoilt(*given):
    fates = [WISHES["runs"].get(name) for name in company]
    if "raise" in fates:
        raise FloatingPointError("technology is not finite")
    if "starve" in fates:
        np.empty(2**50)
    while "hang" in fates:
        time.sleep(1)
    record = recorded(*given)
    for row, fate in enumerate(fates):
        if fate == "nan":
            record.values["gdp"][row] = np.nan
    return record


if "shuffle" in WISHES:
    sweep.tasks = shuffled
if "runs" in WISHES:
    worker._simulated, worker.recorded = watched, spoilt
