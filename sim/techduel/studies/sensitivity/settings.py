"""Settings of a sensitivity analysis: its file, a sweep's if one is named, and what holds for every run."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.ensemble.designs import AS_CONFIGURED, MOST_POINTS, MOST_RUNS
from techduel.ensemble.factors import factors_from
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.layers import choices, config_folder, layered
from techduel.scenario.loader import InvalidInput, strict_yaml, unknown_key
from techduel.scenario.problems import Allowed, refuse_lines, wrong_with
from techduel.scenario.scenario import WITHOUT_NUMBERS, numbers
from techduel.studies.sensitivity.study import BY, LEAST_ROWS, LEAST_RUNS, ROWS, conflicts, named, plan_problems
from techduel.studies.settings import of_points
from techduel.studies.sweep.plain import filled_years, variant_problems
from techduel.studies.sweep.settings import ROOT as SWEEP
from techduel.studies.sweep.settings import (
    OfPoints,
    changed,
    composed_point,
    given_name,
    parted,
    without_nothing,
)

ROOT: Final = "sensitivity"
OWN: Final = (
    *("title", "question", "base", "method", "by", "uncertain", "plan", "factors", "points", "runs", "years"),
    "outcomes",
)
"""Settings of the command itself; all others go to every point."""
OF_SWEEP: Final = ("base", "factors", "years", "outcomes")
"""What is taken of a sweep."""
SIZE: Final = ("points", "runs")
"""How many rows and runs there are changes no name."""
KNOWN: Final = ("params=default",)
"""Parameters that are not said to vary do not."""


class Result(OfPoints):
    """What a result stores."""

    experiment: Literal["sensitivity"] = "sensitivity"
    method: Literal["morris", "sobol"]
    by: Annotated[Literal["factor", "group", "theme"] | list[str], Allowed(f"{', '.join(BY)}, or names in brackets")]
    uncertain: Annotated[list[str], Allowed("all, none, or names and groups in brackets")]
    plan: Annotated[dict[str, list[float]], Allowed("options of a plan, each with a range in brackets")]
    points: Annotated[int, Field(ge=LEAST_ROWS, le=MOST_POINTS)]
    runs: Annotated[int, Field(ge=LEAST_RUNS, le=MOST_RUNS)]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        refuse_lines(plan_problems(self.plan))
        factors, lines = factors_from(self.factors, self.start) if self.factors else ([], [])
        refuse_lines(lines or variant_problems(factors, {AS_CONFIGURED: self.start}, self.start))
        refuse_lines(conflicts(self.model_dump(exclude_unset=True), self.start))
        return self


def composed(overrides: Sequence[str]) -> dict[str, Any]:
    """The plain configuration of a sensitivity analysis, checked.

    Parameters
    ----------
    overrides : sequence of str
        In Hydra's notation, as for one scenario, and the settings of `OWN`.

    Raises
    ------
    InvalidInput
        With every problem, one line each.
    """
    changes, common, problems = parted(overrides, OWN)
    sweep = next((value for key, value in reversed(changes) if key == SWEEP), None)
    own = _own(sweep, changes, problems)
    if problems:
        raise InvalidInput(problems)
    plain = composed_point([*KNOWN, *own.pop("base"), *common])
    base = of_points(plain)
    uncertain = named(own["uncertain"], base, own["plan"], problems)
    own |= {"uncertain": uncertain, "factors": without_nothing(own["factors"])}
    config = {**own, "years": filled_years(own["years"], base), "seed": plain["seed"], "base": base}
    problems += wrong_with(Result, config)
    if problems:
        raise InvalidInput(list(dict.fromkeys(problems)))
    config |= {key: plain[key] for key in WITHOUT_NUMBERS if key != "scenario_file"}
    return {**config, "name": given_name(common) or _default_name(config, sweep, changes, common)}


def _own(sweep: Any, changes: Sequence[tuple[str, Any]], problems: list[str]) -> dict[str, Any]:
    """The command's own settings: its file, the sweep's, the command line; lines are added to `problems`."""
    common = strict_yaml(config_folder() / f"{ROOT}.yaml")
    common.pop("defaults")
    if sweep is not None and sweep not in choices(SWEEP):
        problems.append(f"{SWEEP}: {unknown_key(str(sweep), choices(SWEEP))}")
    elif sweep is not None:
        content = strict_yaml(config_folder() / SWEEP / f"{sweep}.yaml")
        common = layered({**common, "uncertain": "none"}, {key: content[key] for key in OF_SWEEP if key in content})
    own = changed(common, changes, ("factors", "plan"), problems)
    problems += plan_problems(own["plan"])
    if own["by"] is None:
        own["by"] = "group" if own["method"] == "sobol" else "factor"
    if own["points"] is None:
        own["points"] = ROWS.get(str(own["method"]))
    return own


def _default_name(
    config: Mapping[str, Any], sweep: str | None, changes: Sequence[tuple[str, Any]], common: Sequence[str]
) -> str:
    """What varies, the method and the units, with eight digits of the hash if anything else is not as shipped."""
    by = config["by"] if isinstance(config["by"], str) else "names"
    name = f"{sweep or 'uncertain'}_{config['method']}" + (f"_{by}" if config["method"] == "sobol" else "")
    bound = {key: value for key, value in numbers(config).items() if key not in SIZE}
    as_shipped = {SWEEP, "method", "by", *SIZE}
    altered = [text for text in common if text.partition("=")[0].partition(".")[0] not in WITHOUT_NUMBERS]
    if by != "names" and not altered and all(key in as_shipped for key, _ in changes):
        return name
    shipped = [f"method={config['method']}", "name=plain", *([f"by={by}"] if by != "names" else [])]
    same = numbers(composed([*shipped, *([f"{SWEEP}={sweep}"] if sweep else [])]))
    if {key: value for key, value in same.items() if key not in SIZE} == bound:
        return name
    return f"{name}-{config_hash(bound)[:8]}"
