"""Pages in Markdown from templates: READMEs of results, scorecards and blocks of the docs.

A template says in words what a study hands to it. Every value is made harmless where it is put in: no text of a user's
file breaks a table, opens a tag or ends in a link, and none is ever read as a template.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from techduel.ensemble.manifest import README, write_text
from techduel.report.marks import TITLES
from techduel.scenario.loader import visible

if TYPE_CHECKING:
    from jinja2 import Environment

ESCAPES: Final = (("|", "\\|"), ("<", "&lt;"), ("](", "]\\("), ("\n", " "), ("\r", " "))


class Markdown(str):
    """Markdown of our own making, which is put in as it is."""

    __slots__ = ()


def write_readme(folder: Path, template: str, **values: Any) -> None:
    """Write ``README.md`` of a result folder; a template also knows its `name`, and how to make it `again`."""
    again = code(f"techduel reproduce results/{folder.parent.name}/{folder.name}")
    write_text(folder / README, rendered(template, name=folder.name, again=again, **values))


def rendered(template: str, **values: Any) -> str:
    """A page from ``templates/TEMPLATE.md.j2``.

    Raises
    ------
    jinja2.UndefinedError
        If the template needs a value that is not given.
    """
    return _templates().get_template(f"{template}.md.j2").render(**values)


def escaped(value: Any) -> str:
    """A value as harmless text of one line; an empty one for what is missing."""
    if isinstance(value, Markdown):
        return value
    text = "" if value is None else str(value)
    for sign, instead in ESCAPES:
        text = text.replace(sign, instead)
    return visible(text)


def code(value: Any) -> Markdown:
    """A value as code."""
    words = str(value).replace("`", "'").replace("|", "\\|")
    return Markdown(f"`{visible(' '.join(words.split()))}`")


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Markdown:
    """A table with its titles."""
    return Markdown("\n".join(_table(head, rows)))


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield _line(head)
    yield "|" + "---|" * len(head)
    yield from map(_line, rows)


def _line(cells: Iterable[Any]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"


def short(value: float) -> str:
    """A number in three digits, an empty cell when there is none."""
    if math.isnan(value):
        return ""
    return f"{value + 0.0:.0f}" if abs(value) >= 1000.0 else f"{value + 0.0:.3g}"  # no minus before a zero


def tenths(value: float) -> str:
    """A number with one decimal, without a minus before a zero."""
    return f"{round(float(value), 1) + 0.0:.1f}"


def hundredths(part: float) -> str:
    """A share in whole per cent, an empty cell when there is none."""
    return "" if math.isnan(part) else f"{100.0 * part:.0f}"


def band(row: Mapping[str, Any], low: str = "q05", high: str = "q95") -> str:
    """Both ends of a row's band; empty when there is none."""
    return "" if math.isnan(row[low]) else f"{short(row[low])} to {short(row[high])}"


def templates(**how: Any) -> "Environment":
    """The templates of this folder, which refuse a value that is not given."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("techduel.report")
    return Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, **how)


@cache
def _templates() -> "Environment":
    # Markdown needs other escapes than HTML: `finalize` escapes every value that is put in.
    made = templates(autoescape=False, finalize=escaped, keep_trailing_newline=True)
    made.filters |= {"code": code, "short": short, "tenths": tenths, "hundredths": hundredths, "band": band}
    made.globals |= {"table": table, "titles": TITLES, "isnan": math.isnan}
    return made
