"""The kinds of policies by name, what is known about their options, and how plain values become a policy."""

from typing import Any, Final

from techduel.facts import selection
from techduel.model.axes import Array
from techduel.model.parameters import schema
from techduel.model.parameters.parameter import Parameter
from techduel.policies.best_response import BestResponse
from techduel.policies.fixed import Plan, Policy, StatusQuo2020
from techduel.policies.mitigation import RiskMitigation
from techduel.policies.options import Menu, Nested, Option, Steps, described_by
from techduel.policies.reactions import ThreatResponse, TitForTat
from techduel.policies.recorded import Recorded
from techduel.policies.schedule import Schedule, ordered
from techduel.policies.stances import Controls, Cooperation, FullDecoupling, IndustrialPolicy, StatusQuoAnte
from techduel.policies.variants import Capped, Delayed, Noisy, Switched

POLICIES: Final[dict[str, type]] = {
    "status_quo_2020": StatusQuo2020,
    "status_quo_ante": StatusQuoAnte,
    "plan": Plan,
    "recorded": Recorded,
    "industrial_policy": IndustrialPolicy,
    "threat_response": ThreatResponse,
    "targeted_controls": Controls,
    "broad_controls": Controls,
    "tit_for_tat": TitForTat,
    "full_decoupling": FullDecoupling,
    "cooperation": Cooperation,
    "schedule": Schedule,
    "risk_mitigation": RiskMitigation,
    "best_response": BestResponse,
    "delayed": Delayed,
    "capped": Capped,
    "noisy": Noisy,
    "switched": Switched,
}


def policy(kind: str, **given: Any) -> Policy:
    """The policy of a kind from plain checked values, all options by name.

    Raises
    ------
    KeyError
        If no policy has that kind.
    ValueError
        If options do not fit together.
    """
    options = described(kind)
    return POLICIES[kind](**{name: _built(value, options[name]) for name, value in given.items()})


def described(kind: str) -> dict[str, Option]:
    """What is known about every option of a kind."""
    return described_by(POLICIES[kind])


def _built(value: Any, option: Option) -> Any:
    match option:
        case Nested():
            return policy(**value)
        case Menu():
            return {name: policy(**value[name]) for name in sorted(value)}
        case Steps():
            return ordered(value)
    return _along(value, option) if option.axis else float(value)


def _along(value: Any, parameter: Parameter) -> Array:
    """A number, or numbers by state or sector, as an array along that axis."""
    given = value if isinstance(value, dict) else {"default": value}
    return schema.along(given, parameter, selection.known_sectors().names)
