import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_record import SECTORS, small_record, stored_record

from techduel.ensemble import runs
from techduel.ensemble.chunks import Rows, numbered, packed, write_content, write_rows
from techduel.ensemble.folder import ConfigDiffers, portable, prepare, provenance, settings, write_provenance
from techduel.ensemble.lock import LOCK, FolderBusy, locked, utc_now
from techduel.ensemble.manifest import (
    CHUNK,
    MANIFEST,
    SUMMARY,
    DamagedResult,
    Manifest,
    Mark,
    OldResult,
    damaged,
    read_manifest,
    seal,
    verified,
    write_manifest,
    write_text,
    written,
)
from techduel.ensemble.runs import load, write_summary
from techduel.ensemble.stock import Stock
from techduel.ensemble.summary import COLUMNS, Variable, rows, statistics
from techduel.model.outcomes import OUTCOMES
from techduel.report.export import write_trajectories
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.loader import InvalidInput

CONFIG = {"experiment": "run", "scenario": "small", "params": {"research": {"crowd_in": 0.3}}, "seed": 1}
WHOLE = {**CONFIG, "title": "small", "start": 2021, "horizon": 2022, "record": "full"}


@pytest.fixture(autouse=True)
def _few_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "OUTCOMES", {name: OUTCOMES[name] for name in small_record([0]).values})


def ignore(_: str) -> None:
    """A screen that nobody reads."""


def stored(folder: Path, *records: Any, count: int = 10, record: str = "full") -> Manifest:
    """A result folder with a chunk per record, and its summary."""
    folder.mkdir(exist_ok=True)
    manifest = prepare(folder, {**WHOLE, "runs": count, "record": record}, fresh=False, notice=ignore, free=runs.FREE)
    for found in records:
        name = stored_record(folder, manifest, found)
        manifest.chunks[name] = (folder / name).stat().st_size
    write_manifest(folder, manifest)
    write_summary(folder, runs.stored_runs(folder))
    return manifest


def chunk(folder: Path, place: int = 0) -> Path:
    return sorted((folder / "chunks").iterdir())[place]


def found(folder: Path, marks: dict[str, str], lines: list[str]) -> Stock:
    stock = Stock(folder, ("run",), 10)
    stock.find(marks, lines.append)
    return stock


# --- chunks


@pytest.mark.parametrize("firms", [False, True])
def test_runs_come_back_as_they_went(tmp_path: Path, firms: bool) -> None:
    record = small_record([3, 4, 9], firms=firms)
    stored(tmp_path, record)
    back = load(tmp_path)
    for group in runs.GROUPS:
        assert getattr(back, group).keys() == getattr(record, group).keys()
        for name, values in getattr(record, group).items():
            assert np.array_equal(values, getattr(back, group)[name])
    assert back.runs.tolist() == [3, 4, 9]
    assert (back.sectors, back.seed) == (SECTORS, 1)
    assert np.array_equal(back.time, record.time)


def test_runs_come_in_their_order_whatever_chunks_they_lie_in(tmp_path: Path) -> None:
    stored(tmp_path, small_record([5, 1]), small_record([0, 7]), small_record([3]))
    whole = load(tmp_path)
    assert whole.runs.tolist() == [0, 1, 3, 5, 7]
    assert np.array_equal(whole["gdp"], small_record([0, 1, 3, 5, 7])["gdp"])
    assert [block.runs.tolist() for block in runs.records(tmp_path, size=2)] == [[0, 1], [3], [5], [7]]


def test_only_as_many_runs_are_read_as_the_configuration_says(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0, 1, 2, 3]), count=2)
    assert load(tmp_path).runs.tolist() == [0, 1]


def test_the_same_rows_give_the_same_bytes_wherever_they_are_written(tmp_path: Path) -> None:
    row = Rows(np.array(["a"]), np.array([3]), np.array([False]), np.array([], "S"), {"x": np.ones((1, 2))})
    here = write_rows(tmp_path, "0" * 24, row)
    assert write_content(tmp_path, "0" * 24, packed(row)) == here
    assert CHUNK.fullmatch(here)
    assert len(list((tmp_path / "chunks").iterdir())) == 1


def test_only_the_outcomes_asked_for_are_read(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0, 1]), small_record([2]))
    record = load(tmp_path, ["gdp"])
    assert list(record.values) == ["gdp"]
    assert record.values["gdp"].shape == (3, 2, 9)
    assert record.snapshots["firm_sales_start"].shape == (3, 2, 2, 3)


def test_a_damaged_chunk_is_never_opened(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0, 1]))
    path = chunk(tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(DamagedResult, match="is missing or damaged"):
        load(tmp_path)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    write_text(tmp_path / "table.csv", "old")
    with pytest.raises(FileNotFoundError), written(tmp_path / "table.csv") as part:
        part.with_name("missing").rename(part)
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "old"


def test_a_result_folder_that_has_been_moved_away_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_content(tmp_path / "gone", "0" * 24, b"content")
    assert not (tmp_path / "gone").exists()


# --- chunks of strangers, their checksums and numbers right


GOOD = {
    "points": np.array(["run", "run"]),
    "runs": np.array([0, 1]),
    "failed": np.array([False, False]),
    "notes": np.array([], dtype="S"),
    "values/x": np.ones((2, 3)),
}
FORGED: dict[str, dict[str, Any]] = {
    "objects": {"values/x": np.array([{}, {}], dtype=object)},
    "objects for rows": {"runs": np.array([0, 1], dtype=object)},
    "other rows": {"values/x": np.ones((3, 3))},
    "no rows": {"points": np.array([], dtype="U"), "runs": np.array([], dtype=int), "failed": np.array([], bool)},
    "negative runs": {"runs": np.array([0, -1])},
    "runs of another kind": {"runs": np.array([0.0, 1.0])},
    "points of another kind": {"points": np.array([0, 1])},
    "notes that are none": {"failed": np.array([True, False]), "notes": np.array([b"{"]), "values/x": np.ones((1, 3))},
    "notes of other rows": {"notes": np.array([b"{}"])},
    "flags of another shape": {"failed": np.zeros((2, 1), dtype=bool)},
}


def forged(folder: Path, **arrays: Any) -> Path:
    """A chunk whose name vouches for a content that no command has written."""
    import hashlib
    import io

    stream = io.BytesIO()
    np.savez(stream, allow_pickle=True, **{**GOOD, **arrays})
    return planted(folder, stream.getvalue(), hashlib.sha256(stream.getvalue()).hexdigest())


def planted(folder: Path, content: bytes, mark: str) -> Path:
    path = folder / "chunks" / f"{numbered(MARKS, ['run', 'run'], [0, 1])}-{mark}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


MARKS = {"config": "x"}


def test_a_sound_chunk_is_found(tmp_path: Path) -> None:
    forged(tmp_path)
    lines: list[str] = []
    assert found(tmp_path, MARKS, lines).sound == 2
    assert lines == []


@pytest.mark.parametrize("what", FORGED)
def test_a_chunk_with_a_right_name_and_a_wrong_content_is_computed_anew(tmp_path: Path, what: str) -> None:
    path, lines = forged(tmp_path, **FORGED[what]), list[str]()
    assert found(tmp_path, MARKS, lines).sound == 0
    assert len(lines) == 1
    assert "is damaged; computing its runs again" in lines[0]
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive at all", b"\x93NUMPY\x01\x00", b"PK\x05\x06" + bytes(18)])
def test_a_chunk_that_is_no_archive_is_computed_anew(tmp_path: Path, content: bytes) -> None:
    import hashlib

    planted(tmp_path, content, hashlib.sha256(content).hexdigest())
    lines: list[str] = []
    assert found(tmp_path, MARKS, lines).sound == 0
    assert len(lines) == 1


def test_a_header_that_promises_more_than_the_file_holds_takes_no_memory(tmp_path: Path) -> None:
    import hashlib
    import io
    import zipfile

    stream = io.BytesIO()
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**13,)})
    with zipfile.ZipFile(stream, "w") as archive:
        for name in GOOD:
            archive.writestr(f"{name}.npy", header.getvalue())
    planted(tmp_path, stream.getvalue(), hashlib.sha256(stream.getvalue()).hexdigest())
    assert found(tmp_path, MARKS, []).sound == 0


def test_a_sparse_file_of_two_terabytes_is_not_hashed(tmp_path: Path) -> None:
    path = planted(tmp_path, b"", "0" * 64)
    with path.open("wb") as stream:
        try:
            stream.truncate(2**41)
        except OSError:
            pytest.skip("this file system has no such files")
    lines: list[str] = []
    assert found(tmp_path, MARKS, lines).sound == 0
    assert not path.exists()
    stored(tmp_path / "x", small_record([0]))
    seal(tmp_path / "x")
    os.truncate(tmp_path / "x" / SUMMARY, 2**41)
    manifest = read_manifest(tmp_path / "x")
    assert manifest is not None
    assert damaged(tmp_path / "x", manifest) == [SUMMARY]


@pytest.mark.parametrize("lacking", ["time", "sectors", "seed", "gdp"])
def test_a_chunk_that_lacks_what_every_record_has_is_damaged(tmp_path: Path, lacking: str) -> None:
    record = small_record([0, 1])
    stored(tmp_path, record)
    chunk(tmp_path).unlink()
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    manifest.chunks = {}
    name = stored_record(tmp_path, manifest, record, without=lacking)
    manifest.chunks[name] = (tmp_path / name).stat().st_size
    write_manifest(tmp_path, manifest)
    with pytest.raises(DamagedResult, match="is missing or damaged"):
        load(tmp_path)


@pytest.mark.parametrize("width", [8, 10, 3])
def test_a_chunk_of_other_years_is_damaged(tmp_path: Path, width: int) -> None:
    record = small_record([0, 1])
    record.values["gdp"] = np.ones((2, 2, width))
    with pytest.raises(DamagedResult, match="is missing or damaged"):
        stored(tmp_path, record)


def test_a_sound_chunk_of_other_sources_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = stored(tmp_path, small_record([0, 1]))
    manifest.fingerprint["sources"] = "0" * 64
    write_manifest(tmp_path, manifest)
    assert load(tmp_path).runs.tolist() == [0, 1], "which hold what they hold here"
    monkeypatch.setattr(runs, "OUTCOMES", {**runs.OUTCOMES, "of_later": OUTCOMES["gdp"]})
    with pytest.raises(OldResult, match=r"computed under other sources.*the same command computes it again"):
        load(tmp_path)
    path = chunk(tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(DamagedResult, match="is missing or damaged"):
        load(tmp_path)


def test_what_is_no_chunk_is_left_alone(tmp_path: Path) -> None:
    forged(tmp_path)
    (tmp_path / "chunks" / "folder").mkdir()
    (tmp_path / "chunks" / "notes.txt").write_text("mine")
    lines: list[str] = []
    assert found(tmp_path, MARKS, lines).sound == 2
    assert [line.endswith("is no chunk; left alone") for line in lines] == [True, True]
    assert (tmp_path / "chunks" / "notes.txt").read_text() == "mine"
    assert (tmp_path / "chunks" / "folder").is_dir()


# --- manifest


def test_the_manifest_vouches_for_every_file_but_the_provenance(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0, 1]))
    write_text(tmp_path / "figures" / "dashboard.csv", "1")
    write_provenance(tmp_path, CONFIG, (), utc_now())
    (tmp_path / "chunks" / "notes.txt").write_text("mine")
    seal(tmp_path)
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert manifest.sealed
    assert set(manifest.files) == {"config.yaml", "figures/dashboard.csv", SUMMARY}
    assert list(manifest.chunks) == [f"chunks/{chunk(tmp_path).name}"]
    assert damaged(tmp_path, manifest) == []
    write_text(tmp_path / "figures" / "dashboard.csv", "2")
    assert damaged(tmp_path, manifest) == ["figures/dashboard.csv"]
    with pytest.raises(DamagedResult):
        verified(tmp_path, "figures/dashboard.csv")


def test_a_chunk_that_was_cut_cannot_be_sealed(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0, 1]))
    chunk(tmp_path).write_bytes(b"")
    with pytest.raises(DamagedResult, match="chunks/"):
        seal(tmp_path)


def test_a_manifest_comes_back_as_it_went(tmp_path: Path) -> None:
    name = f"chunks/{'0' * 24}-{'a' * 64}.npz"
    files = {"a": Mark("f", 3), "failures/run_000003.json": Mark("e", 4)}
    manifest = Manifest({"config": "1"}, {name: 10}, files, True)
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest
    assert manifest.failures == ["failures/run_000003.json"]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"chunks": 1}', "\x00", '{"chunks": [], "files": {}}', "[" * 100_000, '{"a":' * 100_000],
)
def test_a_damaged_manifest_is_made_again_and_stops_a_reader(tmp_path: Path, content: str) -> None:
    stored(tmp_path, small_record([0]))
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(DamagedResult, match=r"manifest\.json is damaged"):
        load(tmp_path)
    lines: list[str] = []
    manifest = prepare(tmp_path, {**WHOLE, "runs": 10}, fresh=False, notice=lines.append, free=runs.FREE)
    assert (manifest.chunks, manifest.sealed) == ({}, False)
    assert lines == [f"{tmp_path.name}/{MANIFEST} is damaged; making it again"]
    assert found(tmp_path, manifest.fingerprint, []).sound == 1


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../b", "..\\x"])
def test_a_manifest_that_names_files_elsewhere_is_damaged(tmp_path: Path, name: str) -> None:
    write_manifest(tmp_path, Manifest({"config": "1"}, {}, {name: Mark("f", 1)}))
    with pytest.raises(DamagedResult, match="outside its folder"):
        read_manifest(tmp_path)


def test_a_result_of_an_earlier_version_is_refused_in_a_line(tmp_path: Path) -> None:
    import hashlib

    old = {"fingerprint": {"config": "1", "version": "0.1.0"}, "sealed": True, "chunks": [], "files": {}}
    content = json.dumps(old, sort_keys=True).encode()
    (tmp_path / MANIFEST).write_text(json.dumps(old | {"checksum": hashlib.sha256(content).hexdigest()}))
    before = (tmp_path / MANIFEST).read_bytes()
    for fresh in (False, True):
        with pytest.raises(OldResult, match=r"version 0\.1\.0.*choose another name") as refusal:
            prepare(tmp_path, CONFIG, fresh=fresh, notice=ignore)
        assert refusal.value.exit_code == 2
        assert "\n" not in str(refusal.value)
    assert (tmp_path / MANIFEST).read_bytes() == before


def test_a_folder_without_a_result_says_so(tmp_path: Path) -> None:
    with pytest.raises(DamagedResult, match="is no result folder"):
        load(tmp_path)


# --- an earlier session


def test_what_is_whole_is_kept_and_what_is_missing_is_named_in_one_line(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0, 1]), small_record([2]))
    seal(tmp_path)
    kept, lost = chunk(tmp_path), chunk(tmp_path, 1)
    lost.unlink()
    (tmp_path / "chunks" / "half.77.part").write_bytes(b"half")
    lines: list[str] = []
    manifest = prepare(tmp_path, {**WHOLE, "runs": 10}, fresh=False, notice=lines.append, free=runs.FREE)
    assert list(manifest.chunks) == [f"chunks/{kept.name}"]
    assert not manifest.sealed
    assert len(lines) == 1
    assert lost.name[:24] in lines[0]
    assert not list(tmp_path.rglob("*.part"))


def test_another_config_is_refused_with_the_keys_that_differ(tmp_path: Path) -> None:
    prepare(tmp_path, CONFIG, fresh=False, notice=ignore)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    other = {**CONFIG, "params": {"research": {"crowd_in": 0.4}}, "horizon": 2040}
    for fresh in (False, True):
        with pytest.raises(ConfigDiffers) as refusal:
            prepare(tmp_path, other, fresh=fresh, notice=ignore)
        assert refusal.value.problems == (
            "horizon: stored nothing, asked 2040",
            "params.research.crowd_in: stored 0.3, asked 0.4",
        )
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_another_config_is_refused_even_when_the_stored_one_is_damaged(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0]))
    (tmp_path / "config.yaml").write_text("{")
    with pytest.raises(ConfigDiffers, match="damaged"):
        prepare(tmp_path, {**WHOLE, "seed": 2}, fresh=False, notice=ignore, free=runs.FREE)
    assert prepare(tmp_path, {**WHOLE, "runs": 10}, fresh=False, notice=ignore, free=runs.FREE).chunks
    assert settings(tmp_path) == {**WHOLE, "runs": 10}


def test_computing_afresh_removes_our_chunks_and_nothing_else(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0]))
    (tmp_path / "chunks" / "notes.txt").write_text("mine")
    assert prepare(tmp_path, {**WHOLE, "runs": 10}, fresh=True, notice=ignore, free=runs.FREE).chunks == {}
    assert [path.name for path in (tmp_path / "chunks").iterdir()] == ["notes.txt"]


@pytest.fixture
def edit(monkeypatch: pytest.MonkeyPatch) -> Any:
    def edited(mark: str) -> None:
        monkeypatch.setattr("techduel.scenario.fingerprint.sources_hash", lambda: mark)

    return edited


def everything(folder: Path) -> dict[str, bytes]:
    names = (path for path in folder.rglob("*") if path.is_file() and path.name != LOCK)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in names}


def test_after_an_edit_of_the_equations_the_old_result_is_kept_beside(tmp_path: Path, edit: Any) -> None:
    place = tmp_path / "small"
    config = {**WHOLE, "runs": 10}
    kept = []
    for number in range(3):
        stored(place, small_record([number]))
        kept.append(everything(place))
        edit(f"edit {number}")
        lines: list[str] = []
        with locked(place):
            assert prepare(place, config, fresh=number == 1, notice=lines.append, free=runs.FREE).chunks == {}
            assert (place / LOCK).exists()
        assert not (place / "chunks").exists()
        assert len(lines) == 1
        assert "@before" in lines[0]
    names = ("small@before", "small@before-2", "small@before-3")
    assert [everything(tmp_path / name) for name in names] == kept
    assert {path.name for path in tmp_path.iterdir()} == {"small", *names}


def test_putting_aside_goes_on_where_it_was_interrupted(
    tmp_path: Path, edit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, moved = tmp_path / "small", []
    stored(place, small_record([0]))
    seal(place)
    before = everything(place)
    edit("edited")
    rename = Path.rename

    def killed(self: Path, target: Path) -> Path:
        if len(moved) == 2:
            raise KeyboardInterrupt
        moved.append(self)
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            prepare(place, {**WHOLE, "runs": 10}, fresh=False, notice=ignore, free=runs.FREE)
    prepare(place, {**WHOLE, "runs": 10}, fresh=False, notice=ignore, free=runs.FREE)
    assert everything(tmp_path / "small@before") == before
    assert {path.name for path in tmp_path.iterdir()} == {"small", "small@before"}


# --- export and summary


@pytest.mark.parametrize("yearly", [False, True])
def test_an_export_holds_every_outcome_with_names_and_units(tmp_path: Path, yearly: bool) -> None:
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("netCDF4")
    whole = small_record([0, 1, 5], yearly=yearly)
    parts = (small_record([0, 1], yearly=yearly), small_record([5], yearly=yearly))
    stored(tmp_path / "x", *parts, record="headline" if yearly else "full")
    write_trajectories(tmp_path / "x", tmp_path / "x.nc")
    with xarray.open_dataset(tmp_path / "x.nc") as opened:
        time = "year_end" if yearly else "time"
        assert opened["sales"].dims == ("run", "state", "sector", time)
        assert opened["run"].values.tolist() == [0, 1, 5]
        assert opened["sector"].values.tolist() == list(SECTORS)
        assert opened["bloc"].values.tolist() == ["us", "china", "allies", "rest"]
        assert opened["year"].values.tolist() == [2020] + [2021] * 4 + [2022] * 4
        assert opened["quarter"].values.tolist() == [4, 1, 2, 3, 4, 1, 2, 3, 4]
        assert opened[time].values[[0, -1]].tolist() == [2020.75, 2022.75]
        assert {"scenario", "seed", "source", "license"} <= opened.attrs.keys()
        for name, values in whole.values.items():
            assert np.array_equal(opened[name].values, values), name
            assert opened[name].attrs == {"units": OUTCOMES[name].unit, "long_name": OUTCOMES[name].meaning}


def test_firm_panels_are_exported_beside_the_outcomes_of_the_same_name(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("netCDF4")
    record = small_record([0, 1], firms=True)
    stored(tmp_path / "x", record)
    write_trajectories(tmp_path / "x", tmp_path / "x.nc")
    with xarray.open_dataset(tmp_path / "x.nc") as opened:
        assert opened["firm_technology"].dims == ("run", "state", "sector", "slot", "time")
        assert np.array_equal(opened["firm_alive"].values.astype(bool), record.firms["alive"])


def test_summary_and_export_do_not_depend_on_chunks(tmp_path: Path) -> None:
    pytest.importorskip("netCDF4")
    stored(tmp_path / "a", small_record([0, 1, 2]))
    stored(tmp_path / "b", small_record([1, 2]), small_record([0]))
    for name in "ab":
        write_trajectories(tmp_path / name, tmp_path / f"{name}.nc")
    assert (tmp_path / "a.nc").read_bytes() == (tmp_path / "b.nc").read_bytes()
    assert (tmp_path / "a" / SUMMARY).read_bytes() == (tmp_path / "b" / SUMMARY).read_bytes()


def test_the_summary_does_not_depend_on_how_much_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(tmp_path / "a", small_record([0, 1, 2]))
    monkeypatch.setattr(runs, "AT_ONCE", 1)
    stored(tmp_path / "b", small_record([0, 1, 2]))
    assert (tmp_path / "a" / SUMMARY).read_bytes() == (tmp_path / "b" / SUMMARY).read_bytes()


def test_the_summary_is_tidy_and_right(tmp_path: Path) -> None:
    record = small_record(list(range(20)))
    stored(tmp_path, record, count=20)
    lines = (tmp_path / SUMMARY).read_text().splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert len(lines) == 1 + 2 * 9 + 2 * 2 * 9 + 2 * 4 * 2 * 9 + 2
    row = next(line for line in lines if line.startswith("sales,china,,semiconductors,2022.75,")).split(",")
    values = record.values["sales"][:, 1, 1, -1]
    expected = [values.mean(), values.std(ddof=1), *np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])]
    assert [float(cell) for cell in row[5:12]] == pytest.approx(expected, rel=1e-7)


def test_runs_without_a_value_are_left_out_of_statistics() -> None:
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])
    found = statistics(values)
    assert found[0, [0, 4]].tolist() == [2.0, 2.0]
    assert np.isnan(found[1]).all()


def test_most_runs_that_never_pass_make_the_median_never() -> None:
    years = np.array([2026.0, 2028.0, np.nan, np.nan, np.nan])
    early, late = (statistics(years[:, None], never_is_late=late)[0] for late in (False, True))
    assert early[4] == 2027.0
    assert late[3] == 2028.0
    assert np.isnan(late[4])
    assert late[0] == 2027.0


def test_a_single_run_has_no_deviation() -> None:
    found = statistics(np.array([[7.0]]))[0]
    assert np.isnan(found[1])
    assert found[[0, 2, 4, 6]].tolist() == [7.0] * 4


def test_blocks_of_cells_do_not_change_statistics(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).random((30, 7, 5))
    whole = statistics(values)
    monkeypatch.setattr("techduel.ensemble.summary._BLOCK", 100)
    assert np.array_equal(statistics(values), whole)


def test_rows_carry_the_labels_of_their_axes() -> None:
    variable = Variable("market_share", "share", ("run", "state", "bloc"), np.arange(8.0).reshape(1, 2, 4))
    found = list(rows(variable, {"state": ("us", "china"), "bloc": ("us", "china", "allies", "rest")}))
    assert [row[:5] for row in found[3:5]] == [
        ("market_share", "us", "rest", "", ""),
        ("market_share", "china", "us", "", ""),
    ]


# --- provenance


def test_the_config_hash_knows_values_not_the_order_of_keys() -> None:
    assert config_hash({"a": 1, "b": {"c": 2.5}}) == config_hash({"b": {"c": 2.5}, "a": 1})
    assert config_hash({"a": 1}) != config_hash({"a": 2})
    with pytest.raises(ValueError, match="not JSON compliant"):
        config_hash({"a": float("nan")})


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("runs=20", "runs=20"),
        ("scenario_file=/srv/jo doe/mine.yaml", "scenario_file=mine.yaml"),
        ("scenario_file=C:\\Users\\jo\\mine.yaml", "scenario_file=mine.yaml"),
        ("scenarios=[../a/b.yaml,c]", "scenarios=[b.yaml,c]"),
        ("policy@policies.us=targeted_controls", "policy@policies.us=targeted_controls"),
        ("/srv/jo/mine.yaml", "mine.yaml"),
    ],
)
def test_overrides_keep_no_folder(override: str, expected: str) -> None:
    assert portable(override) == expected


def test_provenance_tells_versions_and_no_places() -> None:
    found = provenance({"seed": 7, "runs": 20}, ["results=/srv/jo/results"], utc_now())
    assert found["libraries"]["numpy"] == np.__version__
    assert found["seed"] == 7
    text = json.dumps(found)
    assert "/" not in text
    assert found["overrides"] == ["results=results"]


# --- lock


def test_a_second_process_is_turned_away_and_a_dead_one_is_not_missed(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text('{"pid": 1, "started": "long ago"}')
    script = (
        "import sys; from pathlib import Path; from techduel.ensemble.lock import FolderBusy, locked\n"
        "try:\n  with locked(Path(sys.argv[1])): pass\n"
        "except FolderBusy as busy: print(busy); sys.exit(busy.exit_code)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    root = Path(__file__).parents[2]
    with locked(tmp_path), locked(tmp_path):
        other = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
        assert other.returncode == FolderBusy.exit_code
        assert "works on this folder" in other.stdout
    assert not (tmp_path / LOCK).exists()
    assert subprocess.run(command, check=False, cwd=root).returncode == 0


def test_a_lock_that_is_a_second_name_of_another_file_overwrites_nothing(tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("precious")
    (tmp_path / "small").mkdir()
    os.link(precious, tmp_path / "small" / LOCK)
    with pytest.raises(InvalidInput, match="second name of another file"), locked(tmp_path / "small"):
        pass
    assert precious.read_text() == "precious"
    (tmp_path / "small" / LOCK).unlink()
    with locked(tmp_path / "small"):
        pass


@pytest.mark.parametrize("kind", ["link", "pipe", "deep"])
def test_what_leads_elsewhere_is_refused(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "small"
    inner = place
    for _ in range(300 if kind == "deep" else 1):
        inner = inner / "a"
    inner.mkdir(parents=True)
    os.mkfifo(inner / "x") if kind == "pipe" else (inner / "x").symlink_to(tmp_path)
    with pytest.raises(InvalidInput, match="is a link, pipe or device"), locked(place):
        pass


def test_nothing_here_needs_one_operating_system() -> None:
    """Modules that other systems lack are not needed to import what every command imports."""
    script = (
        "import sys, signal\n"
        "for name in ('fcntl', 'resource', 'termios', 'pwd', 'grp'): sys.modules[name] = None\n"
        "for name in ('SIGALRM', 'setitimer', 'SIGHUP', 'pthread_sigmask'): delattr(signal, name)\n"
        "import experiments.__main__, experiments.study, experiments.bench, experiments.micro\n"
        "import techduel.ensemble.runs, techduel.ensemble.sweep\n"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root)
