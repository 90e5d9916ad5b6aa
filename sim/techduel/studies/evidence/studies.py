"""The studies of the evidence that simulate arms of the baseline, as plain tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, Final

from techduel.scenario.parameter_sets import RUNS_OF_A_SET
from techduel.scenario.scenario import load_scenario
from techduel.statistics.tables import lines, read_table
from techduel.studies.evidence import (
    control_depth,
    deciding,
    decoupling,
    directions,
    patterns,
    prior_check,
    response_effects,
    stylised,
)
from techduel.studies.evidence.arms import Experiment, Told

BASELINE: Final = "baseline_2021"
PARAMETERS: Final = "parameters"
"""Column that says whether a row is about the shipped parameters or about sets of them, and from where."""
SHIPPED, DRAWN = "default", "drawn"
TEXTS: Final = frozenset(
    {
        *(PARAMETERS, "treatment", "outcome", "switched", "published", "state", "variable", "unit", "answer"),
        *("fact", "response", "column", "curve", "scenario"),
    }
)
"""Columns of words; all others are numbers, NaN where the cell is empty."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a study."""

    header: tuple[str, ...]
    lines: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Study:
    """How one study is done."""

    meaning: str
    params: tuple[str, ...]
    """Parameters that it is done with: `SHIPPED`, ``prior``, or `DRAWN` for sets from the chosen source."""
    arms: Callable[[], int]
    rows: Callable[[Experiment], Mapping[str, Sequence[Any]]]
    """Rows, which are dataclasses, by the name of their table."""


def _curves(experiment: Experiment) -> Mapping[str, Sequence[Any]]:
    curves, optima = control_depth.control_depth(experiment)
    return {"control_depth": curves, "control_depth_optimum": optima}


def _facts(experiment: Experiment) -> Mapping[str, Sequence[Any]]:
    rows, points = stylised.stylised(experiment)
    return {"stylised": rows, "stylised_curves": points}


STUDIES: Final = {
    "patterns": Study(
        "published findings about firms, the same firms with and without a treatment",
        (DRAWN,),
        lambda: patterns.arms() + 1,
        lambda experiment: {"patterns": patterns.patterns(experiment), "prior": prior_check.prior_check(experiment)},
    ),
    "decoupling": Study(
        "what full decoupling costs both sides, and why",
        (SHIPPED, DRAWN),
        decoupling.arms,
        lambda experiment: {"decoupling": decoupling.decoupling(experiment)},
    ),
    "control_depth": Study(
        "what the depth of controls is worth to the United States", (SHIPPED, DRAWN), control_depth.arms, _curves
    ),
    "depth_mechanisms": Study(
        "why the best depth lies where it does, at the shipped parameters",
        (SHIPPED,),
        control_depth.arms_of_mechanisms,
        lambda experiment: {"depth_mechanisms": control_depth.mechanisms(experiment)},
    ),
    "responses": Study(
        "what single policies bring: public research, tariffs, subsidies, noise",
        (DRAWN,),
        response_effects.arms,
        lambda experiment: {"responses": response_effects.responses(experiment)},
    ),
    "stylised": Study(
        "stylised facts of industries in the baseline: sizes, growth, productivity, R&D, innovations",
        (DRAWN,),
        lambda: 1,
        _facts,
    ),
    "deciding": Study(
        "numbers and forms at which the answer to a question changes its sign",
        (DRAWN,),
        deciding.arms,
        lambda experiment: {"deciding": deciding.deciding(experiment)},
    ),
    "directions": Study(
        "in which direction each parameter moves the US lead, always over the prior",
        ("prior",),
        lambda: directions.PARTS,
        lambda experiment: {"directions": directions.directions(experiment)},
    ),
}


def runs(study: str, draws: int) -> int:
    """How many runs a study tells of."""
    computed = STUDIES[study]
    return draws * computed.arms() * len(computed.params)


def parameters(study: str, source: str) -> tuple[str, ...]:
    """Kinds of parameters that a study is done with, where sets come from a source."""
    return tuple(source if params == DRAWN else params for params in STUDIES[study].params)


def part(study: str, params: str, draws: int, seed: int, told: Told = lambda more: None) -> dict[str, Table]:
    """The tables of a study for one kind of parameters."""
    found: dict[str, Table] = {}
    for table, rows in STUDIES[study].rows(experiment(params, draws, seed, told)).items():
        header = (PARAMETERS, *(item.name for item in fields(rows[0])))
        found[table] = Table(header, tuple((params, *astuple(row)) for row in rows))
    return found


def merged(parts: Sequence[Mapping[str, Table]]) -> dict[str, Table]:
    """Tables with the lines of all parts, in their order."""
    return {
        name: Table(first.header, tuple(line for part in parts for line in part[name].lines))
        for name, first in parts[0].items()
    }


def experiment(params: str, draws: int, seed: int, told: Told = lambda more: None) -> Experiment:
    """The baseline with parameters of a kind: each set once, though `run` takes each for several runs."""
    scenario = load_scenario(BASELINE, f"params={params}")
    chosen = range(0, RUNS_OF_A_SET * draws, RUNS_OF_A_SET)
    return Experiment(scenario, scenario.parameters_of(chosen), tuple(chosen), seed, told)


def stored(path: Path) -> Table:
    """A table that `techduel.statistics.tables.write_table` has written."""
    frame = read_table(path, TEXTS)
    return Table(tuple(frame.columns), tuple(tuple(line.values()) for line in lines(frame)))


def labelled(table: Table) -> Iterator[dict[str, Any]]:
    """The lines of a table by column."""
    yield from (dict(zip(table.header, line, strict=True)) for line in table.lines)
