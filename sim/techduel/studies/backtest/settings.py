"""Settings of a backtest: those of the command line, and those that its result stores."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.facts import load_facts
from techduel.facts.history import LAST_YEAR
from techduel.scenario.arguments import Luck, Named, read
from techduel.scenario.loader import InvalidInput, name_from
from techduel.scenario.origin import origin_scenario
from techduel.scenario.problems import Allowed, Strict, refuse_lines
from techduel.scenario.scenario import numbers
from techduel.scenario.settings import Fitted, Name, Stored
from techduel.studies.backtest.counterparts import SERIES
from techduel.studies.backtest.outcomes_file import CODES, Outcomes, known_until, read_outcomes, recorded_after
from techduel.studies.backtest.study import plain

EXPERIMENT: Final = "backtest"
type Runs = Annotated[int, Field(ge=2, le=10_000)]
type Table = Annotated[str, Field(min_length=1), Allowed("a CSV file; before 2020 nothing: the project's own record")]
type Year = Annotated[str, Field(pattern="^[12][0-9]{3}$"), Allowed("a year")]
type Values = Annotated[dict[Year, float], Field(max_length=100), Allowed("numbers by year")]


class Settings(Named):
    """What the command line takes."""

    outcomes: Table | None = Field(None, description="what came, in interface notation")
    origin: Fitted = Field(LAST_YEAR, description="last year that the forecast knows, one with a posterior")
    runs: Runs = Field(2048, description="runs of the ensemble; 512 take every parameter set twice")
    seed: Luck = Field(1, description="luck")
    discrepancy: bool = Field(True, description="whether bands have what the model missed in the past")


class Result(Strict):
    """What a result stores: the outcomes themselves, so that it can be computed again without their file."""

    experiment: Literal["backtest"]
    name: Name | None = None
    origin: Fitted
    runs: Runs
    seed: Luck
    discrepancy: bool
    outcomes: Annotated[dict[str, dict[str, Values]], Allowed("numbers by series, state and year")]
    skipped: Annotated[list[list[Any]], Allowed("a list of series that have no counterpart")]
    scenario: Stored

    @model_validator(mode="after")
    def _have_counterparts(self) -> Self:
        named = [(name, code) for name, states in self.outcomes.items() for code in states]
        unheard = [(name, code) for name, code in named if name not in SERIES or code not in CODES]
        refuse_lines(f"outcomes: {name}.{code}: unknown" for name, code in unheard)
        return self


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, with the outcomes in it, checked.

    Raises
    ------
    InvalidInput
        With every problem of the settings or of the file.
    """
    given = read(arguments, Settings)
    outcomes = known_until(_outcomes(given), load_facts().history, given["origin"])
    name = given["name"] or f"{name_from(outcomes.name)}-{given['origin']}"
    scenario = numbers(origin_scenario(given["origin"], "params=posterior").config) | {"horizon": outcomes.last_year}
    return {**given, "experiment": EXPERIMENT, "name": name, **plain(outcomes), "scenario": scenario}


def _outcomes(given: Mapping[str, Any]) -> Outcomes:
    if given["outcomes"] is not None:
        return read_outcomes(Path(given["outcomes"]), given["origin"])
    if given["origin"] >= LAST_YEAR:
        raise InvalidInput([f"outcomes: needed; the project's own record ends in {LAST_YEAR}: outcomes=FILE.csv"])
    return recorded_after(load_facts().history, given["origin"])
