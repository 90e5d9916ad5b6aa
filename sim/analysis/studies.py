"""The studies of the evidence as plain tables: literature patterns, cost of decoupling, value of control depth."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, Final

from sim.analysis import control_depth, decoupling, patterns, prior_check
from sim.analysis.arms import Experiment, Told
from sim.analysis.prior import drawn
from sim.scenario import Scenario

BASELINE: Final = "baseline_2021"
PARAMETERS: Final = "parameters"
"""Column that says whether a row is about the shipped parameters or about draws from their prior."""
SHIPPED, PRIOR = "default", "prior"
TEXTS: Final = frozenset(
    {PARAMETERS, *("treatment", "outcome", "switched", "published", "state", "variable", "unit", "answer")}
)
COUNTS: Final = frozenset({"pattern", "sign", "years", "draws"})
"""Columns of texts and of whole numbers; all others are numbers, NaN where the cell is empty."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a study."""

    header: tuple[str, ...]
    lines: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Study:
    """How one study is done."""

    meaning: str
    parameters: tuple[str, ...]
    arms: Callable[[], int]
    rows: Callable[[Experiment], Mapping[str, Sequence[Any]]]
    """Rows, which are dataclasses, by the name of their table."""


def _curves(experiment: Experiment) -> Mapping[str, Sequence[Any]]:
    curves, optima = control_depth.control_depth(experiment)
    return {"control_depth": curves, "control_depth_optimum": optima}


STUDIES: Final = {
    "patterns": Study(
        "published findings about firms, their sign over the prior",
        (PRIOR,),
        lambda: patterns.arms() + 1,
        lambda experiment: {"patterns": patterns.patterns(experiment), "prior": prior_check.prior_check(experiment)},
    ),
    "decoupling": Study(
        "what full decoupling costs both sides, and why",
        (SHIPPED, PRIOR),
        decoupling.arms,
        lambda experiment: {"decoupling": decoupling.decoupling(experiment)},
    ),
    "control_depth": Study(
        "what the depth of controls is worth to the United States", (SHIPPED, PRIOR), control_depth.arms, _curves
    ),
    "depth_mechanisms": Study(
        "why the best depth lies where it does, at the shipped parameters",
        (SHIPPED,),
        control_depth.arms_of_mechanisms,
        lambda experiment: {"depth_mechanisms": control_depth.mechanisms(experiment)},
    ),
}


def runs(study: str, draws: int) -> int:
    """How many runs a study simulates."""
    known = STUDIES[study]
    return draws * known.arms() * len(known.parameters)


def tables(
    study: str, scenario: Scenario, draws: int, seed: int = 1, told: Told = lambda more: None
) -> dict[str, Table]:
    """Every table of a study by name.

    Parameters
    ----------
    study : str
        Of `STUDIES`.
    scenario : Scenario
        What both states do without a treatment, and the shipped parameters.
    draws : int
        Parameter sets, one run each; as many runs with the shipped parameters.
    seed : int
        Of luck and of the draws.
    told : callable
        Told how many more runs are finished.

    Examples
    --------
    >>> from sim import load_scenario
    >>> tables("patterns", load_scenario("baseline_2021"), draws=2)["patterns"].header[:2]
    ('parameters', 'pattern')
    """
    known = STUDIES[study]
    found: dict[str, Table] = {}
    for source in known.parameters:
        parameters = drawn(scenario.parameters, range(draws), seed) if source == PRIOR else scenario.parameters
        for name, rows in known.rows(Experiment(scenario, parameters, tuple(range(draws)), seed, told)).items():
            header = (PARAMETERS, *(item.name for item in fields(rows[0])))
            before = found[name].lines if name in found else ()
            found[name] = Table(header, (*before, *((source, *astuple(row)) for row in rows)))
    return found


def stored(path: Path) -> Table:
    """A table that `sim.analysis.tables.write_table` has written."""
    with path.open(encoding="utf-8", newline="") as stream:
        header, *lines = csv.reader(stream)
    return Table(tuple(header), tuple(tuple(map(_value, header, line)) for line in lines))


def _value(name: str, text: str) -> str | float:
    return text if name in TEXTS else int(text) if name in COUNTS else float(text or "nan")


def labelled(table: Table) -> Iterator[dict[str, Any]]:
    """The lines of a table by column."""
    yield from (dict(zip(table.header, line, strict=True)) for line in table.lines)
