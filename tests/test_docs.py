"""Pages that people read in a terminal, too: lines of prose have an end."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PAGES = [*sorted((REPOSITORY / "docs").glob("*.md")), *sorted(REPOSITORY.glob("*.md"))]
WIDTH = 120


def prose(text: str) -> list[str]:
    """Lines that are neither tables, code, headings nor made by a command."""
    kept, code, made = [], False, False
    for line in text.split("\n"):
        code ^= line.lstrip().startswith("```")
        made = (made or "<!-- begin" in line) and "<!-- end" not in line
        if not (code or made or line.lstrip().startswith(("|", "#", "!["))):
            kept.append(line)
    return kept


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_line_of_prose_is_longer_than_a_screen(page: Path) -> None:
    assert [line for line in prose(page.read_text(encoding="utf-8")) if len(line) > WIDTH] == []
