"""What single policies bring: responses that the literature has estimated or derived, arm by arm with equal luck."""

from dataclasses import dataclass

from techduel.studies.evidence.arms import Experiment, Numbers, mean_and_error, share, spread
from techduel.studies.evidence.response_arms import ARMS, followed
from techduel.studies.evidence.response_effects import RESPONSES, Response


@dataclass(frozen=True, slots=True)
class Row:
    """One response over all parameter sets."""

    response: str
    outcome: str
    unit: str
    sign: int
    """As published."""
    mean: float
    se: float
    median: float
    q05: float
    q95: float
    share: float
    """Of sets with the published sign."""
    draws: int


def responses(experiment: Experiment) -> list[Row]:
    """Every response over the parameter sets of an experiment, one run a set."""
    found = {name: followed(experiment, arm) for name, arm in ARMS.items()}
    return [_row(known, known.effect(found)) for known in RESPONSES]


def arms() -> int:
    """How many arms `responses` simulates."""
    return len(ARMS)


def _row(known: Response, values: Numbers) -> Row:
    return Row(
        *(known.name, known.outcome, known.unit, known.sign),
        *mean_and_error(values),
        *spread(values),
        share(values, known.sign),
        int(values.size),
    )
