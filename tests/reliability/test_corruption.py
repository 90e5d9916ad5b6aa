"""Flipped bits and cut files: every reader says which file is damaged, or makes it again; none shows wrong numbers."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sweeping import SMALL, folder_of, marks

from experiments.__main__ import main
from techduel.ensemble.folder import settings
from techduel.ensemble.manifest import MANIFEST, DamagedResult, damaged, required_manifest
from techduel.ensemble.runs import load

pytestmark = pytest.mark.reliability
FLIPS, CUTS = 1000, 50

type Content = bytes
type Harm = Callable[[random.Random, Content], Content]


def flipped(luck: random.Random, content: Content) -> Content:
    place = luck.randrange(len(content))
    spoilt = bytearray(content)
    spoilt[place] ^= 1 << luck.randrange(8)
    return bytes(spoilt)


def cut(luck: random.Random, content: Content) -> Content:
    return content[: luck.randrange(len(content))]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, whole: Path) -> dict[str, Path]:
    """A sweep, and a run with its records."""
    place = tmp_path_factory.mktemp("results")
    shutil.copytree(folder_of(whole), place / "sweep" / "small")
    assert main(["run", "runs=8", "horizon=2022", "name=small", f"results={place}", "quiet=true"]) == 0
    return {"sweep": place / "sweep" / "small", "run": place / "run" / "small"}


@pytest.mark.parametrize("kind", ["sweep", "run"])
def test_no_reader_takes_a_damaged_file_for_a_sound_one(results: dict[str, Path], kind: str) -> None:
    """525 files damaged for each kind of result; the large ones as often as the small ones."""
    folder, luck = results[kind], random.Random(2)
    manifest = required_manifest(folder)
    names = [*sorted(manifest.files), *sorted(manifest.chunks), MANIFEST]
    for number, harm in enumerate([flipped] * (FLIPS // 2) + [cut] * (CUTS // 2)):
        path = folder / names[number % len(names)]
        before = path.read_bytes()
        path.write_bytes(harm(luck, before))
        try:
            _is_noticed(folder, path, kind, drawn=number % 25 == 0)
        finally:
            path.write_bytes(before)
    assert damaged(folder, required_manifest(folder)) == []


def _is_noticed(folder: Path, path: Path, kind: str, drawn: bool) -> None:
    name = path.relative_to(folder).as_posix()
    if name == MANIFEST:
        with pytest.raises(DamagedResult):
            required_manifest(folder)
    else:
        assert damaged(folder, required_manifest(folder)) == [name]
    assert main(["reproduce", str(folder)]) == 3
    if not name.startswith("figures/"):
        assert main(["plot", str(folder)]) == 3
    elif drawn:
        _is_drawn_again(folder)
    if name == "config.yaml":
        with pytest.raises(DamagedResult):
            settings(folder)
    if kind == "run" and name.startswith("chunks/"):
        with pytest.raises(DamagedResult):
            load(folder)


def _is_drawn_again(folder: Path) -> None:
    mark = required_manifest(folder).files
    assert main(["plot", str(folder)]) == 0
    assert required_manifest(folder).files == mark
    assert damaged(folder, required_manifest(folder)) == []


def test_full_records_are_among_what_was_damaged(results: dict[str, Path]) -> None:
    assert required_manifest(results["run"]).chunks


@pytest.mark.parametrize("number", range(6))
def test_the_same_command_makes_again_what_is_damaged(tmp_path: Path, whole: Path, number: int) -> None:
    """A chunk, a table, a figure, the words, the settings, the manifest: flipped, the same command mends it."""
    shutil.copytree(folder_of(whole), tmp_path / "sweep" / "small")
    folder, luck = folder_of(tmp_path), random.Random(number)
    chunk = next((folder / "chunks").iterdir()).relative_to(folder).as_posix()
    names = (chunk, "outcomes.csv", "figures/parallel.csv", "README.md", "config.yaml", MANIFEST)
    path = folder / names[number]
    path.write_bytes(flipped(luck, path.read_bytes()))
    assert main(["sweep", *SMALL, f"results={tmp_path}", "executor=serial"]) == 0
    assert marks(tmp_path) == marks(whole)
    assert damaged(folder, required_manifest(folder)) == []
