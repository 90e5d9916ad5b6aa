"""The configuration of a sensitivity analysis: its file, a sweep's if one is named, and what holds for every run."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from techduel.ensemble.factors import factors_from
from techduel.ensemble.space import AS_CONFIGURED
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.layers import choices, config_folder, layered
from techduel.scenario.loader import InvalidInput, strict_yaml, unknown_key
from techduel.scenario.scenario import WITHOUT_NUMBERS, numbers
from techduel.studies.sensitivity.study import ROWS, named, plan_problems, problems
from techduel.studies.sweep.plain import filled_years, kept_problems, of_points, variant_problems

from .swept import ROOT as SWEEP
from .swept import changed, composed_point, given_name, parted

ROOT: Final = "sensitivity"
OWN: Final = (
    *("title", "question", "base", "method", "by", "uncertain", "plan", "factors", "points", "runs", "years"),
    *("outcomes", "retry"),
)
"""Settings of the command itself; all others go to every point."""
OF_SWEEP: Final = ("base", "factors", "years", "outcomes")
"""What is taken of a sweep."""
SIZE: Final = ("points", "runs", "retry")
"""How many rows and runs there are changes no name."""
KNOWN: Final = ("params=default",)
"""Parameters that are not said to vary do not."""


def sensitive(overrides: Sequence[str]) -> dict[str, Any]:
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
    changes, common, found = parted(overrides, OWN)
    sweep = next((value for key, value in reversed(changes) if key == SWEEP), None)
    own = _own(sweep, changes, found)
    if found:
        raise InvalidInput(found)
    plain = composed_point([*KNOWN, *own.pop("base"), *common])
    base = of_points(plain)
    own["years"] = filled_years(own["years"], base)
    own["uncertain"] = named(own["uncertain"], base, own["plan"], found)
    found += kept_problems(own, base)
    factors = {key: spec for key, spec in own["factors"].items() if spec is not None}
    found += _factor_problems(factors, base) or problems(own, base)
    if found:
        raise InvalidInput(list(dict.fromkeys(found)))
    config: dict[str, Any] = {
        **{key: own[key] for key in OWN if key in own},
        "factors": factors,
        "seed": plain["seed"],
        **{key: plain[key] for key in WITHOUT_NUMBERS if key != "scenario_file"},
        "base": base,
    }
    return {**config, "name": given_name(common) or _default_name(config, sweep, changes, common)}


def _factor_problems(factors: Mapping[str, Any], base: Mapping[str, Any]) -> list[str]:
    """What is wrong with factors given as in a sweep; none is no mistake."""
    known, found = factors_from(factors, base) if factors else ([], [])
    return found or variant_problems(known, {AS_CONFIGURED: base}, base)


def _own(sweep: Any, changes: Sequence[tuple[str, Any]], found: list[str]) -> dict[str, Any]:
    """The command's own settings: its file, the sweep's, the command line; lines are added to `found`."""
    common = strict_yaml(config_folder() / f"{ROOT}.yaml")
    common.pop("defaults")
    if sweep is not None and sweep not in choices(SWEEP):
        found.append(f"{SWEEP}: {unknown_key(str(sweep), choices(SWEEP))}")
    elif sweep is not None:
        content = strict_yaml(config_folder() / SWEEP / f"{sweep}.yaml")
        common = layered({**common, "uncertain": "none"}, {key: content[key] for key in OF_SWEEP if key in content})
    own = changed(common, changes, ("factors", "plan"), found)
    if not isinstance(own["factors"], Mapping):
        found.append(f"factors: {own['factors']!r} given; allowed: names, each with a key")
    found += plan_problems(own["plan"])
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
    same = numbers(sensitive([*shipped, *([f"{SWEEP}={sweep}"] if sweep else [])]))
    if {key: value for key, value in same.items() if key not in SIZE} == bound:
        return name
    return f"{name}-{config_hash(bound)[:8]}"
