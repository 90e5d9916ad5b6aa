"""Configurations of stored results, which may be a stranger's: checked before anything is computed or drawn from them.

A stored configuration says what was computed, and the model of its study says what that may be. Where and how it is
computed again, and which files are read, the command line alone says: such settings are unknown to the models.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.store import settings
from techduel.scenario.fingerprint import sources_hash, version
from techduel.scenario.loader import InvalidInput, unknown_key
from techduel.studies.compare.comparison import is_comparison
from techduel.studies.sensitivity.study import is_study
from techduel.studies.sweep.plain import is_sweep

from .folders import understood

SETTINGS: Final = {
    "run": "run.settings",
    "compare": "compare.settings",
    "sweep": "sweep.settings",
    "sensitivity": "sensitivity.settings",
    "calibrate": "calibrate.settings",
    "backtest": "backtest.settings",
    "hindcast": "backtest.hindcast_settings",
    "micro": "micro.settings",
}
"""Modules of the studies' settings."""


def stored(folder: Path) -> dict[str, Any]:
    """The configuration of a stored result, checked like a stranger's scenario file.

    Raises
    ------
    DamagedResult
        If it is missing or differs from what the manifest vouches for.
    InvalidInput
        With everything that is wrong, one line each.
    OtherVersion
        If it is wrong here and was made by other sources, where it may have been right.
    """
    config = settings(folder)
    with understood(folder):
        problems = import_module(f"techduel.studies.{settings_of(config)}").checked(config)
        if problems and _made_elsewhere(folder):
            raise LookupError(problems[0])
    if problems:
        raise InvalidInput([f"{folder.name}/config.yaml: {line}" for line in dict.fromkeys(problems)])
    return config


def settings_of(config: Mapping[str, Any]) -> str:
    """The module of the settings of a stored configuration's study.

    Raises
    ------
    InvalidInput
        If it says that it is of a study that there is not.
    """
    kinds = {"compare": is_comparison, "sensitivity": is_study, "sweep": is_sweep}
    by_keys = next((name for name, holds in kinds.items() if holds(config)), "run")
    name = str(config.get("experiment", by_keys))
    if name not in SETTINGS:
        raise InvalidInput([f"experiment: {unknown_key(name, SETTINGS)}"])
    return SETTINGS[name]


def _made_elsewhere(folder: Path) -> bool:
    from techduel.ensemble.manifest import required_manifest

    marks = required_manifest(folder).fingerprint
    return marks.get("version") != version() or marks.get("sources") != sources_hash()
