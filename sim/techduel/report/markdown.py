"""Tables in Markdown, a line at a time."""

import math
from collections.abc import Iterator
from typing import Any, Final

TITLES: Final = {"us": "United States", "china": "China"}
"""Names of states in sentences."""


def head(*titles: str) -> Iterator[str]:
    """The titles of a table and the line under them."""
    yield cells(*titles)
    yield "|" + "---|" * len(titles)


def cells(*values: Any) -> str:
    """A line of a table."""
    return "| " + " | ".join(str(value).replace("|", "\\|") for value in values) + " |"


def short(value: float) -> str:
    """A number in three digits, an empty cell when there is none."""
    if math.isnan(value):
        return ""
    return f"{value + 0.0:.0f}" if abs(value) >= 1000.0 else f"{value + 0.0:.3g}"  # no minus before a zero


def tenths(value: float) -> float:
    """To a decimal, without a minus before a zero."""
    return round(float(value), 1) + 0.0


def per_cent(part: float) -> str:
    """A share in whole per cent, an empty cell when there is none."""
    return "" if math.isnan(part) else f"{100.0 * part:.0f}"
