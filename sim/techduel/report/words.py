"""Words about numbers: a change with its band, shares, lines of a screen."""

import math
import textwrap
from collections.abc import Mapping
from typing import Any, Final

from techduel.scenario.parameter_sets import RUNS_OF_A_SET
from techduel.statistics.directions import SETS_FOR_DIRECTION, Change, share_interval
from techduel.statistics.normal import NORMAL_90

COLUMNS: Final = 80
"""Of a screen."""
UNBROKEN: Final = "\N{NO-BREAK SPACE}"
BETWEEN: Final = " · "
"""Parts of a heading."""


def number(value: float, sign: bool = True) -> str:
    """A number in about three digits, with a plus where `sign` asks for it; a dash where there is none."""
    if math.isnan(value):
        return "-"
    if value == 0.0:
        return "0"
    size = abs(value)
    digits = 0 if size >= 100.0 else 1 if size >= 10.0 else 2 if size >= 0.1 else 3
    rounded = round(value, digits) + 0.0
    return f"{rounded:+,.{digits}f}" if sign else f"{rounded:,.{digits}f}"


def band(change: Change, unit: str = "") -> str:
    """Both ends of 90 % of the runs."""
    return f"{number(change.low)} to {number(change.high)}{unit and ' '}{unit}"


def sure(change: Change) -> str:
    """In how many runs a change goes the way of its median, with what that share is known to within."""
    low, high = (100.0 * end for end in share_interval(change.share, change.runs))
    return f"in {per_cent(change.share)} of {change.runs} runs ({low:.0f} to {high:.0f} %)"


def within_luck(mean: float, error: float) -> str:
    """What a mean within `NORMAL_90` standard errors of 0 is followed by; nothing where no error is known."""
    return "" if abs(mean) > NORMAL_90 * error or math.isnan(error) else ", within luck"


def sized(line: Mapping[str, Any], unit: str, share: str = "", luck: str = "") -> str:
    """The mean of a line, 90 % of its runs, a share of them, and the part of luck in its variance."""
    part = "" if math.isnan(line["luck"]) else f", luck {per_cent(line['luck'])} of the variance"
    ends = f"90 % of runs {number(line['q05'])} to {number(line['q95'])}"
    return f"{number(line['mean'])} {unit} ({ends}{share}{part}{luck})"


def per_cent(share: float) -> str:
    """A share in whole per cent, none of which is called all or nothing before it is."""
    if 0.995 <= share < 1.0:
        return "over 99 %"
    return "under 1 %" if 0.0 < share < 0.005 else f"{100.0 * share:.0f} %"


def open_words(change: Change) -> str:
    """What there is to say of a change whose direction is not told."""
    if change.too_few:
        return f"too few runs to tell ({change.runs}; {RUNS_OF_A_SET * SETS_FOR_DIRECTION} at least)"
    shares = f"up in {per_cent(change.rises)}, down in {per_cent(change.falls)} of {change.runs} runs"
    return f"no clear direction ({number(change.middle)} {change.unit}, {band(change)}; {shares})"


def wrapped(text: str, indent: str = " ") -> list[str]:
    """A sentence in lines that a screen shows whole, none of which begins with a per cent sign."""
    whole = text.replace(" %", f"{UNBROKEN}%")
    lines = textwrap.wrap(
        whole, COLUMNS, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace(UNBROKEN, " ") for line in lines]


def in_parts(text: str) -> list[str]:
    """Parts of a heading in lines that a screen shows whole, none of them broken."""
    lines = [""]
    for part in text.split(BETWEEN):
        longer = f"{lines[-1]}{BETWEEN}{part}" if lines[-1] else part
        lines[-1:] = [longer] if len(longer) <= COLUMNS or not lines[-1] else [lines[-1], part]
    return lines
