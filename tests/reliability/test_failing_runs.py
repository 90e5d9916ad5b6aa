"""Runs that raise, hang, starve or give nonsense: recorded one by one, all others intact, and only they done again."""

import csv
import json
from pathlib import Path

import pytest
from clusters import cluster
from sweeping import chunks, done, folder_of, marks, tampered

pytestmark = pytest.mark.reliability
FATES = {"raise": "FloatingPointError", "nan": "NotFinite", "hang": "TookTooLong", "starve": "MemoryError"}


def wishes(whole: Path) -> dict[str, str]:
    """What goes wrong, by point and run: one run of each of four points."""
    with (folder_of(whole) / "design.csv").open(encoding="utf-8", newline="") as stream:
        points = [line["id"] for line in csv.DictReader(stream)]
    return {f"{points[5 * number + 1]} {number}": fate for number, fate in enumerate(FATES)}


def values(results: Path) -> dict[tuple[str, ...], list[str]]:
    with (folder_of(results) / "outcomes.csv").open(encoding="utf-8", newline="") as stream:
        return {tuple(line[:4]): line[4:] for line in csv.reader(stream)}


def test_four_runs_fail_each_in_its_way(tmp_path: Path, whole: Path) -> None:
    wrong = wishes(whole)
    how = ("executor.workers=2", "executor.limit=3", "executor.batch=41")
    assert done(tmp_path, *how, **tampered(runs=wrong)) == 5
    records = [json.loads(path.read_text()) for path in sorted((folder_of(tmp_path) / "failures").iterdir())]
    assert len(records) == 4
    assert {f"{record['point']} {record['run']}" for record in records} == set(wrong)
    for record in records:
        assert FATES[wrong[f"{record['point']} {record['run']}"]] in record["type"]
        assert record["stage"] == ("outcomes" if record["type"] == "NotFinite" else "simulation")
        assert record["message"]
        assert record["configuration"]["policies"]["us"]["kind"] == "schedule"
        assert record["traceback"] or record["type"] == "NotFinite"
    _others_are_intact(tmp_path, whole)
    assert done(tmp_path) == 5, "failed runs are not tried again by themselves"
    before = chunks(tmp_path)
    assert done(tmp_path, "retry=true", "executor=serial") == 0
    added = chunks(tmp_path).keys() - before.keys()
    assert before.items() <= chunks(tmp_path).items()
    assert len(added) == 1, "more than the failed runs was computed"
    assert marks(tmp_path) == marks(whole)
    assert not (folder_of(tmp_path) / "failures").exists()


def test_a_run_for_which_the_kernel_kills_every_worker_is_recorded(tmp_path: Path, whole: Path) -> None:
    """As for want of memory: the run is found, all others are computed, and the command does not end."""
    (name,) = [name for name, fate in wishes(whole).items() if fate == "hang"]
    how = ("executor.workers=2", "executor.batch=20")
    assert done(tmp_path, *how, **tampered(runs={name: "killed"})) == 5
    (note,) = (folder_of(tmp_path) / "failures").iterdir()
    record = json.loads(note.read_text())
    assert (f"{record['point']} {record['run']}", record["type"]) == (name, "WorkerDied")
    assert done(tmp_path, "retry=true") == 0
    assert marks(tmp_path) == marks(whole)


def _others_are_intact(results: Path, whole: Path) -> None:
    found, expected = values(results), values(whole)
    changed = {key for key in expected if found[key] != expected[key]}
    assert {key[0] for key in changed} == {"1", "6", "11", "16"}
    assert all(found[key][0] == "3" for key in changed)


def test_on_a_cluster_too(tmp_path: Path, whole: Path) -> None:
    wrong = {name: fate for name, fate in wishes(whole).items() if fate != "hang"}
    unlike = tampered(runs=wrong)
    with cluster(tmp_path / "dask", **unlike) as (address, _):
        assert done(tmp_path, "executor=dask", f"executor.scheduler={address}") == 5
    assert len(list((folder_of(tmp_path) / "failures").iterdir())) == 3
    assert done(tmp_path, "retry=true", "executor=serial") == 0
    assert marks(tmp_path) == marks(whole)
