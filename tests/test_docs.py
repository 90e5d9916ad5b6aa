"""Pages that people read in a terminal, too: lines of prose have an end."""

import re
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


LINK = re.compile(r"\]\((?!https?:|data:)([^)#\s]+)(?:#[^)]*)?\)")
EVERY = [*PAGES, *sorted((REPOSITORY / "docs" / "notebooks").glob("*.md"))]


@pytest.mark.parametrize("page", EVERY, ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_site_has_a_door_to_every_page() -> None:
    """Each once, in the lists of the first page; Sphinx itself refuses what is in none."""
    docs = REPOSITORY / "docs"
    text = (docs / "index.md").read_text(encoding="utf-8")
    listed = [line for block in re.findall(r"```{toctree}\n(.*?)```", text, re.S) for line in block.split("\n")]
    names = [line for line in listed if line and not line.startswith(":")]
    pages = {path.relative_to(docs).with_suffix("").as_posix() for path in docs.rglob("*.md")} - {"index"}
    assert sorted(names) == sorted(pages)


@pytest.mark.parametrize("name", ["README.md", "docs/faq.md"])
def test_what_is_said_of_published_effects_is_what_the_evidence_says(name: str) -> None:
    """Counts of the headline of docs/evidence.md, which ``make evidence`` writes."""
    headline = (REPOSITORY / "docs" / "evidence.md").read_text(encoding="utf-8")
    untouched = r"of {} findings {}, neither tuned nor seen in version 0\.1\.0: {} reproduced, {} sign only"
    sizes = re.search(untouched.format(r"(\d+)", "with a published size or range", r"(\d+)", r"\d+"), headline)
    directions = re.search(untouched.format(r"(\d+)", "with a direction only", "0", r"(\d+)"), headline)
    assert sizes
    assert directions
    said = " ".join((REPOSITORY / name).read_text(encoding="utf-8").split())
    assert f"of {sizes[1]} published sizes untouched when numbers were chosen, {sizes[2]} are reproduced" in said
    assert f"of {directions[1]} directions none beyond the sign, {directions[2]} with the sign" in said
