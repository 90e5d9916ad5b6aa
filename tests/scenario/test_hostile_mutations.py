"""A valid configuration with something changed is valid or refused, never a bug; more in `make reliability`."""

from pathlib import Path

import pytest

from tests.hostile import check_line, check_text
from tests.mutations import mutated_lines, mutated_texts


@pytest.mark.parametrize("part", range(2))
def test_changed_scenario_files(part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for text in mutated_texts(seed=part, count=10):
        check_text(text)


def test_changed_command_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in mutated_lines(seed=3, count=12):
        check_line(words)
