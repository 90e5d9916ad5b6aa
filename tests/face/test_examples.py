"""Examples: those in docstrings of the public face, in the README and in docs/python.md run and say what they say."""

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

import techduel

REPOSITORY = Path(__file__).resolve().parents[2]
MODULES = sorted(set(techduel._HOMES.values()) | {"techduel.ensemble.shown"})
WITHOUT = {"techduel.scenario.loader"}
"""Modules of public names that have no example."""


def examples(module: str) -> list[doctest.DocTest]:
    return [one for one in doctest.DocTestFinder().find(import_module(module)) if one.examples]


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_say_what_they_say(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = examples(module)
    assert bool(found) is (module not in WITHOUT)
    for example in found:
        report: list[str] = []
        doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(example, out=report.append)
        assert report == []


def test_an_example_that_says_something_else_is_found() -> None:
    wrong = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    assert doctest.DocTestRunner(verbose=False).run(wrong, out=lambda text: None).failed == 1


PAGES = [
    *("README.md", "docs/python.md"),
    *(path.relative_to(REPOSITORY).as_posix() for path in sorted((REPOSITORY / "docs" / "notebooks").glob("*.md"))),
]


@pytest.mark.parametrize("page", PAGES)
def test_python_on_pages_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One block after the other as in one session, with few runs, so that it takes seconds."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", (REPOSITORY / page).read_text(encoding="utf-8"), re.M | re.S)
    assert blocks
    session: dict[str, object] = {}
    for block in blocks:
        few = re.sub(r"runs=\d+", "runs=2", block)
        code = compile(few, page, "exec")
        exec(code, session)
