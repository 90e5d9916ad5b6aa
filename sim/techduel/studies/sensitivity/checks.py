"""What has no indices: outcomes that are constant, or no number in some run, each refused with runs that show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.headlines import Measure
from techduel.ensemble.manifest import FAILURES
from techduel.ensemble.sweep import Result
from techduel.model.axes import Numbers
from techduel.studies.sensitivity.study import Study

NAMED: Final = 3
"""Runs that are named."""
EQUAL: Final = 1e-12
"""Of the largest value: differences of rounding."""


class RunsFailed(Exception):
    """A design with holes has no indices."""

    exit_code = 5


class NothingLeft(Exception):
    """No outcome that was asked for has indices.

    Attributes
    ----------
    problems : tuple of str
        Why, a line an outcome.
    """

    exit_code = 2

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Refusal:
    """An outcome in a year that has no indices."""

    measure: Measure
    why: str
    runs: tuple[str, ...]
    """Names of some runs, as records of failures have them."""

    @property
    def words(self) -> str:
        """One line."""
        return f"{self.measure.title}: {self.why}, such as {', '.join(self.runs)}; it has no indices"


def checked(study: Study, result: Result) -> tuple[Numbers, list[Refusal]]:
    """Numbers of every run, (row, part, run, measure), and which measures are to be left out.

    Raises
    ------
    RunsFailed, NothingLeft
        If nothing can be analysed.
    """
    if result.failed:
        names = ", ".join(f"{point}_{run:06d}" for point, run in result.failed[:NAMED])
        raise RunsFailed(
            f"{len(result.failed)} runs failed, such as {names}; each has a record in {FAILURES}/. "
            "Indices need every run; the same command with retry=true computes these again"
        )
    values = study.values(result.stock)
    refused = refusals(study, values)
    if len(refused) == len(study.measures):
        raise NothingLeft([refusal.words for refusal in refused])
    return values, refused


def refusals(study: Study, values: Numbers) -> list[Refusal]:
    """The measures that have no indices."""
    found = []
    for place, measure in enumerate(study.measures):
        part = values[..., place]
        missing = ~np.isfinite(part)
        if missing.any():
            why = f"no number in {int(missing.sum())} of {missing.size} runs"
            found.append(Refusal(measure, why, _names(study, np.argwhere(missing))))
        elif np.ptp(part) <= EQUAL * np.abs(part).max():
            why = f"{part.flat[0]:g} in each of {part.size} runs"
            found.append(Refusal(measure, why, _names(study, np.argwhere(~missing))))
    return found


def _names(study: Study, places: NDArray[np.intp]) -> tuple[str, ...]:
    return tuple(study.run_id(*place) for place in places[:NAMED].tolist())


def sound(study: Study, refused: Sequence[Refusal]) -> list[int]:
    """Places of the measures that are analysed."""
    left_out = {refusal.measure for refusal in refused}
    return [place for place, measure in enumerate(study.measures) if measure not in left_out]
