"""Staleness of a posterior: whether it was fitted under these equations and facts, and what it says of parameters."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from techduel.model.parameters.forms import RIVALS, code
from techduel.scenario.fingerprint import model_hash
from techduel.scenario.forms import DRAWN, less_likely
from techduel.scenario.parameter_sets import words_in
from techduel.scenario.posteriors import folder, posterior, posterior_years

DIGITS: Final = 8
"""Of a hash, for reading."""


def remarks(config: Mapping[str, Any]) -> tuple[str, ...]:
    """One line for each posterior that a command with this plain configuration draws from; none where all is well.

    Parameters
    ----------
    config : mapping
        Of any command: scenarios may lie anywhere in it.
    """
    drawn = [(year, forms) for year, forms in _drawn(config) if year in posterior_years()]
    stale = filter(None, map(staleness, sorted({year for year, _ in drawn})))
    named = {(year, *form) for year, forms in drawn for form in forms.items()}
    return (*stale, *filter(None, (_fitted_otherwise(*one) for one in sorted(named))))


def staleness(base_year: int) -> str | None:
    """One line on what of a posterior does not fit this version; None where all does."""
    sets, fitted = posterior(base_year), fitted_under(base_year)
    parts = [] if fitted == model_hash() else [_other_equations(fitted)]
    weighed = [f"forms.{name}" for name in RIVALS if name not in sets.forms and less_likely(name)]
    if weighed:
        parts.append(f"was not fitted under {', '.join(weighed)}, drawn by weight")
    if sets.missing:
        parts.append(f"knows nothing of {', '.join(sets.missing)}: configured numbers hold, or draws from the prior")
    if sets.unknown:
        parts.append(f"has columns that are no parameters and are left out: {', '.join(sets.unknown)}")
    return f"The posterior of {base_year} {'; it '.join(parts)}" if parts else None


def fitted_under(base_year: int) -> str | None:
    """`fingerprint.model_hash` of the equations and facts that a posterior was fitted under, as far as it says."""
    try:
        made = json.loads(folder().joinpath(f"posterior_{base_year}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(made["sources"]) if isinstance(made, dict) and "sources" in made else None


def _other_equations(fitted: str | None) -> str:
    under = f"was fitted under other equations or facts ({fitted[:DIGITS]}" if fitted else "does not say what it fits ("
    return f"{under}{'; ' if fitted else ''}these are {model_hash()[:DIGITS]}): `techduel calibrate` fits it again"


def _fitted_otherwise(base_year: int, mechanism: str, form: str) -> str | None:
    """One line on a form that is named for all runs while sets were fitted under others."""
    codes = posterior(base_year).forms.get(mechanism)
    if form == DRAWN or codes is None or (codes == code(mechanism, form)).all():
        return None
    others = 100.0 * float((codes != code(mechanism, form)).mean())
    return (
        f"forms.{mechanism}={form} holds in every run; {others:.0f} % of the sets of the posterior of {base_year} were "
        "fitted under another form"
    )


def _drawn(config: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Base year and forms of all scenarios in a configuration that draw from a posterior."""
    params, facts = config.get("params"), config.get("facts")
    if isinstance(params, Mapping) and isinstance(facts, Mapping) and "posterior" in words_in(params):
        yield facts["base_year"], config.get("forms", {})
    for part in config.values():
        if isinstance(part, Mapping):
            yield from _drawn(part)
