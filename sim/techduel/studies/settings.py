"""Settings that studies share: types, and what is asked and stored of the one scenario that a study changes.

A study's own module `settings` names two groups of them: `FREE`, of what is stored, may change from one call to the
next, where what is there is kept and only what is new is computed; `BINDING`, of the command line, gives a result
another name where one is not as shipped.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from techduel.ensemble.designs import MOST_RUNS
from techduel.facts.history import LAST_YEAR
from techduel.facts.selection import known_sectors
from techduel.scenario import composition
from techduel.scenario.arguments import Luck, Named
from techduel.scenario.loader import InvalidInput
from techduel.scenario.overrides import changes_of, quoted
from techduel.scenario.problems import Allowed, Strict
from techduel.scenario.scenario import numbers
from techduel.scenario.settings import LAST_HORIZON, Configuration, Line, Seed, Simulation

NOT_OF_POINTS: Final = ("runs", "seed", "record", "title", "question", "sources", "scenario", "ablation")
"""Settings of a configuration that are a study's own, or words."""
ONCE: Final = "in brackets, each once"

type Runs = Annotated[int, Field(ge=1, le=MOST_RUNS)]
type Horizon = Annotated[int, Field(ge=LAST_YEAR + 1, le=LAST_HORIZON)]
type State = Literal["us", "china"]
type Sector = Annotated[Literal[known_sectors().names], Allowed(f"one of {', '.join(known_sectors().names)}")]  # type: ignore[valid-type]


class OfScenario(Named):
    """What the command line takes of a study that changes one scenario, but for how many runs."""

    scenario: str = Field("baseline_2021", description="where all runs start from")
    base: list[str] = Field([], description="settings of all runs in brackets, as of run")
    seed: Luck = Field(1, description="luck, the same everywhere")
    horizon: Horizon = Field(2035, description="last year")


class ResultOfScenario(Strict):
    """What a result stores of the scenario that it changes."""

    title: Line
    scenario: str
    runs: Runs
    seed: Seed
    base: Simulation


def composed_base(scenario: str, base: Sequence[str], horizon: int) -> dict[str, Any]:
    """The whole configuration of a scenario with the settings of a base; its name is of no account.

    Raises
    ------
    InvalidInput
        With every problem, also that of a setting which nothing would hear there.
    """
    problems = unheard(base)
    if problems:
        raise InvalidInput(problems)
    # A name spares a second composition, which only a default name would need.
    return composition.composed([f"scenario={quoted(scenario)}", f"horizon={horizon}", *base, "name=base"])


def composed_result(experiment: str, given: Mapping[str, Any], kept: Collection[str]) -> dict[str, Any]:
    """What a study of one scenario stores: title, settings that are kept as given, and the base; raises as the base."""
    plain = composed_base(given["scenario"], given["base"], given["horizon"])
    own = {key: given[key] for key in kept}
    return {"experiment": experiment, "title": plain["title"], **own, "base": of_points(plain)}


def of_points(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a whole configuration that all points start from."""
    return {key: value for key, value in numbers(config).items() if key not in NOT_OF_POINTS}


def unheard(base: Sequence[str], more: Collection[str] = ()) -> list[str]:
    """A line for each setting in the brackets of a base that nothing would hear there.

    Parameters
    ----------
    base : sequence of str
        In Hydra's notation; what cannot be understood is told where it is composed.
    more : collection of str
        Keys that the command hears in a base, beside those of a simulation.
    """
    heard = (*Simulation.model_fields, "ablation", *more)
    keys = dict.fromkeys(change.path[0] for change in changes_of(base)[0])
    allowed = f"allowed: {', '.join(heard)}; settings of the command stand beside base"
    return [f"base: {key} given; {allowed}" for key in keys if key in Configuration.model_fields and key not in heard]
