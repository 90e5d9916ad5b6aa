"""What results of every study go through: made by a command or refused in one line; drawn, told, made again."""

from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest

from experiments.__main__ import main
from experiments.exits import guarded


@contextmanager
def made(place: Path, study: str, *arguments: str) -> Iterator[Path]:
    """The folder of a result called ``small``, which a command makes in a place of its own."""
    with chdir(place):
        assert guarded(main, [study, *arguments]) == 0
        yield place / "results" / study / "small"


def refused(place: Path, capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """The one line in which a command is refused, after which nothing is there."""
    with chdir(place):
        assert guarded(main, command) == 2
    told, *more = capsys.readouterr().err.strip().splitlines()
    assert more == ["Nothing was written."]
    assert list(place.iterdir()) == []
    return told


def told_and_made_again(folder: Path, capsys: pytest.CaptureFixture[str], *files: str) -> None:
    """A result has its files, and is the same to the byte after it was drawn, computed and told anew."""
    assert {path.name for path in folder.rglob("*")} >= {"README.md", *files}
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for command in (["plot"], ["reproduce"], ["report", f"file={folder.parent}/page.html"]):
        assert guarded(main, [*command, str(folder)]) == 0
    assert {path: path.read_bytes() for path in before} == before
    assert "every file is the same" in capsys.readouterr().out
