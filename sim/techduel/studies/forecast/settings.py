"""Settings of a forecast on record, whose file may be a stranger's: what it may hold, and reading it.

The hash shows accidents only: whoever makes up a file can make up its hash. So what it holds is checked like a scenario
file before anything is computed, scored or shown.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.scenario.loader import InvalidInput, plain_text
from techduel.scenario.problems import Allowed, Strict, refuse, wrong_with
from techduel.scenario.settings import Fitted, Line, Seed, Stored
from techduel.studies.backtest.comparison import CODE_OF
from techduel.studies.backtest.rivals import RULES
from techduel.studies.backtest.series import pairs

COLUMNS: Final = ("model_id", "origin_date", "horizon", "target", "location", "output_type", "output_type_id", "value")
LEVELS: Final = (0.01, 0.025, *(round(0.05 * step, 2) for step in range(1, 20)), 0.975, 0.99)
MODEL, ALONE = "techduel", "techduel-without-discrepancy"
MODELS: Final = (MODEL, ALONE, *RULES)
SHA: Final = "sha256"
MOST_BYTES: Final = 64 * 2**20
LARGEST: Final = 1e12
"""No series of the record comes near, and scores of larger numbers could not be told."""

type Place = tuple[str, str, int]
"""Target, location and horizon of a forecast of one value."""


class Config(Strict):
    """What a forecast was computed from."""

    origin: Fitted
    runs: Annotated[int, Field(ge=2, le=10_000)]
    seed: Seed
    scenario: Stored

    @model_validator(mode="after")
    def _starts_after_the_origin(self) -> Self:
        if self.scenario.facts.base_year != self.origin:
            words = f"{self.scenario.facts.base_year} given; allowed: {self.origin}, the origin"
            refuse([(("scenario", "facts", "base_year"), words)])
        return self


class Content(Strict):
    """Everything that a file holds."""

    forecast: Literal["techduel"]
    registered: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), Allowed("a date such as 2026-11-28")]
    version: Annotated[Line, Field(max_length=40)]
    sources: Annotated[str, Field(pattern="^[0-9a-f]{64}$"), Allowed("a SHA-256")]
    config: Config
    columns: Annotated[list[str], Allowed(", ".join(COLUMNS))]
    rows: Annotated[list[Any], Field(min_length=1), Allowed("the quantiles of at least one forecast")]
    sha256: str

    @model_validator(mode="after")
    def _foretells(self) -> Self:
        refuse((("rows",), line) for line in _wrong_rows(self.rows, self.config.origin, self.config.scenario.horizon))
        return self


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of a file's content without its hash."""
    kept = {key: value for key, value in content.items() if key != SHA}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, allow_nan=False).encode()).hexdigest()


def read(path: Path) -> dict[str, Any]:
    """The content of a file, whose hash is that of its content, and which holds what a forecast may.

    Raises
    ------
    InvalidInput
        If it is no forecast, was changed since it was written, or is one that nobody can have registered.
    """
    try:
        content = json.loads(plain_text(path, MOST_BYTES))
        sound = content["forecast"] == "techduel" and content["columns"] == list(COLUMNS)
        found = digest(content)
    except (ValueError, TypeError, LookupError, RecursionError):
        sound = False
    if not sound:
        raise InvalidInput([f"{path.name}: no forecast of techduel; allowed: a file of techduel forecast register"])
    if found != content.get(SHA):
        raise InvalidInput([f"{path.name}: was changed after it was registered: its SHA-256 is {found}"])
    problems = wrong_with(Content, content)
    if problems:
        raise InvalidInput([f"{path.name}: {line}" for line in problems])
    return dict(content)


def _wrong_rows(rows: list[Any], origin: int, last: int) -> Iterator[str]:
    """The first row that is none; else the first forecast that is not told by all its quantiles, or has no model."""
    foretold = {(series, CODE_OF[state], year) for series, state in pairs() for year in range(1, last - origin + 1)}
    strange = next((place for place, row in enumerate(rows) if not _is_row(row, f"{origin}-12-31", foretold)), None)
    if strange is not None:
        yield f"row {strange + 1} is no quantile of this forecast; allowed: {', '.join(COLUMNS)}"
        return
    found: dict[tuple[Place, str], list[tuple[float, float]]] = {}
    for model, _, horizon, target, location, _, level, value in rows:
        found.setdefault(((target, location, horizon), model), []).append((level, value))
    places = Counter(place for place, _ in found)
    broken = next((key for key, quantiles in found.items() if not _whole(quantiles)), None)
    alone = next((place for place in places if (place, MODEL) not in found), None)
    if broken is not None:
        (target, location, horizon), model = broken
        yield f"{model} of {target}, {location}, {origin + horizon}: allowed: {len(LEVELS)} quantiles, rising"
    elif alone is not None:
        yield f"{alone[0]}, {alone[1]}, {origin + alone[2]}: no forecast of {MODEL}"


def _is_row(row: Any, origin_date: str, foretold: set[Place]) -> bool:
    """Whether a row is a quantile of a value that was to be foretold."""
    if not isinstance(row, list) or [type(cell) for cell in row] != [str, str, int, str, str, str, float, float]:
        return False
    model, date, horizon, target, location, kind, level, value = row
    registered = model in MODELS and date == origin_date and kind == "quantile" and level in LEVELS
    return registered and (target, location, horizon) in foretold and abs(value) <= LARGEST


def _whole(quantiles: list[tuple[float, float]]) -> bool:
    """Whether quantiles are those of `LEVELS`, in their order, each at least as large as the one before."""
    values = [value for _, value in quantiles]
    return tuple(level for level, _ in quantiles) == LEVELS and all(low <= high for low, high in pairwise(values))
