"""Watching a picture being drawn: where every text stands."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from techduel import Record, Scenario
from techduel.facts import Facts
from techduel.report.page import save_all
from techduel.studies.run.figures import album_of

SMALLEST = 8.0
"""Points, at the width of a printed page."""


@dataclass
class Picture:
    """What stands where on a picture as it was last drawn."""

    width: float
    height: float
    texts: dict[Text, Bbox] = field(default_factory=dict)

    def overlaps(self) -> list[tuple[str, str]]:
        """Texts that stand on each other."""
        pairs = combinations(self.texts.items(), 2)
        return [(one.get_text(), other.get_text()) for (one, a), (other, b) in pairs if a.overlaps(b)]

    def check(self) -> None:
        """Every text is large enough, inside the page and apart from the others."""
        for text, box in self.texts.items():
            assert text.get_fontsize() >= SMALLEST, text.get_text()
            assert min(box.x0, box.y0, self.width - box.x1, self.height - box.y1) >= 0, text.get_text()
        assert self.overlaps() == []


def watched(draw: Callable[[], Any]) -> Picture:
    """Draw one figure and note the box of every text, a hair smaller than drawn."""
    found: list[Picture] = []
    draw_figure, draw_text = Figure.draw, Text.draw

    def figure(self: Figure, renderer: Any) -> None:
        found.append(Picture(*renderer.get_canvas_width_height()))
        draw_figure(self, renderer)

    def text(self: Text, renderer: Any) -> None:
        if self.get_visible() and self.get_text().strip():
            # Of the words alone: an annotation would count its arrow.
            found[-1].texts[self] = Text.get_window_extent(self, renderer).padded(-1.0)
        draw_text(self, renderer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Figure, "draw", figure)
        patch.setattr(Text, "draw", text)
        draw()
    return found[-1]


def draw_all(
    record: Record, facts: Facts, scenario: Scenario, folder: Path, names: Iterable[str] | None = None
) -> list[str]:
    """Draw figures of a record that is in no folder yet; arguments as of `album_of`."""
    return save_all(album_of(record, facts, scenario, names), folder)
