"""Ensembles on disk, one file an assimilation, so that an interrupted calibration goes on where it was."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.manifest import digest, write_text, written

type Numbers = NDArray[np.float64]

INDEX: Final = "steps.json"


@dataclass(frozen=True, slots=True)
class Step:
    """An ensemble and what came of it."""

    scores: Numbers
    """(set, column)"""
    moments: Numbers
    """(set, moment)"""
    twins: Numbers
    """Moments of the first sets with other luck, (some sets, moment)."""


@dataclass(slots=True)
class Steps:
    """The ensembles of one calibration; damaged ones are not seen."""

    folder: Path
    origin: Mapping[str, Any]
    """What decides every number: settings, moments, version, sources."""
    files: dict[str, str]
    """SHA-256 by file name, as far as they are there."""

    @classmethod
    def opened(cls, folder: Path, origin: Mapping[str, Any], fresh: bool = False) -> "Steps":
        """What a folder holds of this calibration; what it holds of another is removed."""
        files = {} if fresh else _known(folder, origin)
        if not files and folder.exists():
            shutil.rmtree(folder)
        return cls(folder, origin, files)

    def get(self, number: int) -> Step | None:
        """An ensemble, if it is there and whole."""
        path = self.folder / _name(number)
        if path.name not in self.files or not path.is_file() or digest(path) != self.files[path.name]:
            return None
        with np.load(path, allow_pickle=False) as content:
            return Step(**{name: content[name] for name in content.files})

    def put(self, number: int, step: Step) -> None:
        """Keep an ensemble."""
        path = self.folder / _name(number)
        with written(path) as part, part.open("wb") as stream:
            np.savez(stream, allow_pickle=False, scores=step.scores, moments=step.moments, twins=step.twins)
        self.files[path.name] = digest(path)
        content = {"origin": self.origin, "files": dict(sorted(self.files.items()))}
        write_text(self.folder / INDEX, json.dumps(content, indent=1) + "\n")


def _known(folder: Path, origin: Mapping[str, Any]) -> dict[str, str]:
    try:
        content = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        same = content["origin"] == json.loads(json.dumps(origin))
        return {str(name): str(mark) for name, mark in content["files"].items()} if same else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _name(number: int) -> str:
    return f"step_{number:02d}.npz"
