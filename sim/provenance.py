"""Where a result comes from: hashes of the config and of the equations, versions, machine type and times."""

import hashlib
import json
import platform
import re
import shutil
import subprocess
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np

from sim import __version__

LIBRARIES: Final = ("numpy", "scipy", "mesa", "xarray", "netCDF4", "hydra-core", "omegaconf", "pydantic", "matplotlib")
SOURCE_SUFFIXES: Final = frozenset({".py", ".yaml", ".csv"})
# Figures are drawn from stored numbers; a new colour should not throw away a night of computing.
WITHOUT_NUMBERS: Final = frozenset(
    {
        *("figures.py", "drawing.py", "plots.py", "report.py", "configs", "experiments"),
        *("comparison_figures.py", "comparison_plots.py", "evidence_words.py", "evidence_plots.py"),
        *("finding_words.py", "finding_plots.py", "markdown.py", "marked.py", "parameter_table.py"),
        *("published.py", "published.yaml"),
    }
)
"""Files and folders of the installed package that change no number of a result but its words and pictures."""

_PACKAGE: Final = Path(__file__).resolve().parent
_FOLDERS: Final = re.compile(r"""[^\[\]{}'",=]*[/\\]""")


def config_hash(config: Mapping[str, Any]) -> str:
    """SHA-256 of a plain config, whatever the order of its keys.

    Parameters
    ----------
    config : mapping
        Nested plain values: text, numbers, truth values, None, lists and mappings with text keys.

    Returns
    -------
    str
        64 hexadecimal digits; the first eight tell changed runs of one scenario apart.

    Raises
    ------
    ValueError
        If a number is NaN or infinite.
    """
    text = json.dumps(config, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sources_hash(without: Collection[str] = ()) -> str:
    """SHA-256 of every source and fact of the package that can touch a number, in the order of their paths.

    Parameters
    ----------
    without : collection of str
        More files and folders that are left out, such as those that the caller's result is written into.
    """
    left_out = WITHOUT_NUMBERS.union(without)
    found = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*"), key=lambda path: path.relative_to(_PACKAGE).as_posix()):
        if path.suffix in SOURCE_SUFFIXES and left_out.isdisjoint(path.relative_to(_PACKAGE).parts):
            content = path.read_bytes()
            found.update(f"{path.relative_to(_PACKAGE).as_posix()} {len(content)}\n".encode())
            found.update(content)
    return found.hexdigest()


def version() -> str:
    """Version of the package."""
    return __version__


def fingerprint(config: Mapping[str, Any]) -> dict[str, str]:
    """What decides the numbers of a result: config, package version, sources and facts."""
    return {"config": config_hash(config), "version": version(), "sources": sources_hash()}


def cpu_level() -> str:
    """The highest instruction set that numpy uses here; the last bits of exp, log and power depend on it."""
    levels: Any = np.show_config(mode="dicts")
    extensions = levels.get("SIMD Extensions", {})
    known = [*extensions.get("baseline", ()), *extensions.get("found", ())]
    return f"{platform.machine()} {known[-1] if known else 'baseline'}"


def commit() -> tuple[str | None, bool | None]:
    """The git commit of the sources and whether they differ from it; (None, None) outside their repository."""
    # A virtual environment may lie inside some other repository, whose commit would say nothing about this code.
    if _git("ls-files", "--error-unmatch", Path(__file__).name) is None:
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
