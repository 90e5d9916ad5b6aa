"""Tables of a run beside its scorecard: leads, pathways, variance, and how often a bound or limit was reached."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.record import Record
from techduel.ensemble.runs import load
from techduel.scenario.parameter_sets import words_in
from techduel.scenario.scenario import scenario_from
from techduel.statistics import impossible
from techduel.statistics.impossible import DIAGNOSTICS
from techduel.statistics.tables import write_table
from techduel.studies.run import leads, pathways, variance

LARGEST_MONEY_GAP: Final = 1e-8
LARGEST_RESEARCHERS_SHARE: Final = 0.02


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """How often something was reached, or how large it became, over all runs."""

    name: str
    meaning: str
    count: int | None
    of: int | None
    """What the count is a share of; None for a maximum."""
    value: float
    """Share, or maximum."""
    allowed: float | None
    """Largest value that is fine; None where a limit is part of the mechanism."""

    @property
    def fine(self) -> bool:
        """Whether the value is within what is allowed."""
        return self.allowed is None or self.value <= self.allowed


_MEANINGS: Final = {"limit_cash": "R&D cut short by cash, of firm-quarters"}


def write(folder: Path, config: Mapping[str, Any]) -> None:
    """Write leads, pathways, variance and diagnostics of a result folder that has its runs."""
    record = load(folder, (*impossible.CHECKED, *variance.NEEDED))
    leads.write(folder, record, config)
    scenario = scenario_from(config)
    pathways.write(folder, record, scenario)
    forms = scenario.parameters_of(record.runs.tolist()).forms
    variance.write(folder, record, bool(words_in(config["params"])), forms)
    rows: list[Sequence[Any]] = [(*astuple(line), "yes" if line.fine else "no") for line in diagnostics(record)]
    write_table(
        folder / DIAGNOSTICS, impossible.COLUMNS, [*rows, *map(impossible.cells, impossible.impossible(record))]
    )


def diagnostics(record: Record) -> list[Diagnostic]:
    """How often a limit was reached, as a share, and the two maxima that have to stay small."""
    return [
        *(_counted(record, name) for name in _MEANINGS),
        _largest(record, "money_gap", "receipts minus payments, over world spending", LARGEST_MONEY_GAP),
        _largest(record, "researchers_share", "researchers, over population", LARGEST_RESEARCHERS_SHARE),
    ]


def _counted(record: Record, name: str) -> Diagnostic:
    count, of = int(record.diagnostics[name].sum()), int(record.diagnostics["firm_quarters"].sum())
    return Diagnostic(name, _MEANINGS[name], count, of, count / of, None)


def _largest(record: Record, name: str, meaning: str, allowed: float) -> Diagnostic:
    return Diagnostic(f"largest_{name}", meaning, None, None, float(np.nanmax(record[name])), allowed)
