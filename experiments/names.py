"""The commands and what each does, in one line."""

from typing import Final

COMMANDS: Final = {
    "run": "one scenario, many runs: tables, figures, scorecard",
    "compare": "several scenarios paired run by run with the first one named",
    "evidence": "literature patterns, cost of decoupling, value of control depth, over the prior",
    "bench": "speed, memory and scaling, one JSON object a line",
    "plot": "redraw every figure of a saved result: plot FOLDER",
    "list": "scenarios, ablations, policies, events, levers, parameters, outcomes or sweeps",
    "config": "show [KEY=VALUE ...], validate FILE, or schema (for editors)",
    "reproduce": "compute a saved result again and compare it byte for byte: reproduce FOLDER",
}
OVERRIDE_COMMANDS: Final = ("run", "compare", "bench")
"""Commands that take settings and Hydra's flags."""
ROOTS: Final = {"compare": "compare"}
"""Files of ``configs/`` that commands compose from, where it is not ``config``."""
