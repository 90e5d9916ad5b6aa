"""The bytes of a sweep do not depend on where, when, in which order and in which pieces it is computed."""

from pathlib import Path

import pytest
from clusters import cluster
from sweeping import chunks, done, marks, tampered

pytestmark = pytest.mark.reliability


@pytest.mark.parametrize(
    "how",
    [
        ("executor.workers=1", "executor.batch=64"),
        ("executor.workers=2", "executor.batch=7"),
        ("executor.workers=4", "executor.batch=13"),
        ("executor=serial", "executor.batch=1"),
        ("executor=dask", "executor.workers=2", "executor.batch=20"),
    ],
    ids=" ".join,
)
def test_workers_chunks_and_executors(tmp_path: Path, whole: Path, how: tuple[str, ...]) -> None:
    assert done(tmp_path, *how) == 0
    assert marks(tmp_path) == marks(whole)


@pytest.mark.parametrize("shared", ["true", "false"])
def test_a_scheduler_and_two_workers_of_their_own(tmp_path: Path, whole: Path, shared: str) -> None:
    with cluster(tmp_path / "dask") as (address, _):
        how = (f"executor.scheduler={address}", f"executor.shared_disk={shared}", "executor.batch=20")
        assert done(tmp_path, "executor=dask", *how) == 0
    assert len(chunks(tmp_path)) == 9
    assert marks(tmp_path) == marks(whole)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_order(tmp_path: Path, whole: Path, seed: int) -> None:
    assert done(tmp_path, "executor=serial", "executor.batch=5", **tampered(shuffle=seed)) == 0
    assert marks(tmp_path) == marks(whole)


def test_locale_hash_seed_and_folder(tmp_path: Path, whole: Path) -> None:
    for number, language in enumerate(("C", "C.UTF-8")):
        results = tmp_path / f"another folder {number}"
        assert done(results, LC_ALL=language, PYTHONHASHSEED=str(number + 1), TZ="Asia/Shanghai") == 0
        assert marks(results) == marks(whole)


def test_history(tmp_path: Path, whole: Path) -> None:
    """First fewer points, then fewer runs, then all of them: only what is new is computed, the bytes are the same."""
    seen: dict[str, int] = {}
    for size in (("points=10", "runs=4"), ("points=40", "runs=2"), ("points=40", "runs=4")):
        assert done(tmp_path, "executor=serial", "executor.batch=64", *size) == 0
        now = chunks(tmp_path)
        assert seen.items() < now.items()
        seen = now
    assert marks(tmp_path) == marks(whole)
