"""Killed, interrupted, starved: a sweep goes on where it was, with the same bytes, and leaves nothing behind."""

import os
import random
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from clusters import cluster
from sweeping import TABLES, chunks, done, folder_of, marks, members, started, until, workers

from techduel.ensemble.manifest import PART

pytestmark = pytest.mark.reliability
KILLS = 20
PIECES = ("executor.workers=2", "executor.batch=4")
"""41 chunks."""


def test_killed_at_random_moments(tmp_path: Path, whole: Path) -> None:
    luck, hits = random.Random(1), 0
    for _ in range(KILLS):
        before = chunks(tmp_path)
        process = started(tmp_path, *PIECES)
        # Half of them when the first chunk comes, half some time later: the first second is spent on imports.
        until(partial(_something_happens, tmp_path, len(before), process), 20.0)
        time.sleep(luck.choice((0.0, 2.0)) * luck.random())
        hits += process.poll() is None
        process.kill()
        process.communicate()
        assert until(lambda group=process: not members(group), 3.0), "a worker has outlived its command"
        after = chunks(tmp_path)
        assert before.items() <= after.items(), "a finished chunk was computed again"
        if len(after) > 30:
            shutil.rmtree(tmp_path / "sweep")
    assert hits >= 15
    assert done(tmp_path, *PIECES) == 0
    assert marks(tmp_path) == marks(whole)
    assert not list(tmp_path.rglob(f"*{PART}"))


def _something_happens(results: Path, seen: int, process: subprocess.Popen[bytes]) -> bool:
    return len(chunks(results)) > seen or process.poll() is not None


def test_killed_while_tables_and_figures_are_made(tmp_path: Path, whole: Path) -> None:
    for name in ("outcomes.csv", "figures/parallel.png"):
        process = started(tmp_path, *PIECES)
        assert until(lambda name=name: list(folder_of(tmp_path).glob(f"{name}*")))
        process.kill()
        process.communicate()
        before = chunks(tmp_path)
        assert len(before) == 41
    assert done(tmp_path, *PIECES) == 0
    assert chunks(tmp_path) == before
    assert marks(tmp_path) == marks(whole)


@pytest.mark.parametrize(("executor", "kills"), [("local", 3), ("dask", 2)])
def test_workers_that_die_are_replaced(tmp_path: Path, whole: Path, executor: str, kills: int) -> None:
    process = started(tmp_path, f"executor={executor}", "executor.workers=2", "executor.batch=2")
    for kill in range(kills):
        assert until(lambda kill=kill: len(chunks(tmp_path)) > 5 * kill)
        assert until(lambda: workers(process))
        os.kill(workers(process)[-1], signal.SIGKILL)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert marks(tmp_path) == marks(whole)
    assert until(lambda: not members(process), 3.0)


def test_workers_that_die_a_fourth_time_end_the_command(tmp_path: Path, whole: Path) -> None:
    process = started(tmp_path, "executor.workers=2", "executor.batch=1")
    for kill in range(4):
        assert until(lambda kill=kill: len(chunks(tmp_path)) > 5 * kill)
        assert until(lambda: workers(process))
        os.kill(workers(process)[-1], signal.SIGKILL)
    process.communicate(timeout=120)
    assert process.returncode == 3
    assert done(tmp_path) == 0
    assert marks(tmp_path) == marks(whole)


def test_a_worker_of_a_cluster_that_dies_is_missed_by_nobody(tmp_path: Path, whole: Path) -> None:
    with cluster(tmp_path / "dask") as (address, crew):
        process = started(tmp_path, "executor=dask", f"executor.scheduler={address}", "executor.batch=2")
        assert until(lambda: len(chunks(tmp_path)) > 5)
        crew[0].kill()
        process.communicate(timeout=120)
    assert process.returncode == 0
    assert marks(tmp_path) == marks(whole)


def test_a_cluster_that_is_gone_ends_with_3(tmp_path: Path, whole: Path) -> None:
    with cluster(tmp_path / "dask") as (address, _):
        process = started(tmp_path, "executor=dask", f"executor.scheduler={address}", "executor.batch=2")
        assert until(lambda: len(chunks(tmp_path)) > 5)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 3, errors
    assert b"Traceback" not in errors
    before = chunks(tmp_path)
    assert done(tmp_path) == 0
    assert before.items() <= chunks(tmp_path).items()
    assert marks(tmp_path) == marks(whole)


@pytest.mark.parametrize("executor", ["serial", "local", "dask"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_told_to_stop_it_ends_at_once_and_goes_on_later(
    tmp_path: Path, whole: Path, executor: str, number: int, code: int
) -> None:
    process = started(tmp_path, f"executor={executor}", "executor.batch=4")
    assert until(lambda: len(chunks(tmp_path)) > 2)
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    _, errors = process.communicate(timeout=15)
    assert process.returncode == code, errors
    assert b"Traceback" not in errors
    assert until(lambda: not members(process), 3.0)
    before = chunks(tmp_path)
    assert done(tmp_path, *PIECES) == 0
    assert before.items() <= chunks(tmp_path).items()
    assert marks(tmp_path) == marks(whole)


def test_told_twice_it_ends_all_the_same(tmp_path: Path, whole: Path) -> None:
    process = started(tmp_path, *PIECES)
    assert until(lambda: len(chunks(tmp_path)) > 2)
    assert done(tmp_path) == 4, "two commands worked on one folder"
    for _ in range(2):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.02)
    process.communicate(timeout=15)
    assert process.returncode in {0, 130}
    assert until(lambda: not members(process), 3.0)
    assert done(tmp_path, *PIECES) == 0
    assert marks(tmp_path) == marks(whole)


@pytest.mark.parametrize("executor", ["local", "dask"])
def test_workers_end_with_their_command(tmp_path: Path, executor: str) -> None:
    process = started(tmp_path, f"executor={executor}", "executor.workers=2", "executor.batch=2")
    assert until(lambda: len(chunks(tmp_path)) > 2)
    assert workers(process)
    process.kill()
    process.communicate()
    assert until(lambda: not members(process), 3.0)


def test_files_that_must_not_grow_end_with_3(tmp_path: Path, whole: Path) -> None:
    process = started(tmp_path, "executor.workers=2", "executor.batch=64")
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (6000, 6000))
    process.communicate(timeout=120)
    assert process.returncode == 3
    assert not chunks(tmp_path)
    assert not list(tmp_path.rglob(f"*{PART}"))
    assert done(tmp_path) == 0
    assert marks(tmp_path) == marks(whole)


@pytest.mark.parametrize("size", [120, 360])
def test_a_full_disk_ends_with_3_and_keeps_what_fits(tmp_path: Path, whole: Path, size: int) -> None:
    """Full while chunks are computed, and while figures are drawn; then there is room again."""
    with small_disk(tmp_path / "disk", size) as disk:
        process = started(disk, *PIECES)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 3, errors
        assert b"No space left" in errors
        assert not list(disk.rglob(f"*{PART}"))
        assert chunks(disk)
        shutil.copytree(disk / "sweep", tmp_path / "sweep")
    assert not set(TABLES) <= {path.name for path in folder_of(tmp_path).iterdir()}
    before = chunks(tmp_path)
    assert done(tmp_path, *PIECES) == 0
    assert before.keys() <= chunks(tmp_path).keys()
    assert marks(tmp_path) == marks(whole)


@contextmanager
def small_disk(place: Path, kilobytes: int) -> Iterator[Path]:
    """A file system of its own, where the system lets us make one."""
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)], check=False)
    if made.returncode:
        pytest.skip("needs the right to mount a file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)
