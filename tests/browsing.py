"""A real headless Chromium for tests of pages, and what is asked of every page in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
WIDTHS: Final = (400, 900, 1400)
PATIENCE: Final = 120_000
"""Milliseconds: tests share two cores with others."""


CONTRAST: Final = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
"""Texts that are told from what is behind them less than WCAG 2.2 asks for (AA, 4.5 to 1)."""


class Visit:
    """A page with all that it asked for and complained of."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        page.on("dialog", self._asked)

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _asked(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def check(self, *hosts: str) -> None:
        """Nobody else is asked, nothing is complained of, no page is wider than its window, every text is readable."""
        asked = {urlsplit(url).netloc for url in self.requests if urlsplit(url).scheme not in {"data", "blob", "file"}}
        assert asked <= set(hosts)
        assert self.complaints == []
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width
        assert self.page.evaluate(CONTRAST) == []


@contextmanager
def browser() -> Iterator[Any]:
    """A browser; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium was found")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield running
        finally:
            running.close()


@contextmanager
def visit(running: Any, address: str, width: int = 1100) -> Iterator[Visit]:
    """A visitor of their own."""
    context = running.new_context(viewport={"width": width, "height": 900})
    try:
        context.set_default_timeout(PATIENCE)
        found = Visit(context.new_page())
        found.page.goto(address)
        yield found
    finally:
        context.close()
