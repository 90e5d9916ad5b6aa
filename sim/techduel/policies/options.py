"""What an option of a policy can be beside a number: another policy, a menu of policies, dated steps."""

from dataclasses import dataclass, fields

from techduel.model.parameters.parameter import Parameter


@dataclass(frozen=True, slots=True)
class Nested:
    """An option that is another policy."""

    meaning: str


@dataclass(frozen=True, slots=True)
class Menu:
    """An option that is several policies by name."""

    meaning: str


@dataclass(frozen=True, slots=True)
class Steps:
    """An option that is several dated changes of levers by name, as in `techduel.policies.schedule`."""

    meaning: str


type Option = Parameter | Nested | Menu | Steps
"""What is known about one option of a policy, apart from its value."""


def nested(meaning: str) -> dict[str, Option]:
    """Metadata of a dataclass field that holds another policy."""
    return {"parameter": Nested(meaning)}


def base() -> dict[str, Option]:
    """Metadata of the field that holds the policy on which another one builds."""
    return nested("gives every lever that this policy leaves alone, and what it starts from")


def menu(meaning: str) -> dict[str, Option]:
    """Metadata of a dataclass field that holds policies by name."""
    return {"parameter": Menu(meaning)}


def steps(meaning: str) -> dict[str, Option]:
    """Metadata of a dataclass field that holds dated steps."""
    return {"parameter": Steps(meaning)}


def described_by(policy: type) -> dict[str, Option]:
    """What is known about every option of a class of policies."""
    return {item.name: item.metadata["parameter"] for item in fields(policy)}
