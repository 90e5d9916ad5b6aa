"""Settings of the overview: those of the command line, and those that its result stores."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from techduel.facts.history import LAST_YEAR
from techduel.model.parameters.forms import RIVALS
from techduel.scenario.arguments import Luck, Named, Writing, default_name, read
from techduel.scenario.forms import less_likely
from techduel.scenario.layers import choices, config_folder
from techduel.scenario.loader import strict_yaml
from techduel.scenario.overrides import quoted
from techduel.scenario.problems import Allowed
from techduel.scenario.scenario import named
from techduel.scenario.settings import RivalForm
from techduel.studies.compare.settings import NAMES, Pairs
from techduel.studies.compare.settings import composed as compared
from techduel.studies.settings import Horizon, Runs

EXPERIMENT: Final = "overview"
BASELINE: Final = "baseline_2021"
WHOLE: Final = "library"
"""Name of the result that has every scenario as shipped."""


class Settings(Named):
    """What the command line takes."""

    runs: Runs = Field(200, description="of every scenario")
    seed: Luck = Field(1, description="luck, the same in all")
    horizon: Horizon = Field(2035, description="last year")
    scenarios: Annotated[list[str], Allowed(NAMES)] | None = Field(
        None, description="the first is what others are compared with; all when left out"
    )


class Result(Pairs):
    """What a result stores."""

    experiment: Literal["overview"]
    forms: list[RivalForm]
    """Rival forms under which directions are looked at again."""


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem.
    """
    given = read(arguments, Settings)
    names = given["scenarios"] or library()
    own = [f"{key}={given[key]}" for key in ("runs", "seed", "horizon")]
    config = compared([f"scenarios=[{','.join(map(quoted, names))}]", *own, "record=headline", f"name={WHOLE}"])
    name = given["name"] or default_name(WHOLE, given, Settings, ("scenarios", "horizon", "seed"), named(config))
    where = {key: given[key] for key in Writing.model_fields}
    return {**config, **where, "experiment": EXPERIMENT, "name": name, "forms": rival_forms()}


def library() -> list[str]:
    """Every shipped scenario that starts where the baseline does, the baseline first."""
    others = [name for name in choices("scenario") if name != BASELINE]
    return [BASELINE, *(name for name in others if _base_year(name) == LAST_YEAR)]


def rival_forms() -> list[str]:
    """Every form with some weight but the likeliest of its mechanism, such as ``imitation.logistic``."""
    return [f"{name}.{form}" for name in RIVALS for form in less_likely(name)]


def _base_year(name: str) -> int:
    content = strict_yaml(config_folder() / "scenario" / f"{name}.yaml")
    return int(content.get("facts", {}).get("base_year", LAST_YEAR))
