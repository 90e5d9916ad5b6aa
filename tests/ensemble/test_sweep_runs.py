"""Computing a sweep: resumable, the same bytes in whatever pieces, nothing computed twice, nothing lost."""

import json
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from techduel.ensemble import chunks as packing
from techduel.ensemble import compute as computing
from techduel.ensemble import sweep as sweeping
from techduel.ensemble import tasks as worker
from techduel.ensemble.compute import EveryRunFailed, Options, StorageFailed, filled
from techduel.ensemble.designs import DESIGNS, Space
from techduel.ensemble.factors import factors_from
from techduel.ensemble.folder import ConfigDiffers
from techduel.ensemble.lock import FolderBusy, locked
from techduel.ensemble.manifest import PART, Manifest
from techduel.ensemble.pool import HERE, Pool, Serial
from techduel.ensemble.sweep import FREE, MEASURES, Points, Result, Sweep, swept
from techduel.ensemble.tasks import Columns
from techduel.model.engine.compiler import LOADING
from techduel.scenario.composition import composed
from techduel.studies.sweep.tables import computed_until, half_width, write_design, write_outcomes

OUTCOMES = ("real_income", "decoupling_index", "year_passes_basic_share_8")
TABLES = ("design.csv", "outcomes.csv")


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    return composed(["horizon=2021", "slots=4", "params=default"])


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Numbers that depend on point and run alone, without a model; some rows may do something else."""

    def set_up(odd: Callable[[str, int], float | None] = lambda point, run: None) -> None:
        def computed(work: Points, rows: Any, tick: Any) -> Columns:
            chosen = list(rows)
            count = len(sweeping.measures(work.outcomes, work.years))
            result = np.empty((len(chosen), count))
            for place, row in enumerate(chosen):
                found = odd(work.points[row], work.runs[row])
                seed = [int(work.points[row], 16) % 2**32, work.runs[row]]
                result[place] = np.random.default_rng(seed).random(count) if found is None else found
            return Columns({MEASURES: result})

        monkeypatch.setattr(Points, "computed", computed)

    set_up()
    return set_up


def sweep_of(base: dict[str, Any], points: int = 6, runs: int = 3, **changed: Any) -> Sweep:
    factors, problems = factors_from({"tariff": {"key": "us.tariff"}, "visas": {"key": "us.visa_limits"}}, base)
    assert problems == []
    chosen = ({}, *DESIGNS["sobol"](factors, points, 1))
    settings = {"name": "small", "points": points, "runs": runs, "base": base, **changed}
    return Sweep("small", settings, Space(tuple(factors), {"": base}), chosen, runs, 3, OUTCOMES, (2021,))


def finished(sweep: Sweep, folder: Path, **options: Any) -> Result:
    """A sweep with its tables; without a stock where its folder held all."""
    lines: list[str] = options.pop("lines", [])
    found: list[Result] = []
    how = Options(notice=lines.append, **options)

    def write(manifest: Manifest) -> None:
        found.append(swept(sweep, folder, manifest, how))
        write_design(sweep, folder)
        write_outcomes(sweep, folder, found[0].stock)

    filled(folder, sweep.settings, write, how, FREE)
    return found[0] if found else Result(folder, None, 0, 0, 0)  # type: ignore[arg-type]


def tables(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in TABLES]


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("batch", [1, 4, 7, 64])
def test_tables_do_not_depend_on_the_size_of_chunks(tmp_path: Path, base: dict[str, Any], batch: int) -> None:
    finished(sweep_of(base), tmp_path / "a")
    result = finished(sweep_of(base), tmp_path / "b", batch=batch)
    assert result.computed == 21
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


@pytest.mark.usefixtures("made_up")
def test_doing_it_again_changes_nothing(tmp_path: Path, base: dict[str, Any]) -> None:
    finished(sweep_of(base), tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    result = finished(sweep_of(base), tmp_path)
    assert (result.computed, result.stock) == (0, None)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("made_up")
def test_more_runs_points_and_values_compute_only_what_is_new(tmp_path: Path, base: dict[str, Any]) -> None:
    counts = [
        finished(sweep_of(base, points, runs), tmp_path / "grown", batch=5).computed
        for points, runs in ((6, 3), (6, 5), (9, 5), (4, 2))
    ]
    assert counts == [7 * 3, 7 * 2, 3 * 5, 0]
    finished(sweep_of(base, 4, 2), tmp_path / "direct")
    assert tables(tmp_path / "grown") == tables(tmp_path / "direct")


@pytest.mark.usefixtures("made_up")
def test_a_changed_model_of_all_points_is_refused(tmp_path: Path, base: dict[str, Any]) -> None:
    finished(sweep_of(base), tmp_path)
    with pytest.raises(ConfigDiffers) as refusal:
        finished(sweep_of({**base, "slots": 5}), tmp_path)
    assert refusal.value.problems == ("base.slots: stored 4, asked 5",)


@pytest.mark.usefixtures("made_up")
def test_damaged_and_lost_chunks_are_computed_again(tmp_path: Path, base: dict[str, Any]) -> None:
    # eight points of three runs: four chunks of the same size
    finished(sweep_of(base, points=7), tmp_path, batch=6)
    before = tables(tmp_path)
    first, second, *_ = sorted((tmp_path / "chunks").iterdir())
    content = bytearray(first.read_bytes())
    content[len(content) // 2] ^= 1
    first.write_bytes(content)
    second.unlink()
    (tmp_path / "chunks" / f"left{PART}").write_bytes(b"half")
    lines: list[str] = []
    result = finished(sweep_of(base, points=7), tmp_path, batch=6, lines=lines)
    assert len(lines) == 2
    assert result.computed == 12
    assert tables(tmp_path) == before
    assert any("damaged" in line for line in lines)
    assert not list(tmp_path.rglob(f"*{PART}"))


@pytest.mark.usefixtures("made_up")
def test_a_chunk_counts_though_the_command_died_before_it_knew(tmp_path: Path, base: dict[str, Any]) -> None:
    sweep = sweep_of(base)
    with pytest.raises(KeyboardInterrupt):
        finished(sweep, tmp_path, batch=7, progress=_stopping(7))
    (tmp_path / "manifest.json").read_text()
    assert finished(sweep, tmp_path, batch=7).computed == 14


def _stopping(runs: int) -> Callable[..., Any]:
    """A bar that ends the command after so many runs."""
    seen = 0

    def advance(more: int) -> None:
        nonlocal seen
        seen += more
        if seen >= runs:
            raise KeyboardInterrupt

    return lambda total: nullcontext(advance)


def test_failed_runs_are_recorded_and_take_no_other_along(
    tmp_path: Path, base: dict[str, Any], made_up: Callable[..., None]
) -> None:
    sweep = sweep_of(base)
    broken, endless, empty = (sweep.placed[place].identity for place in (1, 2, 3))

    def odd(point: str, run: int) -> float | None:
        if (point, run) == (broken, 0):
            raise FloatingPointError("technology is not finite")
        if (point, run) == (endless, 1):
            raise MemoryError
        return np.nan if (point, run) == (empty, 2) else None

    made_up(odd)
    result = finished(sweep, tmp_path / "a")
    assert set(result.failed) == {(broken, 0), (endless, 1), (empty, 2)}
    note = json.loads((tmp_path / "a" / "failures" / f"{broken}_000000.json").read_text())
    assert (note["stage"], note["type"], note["message"]) == (
        "simulation",
        "FloatingPointError",
        "technology is not finite",
    )
    assert note["configuration"]["policies"]["us"]["kind"] == "schedule"
    assert str(Path(__file__).parent) not in "".join(note["traceback"])
    assert finished(sweep, tmp_path / "a").computed == 0
    made_up()
    assert finished(sweep, tmp_path / "a", retry=True).computed == 3
    assert not (tmp_path / "a" / "failures").exists()
    finished(sweep, tmp_path / "b")
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_runs_that_failed_are_missing_in_the_table_and_nowhere_else(
    tmp_path: Path, base: dict[str, Any], made_up: Callable[..., None]
) -> None:
    sweep = sweep_of(base)
    lost = sweep.placed[2].identity
    finished(sweep, tmp_path / "a")
    made_up(lambda point, run: np.nan if (point, run) == (lost, 1) else None)
    finished(sweep, tmp_path / "b")
    whole, part = ((tmp_path / name / "outcomes.csv").read_text().splitlines() for name in "ab")
    changed = [line for line, other in zip(part, whole, strict=True) if line != other]
    assert {line.split(",")[0] for line in changed} == {"2"}
    assert {line.split(",")[4] for line in changed} == {"2"}


def test_when_every_run_fails_there_is_no_result(
    tmp_path: Path, base: dict[str, Any], made_up: Callable[..., None]
) -> None:
    made_up(lambda point, run: np.nan)
    with pytest.raises(EveryRunFailed):
        finished(sweep_of(base), tmp_path)


def test_a_run_that_hangs_is_given_up(tmp_path: Path, base: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = sweep_of(base, points=2, runs=2)
    hanging = sweep.placed[1].identity
    computed = Points.computed

    def slow(work: Points, rows: Any, tick: Any) -> Columns:
        if (hanging, 1) in {(work.points[row], work.runs[row]) for row in rows}:
            time.sleep(60)
        return computed(work, rows, tick)

    monkeypatch.setattr(Points, "computed", slow)
    began = time.monotonic() - LOADING.seconds()
    result = finished(sweep, tmp_path, limit=0.3)
    assert result.failed == ((hanging, 1),)
    assert time.monotonic() - LOADING.seconds() - began < 20


@pytest.mark.usefixtures("made_up")
def test_a_full_disk_keeps_what_is_finished(
    tmp_path: Path, base: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, written = packing.settle, 0

    def full(part: Path, path: Path) -> None:
        nonlocal written
        written += 1
        if written > 2:
            raise OSError(28, "No space left on device", str(path))
        settle(part, path)

    monkeypatch.setattr(packing, "settle", full)
    with pytest.raises(StorageFailed, match="No space left"):
        finished(sweep_of(base), tmp_path, batch=5)
    monkeypatch.setattr(packing, "settle", settle)
    assert finished(sweep_of(base), tmp_path, batch=5).computed == 11


@pytest.mark.usefixtures("made_up")
def test_without_a_shared_disk_chunks_are_sent_back(tmp_path: Path, base: dict[str, Any]) -> None:
    finished(sweep_of(base), tmp_path / "a")
    finished(sweep_of(base), tmp_path / "b", shared_disk=False)
    chunks = [sorted(path.name for path in (tmp_path / name / "chunks").iterdir()) for name in "ab"]
    assert chunks[0] == chunks[1]
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


@pytest.mark.usefixtures("made_up")
def test_a_folder_in_use_is_left_alone(tmp_path: Path, base: dict[str, Any]) -> None:
    import subprocess
    import sys

    hold = "import sys, time; from pathlib import Path; from techduel.ensemble.lock import locked\n"
    hold += "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(FolderBusy):
            finished(sweep_of(base), tmp_path)
        other.kill()
    with locked(tmp_path):
        assert finished(sweep_of(base), tmp_path).computed == 21


@pytest.mark.usefixtures("made_up")
def test_runs_are_added_until_means_are_known_well_enough(tmp_path: Path, base: dict[str, Any]) -> None:
    first = sweep_of(base, points=2, runs=2)

    def until(precision: float | None, most: int = 4096) -> tuple[Sweep, Result]:
        found = []

        def write(manifest: Manifest) -> None:
            found.append(
                computed_until(
                    first, precision, "real_income", most, lambda part: swept(part, tmp_path, manifest, Options())
                )
            )

        filled(tmp_path, first.settings, write, Options(retry=True, notice=lambda line: None), FREE)
        return found[0]

    sweep, result = until(0.05)
    assert half_width(sweep, result.stock, "real_income") <= 0.05
    assert half_width(replace(sweep, runs=sweep.runs // 2), _of(sweep, tmp_path), "real_income") > 0.05
    assert result.computed == 3 * sweep.runs
    again, result = until(0.05)
    assert (again.runs, result.computed) == (sweep.runs, 0)
    assert until(0.05, most=4)[0].runs == 4
    assert until(None)[0].runs == 2


def _of(sweep: Sweep, folder: Path) -> Any:
    return finished(replace(sweep, runs=sweep.runs // 2), folder, retry=True).stock


def test_an_executor_reads_few_tasks_ahead() -> None:
    taken: list[int] = []

    def source() -> Any:
        for number in range(10):
            taken.append(number)
            yield number

    results = Pool(HERE).completed(str, source())
    assert next(results) == "0"
    assert taken == [0]
    assert [*results] == [str(number) for number in range(1, 10)]


def test_the_first_error_of_a_task_comes_out() -> None:
    with pytest.raises(ZeroDivisionError):
        list(Pool(HERE).completed(lambda number: 1 // number, [1, 0, 2]))
    assert Serial().submit(int, "3").result() == 3


@pytest.mark.usefixtures("made_up")
def test_chunks_vouch_for_themselves_when_the_manifest_is_lost(tmp_path: Path, base: dict[str, Any]) -> None:
    sweep = sweep_of(base)
    finished(sweep, tmp_path)
    before = tables(tmp_path)
    lines: list[str] = []
    for content in (None, "{}"):
        (tmp_path / "manifest.json").unlink() if content is None else (tmp_path / "manifest.json").write_text(content)
        assert finished(sweep, tmp_path, lines=lines).computed == 0
        assert tables(tmp_path) == before
    assert lines == [f"{tmp_path.name}/manifest.json is damaged; making it again"]


@pytest.mark.usefixtures("made_up")
def test_chunks_of_another_configuration_are_not_taken_for_ours(tmp_path: Path, base: dict[str, Any]) -> None:
    """As a straggler of a cluster may leave them after the folder has been begun anew."""
    finished(sweep_of(base, title="kept"), tmp_path / "ours")
    finished(sweep_of(base, seed=9), tmp_path / "theirs")
    ours = tables(tmp_path / "ours")
    (stray,) = (tmp_path / "theirs" / "chunks").iterdir()
    stray.rename(tmp_path / "ours" / "chunks" / stray.name)
    lines: list[str] = []
    assert finished(sweep_of(base, title="kept"), tmp_path / "ours", lines=lines, retry=True).computed == 0
    assert tables(tmp_path / "ours") == ours
    assert "of another version or configuration" in lines[0]


@pytest.mark.usefixtures("made_up")
def test_what_is_no_chunk_is_left_alone(tmp_path: Path, base: dict[str, Any]) -> None:
    finished(sweep_of(base), tmp_path)
    (tmp_path / "chunks" / "folder").mkdir()
    (tmp_path / "chunks" / "notes.txt").write_text("mine")
    assert finished(sweep_of(base), tmp_path).computed == 0
    lines: list[str] = []
    assert finished(sweep_of(base, runs=4), tmp_path, lines=lines).computed == 7
    assert len(lines) == 2
    assert (tmp_path / "chunks" / "notes.txt").read_text() == "mine"
    assert (tmp_path / "chunks" / "folder").is_dir()


@pytest.mark.usefixtures("made_up")
def test_a_worker_of_another_version_refuses(
    tmp_path: Path, base: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computing, "own_version", lambda: "Techduel 9 (0123456789ab), NumPy 1.0")
    with pytest.raises(worker.WorkerDiffers, match="all need the same"):
        finished(sweep_of(base), tmp_path)
    assert not list((tmp_path / "chunks").glob("*"))


def test_a_lost_or_damaged_record_of_a_failure_is_written_again(
    tmp_path: Path, base: dict[str, Any], made_up: Callable[..., None]
) -> None:
    sweep = sweep_of(base)
    made_up(lambda point, run: np.nan if run == 1 else None)
    finished(sweep, tmp_path)
    notes = {path: path.read_bytes() for path in (tmp_path / "failures").iterdir()}
    assert len(notes) == 7
    first, second, *_ = notes
    first.unlink()
    second.write_text("{}")
    assert finished(sweep, tmp_path).computed == 0
    assert {path: path.read_bytes() for path in (tmp_path / "failures").iterdir()} == notes


def test_the_stage_of_a_failure_is_where_it_happened(
    tmp_path: Path, base: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    for place, stage in (("prepared", "base year"), ("recorded", "simulation"), ("measured", "outcomes")):
        with monkeypatch.context() as patched:
            patched.setattr(sweeping, place, broken)
            with pytest.raises(EveryRunFailed):
                finished(sweep_of(base, points=1, runs=1), tmp_path / place)
        for path in (tmp_path / place / "failures").iterdir():
            note = json.loads(path.read_text())
            assert (note["stage"], note["type"]) == (stage, "ZeroDivisionError")
