"""``techduel list WHAT``: names, one line each, with units."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from techduel.model.parameters import schema
from techduel.model.parameters.parameter import Parameter
from techduel.policies.event import Choice, Option
from techduel.policies.options import Menu, Nested
from techduel.policies.options import Option as PolicyOption
from techduel.scenario.composition import composed
from techduel.scenario.layers import choices, config_folder
from techduel.scenario.loader import strict_yaml


def main(arguments: Sequence[str]) -> int:
    """Print one of the lists, or which there are."""
    parser = argparse.ArgumentParser(prog="techduel list", description=__doc__)
    parser.add_argument("what", choices=LISTS, nargs="?")
    what = parser.parse_args(list(arguments)).what
    for line in LISTS[what]() if what else (f"techduel list {name}" for name in LISTS):
        print(line)
    return 0


def _scenarios() -> Iterator[str]:
    for name in choices("scenario"):
        content = strict_yaml(config_folder() / "scenario" / f"{name}.yaml")
        yield f"{name:<24} {content['title']}"


def _ablations() -> Iterator[str]:
    """What each switches off: the second comment line of its file."""
    for name in choices("ablation"):
        lines = (config_folder() / "ablation" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
        meaning = lines[1].removeprefix("# ") if lines[1].startswith("#") else "nothing is switched off"
        yield f"{name:<24} {meaning}"


def _policies() -> Iterator[str]:
    from techduel.policies.kinds import POLICIES, described
    from techduel.scenario.kinds import policy_options

    for kind in POLICIES:
        yield f"{kind:<24} {(POLICIES[kind].__doc__ or '').splitlines()[0]}"
        values = policy_options(kind)
        for name, option in described(kind).items():
            yield f"  {_policy_option(name, option, values[name])}"


def _levers() -> Iterator[str]:
    from techduel.model.actions import LEVERS

    for name, definition in LEVERS.items():
        axis = f", by {definition.axis}" if definition.axis else ""
        yield f"{name:<28} {definition.meaning} [{definition.unit}; {definition.low:g} to {definition.high:g}{axis}]"


def _events() -> Iterator[str]:
    from techduel.policies.events import EVENTS, described
    from techduel.scenario.kinds import event_options

    for kind in EVENTS:
        yield f"{kind:<24} {(EVENTS[kind].__doc__ or '').splitlines()[0]}"
        values = event_options(kind)
        for name, option in described(kind).items():
            yield f"  {_option(name, option, values[name])}"


def _parameters() -> Iterator[str]:
    """The shipped value, which is the mode of the prior, and what the posterior of the default base year says."""
    from techduel.scenario.prior import shipped

    found = _posterior(composed(())["facts"]["base_year"])
    for key, parameter in schema.described().items():
        group, name = key.split(".")
        learnt = f"   posterior {'; '.join(found[key])}" if key in found else ""
        yield _described(f"params.{key}", parameter, shipped()[group][name]) + learnt


def _posterior(base_year: int) -> dict[str, list[str]]:
    """Posterior median and 90 % interval by parameter, one text a number; none without a posterior."""
    import numpy as np

    from techduel.scenario.posteriors import posterior, posterior_years
    from techduel.scenario.prior import columns

    found: dict[str, list[str]] = {}
    if base_year in posterior_years():
        sets = posterior(base_year)
        quantiles = np.quantile(sets.values, (0.5, 0.05, 0.95), axis=0).T
        for column, (middle, low, high) in zip(columns(), quantiles, strict=True):
            if column.parameter in sets.missing:
                continue
            opening = f"{column.member} " if column.member else ""
            found.setdefault(column.parameter, []).append(f"{opening}{middle:.3g} ({low:.3g} to {high:.3g})")
    return found


def _forms() -> Iterator[str]:
    """Each mechanism that has rival equations, and below it the equations with their prior weights."""
    from techduel.model.parameters.forms import RIVALS

    for mechanism, rivals in RIVALS.items():
        yield f"{mechanism:<24} {rivals.meaning}"
        total = sum(form.weight for form in rivals.forms.values())
        for name, form in rivals.forms.items():
            yield f"  forms.{mechanism}={name:<20} {form.meaning} [weight {form.weight / total:g}; {form.source}]"


def _outcomes() -> Iterator[str]:
    from techduel.model.outcomes import OUTCOMES

    for name, outcome in OUTCOMES.items():
        yield f"{name:<28} {outcome.meaning} [{outcome.unit}; {', '.join(outcome.dims)}]"


def _sectors() -> Iterator[str]:
    """Title, tags, and the pace by which leads become months, with its source."""
    from techduel.facts import load_facts
    from techduel.facts.base import sources

    facts = load_facts()
    told = sources("pace", facts.base_year)
    for place, name in enumerate(facts.sectors):
        tags = ", ".join(tag for tag, tagged in facts.tags.items() if tagged[place])
        yield f"{name:<24} {facts.titles[place]}: {tags}"
        yield f"  pace {facts.base.pace[place]:g} a year   {told[name]}"


def _sweeps() -> Iterator[str]:
    for name in choices("sweep"):
        content = strict_yaml(config_folder() / "sweep" / f"{name}.yaml")
        yield f"{name:<24} {content['title']}"


def _studies() -> Iterator[str]:
    from techduel.studies.table import STUDIES

    for name, study in STUDIES.items():
        yield f"{name:<24} {study.meaning}"


def _policy_option(name: str, option: PolicyOption, value: Any) -> str:
    if isinstance(option, Parameter):
        return _described(name, option, value)
    if isinstance(option, Nested):
        return f"{name:<36} {value['kind']}   {option.meaning} [a policy]"
    what = "policies" if isinstance(option, Menu) else "steps"
    return f"{name:<36} {', '.join(value) or 'none'}   {option.meaning} [{what} by name]"


def _option(name: str, option: Option, value: Any) -> str:
    if isinstance(option, Parameter):
        return _described(name, option, value)
    if isinstance(option, Choice):
        return f"{name:<36} {value}   {option.meaning} [{', '.join(option.allowed)}]"
    return f"{name:<36} {', '.join(value)}   {option.meaning} [a list of sectors, their tags, or all]"


def _described(name: str, parameter: Parameter, value: Any) -> str:
    axis = f", by {parameter.axis}" if parameter.axis else ""
    shown = ", ".join(f"{key} {part:g}" for key, part in value.items()) if isinstance(value, Mapping) else f"{value:g}"
    bounds = f"{parameter.low:g} to {parameter.high:g}{axis}"
    return f"{name:<36} {shown}   {parameter.meaning} [{parameter.unit}; {bounds}; {parameter.source}]"


LISTS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "scenarios": _scenarios,
    "ablations": _ablations,
    "policies": _policies,
    "levers": _levers,
    "events": _events,
    "parameters": _parameters,
    "forms": _forms,
    "outcomes": _outcomes,
    "sectors": _sectors,
    "sweeps": _sweeps,
    "studies": _studies,
}
