"""Configurations of stored results, which may be a stranger's: checked before anything is computed or drawn from them.

A stored configuration says what was computed, and the model of its study says what that may be. Where and how it is
computed again, and which files are read, the command line alone says: such settings are unknown to the models.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.folder import settings
from techduel.scenario.fingerprint import sources_hash, version
from techduel.scenario.loader import InvalidInput
from techduel.studies.table import study_of

from .folders import understood


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
        problems = _problems(config)
        if problems and _made_elsewhere(folder):
            raise LookupError(problems[0])
    if problems:
        raise InvalidInput([f"{folder.name}/config.yaml: {line}" for line in dict.fromkeys(problems)])
    return config


def _problems(config: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong, also that it is of no study."""
    try:
        study = study_of(config)
    except InvalidInput as refused:
        return refused.problems
    return study.settings.checked(config)


def _made_elsewhere(folder: Path) -> bool:
    from techduel.ensemble.manifest import required_manifest

    marks = required_manifest(folder).fingerprint
    return marks.get("version") != version() or marks.get("sources") != sources_hash()
