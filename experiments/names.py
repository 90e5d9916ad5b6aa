"""The commands and what each does, in one line."""

from typing import Final

COMMANDS: Final = {
    "run": "one scenario, many runs: tables, figures, scorecard",
    "compare": "several scenarios paired run by run with the first one named",
    "calibrate": "parameter sets under which the model lives through the record since 2010",
    "sweep": "a design over levers, parameters and scenarios: resumable, on processes or a cluster",
    "sensitivity": "which uncertainty drives which outcome: Morris screening, Sobol indices, luck apart",
    "evidence": "what the model says to published findings: backtest, firms, decoupling, controls, stylised facts",
    "backtest": "the calibrated ensemble and naive forecasts against what came: outcomes=FILE.csv",
    "hindcast": "errors of forecasts from 2010 on, and what the model misses beyond parameters and luck",
    "micro": "regressions of published papers on firms of simulated worlds, by a protocol fixed beforehand",
    "bench": "speed, memory and scaling, one JSON object a line",
    "plot": "redraw every figure of a saved result: plot FOLDER",
    "list": "scenarios, ablations, policies, events, levers, parameters, outcomes or sweeps",
    "config": "show [KEY=VALUE ...], validate FILE, or schema (for editors)",
    "reproduce": "compute a saved result again and compare it byte for byte: reproduce FOLDER",
}
OVERRIDE_COMMANDS: Final = ("run", "compare", "sweep", "sensitivity", "bench")
"""Commands that take settings and Hydra's flags."""
ROOTS: Final = {"compare": "compare", "sweep": "sweep", "sensitivity": "sensitivity"}
"""Files of ``configs/`` that commands compose from, where it is not ``config``."""
