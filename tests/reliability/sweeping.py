"""Sweeps through the real command, in processes that tests may kill."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
TAMPERED = Path(__file__).resolve().parent / "tampered"
TABLES = ("design.csv", "outcomes.csv", "README.md")
SMALL = (
    "horizon=2022",
    "points=40",
    "runs=4",
    "name=small",
    "quiet=true",
    "years=[2022]",
    "outcomes=[gdp,lead_frontier]",
)


@cache
def environment() -> dict[str, str]:
    """Of every command: modules are compiled once for all of them, and not into the repository."""
    given = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return given | {"PYTHONPYCACHEPREFIX": tempfile.mkdtemp()}


def started(results: Path, *settings: str, **more: str) -> subprocess.Popen[bytes]:
    """A sweep in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "experiments", "sweep", *SMALL, f"results={results}", *settings],
        cwd=REPOSITORY,
        env=environment() | more,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def done(results: Path, *settings: str, **more: str) -> int:
    """The exit code of a sweep that is left alone."""
    process = started(results, *settings, **more)
    _, errors = process.communicate(timeout=300)
    assert b"bug" not in errors, errors
    return process.returncode


def tampered(**wishes: object) -> dict[str, str]:
    """Variables under which the model misbehaves as ``tampered/sitecustomize.py`` says."""
    return {"PYTHONPATH": f"{TAMPERED}{os.pathsep}{REPOSITORY}", "TAMPERED": json.dumps(wishes)}


def folder_of(results: Path) -> Path:
    return results / "sweep" / "small"


def marks(results: Path) -> dict[str, str]:
    """SHA-256 of every result table and figure, however the sweep was computed."""
    folder = folder_of(results)
    names = [*TABLES, *(path.relative_to(folder).as_posix() for path in sorted((folder / "figures").iterdir()))]
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def chunks(results: Path) -> dict[str, int]:
    """When each chunk was written; none before there is a folder."""
    found = (folder_of(results) / "chunks").glob("*.npz")
    return {path.name: path.stat().st_mtime_ns for path in found}


def members(process: subprocess.Popen[bytes]) -> list[int]:
    """Living processes of the group that a sweep leads."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdigit() else []
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields and fields[0] not in "ZX" and int(fields[2]) == process.pid:
            found.append(int(entry.name))
    return found


def workers(process: subprocess.Popen[bytes]) -> list[int]:
    """Those that compute."""
    found = []
    for number in members(process):
        try:
            line = Path(f"/proc/{number}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if number != process.pid and b"spawn_main" in line:
            found.append(number)
    return found


def until(true: Callable[[], object], seconds: float = 60.0) -> bool:
    """Wait for something; whether it came."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
