"""Standard output and error that are closed, full, read no further or of few characters: no command ends by them."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.exits import Stream
from techduel.scenario.loader import visible

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full and a POSIX shell")

REPOSITORY = Path(__file__).resolve().parents[2]
RUN = "run runs=4 horizon=2021 record=headline name=small quiet=true"
WRONG = "run runs=-1"


def shell(folder: Path, command: str, redirection: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """A command as cron or a user would start it, with redirections of its streams."""
    line = f"{sys.executable} -m experiments {command} results={folder} {redirection}"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), **variables}
    words = ["bash", "-c", line]
    return subprocess.run(
        words, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that was computed while no stream took anything."""
    folder = tmp_path_factory.mktemp("streams")
    assert shell(folder, RUN, ">/dev/full 2>/dev/full").returncode == 3
    return folder


def test_results_are_whole_though_nothing_could_be_printed(results: Path) -> None:
    manifest = json.loads((results / "run" / "small" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sealed"]
    assert {"README.md", "summary.csv", "scorecard.md", "figures/dashboard.png"} <= manifest["files"].keys()


@pytest.mark.parametrize(
    ("command", "redirection", "code"),
    [
        (RUN, ">&-", 0),
        (RUN, "<&- >&- 2>&-", 0),
        (RUN, "2>/dev/full", 0),
        (RUN, "| true; exit ${PIPESTATUS[0]}", 0),
        (WRONG, ">&- 2>&-", 2),
        (WRONG, "2>/dev/full", 2),
        (WRONG, ">/dev/full", 2),
    ],
)
def test_streams_that_take_nothing_change_no_code(results: Path, command: str, redirection: str, code: int) -> None:
    done = shell(results, command, redirection)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_a_full_disk_behind_standard_output_is_told_once(results: Path) -> None:
    done = shell(results, RUN, ">/dev/full")
    lost = os.strerror(errno.ENOSPC)
    assert (done.returncode, done.stderr) == (3, f"standard output: {lost}; part of it is lost, results are kept\n")


def test_a_closed_standard_output_is_given_to_no_file(results: Path) -> None:
    before = {path: path.read_bytes() for path in results.rglob("*.csv")}
    assert shell(results, f"{RUN} fresh=true", ">&-").returncode == 0
    assert {path: path.read_bytes() for path in results.rglob("*.csv")} == before


@pytest.mark.parametrize(
    "variables",
    [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=["encoding", "locale"],
)
def test_characters_that_cannot_be_shown_are_replaced(results: Path, variables: dict[str, str]) -> None:
    done = shell(results, RUN, **variables)
    assert done.returncode == 0
    assert " ? small ? 4 runs" in done.stdout


def test_what_a_terminal_would_obey_is_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    Stream(sys.stdout).write("a\x1b]0;title\x07\u202eb\ud800\x9b1m\n")
    assert capsys.readouterr().out == "a\\x1b]0;title\\x07\\u202eb\\ud800\\x9b1m\n"
    assert visible("one\ntwo\r\u2066") == "one\\ntwo\\r\\u2066"
