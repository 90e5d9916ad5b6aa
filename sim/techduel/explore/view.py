"""View: what a page of `techduel explore` shows, as plain values: from a link and to one, as YAML and as a command."""

import math
import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import yaml

from techduel.ensemble.paired import LEAD
from techduel.explore.shelf import BASELINE, SCENARIO, SHIPPED, STORED, Shelf
from techduel.facts.selection import ALL, known_sectors
from techduel.model.actions import LEVERS
from techduel.model.axes import STATES
from techduel.scenario.layers import default_choices
from techduel.scenario.loader import unknown_key, visible

SECTOR, YEAR = "semiconductors", 2030
"""Of the first view."""
MOST_MOVES: Final = 6
MOST_TOLD: Final = 8
"""Problems of a link that are told."""
LONGEST: Final = 60
"""Letters of a part of a link that are told."""
RUNS: Final = 32
"""Of each scenario, at once."""
MOST_RUNS: Final = 200
"""Of each scenario, once nothing moves."""
ENDS: Final[Mapping[str, tuple[float, float]]] = {"tariff": (0.0, 1.0)}
"""Of amounts, where the lever's own range is too wide for a slider."""
MONEY: Final = (0.0, 50.0)
"""Of budgets, which are raised by so much."""
FILES: Final = ("first.yaml", "mine.yaml")
"""Names of the files of both scenarios."""
WHOLE: Final = re.compile(r"[0-9]{4}")
REAL: Final = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Move:
    """One lever of one state, set or (money) raised from a year on, in a sector or in all."""

    state: str
    lever: str
    sector: str
    start: int
    amount: float

    @property
    def step(self) -> dict[str, Any]:
        """The step of a schedule."""
        how = "change" if LEVERS[self.lever].budget else "value"
        where = {"sectors": [self.sector]} if LEVERS[self.lever].axis and self.sector != ALL else {}
        return {"lever": self.lever, **where, "start": self.start, how: self.amount}

    def __str__(self) -> str:
        """As a link holds it."""
        return f"{self.state}.{self.lever}.{self.sector}.{self.start}.{self.amount:g}"


@dataclass(frozen=True, slots=True)
class View:
    """Two scenarios, what is moved in the second, and what is asked."""

    baseline: str = BASELINE
    scenario: str = SCENARIO
    moves: tuple[Move, ...] = ()
    sector: str = SECTOR
    """Whose lead is asked for; empty for the mean over frontier fields."""
    year: int = YEAR
    problems: tuple[str, ...] = field(default=(), compare=False)
    """What of a link could not be understood."""
    shelf: Shelf = field(default=SHIPPED, compare=False, repr=False)
    """Where scenarios come from."""

    @property
    def query(self) -> str:
        """The part of a link behind ``?``."""
        parts = {"a": self.baseline, "b": self.scenario, "sector": self.sector, "year": self.year}
        return urlencode([*parts.items(), *(("move", str(move)) for move in self.moves)])

    @property
    def names(self) -> tuple[str, str]:
        """What both scenarios are called."""
        first, other = (name.removeprefix(STORED) for name in (self.baseline, self.scenario))
        plain = "" if first != other else "_again" if self.baseline == self.scenario else "_stored"
        return first, f"{other}{'_moved' if self.moves else plain}"

    @property
    def problem(self) -> str:
        """Why this cannot be computed; empty where it can."""
        return f"{self.shelf.fixed}: it can be looked at, not changed" if self.shelf.fixed and self.moves else ""

    @property
    def stored(self) -> bool:
        """Whether all runs of it lie in the stored result."""
        return not self.moves and {self.baseline, self.scenario} <= self.shelf.kept.keys()

    @property
    def lead(self) -> str:
        """The lead that is asked for, by the name that tables use."""
        return f"lead.{self.sector}" if self.sector else LEAD

    @property
    def content(self) -> dict[str, Any]:
        """The second scenario as the content of a file: its own, and a schedule over its policies."""
        own = self.shelf.content(self.scenario)
        policies = dict(own.get("policies", {}))
        for state in STATES:
            steps = {f"move_{place}": move.step for place, move in enumerate(self.moves, 1) if move.state == state}
            if steps:
                base = policies.get(state) or {"kind": default_choices()[f"policy@policies.{state}"]}
                policies[state] = {"kind": "schedule", "base": base, "steps": steps}
        words = {"title": f"{self.scenario}, moved" if self.moves else own["title"], "question": own["question"]}
        return {**words, **{key: value for key, value in own.items() if key not in words}, "policies": policies}

    @property
    def files(self) -> dict[str, str]:
        """Scenario files by their names, of scenarios that are not as shipped."""
        contents = {
            FILES[0]: self.shelf.content(self.baseline) if self.baseline in self.shelf.kept else {},
            FILES[1]: self.content if self.moves or self.scenario in self.shelf.kept else {},
        }
        return {
            name: str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100))
            for name, content in contents.items()
            if content
        }

    @property
    def command(self) -> str:
        """The command line that computes what the page shows."""
        plain = zip(FILES, (self.baseline, self.scenario), strict=True)
        names = [file if file in self.files else name for file, name in plain]
        sector = [f"sector={self.sector}"] if self.sector else []
        luck = [f"seed={self.shelf.seed}", *(f"{key}={value}" for key, value in self.shelf.alike.items())]
        asked = [f"year={self.year}", *sector, f"runs={self.runs}", *(luck if self.shelf.folder else [])]
        return shlex.join(["techduel", "compare", f"scenarios=[{','.join(names)}]", *asked])

    @property
    def runs(self) -> int:
        """Of each scenario, in the end."""
        return self.shelf.runs if self.stored else MOST_RUNS


def ends(lever: str) -> tuple[float, float]:
    """Least and largest amount of a lever that a page offers."""
    meta = LEVERS[lever]
    return MONEY if meta.budget else ENDS.get(lever, (meta.low, meta.high))


def view_of(query: Mapping[str, Sequence[str]], shelf: Shelf = SHIPPED) -> View:
    """The view that a link asks for; what in it is not understood is left as it is at first, and told."""
    problems, (start, horizon) = list[str](), shelf.years

    def chosen(key: str, there: Collection[str], default: str) -> str:
        word = query.get(key, [default])[-1]
        if word not in there:
            problems.append(unknown_key(f"{key}: {_cut(word)}", there))
        return word if word in there else default

    names = [chosen(key, shelf.scenarios, name) for key, name in zip("ab", shelf.first, strict=True)]
    sector = chosen("sector", ["", *known_sectors().names], SECTOR)
    years = [str(year) for year in range(start, horizon + 1)]
    year = int(chosen("year", years, str(YEAR if start <= YEAR <= horizon else horizon)))
    moves = list(_moves(query.get("move", []), shelf, problems))
    return View(names[0], names[1], tuple(moves), sector, year, tuple(problems[:MOST_TOLD]), shelf)


def _moves(words: Sequence[str], shelf: Shelf, problems: list[str]) -> Iterator[Move]:
    if len(words) > MOST_MOVES:
        problems.append(f"move: {len(words)} given; allowed: at most {MOST_MOVES}")
    for word in words[:MOST_MOVES]:
        move = _move(word, shelf)
        if move is None:
            problems.append(f"move: {_cut(word)}: not understood; allowed: STATE.LEVER.SECTOR.YEAR.AMOUNT")
        else:
            yield move


def _move(word: str, shelf: Shelf) -> Move | None:
    """A move from a link; None if any part of it does not exist or is out of range."""
    state, lever, sector, start, amount, *more = [*word.split(".", 4), *[""] * 4][:6]
    named = state in STATES and lever in LEVERS and sector in (ALL, *known_sectors().names) and not any(more)
    if not (named and WHOLE.fullmatch(start) and REAL.fullmatch(amount)):
        return None
    low, high = ends(lever)
    fits = (
        shelf.years[0] <= int(start) <= shelf.years[1] and low <= float(amount) <= high and math.isfinite(float(amount))
    )
    return Move(state, lever, sector, int(start), float(amount)) if fits else None


def _cut(word: str) -> str:
    return visible(word if len(word) <= LONGEST else f"{word[:LONGEST]}...")
