"""Parts of the evidence: studies that simulate arms, kept in the store of the evidence, and studies of their own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.chunks import Rows, Shapes
from techduel.ensemble.stock import Stock
from techduel.ensemble.tasks import Columns, OfOnePoint, Tick, batches, stage
from techduel.model.axes import Mask
from techduel.scenario.fingerprint import sources_hash, version
from techduel.studies.evidence.studies import STUDIES, Table, merged, parameters, part, runs

TABLES: Final = "tables"
"""Name of what chunks hold."""
BACKTEST: Final = "history-2017"
"""Result folder of the backtest that belongs to the evidence."""
ORIGIN: Final = 2017

MORE: Final = {"patterns": ("prior",), "control_depth": ("control_depth_optimum",), "stylised": ("stylised_curves",)}
"""Tables of a study beside the one that bears its name."""

type Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the evidence."""

    meaning: str
    command: str
    """What to type for this part alone."""
    needs: tuple[str, ...] = ()
    """Modules of the extra that bears its name."""


PARTS: Final[Mapping[str, Part]] = {
    "backtest": Part(f"forecasts of {ORIGIN} scored against what came", f"techduel backtest origin={ORIGIN}"),
    "micro": Part("the papers' own regressions on simulated firms", "techduel micro", ("linearmodels",)),
    **{name: Part(study.meaning, f"techduel evidence 'studies=[{name}]'") for name, study in STUDIES.items()},
}
"""By name, in the order in which they are done."""


@dataclass(frozen=True, slots=True)
class Told:
    """Tables of some studies, each for one kind of parameters."""

    studies: tuple[str, ...]
    source: str
    draws: int
    seed: int

    @property
    def asked(self) -> tuple[tuple[str, str], ...]:
        """Study and kind of parameters, the longest first."""
        names = sorted(self.studies, key=lambda name: -STUDIES[name].arms())
        return tuple((name, params) for name in names for params in parameters(name, self.source))

    @property
    def points(self) -> tuple[str, ...]:
        """Their names, with all that decides their numbers."""
        return tuple(f"{name}-{params}-{self.draws}-{self.seed}" for name, params in self.asked)

    @property
    def runs(self) -> int:
        """One: the draws of a study are simulated together."""
        return 1

    @property
    def quarters(self) -> int:
        """Runs of the model for one of them, on average."""
        return max(sum(runs(name, self.draws) for name in self.studies) // max(len(self.asked), 1), 1)

    def fits(self, rows: Rows, shapes: Shapes) -> bool:
        """Whether a chunk holds texts."""
        return shapes.keys() == {TABLES} and all(len(shape) == 1 and "S" in kind for shape, kind in shapes.values())

    def works(self, missing: Mask, batch: int) -> Iterator["Telling"]:
        """One study and kind of parameters at a time."""
        for place, row in batches(missing, 1):
            yield Telling(self.points[place], row, *self.asked[place], self.draws, self.seed)

    def found(self, stock: Stock) -> dict[str, dict[str, Table]]:
        """Tables by study and by name, of the studies that are done."""
        done = ~stock.missing()[:, 0]
        tables: dict[str, dict[str, Table]] = {}
        for name in (name for name in STUDIES if name in self.studies):
            places = [place for place, (study, _) in enumerate(self.asked) if study == name]
            if done[places].all():
                tables[name] = merged([_unpacked(stock.one(place, 0, TABLES)) for place in places])
        return tables


@dataclass(frozen=True, slots=True)
class Telling(OfOnePoint):
    """A study to compute for one kind of parameters."""

    study: str
    params: str
    draws: int
    seed: int

    def told(self, row: int) -> Mapping[str, Any]:
        """Parameters and luck."""
        return {"study": self.study, "parameters": self.params, "draws": self.draws, "seed": self.seed}

    def computed(self, rows: Sequence[int], tick: Tick) -> Columns:
        """The tables, as a text."""
        with stage("simulation"):
            tables = part(self.study, self.params, self.draws, self.seed, tick)
        return Columns({TABLES: np.array([_packed(tables)])})


def _packed(tables: Mapping[str, Table]) -> bytes:
    plain = {name: [table.header, table.lines] for name, table in tables.items()}
    return json.dumps(plain, default=lambda number: number.item()).encode()


def _unpacked(text: bytes) -> dict[str, Table]:
    return {name: Table(tuple(header), tuple(map(tuple, lines))) for name, (header, lines) in json.loads(text).items()}


def tables_of(study: str) -> tuple[str, ...]:
    """Names of a study's tables."""
    return (study, *MORE.get(study, ()))


def folder_of(given: Settings) -> Path:
    """Where tables and figures of the evidence lie."""
    return Path(given["results"]) / "evidence"


def origin_of(name: str, given: Settings) -> dict[str, Any]:
    """Where the numbers of a figure come from."""
    kept = {key: given[key] for key in ("source", "draws", "seed")}
    return {"study": name, "version": version(), **kept, "sources": sources_hash()}
