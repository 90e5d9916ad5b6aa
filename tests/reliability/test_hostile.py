"""500 valid configurations with something changed: each is valid or refused, and the valid ones run."""

from pathlib import Path

import pytest

from tests.hostile import check_line, check_text, ended
from tests.mutations import mutated_lines, mutated_texts

pytestmark = pytest.mark.reliability
TEXTS, LINES, RUN = 300, 200, 8
TINY = ("runs=1", "record=headline", "executor=serial", "quiet=true", "name=tiny", "fresh=true")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_changed_scenario_files_are_valid_or_refused() -> None:
    valid = [text for text in mutated_texts(seed=2026, count=TEXTS) if check_text(text)]
    assert RUN <= len(valid) <= TEXTS - 100, "changes are neither harmless nor hopeless"
    for number, text in enumerate(valid[:RUN]):
        path = Path(f"valid{number}.yaml")
        path.write_text(text, encoding="utf-8")
        code, told, _ = ended(["run", f"scenario_file={path.name}", "horizon=2021", f"results=r{number}", *TINY])
        # A scenario of an earlier base year cannot end in 2021 only where it begins later.
        assert code in {0, 2}, f"{told}\n{text}"


def test_changed_command_lines_are_valid_or_refused() -> None:
    valid = [words for words in mutated_lines(seed=2026, count=LINES) if check_line(words)]
    assert 10 <= len(valid) <= LINES - 50, "changes are neither harmless nor hopeless"
