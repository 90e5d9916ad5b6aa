"""Ensembles of one scenario: resumable, extended, the same bytes however computed, nothing lost."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_record import made_up_runs, small_scenario

from techduel.ensemble import chunks, runs
from techduel.ensemble.compute import EveryRunFailed, Interrupted, Options, StorageFailed
from techduel.ensemble.folder import ConfigDiffers
from techduel.ensemble.lock import LOCK, locked
from techduel.ensemble.manifest import MANIFEST, PROVENANCE, read_manifest
from techduel.ensemble.pool import REPLACED, Place
from techduel.ensemble.runs import Ensemble, Result, chunked, load, run_ensemble
from techduel.ensemble.simulation import BATCH
from techduel.ensemble.stock import same_runs
from techduel.model.outcomes import OUTCOMES
from techduel.scenario.scenario import load_scenario


@pytest.fixture(autouse=True)
def _made_up_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "simulate", made_up_runs)
    monkeypatch.setattr(runs, "scenario_of", lambda config: small_scenario(**config))
    few = made_up_runs(small_scenario(), [0], 1, "full").values
    monkeypatch.setattr(runs, "OUTCOMES", {name: OUTCOMES[name] for name in few})


def run(folder: Path, count: int = 70, scenario: Any = None, record: str = "full", **options: Any) -> Result:
    ensemble = Ensemble(scenario or small_scenario(), count, record=record)
    return run_ensemble(ensemble, folder, Options(**options))


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {PROVENANCE, LOCK}
    }


def results(folder: Path) -> dict[str, bytes]:
    """All but how runs are packed."""
    return {
        name: content
        for name, content in files(folder).items()
        if "chunks/" not in name and not name.endswith(MANIFEST)
    }


def shown(steps: list[int]) -> Any:
    """What makes bars that enter their steps in a list."""

    @contextmanager
    def progress(total: int) -> Any:
        yield steps.append

    return progress


@pytest.mark.parametrize("count", [1, 32, 33, 64, 65, 200, 500, 10_000])
def test_chunks_are_even_small_and_complete(count: int) -> None:
    parts = chunked(range(count))
    sizes = [len(part) for part in parts]
    assert [number for part in parts for number in part] == list(range(count))
    assert max(sizes) <= BATCH
    assert max(sizes) - min(sizes) <= 1
    assert len(parts) % 2 == 0 or count < 33


def test_a_result_holds_its_runs_and_says_where_it_comes_from(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result == Result(tmp_path, 0, 70)
    expected = made_up_runs(small_scenario(), range(70), 1, "full")
    assert np.array_equal(load(tmp_path)["gdp"], expected["gdp"])
    told = json.loads((tmp_path / PROVENANCE).read_text())
    assert (told["seed"], told["runs"]) == (1, 70)
    assert told["started"] <= told["ended"]


def test_doing_it_again_finds_everything_done(tmp_path: Path) -> None:
    run(tmp_path)
    before, steps = files(tmp_path), list[int]()
    assert run(tmp_path, progress=shown(steps)) == Result(tmp_path, 0, 0)
    assert steps == []
    assert files(tmp_path) == before
    assert run(tmp_path, fresh=True) == Result(tmp_path, 0, 70)
    assert files(tmp_path) == before


def test_a_damaged_or_missing_file_is_made_again(tmp_path: Path) -> None:
    run(tmp_path)
    before, lines = results(tmp_path), list[str]()
    chunk = sorted((tmp_path / "chunks").iterdir())[1]
    chunk.write_bytes(b"damaged")
    assert run(tmp_path, notice=lines.append).computed == 35
    (tmp_path / "summary.csv").unlink()
    assert run(tmp_path, notice=lines.append) == Result(tmp_path, 0, 0)
    assert results(tmp_path) == before
    assert len(load(tmp_path).runs) == 70
    assert len(lines) == 2


# --- extending


def test_more_runs_compute_only_what_is_new_and_give_the_same_result(tmp_path: Path) -> None:
    counts = [run(tmp_path / "grown", count).computed for count in (40, 70, 100, 70)]
    assert counts == [40, 30, 30, 0]
    run(tmp_path / "direct", 70)
    assert results(tmp_path / "grown") == results(tmp_path / "direct")
    assert load(tmp_path / "grown").runs.tolist() == list(range(70))
    assert same_runs(tmp_path / "direct", tmp_path / "grown")
    assert not same_runs(tmp_path / "grown", tmp_path / "direct")
    assert run(tmp_path / "grown", 100).computed == 0
    assert load(tmp_path / "grown").runs.tolist() == list(range(100))


def test_fewer_runs_than_stored_are_told_and_lose_nothing(tmp_path: Path) -> None:
    run(tmp_path, 100)
    stored, lines = sorted((tmp_path / "chunks").iterdir()), list[str]()
    run(tmp_path, 40, notice=lines.append)
    assert sorted((tmp_path / "chunks").iterdir()) == stored
    assert lines == [f"{tmp_path.name}: 100 runs are stored; tables and figures use the first 40"]
    assert "\nruns: 40\n" in (tmp_path / "config.yaml").read_text()


def test_words_may_change_and_are_written_again(tmp_path: Path) -> None:
    run(tmp_path, scenario=small_scenario(title="one"))
    assert run(tmp_path, scenario=small_scenario(title="two")) == Result(tmp_path, 0, 0)
    assert "title: two" in (tmp_path / "config.yaml").read_text()


def test_another_config_under_the_same_name_is_refused(tmp_path: Path) -> None:
    run(tmp_path)
    with pytest.raises(ConfigDiffers) as refusal:
        run(tmp_path, record="firms")
    assert refusal.value.problems == ('record: stored "full", asked "firms"',)
    assert refusal.value.exit_code == 2


def test_an_edit_keeps_the_old_runs_beside_and_computes_all_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path / "small")
    before, lines = files(tmp_path / "small"), list[str]()
    monkeypatch.setattr("techduel.scenario.fingerprint.sources_hash", lambda: "edited")
    assert run(tmp_path / "small", notice=lines.append).computed == 70
    assert files(tmp_path / "small@before") == before
    assert len(load(tmp_path / "small@before").runs) == 70
    assert lines == ["small: version, equations or facts have changed; the old result is kept as small@before"]


def test_the_name_of_a_result_is_no_part_of_its_config(tmp_path: Path) -> None:
    run(tmp_path / "a", scenario=small_scenario(quiet=True))
    run(tmp_path / "b", scenario=small_scenario(quiet=False))
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_progress_counts_each_run_once_and_moves_within_a_chunk(tmp_path: Path) -> None:
    steps: list[int] = []
    run(tmp_path, progress=shown(steps))
    assert sum(steps) == 70
    assert len(steps) >= 10


# --- failures


def test_a_run_that_raises_takes_no_other_along(tmp_path: Path) -> None:
    scenario = small_scenario(fails=[3, 40])
    result = run(tmp_path, scenario=scenario)
    assert result.failed == 2
    assert load(tmp_path).runs.tolist() == [number for number in range(70) if number not in {3, 40}]
    note = json.loads((tmp_path / "failures" / "run_000003.json").read_text())
    assert (note["run"], note["type"], note["message"]) == (3, "FloatingPointError", "technology is not finite")
    assert note["traceback"][-1].startswith("small_record.py:")
    assert "/" not in note["traceback"][-1].partition(":")[0]
    assert run(tmp_path, scenario=scenario) == Result(tmp_path, 2, 0)


def test_failed_runs_are_computed_again_when_that_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = small_scenario(fails=[3])
    run(tmp_path, scenario=scenario)
    monkeypatch.setattr(runs, "scenario_of", lambda config: small_scenario())
    assert run(tmp_path, scenario=scenario, retry=True) == Result(tmp_path, 0, 1)
    assert len(load(tmp_path).runs) == 70
    assert not (tmp_path / "failures").exists()


def test_a_lost_note_on_a_failed_run_is_written_again(tmp_path: Path) -> None:
    scenario = small_scenario(fails=[3])
    run(tmp_path, scenario=scenario)
    note = tmp_path / "failures" / "run_000003.json"
    before = note.read_bytes()
    note.unlink()
    assert run(tmp_path, scenario=scenario).computed == 0
    assert note.read_bytes() == before


def test_when_every_run_fails_there_is_no_result(tmp_path: Path) -> None:
    with pytest.raises(EveryRunFailed) as failure:
        run(tmp_path, 2, scenario=small_scenario(fails=[0, 1]))
    assert failure.value.exit_code == 5
    assert len(list((tmp_path / "failures").iterdir())) == 2


def test_a_full_disk_keeps_what_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle, written = chunks.settle, list[Path]()

    def full(part: Path, path: Path) -> None:
        written.append(path)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        settle(part, path)

    monkeypatch.setattr(chunks, "settle", full)
    with pytest.raises(StorageFailed, match=r"No space left on device: .*npz.*kept") as failure:
        run(tmp_path)
    assert failure.value.exit_code == 3
    assert not list(tmp_path.rglob("*.part"))
    monkeypatch.undo()
    _made_up_model.__wrapped__(monkeypatch)  # type: ignore[attr-defined]
    assert run(tmp_path).computed == 35


def test_a_place_that_cannot_be_written_is_the_environments_fault(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(StorageFailed):
        run(tmp_path / "results" / "run")


def test_a_folder_that_is_moved_while_runs_are_computed_ends_in_a_line_and_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moved(scenario: Any, given: Any, *rest: Any, **options: Any) -> Any:
        if 0 not in given:
            (tmp_path / "x").rename(tmp_path / "y")
        return made_up_runs(scenario, given, *rest, **options)

    monkeypatch.setattr(runs, "simulate", moved)
    with pytest.raises(StorageFailed):
        run(tmp_path / "x")
    assert not (tmp_path / "x").exists()
    monkeypatch.setattr(runs, "simulate", made_up_runs)
    assert run(tmp_path / "y").computed == 35


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_an_interrupted_ensemble_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, number: int, code: int
) -> None:
    def interrupted(scenario: Any, given: Any, *rest: Any, **options: Any) -> Any:
        if 0 not in given:
            os.kill(os.getpid(), number)
        return made_up_runs(scenario, given, *rest, **options)

    monkeypatch.setattr(runs, "simulate", interrupted)
    before = signal.signal(number, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(number, before))
    with pytest.raises(Interrupted, match="the same command goes on from here") as stop:
        run(tmp_path)
    assert stop.value.exit_code == code
    monkeypatch.setattr(runs, "simulate", made_up_runs)
    assert run(tmp_path).computed == 35


def test_a_closed_terminal_is_ignored_where_that_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*given: Any, **options: Any) -> Any:
        os.kill(os.getpid(), signal.SIGHUP)
        return made_up_runs(*given, **options)

    monkeypatch.setattr(runs, "simulate", closed)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert run(tmp_path).computed == 70
    finally:
        signal.signal(signal.SIGHUP, before)


# --- processes, with the model itself: a spawned one knows nothing of stand-ins


def real(folder: Path, workers: int, count: int = 40) -> Result:
    ensemble = Ensemble(load_scenario("baseline_2021", "horizon=2021"), count, record="headline")
    return run_ensemble(ensemble, folder, Options(Place("local", workers)))


def test_one_and_two_processes_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    before = dict(os.environ)
    real(tmp_path / "a", workers=1)
    real(tmp_path / "b", workers=2)
    assert len(list((tmp_path / "b" / "chunks").iterdir())) == 2
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert dict(os.environ) == before


ENDLESS = """
import sys
from pathlib import Path
from techduel.ensemble.compute import Interrupted, Options, StorageFailed
from techduel.ensemble.pool import Place
from techduel.ensemble.runs import Ensemble, run_ensemble
from techduel.scenario.scenario import load_scenario

if __name__ == "__main__":
    try:
        ensemble = Ensemble(load_scenario("baseline_2021"), 100_000, record="headline")
        run_ensemble(ensemble, Path(sys.argv[1]), Options(Place('local', 2)))
    except (Interrupted, StorageFailed) as stop:
        sys.exit(stop.exit_code)
"""


@pytest.fixture
def endless(tmp_path: Path) -> Any:
    """A command that would compute for long, with at least one chunk finished."""
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(tmp_path / "x")],
        env={**os.environ, "PYTHONPATH": root},
        start_new_session=True,
    )
    deadline = time.monotonic() + 180
    while not list((tmp_path / "x" / "chunks").glob("*.npz")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


def workers_of(process: subprocess.Popen[bytes]) -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("needs /proc")
    return [int(number) for number in children.read_text().split()]


def alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_dead(numbers: list[int]) -> None:
    deadline = time.monotonic() + 10
    while any(alive(number) for number in numbers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_ctrl_c_ends_all_processes_and_keeps_finished_chunks(endless: Any, tmp_path: Path) -> None:
    children = workers_of(endless)
    os.killpg(endless.pid, signal.SIGINT)
    assert endless.wait(timeout=20) == 130
    wait_until_dead(children)
    assert read_manifest(tmp_path / "x") is not None
    assert list((tmp_path / "x" / "chunks").glob("*.npz"))
    assert not list((tmp_path / "x").rglob("*.part"))


def test_workers_do_not_outlive_a_killed_parent(endless: Any, tmp_path: Path) -> None:
    children = workers_of(endless)
    os.kill(endless.pid, signal.SIGKILL)
    endless.wait(timeout=10)
    wait_until_dead(children)
    with locked(tmp_path / "x"):
        assert read_manifest(tmp_path / "x") is not None


def test_killed_workers_are_replaced_three_times_and_then_end_the_command(tmp_path: Path, endless: Any) -> None:
    for _ in range(REPLACED + 1):
        children = wait_for_workers(endless)
        assert endless.poll() is None
        os.kill(children[-1], signal.SIGKILL)
        wait_until_dead(children)
    assert endless.wait(timeout=20) == StorageFailed.exit_code
    assert read_manifest(tmp_path / "x") is not None


def wait_for_workers(process: subprocess.Popen[bytes]) -> list[int]:
    """Two workers and the process that hands out their locks."""
    deadline = time.monotonic() + 60
    while len(children := [child for child in workers_of(process) if alive(child)]) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return [child for child in children if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()]
