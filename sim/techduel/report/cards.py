"""Cards: what a scenario, a record or a result says of itself in a notebook; every text in them is shown as text."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

import numpy as np

from techduel.ensemble.headlines import DISCOUNT_RATE, headline, levels
from techduel.ensemble.record import Record
from techduel.model.axes import STATES, Numbers
from techduel.report.marks import TITLES
from techduel.report.words import number
from techduel.scenario.loader import visible

RIGHT: Final = ' style="text-align:right"'


def card(title: str, sentences: Iterable[str], head: Sequence[str] = (), rows: Iterable[Sequence[str]] = ()) -> str:
    """A heading, sentences and a table, in HTML without styles of its own."""
    lines = [f"<p><strong>{_text(title)}</strong></p>", *(f"<p>{_text(words)}</p>" for words in sentences)]
    if head:
        cells = "".join(f"<th>{_text(name)}</th>" for name in head)
        lines += ["<table>", f"<thead><tr>{cells}</tr></thead>", "<tbody>"]
        lines += [f"<tr>{''.join(_cell(cell, place) for place, cell in enumerate(row))}</tr>" for row in rows]
        lines += ["</tbody>", "</table>"]
    return "\n".join(lines)


def card_of_record(record: Record) -> str:
    """Runs, years and seed; medians and bands of headlines at the end."""
    first, last = record.years[min(1, len(record.years) - 1)], record.years[-1]
    size = f"{len(record.runs)} runs, {first} to {last}, seed {record.seed}, {len(record.sectors)} sectors."
    numbers = levels(record, DISCOUNT_RATE)
    rows = [(headline(name).title, *_sides(values), headline(name).unit) for name, values in numbers.items()]
    told = f"At the end of {last}: median over runs (90 % of runs). Names of all outcomes: list(record)."
    return card(f"Record of {record.scenario or 'runs'}", [size, told], ("", *TITLES.values(), "unit"), rows)


def _sides(values: Numbers) -> Iterable[str]:
    """Median and band of each state; of the world once."""
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95), axis=0)
    told = [
        f"{number(m, sign=False)} ({number(a, sign=False)} to {number(b, sign=False)})"
        for a, m, b in zip(low.tolist(), middle.tolist(), high.tolist(), strict=True)
    ]
    return told if len(told) == len(STATES) else (told[0], "")


def _cell(text: str, place: int) -> str:
    return f"<td{RIGHT if place else ''}>{_text(text)}</td>"


def _text(words: str) -> str:
    return escape(visible(words))
