import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_record import made_up_runs, small_scenario

from techduel.ensemble.executors import REPLACED
from techduel.ensemble.lock import locked
from techduel.ensemble.manifest import MANIFEST, PROVENANCE, chunk_name, read_manifest, seal
from techduel.ensemble.runner import (
    Ensemble,
    EveryRunFailed,
    Interrupted,
    Result,
    StorageFailed,
    chunked,
    reproduce,
    run_ensemble,
)
from techduel.ensemble.simulation import BATCH
from techduel.ensemble.store import ConfigDiffers, load, settings, write_chunk
from techduel.scenario.scenario import load_scenario


@pytest.fixture(autouse=True)
def _made_up_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("techduel.ensemble.workers.simulate", made_up_runs)


def run(folder: Path, runs: int = 70, **options: Any) -> Result:
    scenario = options.pop("scenario", small_scenario())
    return run_ensemble(Ensemble(scenario, runs), folder, **{"workers": 1, **options})


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != PROVENANCE
    }


@pytest.mark.parametrize("count", [1, 32, 33, 64, 65, 200, 500, 10_000])
def test_chunks_are_even_small_and_complete(count: int) -> None:
    tasks = chunked(range(count))
    sizes = [len(task.runs) for task in tasks]
    assert [number for task in tasks for number in task.runs] == list(range(count))
    assert max(sizes) <= BATCH
    assert max(sizes) - min(sizes) <= 1
    assert len(tasks) % 2 == 0 or count < 33


def test_a_result_holds_its_runs_and_says_where_it_comes_from(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert (result.runs, result.computed, result.failed, result.unchanged) == (70, 70, (), False)
    expected = made_up_runs(small_scenario(), range(70), 1, "full")
    assert np.array_equal(load(tmp_path)["gdp"], expected["gdp"])
    told = json.loads((tmp_path / PROVENANCE).read_text())
    assert (told["seed"], told["runs"]) == (1, 70)
    assert told["started"] <= told["ended"]


def test_doing_it_again_finds_everything_done(tmp_path: Path) -> None:
    run(tmp_path)
    assert not run(tmp_path).unchanged
    seal(tmp_path)
    before, steps = files(tmp_path), []
    result = run(tmp_path, progress=steps.append)
    assert (result.computed, result.unchanged, steps) == (0, True, [70])
    assert files(tmp_path) == before
    again = run(tmp_path, fresh=True)
    assert (again.computed, again.unchanged) == (70, False)
    seal(tmp_path)
    assert files(tmp_path) == before


def test_a_damaged_or_missing_file_is_made_again(tmp_path: Path) -> None:
    run(tmp_path)
    seal(tmp_path)
    before, lines = files(tmp_path), []
    (tmp_path / chunk_name(1)).write_bytes(b"damaged")
    assert run(tmp_path, notice=lines.append).computed == 35
    (tmp_path / "trajectories.nc").unlink()
    result = run(tmp_path, notice=lines.append)
    assert (result.computed, result.unchanged) == (0, False)
    seal(tmp_path)
    assert files(tmp_path) == before
    assert len(lines) == 2


def test_another_config_under_the_same_name_is_refused(tmp_path: Path) -> None:
    run(tmp_path)
    with pytest.raises(ConfigDiffers) as refusal:
        run(tmp_path, runs=80)
    assert refusal.value.problems == ("runs: stored 70, asked 80",)
    assert refusal.value.exit_code == 2


def test_the_name_of_a_result_is_no_part_of_its_config(tmp_path: Path) -> None:
    run(tmp_path / "a", scenario=small_scenario(quiet=True))
    run(tmp_path / "b", scenario=small_scenario(quiet=False))
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_progress_counts_each_run_once_and_moves_within_a_chunk(tmp_path: Path) -> None:
    steps: list[int] = []
    run(tmp_path, progress=steps.append)
    assert sum(steps) == 70
    assert len(steps) >= 16


def test_a_run_that_raises_takes_no_other_along(tmp_path: Path) -> None:
    scenario = small_scenario(fails=[3, 40])
    result = run(tmp_path, scenario=scenario)
    assert (result.failed, result.exit_code) == ((3, 40), 5)
    assert load(tmp_path).runs.tolist() == [number for number in range(70) if number not in {3, 40}]
    note = json.loads((tmp_path / "failures" / "run_000003.json").read_text())
    assert (note["run"], note["error"], note["message"]) == (3, "FloatingPointError", "technology is not finite")
    assert note["where"][-1].startswith("small_record.py:")
    assert "/" not in "".join(note["where"])
    seal(tmp_path)
    assert run(tmp_path, scenario=scenario) == Result(tmp_path, 70, (3, 40), 0, True)


def test_a_lost_note_on_a_failed_run_is_written_again(tmp_path: Path) -> None:
    scenario = small_scenario(fails=[3])
    run(tmp_path, scenario=scenario)
    (tmp_path / "failures" / "run_000003.json").unlink()
    assert run(tmp_path, scenario=scenario).computed == 35
    assert (tmp_path / "failures" / "run_000003.json").exists()


def test_when_every_run_fails_there_is_no_result(tmp_path: Path) -> None:
    with pytest.raises(EveryRunFailed) as failure:
        run(tmp_path, runs=2, scenario=small_scenario(fails=[0, 1]))
    assert failure.value.exit_code == 5
    assert len(list((tmp_path / "failures").iterdir())) == 2


def test_a_full_disk_keeps_what_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, record: Any) -> str:
        if path.name == "chunk_00001.npz":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write_chunk(path, record)

    monkeypatch.setattr("techduel.ensemble.workers.write_chunk", full)
    with pytest.raises(StorageFailed, match=r"No space left on device: chunk_00001\.npz.*kept") as failure:
        run(tmp_path)
    assert failure.value.exit_code == 3
    monkeypatch.setattr("techduel.ensemble.workers.write_chunk", write_chunk)
    assert run(tmp_path).computed == 35


def test_a_place_that_cannot_be_written_is_the_environments_fault(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(StorageFailed):
        run(tmp_path / "results" / "run")


@pytest.mark.parametrize("runs", [0, [], [1, 1], [-1]])
def test_impossible_runs_are_refused(tmp_path: Path, runs: Any) -> None:
    with pytest.raises(ValueError, match="at least one"):
        run(tmp_path / "x", runs=runs)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_ensemble_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: int
) -> None:
    def interrupted(scenario: Any, runs: Any, *rest: Any, **options: Any) -> Any:
        if 0 not in runs:
            os.kill(os.getpid(), number)
        return made_up_runs(scenario, runs, *rest, **options)

    monkeypatch.setattr("techduel.ensemble.workers.simulate", interrupted)
    with pytest.raises(Interrupted) as stop:
        run(tmp_path)
    assert stop.value.exit_code == code
    monkeypatch.setattr("techduel.ensemble.workers.simulate", made_up_runs)
    assert run(tmp_path).computed == 35


def test_reproducing_compares_every_file(tmp_path: Path) -> None:
    def redo(config: Any, folder: Path) -> None:
        scenario = small_scenario(**{key: config[key] for key in config if key not in {"runs", "seed", "record"}})
        run_ensemble(Ensemble(scenario, config["runs"], config["seed"], config["record"]), folder, workers=1)
        seal(folder)

    folder = tmp_path / "run" / "small"
    run(folder, scenario=small_scenario(name="small"))
    seal(folder)
    assert reproduce(folder, settings(folder), redo) == []
    (folder / "summary.csv").write_text("edited")
    (folder / "more.txt").write_text("added")
    assert reproduce(folder, settings(folder), redo) == ["more.txt", "summary.csv"]


# --- processes, with the model itself: a spawned one knows nothing of stand-ins


def real(folder: Path, workers: int, runs: int = 40) -> Result:
    scenario = load_scenario("baseline_2021", "horizon=2021")
    return run_ensemble(Ensemble(scenario, runs, record="headline"), folder, workers=workers)


def test_one_and_two_processes_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    before = dict(os.environ)
    real(tmp_path / "a", workers=1)
    real(tmp_path / "b", workers=2)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert dict(os.environ) == before


ENDLESS = """
import sys
from pathlib import Path
from techduel.ensemble.runner import Ensemble, Interrupted, StorageFailed, run_ensemble
from techduel.scenario.scenario import load_scenario
from techduel.ensemble.simulation import BATCH

if __name__ == "__main__":
    try:
        ensemble = Ensemble(load_scenario("baseline_2021"), 100_000, record="headline")
        run_ensemble(ensemble, Path(sys.argv[1]), workers=2)
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
    manifest = tmp_path / "x" / MANIFEST
    deadline = time.monotonic() + 60
    while not (manifest.exists() and "chunk_" in manifest.read_text()):
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
    manifest = read_manifest(tmp_path / "x")
    assert manifest is not None
    assert manifest.chunks
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
    deadline = time.monotonic() + 20
    while len(children := [child for child in workers_of(process) if alive(child)]) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return [child for child in children if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()]
