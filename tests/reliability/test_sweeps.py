"""What is promised of a sweep when everything goes wrong, through the real command."""

import os
import random
import resource
import shutil
import signal
import time
from pathlib import Path

import pytest
from sweeping import chunks, done, marks, members, started, until, workers

from sim.manifest import PART, damaged, required_manifest

pytestmark = pytest.mark.reliability
KILLS = 20


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep that nobody has disturbed."""
    results = tmp_path_factory.mktemp("whole")
    assert done(results, "executor=serial") == 0
    return results


@pytest.mark.parametrize(
    "how",
    [
        ("executor.workers=1", "executor.batch=64"),
        ("executor.workers=2", "executor.batch=7"),
        ("executor.workers=4", "executor.batch=13"),
        ("executor=serial", "executor.batch=1", "points=40"),
        ("executor=dask", "executor.workers=2", "executor.batch=20"),
        ("executor=dask", "executor.workers=2", "executor.batch=20", "executor.shared_disk=false"),
    ],
    ids=" ".join,
)
def test_bytes_do_not_depend_on_where_and_in_which_pieces(tmp_path: Path, whole: Path, how: tuple[str, ...]) -> None:
    assert done(tmp_path, *how) == 0
    assert marks(tmp_path) == marks(whole)


def test_bytes_do_not_depend_on_locale_hash_seed_and_folder(tmp_path: Path, whole: Path) -> None:
    for number, language in enumerate(("C", "C.UTF-8")):
        results = tmp_path / f"another folder {number}"
        assert done(results, LC_ALL=language, PYTHONHASHSEED=str(number + 1), TZ="Asia/Shanghai") == 0
        assert marks(results) == marks(whole)


def test_killed_at_random_moments_it_goes_on(tmp_path: Path, whole: Path) -> None:
    luck, hits = random.Random(1), 0
    for _ in range(KILLS):
        before = chunks(tmp_path) if (tmp_path / "sweep").exists() else {}
        process = started(tmp_path, "executor.workers=2", "executor.batch=4")
        # The first second is spent on imports; what is interesting comes after it.
        time.sleep(0.5 + 4.0 * luck.random())
        hits += process.poll() is None
        process.kill()
        process.wait()
        assert until(lambda group=process: not members(group), 3.0)
        after = chunks(tmp_path) if (tmp_path / "sweep").exists() else {}
        assert before.items() <= after.items(), "a finished chunk was computed again"
        if len(after) == 41 and hits < KILLS:
            shutil.rmtree(tmp_path / "sweep")
    assert hits >= 15
    assert done(tmp_path, "executor.batch=4") == 0
    assert marks(tmp_path) == marks(whole)
    assert not list(tmp_path.rglob(f"*{PART}"))


@pytest.mark.parametrize("executor", ["local", "dask"])
def test_workers_that_die_are_replaced(tmp_path: Path, whole: Path, executor: str) -> None:
    process = started(tmp_path, f"executor={executor}", "executor.workers=2", "executor.batch=2")
    for kill in range(3 if executor == "local" else 1):
        assert until(lambda kill=kill: (tmp_path / "sweep").exists() and len(chunks(tmp_path)) > 5 * kill)
        assert until(lambda: workers(process))
        os.kill(workers(process)[-1], signal.SIGKILL)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert marks(tmp_path) == marks(whole)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_it_ends_at_once_and_goes_on_later(tmp_path: Path, whole: Path, number: int, code: int) -> None:
    process = started(tmp_path, "executor.workers=2", "executor.batch=4")
    assert until(lambda: (tmp_path / "sweep").exists() and len(chunks(tmp_path)) > 2)
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    process.communicate(timeout=15)
    assert process.returncode == code
    assert until(lambda: not members(process), 3.0)
    before = chunks(tmp_path)
    assert done(tmp_path, "executor.batch=4") == 0
    assert before.items() <= chunks(tmp_path).items()
    assert marks(tmp_path) == marks(whole)


def test_a_full_disk_ends_with_3_and_keeps_what_fits(tmp_path: Path, whole: Path) -> None:
    def starve() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))

    process = started(tmp_path, "executor.workers=2", "executor.batch=64", "fresh=true", prepare=starve)
    process.communicate(timeout=120)
    assert process.returncode == 3
    assert not chunks(tmp_path)
    assert not list(tmp_path.rglob(f"*{PART}"))
    assert done(tmp_path) == 0
    assert marks(tmp_path) == marks(whole)


def test_no_flipped_bit_and_no_cut_goes_unseen(tmp_path: Path, whole: Path) -> None:
    folder = tmp_path / "small"
    shutil.copytree(whole / "sweep" / "small", folder)
    manifest, luck = required_manifest(folder), random.Random(2)
    names = sorted(manifest.files)
    for number in range(300):
        path = folder / luck.choice(names)
        before = path.read_bytes()
        if number % 6:
            place = luck.randrange(len(before))
            spoilt = bytearray(before)
            spoilt[place] ^= 1 << luck.randrange(8)
        else:
            spoilt = bytearray(before[: luck.randrange(len(before))])
        path.write_bytes(spoilt)
        assert damaged(folder, manifest) == [path.relative_to(folder).as_posix()]
        path.write_bytes(before)
