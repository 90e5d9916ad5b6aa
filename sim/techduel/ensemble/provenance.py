"""Where a result comes from: hashes of the config and of the equations, versions, machine type and times."""

import platform
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.scenario.fingerprint import config_hash, sources_hash, version
from techduel.scenario.staleness import remarks

LIBRARIES: Final = ("numpy", "scipy", "mesa", "xarray", "netCDF4", "hydra-core", "omegaconf", "pydantic", "matplotlib")
_PACKAGE: Final = Path(__file__).resolve().parents[1]
_FOLDERS: Final = re.compile(r"""[^\[\]{}'",=]*[/\\]""")


def cpu_level() -> str:
    """The highest instruction set that numpy uses here; the last bits of exp, log and power depend on it."""
    levels: Any = np.show_config(mode="dicts")
    extensions = levels.get("SIMD Extensions", {})
    known = [*extensions.get("baseline", ()), *extensions.get("found", ())]
    return f"{platform.machine()} {known[-1] if known else 'baseline'}"


def commit() -> tuple[str | None, bool | None]:
    """The git commit of the sources and whether they differ from it; (None, None) outside their repository."""
    # A virtual environment may lie inside some other repository, whose commit would say nothing about this code.
    if _git("ls-files", "--error-unmatch", "__init__.py") is None:
        return None, None
    changes = _git("status", "--porcelain", "--", ":/")
    return _git("rev-parse", "HEAD"), bool(changes)


def portable(override: str) -> str:
    """An override whose value keeps file names, no folders: ``scenario_file=/a/b.yaml`` as ``scenario_file=b.yaml``."""
    key, equals, value = override.partition("=")
    return f"{key}{equals}{_FOLDERS.sub('', value)}" if equals else Path(override).name


def utc_now() -> str:
    """The time now, to the second, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def provenance(config: Mapping[str, Any], overrides: Sequence[str], started: str) -> dict[str, Any]:
    """The content of ``provenance.json``: no user, host, home or environment.

    Parameters
    ----------
    config : mapping
        The resolved config, with the seed.
    overrides : sequence of str
        The command line's changes; folders in them are dropped.
    started : str
        Start in UTC, as `utc_now` gives it.

    Returns
    -------
    dict
        Plain values.
    """
    revision, dirty = commit()
    return {
        "version": version(),
        "commit": revision,
        "dirty": dirty,
        "config_hash": config_hash(config),
        "sources_hash": sources_hash(),
        "posterior": list(remarks(config)),
        "seed": config.get("seed"),
        "runs": config.get("runs"),
        "python": platform.python_version(),
        "libraries": {name: _installed(name) for name in LIBRARIES},
        "cpu_level": cpu_level(),
        "overrides": [portable(override) for override in overrides],
        "started": started,
        "ended": utc_now(),
    }


def _installed(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _git(*arguments: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run([program, *arguments], cwd=_PACKAGE, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
