"""A sweep in a process of its own, killed and started again; more of this kind: make reliability."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.__main__ import main
from techduel.ensemble.manifest import PART, result_files

REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = ("sweep", "horizon=2021", "points=15", "runs=4", "years=null", "name=small", "quiet=true")


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_killed_and_started_again_it_gives_the_same_bytes(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", *SMALL, f"results={tmp_path / 'killed'}", "executor.batch=2"],
        cwd=REPOSITORY,
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
    )
    folder = tmp_path / "killed" / "sweep" / "small"
    deadline = time.monotonic() + 120
    while len(list(folder.glob("chunks/*.npz"))) < 3:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.wait()
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("chunks/*.npz")}
    assert not (folder / "outcomes.csv").exists()
    for results in ("killed", "whole"):
        assert main([*SMALL, f"results={tmp_path / results}", "executor=serial"]) == 0
    after = {path.name: path.stat().st_mtime_ns for path in folder.glob("chunks/*.npz")}
    assert before.items() <= after.items()
    assert not list(folder.rglob(f"*{PART}"))
    whole = tmp_path / "whole" / "sweep" / "small"
    names = [name for name in result_files(whole) if not name.startswith(("chunks/", "manifest"))]
    assert len(names) > 10
    assert [(folder / name).read_bytes() for name in names] == [(whole / name).read_bytes() for name in names]
