"""The figures of the article and what in the model or the history answers each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, Final

from techduel.facts.tables import Entry, entries
from techduel.model.axes import STATES

FILE: Final = "figures.yaml"
IDS: Final = tuple(f"F{number}" for number in range(1, 21))
KINDS: Final = ("past", "target", "input")
MATCHES: Final = ("within", "rounded", "above")
REQUIRED: Final = {"quantity": str, "state": str, "year": int, "unit": str, "kind": str, "note": str}
OPTIONAL: Final = {
    "article": (int, float),
    "official": (int, float),
    "check": str,
    "outcome": str,
    "parameter": str,
    "match": dict,
}
ANSWERS: Final = ("check", "outcome", "parameter")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the article.

    Attributes
    ----------
    article, official : float or None
        The number in the article and on record, in ``unit``; None where there is none.
    kind : str
        ``past`` (must be reproduced), ``target`` (an outcome to compare) or ``input`` (sets a parameter).
    check, outcome, parameter : str or None
        Exactly one is given: a function of `techduel.facts.checks`, an outcome of the record, or a setting.
    match : dict of str to float
        For the past: ``within`` a relative tolerance, equal when ``rounded`` to decimals, or ``above`` a floor.
    """

    id: str
    quantity: str
    state: str
    year: int
    unit: str
    kind: str
    note: str
    article: float | None = None
    official: float | None = None
    check: str | None = None
    outcome: str | None = None
    parameter: str | None = None
    match: Mapping[str, float] | None = None

    @property
    def percent(self) -> bool:
        """Whether the unit is a percentage, so that a fraction must be multiplied by 100."""
        return self.unit.startswith(("%", "percentage"))

    def reproduced(self, value: float) -> bool:
        """Whether a value, in the figure's unit, agrees with the article by the figure's own rule.

        Raises
        ------
        ValueError
            If the figure describes no past.
        """
        if self.match is None:
            raise ValueError(f"{self.id} is a {self.kind}, nothing to reproduce")
        if "above" in self.match:
            return value > self.match["above"]
        article = self.article or 0.0
        if "rounded" in self.match:
            decimals = int(self.match["rounded"])
            return round(value, decimals) == round(article, decimals)
        return abs(value - article) <= self.match["within"] * abs(article)


def read_figures(folder: Traversable, problems: list[str]) -> tuple[Figure, ...]:
    """Read the figures F1 to F20; problems are appended."""
    found = entries(folder, FILE, problems)
    problems += [f"{FILE}:1: {key} is missing" for key in IDS if key not in found]
    sound = {}
    for key, entry in found.items():
        lines = [f"{entry.place}: {key} {problem}" for problem in _problems(key, entry)]
        problems += lines
        if not lines:
            sound[key] = Figure(id=key, **entry.content)
    return tuple(sound[key] for key in IDS if key in sound)


def _problems(key: str, entry: Entry) -> Iterator[str]:
    content = entry.content
    if key not in IDS:
        yield f"is unknown; known: {IDS[0]} to {IDS[-1]}"
    yield from _key_problems(content)
    if content.get("kind") not in KINDS:
        yield f"has kind {content.get('kind')!r}; known: {', '.join(KINDS)}"
    if content.get("state") not in STATES:
        yield f"has state {content.get('state')!r}; known: {', '.join(STATES)}"
    if sum(name in content for name in ANSWERS) != 1:
        yield f"needs exactly one of {', '.join(ANSWERS)}"
    yield from _match_problems(content)


def _key_problems(content: Mapping[str, Any]) -> Iterator[str]:
    allowed: dict[str, Any] = {**REQUIRED, **OPTIONAL}
    for name in content:
        if name not in allowed:
            yield f"has an unknown key {name!r}; known: {', '.join(allowed)}"
        elif isinstance(content[name], bool) or not isinstance(content[name], allowed[name]):
            yield f"has {name} {content[name]!r} of the wrong type"
    for name in REQUIRED:
        if name not in content:
            yield f"has no {name}"


def _match_problems(content: Mapping[str, Any]) -> Iterator[str]:
    match = content.get("match")
    if (match is not None) != (content.get("kind") == "past"):
        yield "needs a match if and only if it is of the past"
    if match is None:
        return
    if not isinstance(match, dict) or len(match) != 1 or next(iter(match)) not in MATCHES:
        yield f"has match {match!r}; expected one of {', '.join(MATCHES)}"
    elif "above" not in match and "article" not in content:
        yield "has no article value to match"
