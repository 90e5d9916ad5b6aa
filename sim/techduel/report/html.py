"""Report: stories of results as one HTML file that asks nobody for anything and is whole without scripts."""

import base64
import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from techduel.report.marks import Album, Picture
from techduel.report.pages import templates
from techduel.report.story import Story
from techduel.scenario.fingerprint import version
from techduel.scenario.loader import visible
from techduel.statistics.tables import DIGITS

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE: Final = "report.html.j2"


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its numbers, ready to be put into a page."""

    name: str
    title: str
    source: str
    said: str
    """For readers who do not see it."""
    image: str
    """As an address that holds all of it."""
    numbers: str
    provenance: str


def page(told: Sequence[tuple[Story, Sequence[Figure]]]) -> str:
    """The whole report of stories with their figures; every text in it is shown as text, whatever it is."""
    return _templates().get_template(TEMPLATE).render(told=told, version=version())


def figures(album: Album) -> Iterator[Figure]:
    """The pictures of an album, drawn."""
    from techduel.report.page import vector

    for name, picture in album.pictures:
        provenance = {"figure": name, "title": picture.title, "source": picture.source, **album.origin}
        yield Figure(
            name=name,
            title=picture.title,
            source=picture.source,
            said=f"{picture.title}. {picture.source} {picture.note}".strip(),
            image=_address("image/svg+xml", vector(picture, album.made)),
            numbers=_address("text/csv", numbers_of(picture).encode()),
            provenance=_address("application/json", json.dumps(provenance, indent=1).encode()),
        )


def numbers_of(picture: Picture) -> str:
    """The table beside a picture, in the text of its CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(picture.columns)
    writer.writerows([_cell(cell) for cell in row] for row in picture.rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - only NaN differs from itself
        return ""
    return value if isinstance(value, str) else f"{value + 0.0:.{DIGITS}g}"


def _address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _shown(value: Any) -> Any:
    """Texts of a stranger's file without what a reader cannot see; escapes for HTML come after."""
    return visible(value) if type(value) is str else value


@cache
def _templates() -> "Environment":
    return templates(autoescape=True, finalize=_shown)
