"""The commands and what each does, in one line."""

from typing import Final

from techduel.studies.table import STUDIES

COMMANDS: Final = {
    **{name: study.meaning for name, study in STUDIES.items()},
    "bench": "speed, memory and scaling, one JSON object a line",
    "plot": "redraw every figure of a saved result: plot FOLDER",
    "report": "saved results as one HTML file to hand on: report FOLDER...",
    "export": "a saved result in another format: export FOLDER format=nc",
    "list": "scenarios, ablations, policies, events, levers, parameters, outcomes, sweeps or studies",
    "config": "show [KEY=VALUE ...], validate FILE, or schema (for editors)",
    "reproduce": "compute a saved result again and compare it byte for byte: reproduce FOLDER",
}
ROOTS: Final = {name: study.root for name, study in STUDIES.items() if study.root} | {"bench": "config"}
"""Files of ``configs/`` that commands compose from by Hydra."""
OVERRIDE_COMMANDS: Final = tuple(ROOTS)
"""Commands that take settings and Hydra's flags."""
