"""What a comparison is asked beside its headlines: a year, a sector, an outcome, and sectors whose levers differ."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from techduel.ensemble.headlines import LEAD, outcome_problem
from techduel.facts.selection import known_sectors
from techduel.model.outcomes import OUTCOMES
from techduel.studies.compare.contrast import Asked

QUESTION: Final = ("year", "sector", "outcome")
"""Settings that say what is told of the runs: they change no run and no name."""
MEMBERS: Final = "members"
"""Key of a comparison's config under which the members' configs lie."""
BY_SECTOR: Final = "lead_months"
"""The outcome that is a lead in one sector."""
_ACTING: Final = ("policies", "events")
"""Settings in which a state's levers lie."""


def asked_from(config: Mapping[str, Any]) -> Asked:
    """The question of a checked configuration: asked for first, then leads in sectors whose levers differ."""
    sector, outcome = config["sector"], config["outcome"]
    lead = f"{BY_SECTOR}.{sector}" if sector else LEAD
    sectors = [f"{BY_SECTOR}.{name}" for name in moved_sectors(config)]
    wanted = [outcome] if outcome else []
    return Asked(config["year"], tuple(dict.fromkeys([*([lead] if sector else []), *wanted, *sectors])), lead)


def moved_sectors(config: Mapping[str, Any]) -> list[str]:
    """Sectors that a scenario's policies or events name where they differ from the baseline's or from nothing."""
    first, *others = config[MEMBERS].values()
    baseline = _leaves({key: first[key] for key in _ACTING})
    named: set[str] = set()
    for other in others:
        for path, value in _leaves({key: other[key] for key in _ACTING}).items():
            if baseline.get(path, 0.0) != value:
                named |= {*path, *(value if isinstance(value, tuple) else (value,))} & {*known_sectors().names}
    return [name for name in known_sectors().names if name in named]


def problems(config: Mapping[str, Any]) -> Iterator[str]:
    """A line for each part of a question that its scenarios cannot answer."""
    year, outcome = config["year"], config["outcome"]
    spans = {(member["start"], member["horizon"]) for member in config[MEMBERS].values()}
    for start, horizon in sorted(spans) if year is not None else ():
        if not start <= year <= horizon:
            yield f"year: {year} given; allowed: {start} to {horizon}"
        elif year != horizon and config["decompose"] != "none":
            yield f"year: {year} given with decompose={config['decompose']}; allowed: the horizon: horizon={year}"
    if outcome is not None:
        yield from filter(None, [_outcome_problem(outcome)])


def _outcome_problem(outcome: str) -> str | None:
    known = OUTCOMES.get(outcome.partition(".")[0])
    if known is not None and known.dims[-1] != "time":
        return f"outcome: {outcome!r} given; allowed: one that has a number in every year (techduel list outcomes)"
    return outcome_problem("outcome", outcome)


def _leaves(tree: Mapping[str, Any], path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Values by their path; lists as tuples."""
    found: dict[tuple[str, ...], Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            found |= _leaves(value, (*path, key))
        else:
            found[(*path, key)] = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
    return found
