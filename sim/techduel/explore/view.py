"""View: what a page of `techduel explore` shows, as plain values: from a link and to one, as YAML and as a command."""

import math
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import yaml

from techduel.ensemble.paired import LEAD
from techduel.facts.selection import ALL, known_sectors
from techduel.model.actions import LEVERS
from techduel.model.axes import STATES
from techduel.scenario.layers import choices, config_folder, default_choices
from techduel.scenario.loader import strict_yaml, unknown_key, visible

YEARS: Final = (2021, 2035)
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
FILE: Final = "mine.yaml"
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

    baseline: str = "baseline_2021"
    scenario: str = "chip_controls"
    moves: tuple[Move, ...] = ()
    sector: str = "semiconductors"
    """Whose lead is asked for; empty for the mean over frontier fields."""
    year: int = 2030
    problems: tuple[str, ...] = field(default=(), compare=False)
    """What of a link could not be understood."""

    @property
    def query(self) -> str:
        """The part of a link behind ``?``."""
        parts = {"a": self.baseline, "b": self.scenario, "sector": self.sector, "year": self.year}
        return urlencode([*parts.items(), *(("move", str(move)) for move in self.moves)])

    @property
    def names(self) -> tuple[str, str]:
        """What both scenarios are called."""
        plain = "" if self.scenario != self.baseline else "_again"
        return self.baseline, f"{self.scenario}{'_moved' if self.moves else plain}"

    @property
    def lead(self) -> str:
        """The lead that is asked for, by the name that tables use."""
        return f"lead.{self.sector}" if self.sector else LEAD

    @property
    def content(self) -> dict[str, Any]:
        """The second scenario as the content of a file: that of the shipped one, and a schedule over its policies."""
        shipped = strict_yaml(config_folder() / "scenario" / f"{self.scenario}.yaml")
        policies = dict(shipped.get("policies", {}))
        for state in STATES:
            steps = {f"move_{place}": move.step for place, move in enumerate(self.moves, 1) if move.state == state}
            if steps:
                base = policies.get(state) or {"kind": default_choices()[f"policy@policies.{state}"]}
                policies[state] = {"kind": "schedule", "base": base, "steps": steps}
        words = {"title": f"{self.scenario}, moved", "question": shipped["question"]}
        kept = {key: value for key, value in shipped.items() if key not in {*words, "sources", "policies"}}
        return {**words, **kept, "policies": policies}

    @property
    def file(self) -> str:
        """The second scenario as a scenario file; empty where it is as shipped."""
        if not self.moves:
            return ""
        return str(yaml.safe_dump(self.content, sort_keys=False, allow_unicode=True, width=100))

    @property
    def command(self) -> str:
        """The command line that computes what the page shows."""
        other = FILE if self.moves else self.scenario
        sector = [f"sector={self.sector}"] if self.sector else []
        asked = [f"year={self.year}", *sector, f"runs={MOST_RUNS}"]
        return shlex.join(["techduel", "compare", f"scenarios=[{self.baseline},{other}]", *asked])


def ends(lever: str) -> tuple[float, float]:
    """Least and largest amount of a lever that a page offers."""
    known = LEVERS[lever]
    return MONEY if known.budget else ENDS.get(lever, (known.low, known.high))


def scenarios() -> list[str]:
    """Scenarios that can be paired with each other: those that start in 2021."""
    files = ((name, strict_yaml(config_folder() / "scenario" / f"{name}.yaml")) for name in choices("scenario"))
    return [name for name, content in files if content.get("start", YEARS[0]) == YEARS[0]]


def view_of(query: Mapping[str, Sequence[str]]) -> View:
    """The view that a link asks for; what in it is not understood is left as it is at first, and told."""
    plain, problems = View(), list[str]()

    def chosen(key: str, there: Sequence[str], default: str) -> str:
        word = query.get(key, [default])[-1]
        if word not in there:
            problems.append(unknown_key(f"{key}: {_cut(word)}", there))
        return word if word in there else default

    first = chosen("a", scenarios(), plain.baseline)
    other = chosen("b", scenarios(), plain.scenario)
    sector = chosen("sector", ["", *known_sectors().names], plain.sector)
    year = int(chosen("year", [str(year) for year in range(YEARS[0], YEARS[1] + 1)], str(plain.year)))
    moves = list(_moves(query.get("move", []), problems))
    return View(first, other, tuple(moves), sector, year, tuple(problems[:MOST_TOLD]))


def _moves(words: Sequence[str], problems: list[str]) -> Iterator[Move]:
    if len(words) > MOST_MOVES:
        problems.append(f"move: {len(words)} given; allowed: at most {MOST_MOVES}")
    for word in words[:MOST_MOVES]:
        move = _move(word)
        if move is None:
            problems.append(f"move: {_cut(word)}: not understood; allowed: STATE.LEVER.SECTOR.YEAR.AMOUNT")
        else:
            yield move


def _move(word: str) -> Move | None:
    """A move from a link; None if any part of it does not exist or is out of range."""
    state, lever, sector, start, amount, *more = [*word.split(".", 4), *[""] * 4][:6]
    named = state in STATES and lever in LEVERS and sector in (ALL, *known_sectors().names) and not any(more)
    if not (named and WHOLE.fullmatch(start) and REAL.fullmatch(amount)):
        return None
    low, high = ends(lever)
    fits = YEARS[0] <= int(start) <= YEARS[1] and low <= float(amount) <= high and math.isfinite(float(amount))
    return Move(state, lever, sector, int(start), float(amount)) if fits else None


def _cut(word: str) -> str:
    return visible(word if len(word) <= LONGEST else f"{word[:LONGEST]}...")
