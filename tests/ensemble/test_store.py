import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_record import SECTORS, small_record

from techduel.ensemble import store
from techduel.ensemble.lock import LOCK, FolderBusy, locked
from techduel.ensemble.manifest import (
    MANIFEST,
    SUMMARY,
    TRAJECTORIES,
    Chunk,
    DamagedResult,
    Manifest,
    chunk_name,
    damaged,
    digest,
    read_manifest,
    seal,
    verified,
    write_manifest,
    write_text,
    written,
)
from techduel.ensemble.provenance import portable, provenance, utc_now
from techduel.ensemble.record import Record
from techduel.ensemble.store import ConfigDiffers, load, prepare, read_chunk, write_chunk
from techduel.ensemble.summary import COLUMNS, Variable, rows, statistics
from techduel.ensemble.trajectories import merge
from techduel.model.outcomes import OUTCOMES
from techduel.scenario.fingerprint import config_hash

CONFIG = {"scenario": "small", "params": {"research": {"crowd_in": 0.3}}, "seed": 1}


def ignore(_: str) -> None:
    """A screen that nobody reads."""


def stored(folder: Path, *records: Record) -> Manifest:
    """A result folder with a chunk per record, merged."""
    manifest = prepare(folder, CONFIG, fresh=False, notice=ignore)
    for number, record in enumerate(records):
        name = chunk_name(number)
        manifest.files[name] = write_chunk(folder / name, record)
        first, last = int(record.runs[0]), int(record.runs[-1])
        manifest.chunks[name] = Chunk(first, last, len(record.runs), (), True)
    merge(folder, manifest)
    return manifest


def same(one: Record, other: Record) -> bool:
    return all(
        np.array_equal(values, getattr(other, group)[name], equal_nan=values.dtype.kind == "f")
        for group in store.GROUPS
        for name, values in getattr(one, group).items()
    )


# --- chunks


@pytest.mark.parametrize("firms", [False, True])
def test_a_chunk_comes_back_as_it_went(tmp_path: Path, firms: bool) -> None:
    record = small_record([3, 4, 9], seed=2**70, firms=firms)
    write_chunk(tmp_path / "chunk.npz", record)
    back = read_chunk(tmp_path / "chunk.npz")
    assert same(record, back)
    assert back.runs.tolist() == [3, 4, 9]
    assert (back.sectors, back.seed) == (SECTORS, 2**70)
    assert np.array_equal(back.time, record.time)


def test_the_same_runs_give_the_same_bytes(tmp_path: Path) -> None:
    marks = {write_chunk(tmp_path / name, small_record([0, 1])) for name in ("a.npz", "b.npz")}
    assert marks == {digest(tmp_path / "a.npz")}


def test_only_the_outcomes_asked_for_are_read(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0, 1]), small_record([2]))
    record = load(tmp_path, ["gdp"])
    assert list(record.values) == ["gdp"]
    assert record.values["gdp"].shape == (3, 2, 9)
    assert record.snapshots["firm_sales_start"].shape == (3, 2, 2, 3)


def test_a_damaged_chunk_is_never_opened(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0, 1]))
    path = tmp_path / chunk_name(0)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(DamagedResult, match=r"chunk_00000\.npz is missing, damaged"):
        load(tmp_path)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    write_text(tmp_path / "table.csv", "old")
    with pytest.raises(FileNotFoundError), written(tmp_path / "table.csv") as part:
        part.with_name("missing").rename(part)
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "old"


# --- manifest


def test_the_manifest_vouches_for_every_file_but_the_provenance(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0, 1]))
    write_text(tmp_path / "figures" / "dashboard.csv", "1")
    store.write_provenance(tmp_path, CONFIG, (), utc_now())
    seal(tmp_path)
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert manifest.sealed
    assert set(manifest.files) == {"config.yaml", "figures/dashboard.csv", SUMMARY, TRAJECTORIES, chunk_name(0)}
    assert damaged(tmp_path, manifest) == []
    write_text(tmp_path / "figures" / "dashboard.csv", "2")
    assert damaged(tmp_path, manifest) == ["figures/dashboard.csv"]
    with pytest.raises(DamagedResult):
        verified(tmp_path, "figures/dashboard.csv")


def test_a_changed_chunk_cannot_be_sealed(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0, 1]))
    (tmp_path / chunk_name(0)).write_bytes(b"")
    with pytest.raises(DamagedResult, match="chunk_00000"):
        seal(tmp_path)


def test_a_manifest_comes_back_as_it_went(tmp_path: Path) -> None:
    manifest = Manifest({"config": "1"}, {chunk_name(0): Chunk(0, 9, 10, (3,), True)}, {"a": "f"}, True)
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest
    assert manifest.failed == (3,)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"chunks": 1}', "\x00", '{"chunks": [], "files": {}}'])
def test_a_damaged_manifest_is_named_with_a_way_out(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(DamagedResult, match=r"manifest\.json is damaged .*fresh=true"):
        prepare(tmp_path, CONFIG, fresh=False, notice=ignore)
    assert prepare(tmp_path, CONFIG, fresh=True, notice=ignore).chunks == {}


def test_a_folder_without_a_result_says_so(tmp_path: Path) -> None:
    with pytest.raises(DamagedResult, match="is no result folder"):
        load(tmp_path)


# --- an earlier session


def test_what_is_whole_is_kept_and_what_is_damaged_is_named_in_one_line(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0, 1]), small_record([2]))
    (tmp_path / chunk_name(1)).write_bytes(b"damaged")
    (tmp_path / f"{chunk_name(2)}.77.part").write_bytes(b"half")
    lines: list[str] = []
    manifest = prepare(tmp_path, CONFIG, fresh=False, notice=lines.append)
    assert list(manifest.chunks) == [chunk_name(0)]
    assert len(lines) == 1
    assert "chunk_00001" in lines[0]
    assert not list(tmp_path.rglob("*.part"))


def test_another_config_is_refused_with_the_keys_that_differ(tmp_path: Path) -> None:
    stored(tmp_path, small_record([0]))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    other = {"scenario": "small", "params": {"research": {"crowd_in": 0.4}}, "horizon": 2040, "seed": 1}
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
        prepare(tmp_path, {**CONFIG, "seed": 2}, fresh=False, notice=ignore)
    assert chunk_name(0) in prepare(tmp_path, CONFIG, fresh=False, notice=ignore).chunks
    assert store.settings(tmp_path) == CONFIG


def test_edited_equations_never_show_old_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(tmp_path, small_record([0]))
    monkeypatch.setattr("techduel.scenario.fingerprint.sources_hash", lambda: "edited")
    lines: list[str] = []
    assert prepare(tmp_path, CONFIG, fresh=False, notice=lines.append).chunks == {}
    assert not (tmp_path / chunk_name(0)).exists()
    assert len(lines) == 1


# --- trajectories and summary


@pytest.mark.parametrize("yearly", [False, True])
def test_trajectories_hold_every_outcome_with_names_and_units(tmp_path: Path, yearly: bool) -> None:
    xarray = pytest.importorskip("xarray")
    parts = [small_record([0, 1], yearly=yearly), small_record([5], yearly=yearly)]
    stored(tmp_path, *parts)
    whole = Record.concat(parts)
    with xarray.open_dataset(tmp_path / TRAJECTORIES) as found:
        time = "year_end" if yearly else "time"
        assert found["sales"].dims == ("run", "state", "sector", time)
        assert found["run"].values.tolist() == [0, 1, 5]
        assert found["sector"].values.tolist() == list(SECTORS)
        assert found["bloc"].values.tolist() == ["us", "china", "allies", "rest"]
        assert found["year"].values.tolist() == [2020] + [2021] * 4 + [2022] * 4
        assert found["quarter"].values.tolist() == [4, 1, 2, 3, 4, 1, 2, 3, 4]
        assert found[time].values[[0, -1]].tolist() == [2020.75, 2022.75]
        for name, values in whole.values.items():
            assert np.array_equal(found[name].values, values), name
            assert found[name].attrs == {"units": OUTCOMES[name].unit, "long_name": OUTCOMES[name].meaning}


def test_firm_panels_are_stored_beside_the_outcomes_of_the_same_name(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    record = small_record([0, 1], firms=True)
    stored(tmp_path, record)
    with xarray.open_dataset(tmp_path / TRAJECTORIES) as found:
        assert found["firm_technology"].dims == ("run", "state", "sector", "slot", "time")
        assert np.array_equal(found["firm_alive"].values.astype(bool), record.firms["alive"])


def test_trajectories_do_not_depend_on_chunks(tmp_path: Path) -> None:
    stored(tmp_path / "a", small_record([0, 1, 2]))
    stored(tmp_path / "b", small_record([0]), small_record([1, 2]))
    for name in (TRAJECTORIES, SUMMARY):
        assert digest(tmp_path / "a" / name) == digest(tmp_path / "b" / name)


def test_the_summary_is_tidy_and_right(tmp_path: Path) -> None:
    record = small_record(list(range(20)))
    stored(tmp_path, record)
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
