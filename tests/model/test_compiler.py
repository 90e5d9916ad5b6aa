"""The compiler: the same numbers with and without it, no stale machine code, a folder that is the user's alone."""

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from techduel import load_scenario, simulate
from techduel.model.engine import compiler
from techduel.model.engine.record import run_type
from techduel.model.noise import Noise, fill, luck_type, ziggurat
from techduel.model.outcomes import OUTCOMES

SIM = Path(__file__).resolve().parents[2] / "sim"
SMALL = ("baseline_2021", "horizon=2022", "slots=4")
WITHOUT = """
import sys, numpy as np
from techduel import load_scenario, simulate
np.savez(sys.argv[1], **simulate(load_scenario(*sys.argv[2:]), runs=2).values)
"""
INNER = """
from techduel.model.engine.compiler import compiled

@compiled
def moved(value: float) -> float:
    return value + 1.0
"""
OUTER = """
from techduel.model.engine.compiler import entry
from techduel.model.probe_inner import moved

@entry
def probed(values):
    for place in range(len(values)):
        values[place] = moved(values[place])
"""
ASK = """
import numpy as np
from techduel.model.probe_outer import probed
values = np.zeros(1)
probed(values)
print(values[0], probed.__wrapped__.__name__)
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    place = tmp_path / "machine_code"
    monkeypatch.setenv(compiler.HOME, str(place))
    compiler.folder.cache_clear()
    yield place
    compiler.folder.cache_clear()


def told(script: str, *given: str, **environment: str) -> str:
    command, known = [sys.executable, "-c", script, *given], {**os.environ, **environment}
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_run_without_the_compiler_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "plain.npz"
    told(WITHOUT, str(path), *SMALL, NUMBA_DISABLE_JIT="1")
    compiled = simulate(load_scenario(*SMALL), runs=2).values
    with np.load(path) as plain:
        for name in OUTCOMES:
            size = np.nanmean(np.abs(compiled[name])) if np.isfinite(compiled[name]).any() else 1.0
            np.testing.assert_allclose(plain[name], compiled[name], rtol=1e-12, atol=1e-12 * size, err_msg=name)


def test_the_luck_of_a_run_is_that_of_numpys_stream() -> None:
    ours, theirs = Noise(5, range(3), 14, 4), Noise(5, range(3), 14, 4)
    ours.initial()
    theirs.initial()
    luck = np.zeros(3, luck_type(14, 4))
    for _ in range(3):
        fill(ours.streams, luck, ziggurat())
        theirs._fill()
        for name in luck.dtype.names or ():
            assert np.array_equal(luck[name], theirs._luck[name]), name


def test_an_edited_function_of_any_file_is_computed_anew(tmp_path: Path) -> None:
    """The compiler alone would notice an edit only in the file of the function that is called."""
    copy = tmp_path / "sim"
    shutil.copytree(SIM, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "techduel/model/probe_inner.py").write_text(INNER, encoding="utf-8")
    (copy / "techduel/model/probe_outer.py").write_text(OUTER, encoding="utf-8")
    where = {"PYTHONPATH": str(copy), compiler.HOME: str(tmp_path / "machine_code")}
    assert told(ASK, **where) == "1.0 probed\n"
    kept = sorted((tmp_path / "machine_code").rglob("*.nbc"))
    assert kept
    assert told(ASK, **where) == "1.0 probed\n"
    (copy / "techduel/model/probe_inner.py").write_text(INNER.replace("1.0", "2.0"), encoding="utf-8")
    assert told(ASK, **where) == "2.0 probed\n"
    (copy / "techduel/model/probe_inner.py").write_text(INNER + "\n# A word.\n", encoding="utf-8")
    assert told(ASK, **where) == "1.0 probed\n"
    assert set(kept) < set((tmp_path / "machine_code").rglob("*.nbc"))
    assert len(list((tmp_path / "machine_code").glob("compiled-*"))) == 2


def test_machine_code_lies_in_a_folder_of_the_user_alone(home: Path) -> None:
    place = compiler.folder()
    assert place is not None
    assert place.parent == home
    assert stat.S_IMODE(place.stat().st_mode) == stat.S_IMODE(home.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_folder_that_is_open_to_others_is_not_used(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    home.chmod(0o770)
    assert compiler.folder() is None
    assert "is a link, or others may write there" in capsys.readouterr().err


def test_a_folder_that_is_a_link_is_not_used(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    home.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert compiler.folder() is None
    assert "is a link, or others may write there" in capsys.readouterr().err
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_old_folders_are_removed(home: Path) -> None:
    home.mkdir(mode=0o700)
    now = time.time()
    for number in range(9):
        (home / f"compiled-{number}").mkdir(mode=0o700)
        day = now - compiler.DAY * (1.5 + 9 - number) if number < 7 else now
        os.utime(home / f"compiled-{number}", (day, day))
    (home / "other").mkdir()
    place = compiler.folder()
    assert place is not None
    kept = {path.name for path in home.iterdir()}
    assert kept == {place.name, "other", *(f"compiled-{number}" for number in range(3, 9))}


def test_processes_that_start_together_compile_once(tmp_path: Path) -> None:
    copy = tmp_path / "sim"
    shutil.copytree(SIM, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "techduel/model/probe_inner.py").write_text(INNER, encoding="utf-8")
    (copy / "techduel/model/probe_outer.py").write_text(OUTER, encoding="utf-8")
    known = {**os.environ, "PYTHONPATH": str(copy), compiler.HOME: str(tmp_path / "machine_code")}
    script = ASK + "print(*probed.made().stats.cache_misses.values())"
    command = [sys.executable, "-c", script]
    started = [subprocess.Popen(command, env=known, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate()[0] for process in started]
    assert {process.returncode for process in started} == {0}
    assert sorted(answer.splitlines() for answer in answers) == [
        ["1.0 probed", ""],
        ["1.0 probed", ""],
        ["1.0 probed", "1"],
    ]


def test_long_loading_is_said_once_and_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    loading = compiler.Loading()
    with loading.counted(), loading.said():
        pass
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(compiler.Loading, "PATIENCE", 0.01)
    for _ in range(2):
        with loading.counted(), loading.said():
            time.sleep(0.2)
    assert capsys.readouterr().err.count("compiling the model once") == 1
    assert loading.seconds() > 0.3


def test_kinds_of_records_are_called_by_their_content() -> None:
    small, large = (compiler._numba().from_dtype(run_type(14, slots, 3)) for slots in (4, 6))
    again = compiler._numba().from_dtype(run_type(14, 4, 3))
    assert small.mangling_args != large.mangling_args
    assert small.mangling_args == again.mangling_args == ("Record", (small.mangling_args[1][0],))
    assert str(small._code) not in small.mangling_args[1]
