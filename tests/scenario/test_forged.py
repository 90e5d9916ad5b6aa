"""Results whose checksums fit and whose content nobody has computed: one line, no bug of ours, nothing elsewhere."""

import copy
import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pandas import DataFrame, read_csv

import techduel
from experiments.__main__ import main
from techduel.ensemble.chunks import numbered
from techduel.ensemble.manifest import DEEPEST, Manifest, Mark, StrangeTable, mark, required_manifest, write_manifest
from techduel.report.marks import Album

TINY = ("horizon=2021", "slots=4", "quiet=true", "executor=serial", "params=default", "name=small")
AGAIN = {
    "run": ("run", "runs=3", *TINY),
    "sweep": ("sweep", "points=2", "runs=2", *TINY),
    "game": (
        *("game", "us=[stay,broad_controls]", "china=[stay,cooperation]", "runs=2", "places=3", "horizon=2021"),
        *("base=[slots=4,params=default]", "quiet=true", "name=small"),
    ),
}
FORGED = 3

type Arrays = dict[str, NDArray[Any]]
type Change = Callable[[Arrays], Arrays]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sound")
    for command in AGAIN.values():
        assert main([*command, f"results={place}"]) == 0
    return place


@pytest.fixture
def results(sound: Path, tmp_path: Path) -> Path:
    """A copy that may be spoilt."""
    shutil.copytree(sound, tmp_path / "results")
    return tmp_path / "results"


def code(results: Path, command: str, study: str) -> int:
    """Exit code of a command on a result: once more, with one run more, or by its folder."""
    folder = str(results / study / "small")
    if command in {"plot", "reproduce"}:
        return main([command, folder])
    if command == "export":
        return main([command, folder, f"file={results / 'out.nc'}"])
    more = ["runs=5"] if command == "extend" else []
    return main([*AGAIN[study], *more, f"results={results}"])


def resealed(folder: Path) -> None:
    """Let the manifest vouch for whatever its files hold."""
    manifest = required_manifest(folder)
    manifest.files = {name: mark(folder / name) for name in manifest.files}
    write_manifest(folder, manifest)


def other_chunk(folder: Path, change: Change) -> None:
    """Put other arrays in the place of the first chunk, under a name that fits them."""
    manifest, old = required_manifest(folder), sorted((folder / "chunks").iterdir())[0]
    with np.load(old) as stored:
        arrays = change({name: stored[name] for name in stored.files})
    np.savez(folder / "other.npz", allow_pickle=False, **arrays)
    content = (folder / "other.npz").read_bytes()
    (folder / "other.npz").unlink()
    old.unlink()
    number = numbered(manifest.fingerprint, arrays["points"].tolist(), arrays["runs"].tolist())
    name = f"chunks/{number}-{hashlib.sha256(content).hexdigest()}.npz"
    (folder / name).write_bytes(content)
    manifest.chunks = {key: size for key, size in manifest.chunks.items() if key != f"chunks/{old.name}"}
    manifest.chunks[name] = len(content)
    write_manifest(folder, manifest)


def all_values(number: float) -> Change:
    return lambda arrays: {
        name: np.full_like(found, number) if name.startswith("values/") else found for name, found in arrays.items()
    }


def without(part: str) -> Change:
    return lambda arrays: {name: found for name, found in arrays.items() if part not in name}


def beside(name: str, found: NDArray[Any]) -> Change:
    return lambda arrays: {**arrays, name: found}


def as_kind(kind: str) -> Change:
    return lambda arrays: {
        name: found.astype(kind) if name.startswith("values/") else found for name, found in arrays.items()
    }


CHUNKS: dict[str, Change] = {
    "no numbers": all_values(np.nan),
    "infinite numbers": all_values(np.inf),
    "huge numbers": all_values(1e308),
    "numbers below nothing": all_values(-1e300),
    "half precision": as_kind("f2"),
    "another order of bytes": as_kind(">f8"),
    "no snapshots": without("snapshots"),
    "no diagnostics": without("diagnostics"),
    "diagnostics of words": beside("values/diagnostics.limit_cash", np.array(["a", "b", "c"])),
    "a diagnostic of escapes": beside("values/diagnostics.\x1b[2J", np.ones(3)),
    "a group that is none": beside("values/evil.x", np.ones(3)),
    "firms of two axes": beside("values/firms.sales", np.ones((3, 2))),
    "sectors from elsewhere": beside("common/sectors", np.array([f"../{place}" for place in range(14)])),
}


LASTING = ("numbers below nothing", "no snapshots", "a group that is none", "half precision")
"""Tried with more commands."""


@pytest.mark.parametrize(
    ("name", "command"),
    [*((name, "extend") for name in CHUNKS), *((name, more) for name in LASTING for more in ("plot", "export"))],
)
def test_a_chunk_that_nobody_computed_is_no_bug_of_ours(
    name: str, command: str, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other_chunk(results / "run" / "small", CHUNKS[name])
    ended = code(results, command, "run")
    told = capsys.readouterr().err
    assert ended == FORGED or (ended == 0 and command in {"extend", "export"})
    assert "A bug of ours" not in told
    assert all(sign.isprintable() or sign == "\n" for sign in told)


def test_what_may_be_a_mistake_of_ours_is_kept_for_us(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other_chunk(results / "run" / "small", all_values(-1e300))
    assert code(results, "plot", "run") == FORGED
    told = capsys.readouterr().err
    assert "small: what is stored there is nothing that this version would write" in told
    assert "The traceback lies in" in told


def test_a_mistake_where_nothing_was_stored_is_still_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from techduel.studies.run import tables

    def broken(_record: object) -> None:
        raise KeyError("no such diagnostic")

    monkeypatch.setattr(tables, "diagnostics", broken)
    assert main([*AGAIN["run"], f"results={tmp_path}"]) == 1
    assert "A bug of ours: KeyError" in capsys.readouterr().err


TABLES: dict[str, Callable[[str], str]] = {
    "only a header": lambda text: text.split("\n")[0] + "\n",
    "words for numbers": lambda text: "".join("x" if sign.isdecimal() else sign for sign in text),
    "a quote that never closes": lambda text: text + '"',
}


@pytest.mark.parametrize("change", TABLES)
@pytest.mark.parametrize(
    ("study", "table"), [("run", "summary.csv"), ("sweep", "outcomes.csv"), ("sweep", "design.csv")]
)
def test_a_table_that_nobody_wrote_is_no_bug_of_ours(
    study: str, table: str, change: str, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = results / study / "small" / table
    path.write_text(TABLES[change](path.read_text(encoding="utf-8")), encoding="utf-8")
    resealed(path.parent)
    assert {code(results, command, study) for command in ("again", "plot")} <= {0, FORGED}
    assert "A bug of ours" not in capsys.readouterr().err


def without_column(name: str) -> Callable[[DataFrame], DataFrame]:
    return lambda table: table.drop(columns=name)


def words_in(name: str) -> Callable[[DataFrame], DataFrame]:
    return lambda table: table.assign(**{name: "x"})


@pytest.mark.parametrize(
    ("study", "name", "change", "words"),
    [
        ("game", "payoffs.csv", without_column("state"), "small/payoffs.csv: column state is missing;"),
        ("game", "regret.csv", without_column("policy"), "small/regret.csv: column policy is missing;"),
        ("game", "payoffs.csv", words_in("payoff"), "small/payoffs.csv: column payoff holds words for numbers;"),
        ("run", "leads.csv", words_in("q50"), "small/leads.csv: column q50 holds words for numbers;"),
        ("sweep", "outcomes.csv", words_in("mean"), "small/outcomes.csv: column mean holds words for numbers;"),
        ("game", "equilibria.csv", lambda table: table[:0], "small: what is stored in "),
    ],
)
def test_a_table_that_nobody_wrote_is_told_with_its_name_and_column(
    study: str,
    name: str,
    change: Callable[[DataFrame], DataFrame],
    words: str,
    results: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = results / study / "small" / name
    change(read_csv(path)).to_csv(path, index=False)
    resealed(path.parent)
    assert main(["report", str(path.parent), f"file={results / 'out.html'}"]) == FORGED
    told = capsys.readouterr().err.splitlines()[0]
    assert told.startswith(words)
    assert name in told
    assert told.endswith("compute it again with fresh=true or another name")
    assert not (results / "out.html").exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'a,b\n"', b"a\n1,2\n1,2,3\n"])
def test_what_is_no_table_is_told_with_its_name(
    content: bytes, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = results / "game" / "small" / "payoffs.csv"
    path.write_bytes(content)
    resealed(path.parent)
    assert code(results, "plot", "game") == FORGED
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("small/payoffs.csv: no table (")
    with pytest.raises(StrangeTable):
        techduel.open_result(path.parent).table("payoffs")


def test_every_table_of_a_sound_result_is_opened(sound: Path) -> None:
    for study in AGAIN:
        result = techduel.open_result(sound / study / "small")
        assert all(len(result.table(name).columns) > 1 for name in result.tables)


def test_a_picture_that_cannot_be_drawn_of_what_is_stored_is_no_bug_of_ours(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def album(config: Mapping[str, Any], folder: Path) -> Album:
        raise KeyError("nan")

    monkeypatch.setattr("techduel.studies.run.command.album", album)
    target = results / "out.html"
    assert main(["report", str(results / "run" / "small"), f"file={target}"]) == FORGED
    assert "nothing that this version would write" in capsys.readouterr().err
    assert not target.exists()


@pytest.mark.parametrize("name", ["README.md", "config.yaml", "notes.bin"])
@pytest.mark.parametrize("command", ["plot", "extend"])
def test_a_file_that_claims_two_terabytes_is_not_hashed(name: str, command: str, results: Path) -> None:
    folder = results / "run" / "small"
    manifest = required_manifest(folder)
    (folder / name).touch()
    os.truncate(folder / name, 2**41)
    manifest.files[name] = Mark("0" * 64, 2**41)
    write_manifest(folder, manifest)
    assert code(results, command, "run") in {0, FORGED}


def test_a_manifest_that_claims_two_terabytes_is_not_read(results: Path) -> None:
    os.truncate(results / "run" / "small" / "manifest.json", 2**41)
    assert code(results, "plot", "run") == FORGED
    assert code(results, "again", "run") == 0


@pytest.mark.parametrize(("depth", "ended"), [(DEEPEST, 0), (DEEPEST + 1, FORGED), (600, FORGED)])
def test_results_inside_each_other_are_looked_into_so_far(depth: int, ended: int, results: Path) -> None:
    folder = results / "run" / "small"
    below: dict[str, Mark] = {}
    before = Path.cwd()
    os.chdir(folder)  # a path of so many folders is too long for the system
    try:
        for _ in range(depth):
            Path("d").mkdir()
            os.chdir("d")
        for _ in range(depth):
            write_manifest(Path(), Manifest({"config": "0"}, {}, below, sealed=True))
            below = {"d/manifest.json": mark(Path("manifest.json"))}
            os.chdir("..")
    finally:
        os.chdir(before)
    manifest = required_manifest(folder)
    manifest.files |= below
    write_manifest(folder, manifest)
    assert code(results, "plot", "run") == ended


def test_a_chunk_of_other_numbers_is_told_when_it_is_reproduced(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other_chunk(results / "sweep" / "small", all_values(0.0))
    assert code(results, "reproduce", "sweep") == FORGED
    assert "different now" in capsys.readouterr().err


def test_old_results_are_never_put_aside_through_a_link(results: Path, tmp_path: Path) -> None:
    folder, outside = results / "run" / "small", tmp_path / "outside"
    outside.mkdir()
    (outside / "README.md").write_text("kept")
    manifest = required_manifest(folder)
    manifest.fingerprint["sources"] = "0" * 64
    write_manifest(folder, manifest)
    folder.with_name("small@before.part").symlink_to(outside)
    assert code(results, "again", "run") == 2
    assert [path.name for path in outside.iterdir()] == ["README.md"]
    assert (outside / "README.md").read_text() == "kept"


def test_a_configuration_that_is_no_text_is_written_again(results: Path) -> None:
    folder = results / "run" / "small"
    before = (folder / "config.yaml").read_bytes()
    (folder / "config.yaml").write_bytes(bytes(range(256)))
    resealed(folder)
    assert code(results, "plot", "run") == FORGED
    assert code(results, "again", "run") == 0
    assert (folder / "config.yaml").read_bytes() == before


def test_members_of_a_chunk_that_share_bytes_are_no_chunk(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A few bytes that are read a thousand times stand for more than any memory holds."""
    folder = results / "run" / "small"
    manifest, old = required_manifest(folder), sorted((folder / "chunks").iterdir())[0]
    with zipfile.ZipFile(old, "a") as archive:
        largest = max(archive.infolist(), key=lambda member: member.file_size)
        for place in range(1000):
            member = copy.copy(largest)
            member.filename = f"common/{place}.npy"
            archive.filelist.append(member)
        archive._didModify = True  # type: ignore[attr-defined]
    new = old.with_name(f"{old.name[:24]}-{hashlib.sha256(old.read_bytes()).hexdigest()}.npz")
    manifest.chunks = {f"chunks/{new.name}": old.rename(new).stat().st_size}
    write_manifest(folder, manifest)
    assert code(results, "export", "run") == FORGED
    assert code(results, "extend", "run") == 0
    assert "is damaged; computing its runs again" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["again", "plot"])
def test_a_name_of_two_lines_is_told_in_one(command: str, results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = required_manifest(results / "run" / "small")
    manifest.files["a\nEverything is as it was\x1b[2J"] = Mark("0" * 64, 1)
    write_manifest(results / "run" / "small", manifest)
    assert code(results, command, "run") in {0, FORGED}
    told = capsys.readouterr().err
    assert r"a\nEverything is as it was\x1b[2J" in told
    assert "\nEverything" not in told
