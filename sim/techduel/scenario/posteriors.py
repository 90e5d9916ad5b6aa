"""Posterior tables: parameter sets of a base year with the forms that each was fitted under, one a line.

Columns are read by name. Those of forms hold names, all others numbers.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Numbers
from techduel.model.parameters.forms import RIVALS, code
from techduel.scenario.loader import InvalidInput
from techduel.scenario.prior import Column, columns

DIGITS: Final = 5
"""Significant digits of a table."""
FORM: Final = "forms."
"""What names of columns with forms begin with."""

type FormCodes = Mapping[str, NDArray[np.int64]]
"""By mechanism: the code of each set's form, (set,)."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """Parameter sets, and what their table and the parameters of this version do not have in common."""

    values: Numbers
    """(set, column), in the order of `prior.columns`; closed to writing. What is missing has its most likely value."""
    missing: tuple[str, ...] = ()
    """Full names of parameters that the table does not hold: nothing is known of them but what is configured."""
    unknown: tuple[str, ...] = ()
    """Columns that are neither parameters nor forms."""
    forms: FormCodes = field(default_factory=dict)
    """Those that each set was fitted under, of mechanisms that the table knows."""


def folder() -> Traversable:
    """Where the tables lie."""
    return files("techduel.scenario.posterior")


def posterior_years() -> tuple[int, ...]:
    """Base years that have a posterior."""
    names = (path.name for path in folder().iterdir())
    years = (name.removeprefix("posterior_").removesuffix(".csv") for name in names if name.endswith(".csv"))
    return tuple(sorted(int(year) for year in years if year.isdigit()))


@cache
def posterior(base_year: int) -> Posterior:
    """The posterior of a base year.

    Raises
    ------
    InvalidInput
        If there is none, or its table is damaged.
    """
    if base_year not in posterior_years():
        raise InvalidInput([missing(base_year)])
    name = f"posterior_{base_year}.csv"
    return parsed(folder().joinpath(name).read_text(encoding="utf-8"), name)


def missing(base_year: int) -> str:
    """One line for a base year without a posterior."""
    there = " and ".join(str(year) for year in posterior_years()) or "none"
    return (
        f"params: no posterior for facts.base_year {base_year}, only for {there}; allowed: params=default, params=prior"
    )


def parsed(text: str, name: str) -> Posterior:
    """The sets in the text of a posterior table.

    Raises
    ------
    InvalidInput
        If it does not hold one finite number inside its range for each set and column, and one known form for each set
        and column of forms.
    """
    header, *lines = list(csv.reader(StringIO(text))) or [[]]
    present = [column for column in columns() if column.name in header]
    if not present or max(Counter(header).values()) > 1:
        raise InvalidInput([f"{name}: its columns are not the parameters of this version; fit it again"])
    if any(len(line) != len(header) for line in lines):
        raise InvalidInput([f"{name}: not one value in each of {len(header)} columns"])
    mechanisms = [mechanism for mechanism in RIVALS if FORM + mechanism in header]
    forms = {
        mechanism: _form_codes(mechanism, _cells(FORM + mechanism, header, lines), name) for mechanism in mechanisms
    }
    found = _numbers([column.name for column in present], header, lines, name)
    _refuse_wrong(found, present, name)
    named = {*(column.name for column in present), *(FORM + mechanism for mechanism in mechanisms)}
    return _completed(found, present, tuple(word for word in header if word not in named), forms)


def table(values: Numbers, forms: FormCodes | None = None) -> str:
    """The text of a posterior table; the same sets give the same text."""
    given = forms or {}
    header = [*(column.name for column in columns()), *(FORM + mechanism for mechanism in given)]
    names = [[list(RIVALS[mechanism].forms)[one] for one in codes] for mechanism, codes in given.items()]
    lines = (
        [*(f"{number:.{DIGITS}g}" for number in line), *words] for line, *words in zip(values, *names, strict=True)
    )
    return "\n".join(map(",".join, [header, *lines])) + "\n"


def _cells(column: str, header: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    place = header.index(column)
    return [line[place] for line in lines]


def _form_codes(mechanism: str, words: Sequence[str], name: str) -> NDArray[np.int64]:
    unknown = sorted({word for word in words if word not in RIVALS[mechanism].forms})
    if unknown:
        raise InvalidInput([f"{name}: {FORM}{mechanism}: not among its forms: {', '.join(unknown)}"])
    return np.array([code(mechanism, word) for word in words])


def _numbers(names: Sequence[str], header: Sequence[str], lines: Sequence[Sequence[str]], name: str) -> Numbers:
    """Cells of some columns as numbers, (set, column)."""
    try:
        by_column = [[float(cell) for cell in _cells(column, header, lines)] for column in names]
    except ValueError:
        raise InvalidInput([f"{name}: not one value in each of {len(header)} columns"]) from None
    return np.array(by_column).T.reshape(-1, len(names))


def _refuse_wrong(found: Numbers, present: list[Column], name: str) -> None:
    low, high = (np.array([getattr(column, bound) for column in present]) for bound in ("low", "high"))
    wrong = ~((found >= low) & (found <= high)).all(axis=0)
    if not len(found) or wrong.any():
        which = ", ".join(column.name for column, refused in zip(present, wrong, strict=True) if refused) or "no sets"
        raise InvalidInput([f"{name}: values out of range: {which}" if len(found) else f"{name}: {which}"])


def _completed(found: Numbers, present: list[Column], unknown: tuple[str, ...], forms: FormCodes) -> Posterior:
    """All columns of this version; a parameter of which one state's column is missing is missing."""
    values = np.tile([column.mode for column in columns()], (len(found), 1))
    values[:, [columns().index(column) for column in present]] = found
    values.flags.writeable = False
    absent = dict.fromkeys(column.parameter for column in columns() if column not in present)
    return Posterior(values, tuple(absent), unknown, forms)
