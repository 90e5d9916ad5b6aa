"""Models of numbers: parameters, forms of mechanisms and changes of the base year, one field a row of their tables."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import Discriminator, Field, Tag, create_model, model_validator

from techduel.facts import QUANTITIES
from techduel.facts.changes import CHANGEABLE
from techduel.facts.selection import known_sectors
from techduel.model.axes import STATES
from techduel.model.parameters import schema
from techduel.model.parameters.forms import RIVALS
from techduel.model.parameters.parameter import Parameter
from techduel.scenario.forms import possible, words
from techduel.scenario.problems import Allowed, Strict, refuse


def without_nothing(value: Any) -> Any:
    """A mapping without the parts that are set to nothing (null): as if they had been left out."""
    return {name: part for name, part in value.items() if part is not None} if isinstance(value, Mapping) else value


def number(parameter: Parameter, title: str, words: Sequence[str] = ()) -> Any:
    """The type of a parameter's value: a number in its range, or one by state or sector along its axis.

    Parameters
    ----------
    parameter : Parameter
        Its row of the table.
    title : str
        Full name, for the JSON Schema.
    words : sequence of str
        May stand for a number.
    """
    about = Field(description=f"{parameter.meaning} ({parameter.unit}). Source: {parameter.source}")
    if parameter.axis is None:
        return Annotated[_one(parameter, words, "one number"), about]
    names = (*schema.members(parameter.axis, known_sectors().names), "default")
    inner: Any = {name: (_one(parameter, words, "one number"), None) for name in names}
    members = create_model(f"{title}_by_{parameter.axis}", __base__=_Members, **inner)
    single = _one(parameter, words, f"one number or one by {parameter.axis}")
    return Annotated[Annotated[single, Tag("one")] | Annotated[members, Tag("members")], Discriminator(_which), about]


def _which(value: Any) -> str:
    return "members" if isinstance(value, Mapping | _Members) else "one"


def _one(parameter: Parameter, words: Sequence[str], what: str) -> Any:
    kind: Any = Annotated[float, Field(ge=parameter.low, le=parameter.high)]
    unit = "" if parameter.unit == "1" else f" ({parameter.unit})"
    allowed = f"{what}, {parameter.low:g} to {parameter.high:g}{unit}"
    if parameter.off is not None:
        kind, allowed = (
            kind | Annotated[float, Field(ge=parameter.off, le=parameter.off)],
            f"{allowed}, or {parameter.off:g} to switch it off",
        )
    if words:
        kind, allowed = kind | Literal[tuple(words)], f"{allowed}, or drawn: {' or '.join(words)}"
    return Annotated[kind, Allowed(allowed)]


class _Members(Strict):
    """Numbers along an axis; ``default`` stands for those that are not named."""

    @model_validator(mode="before")
    @classmethod
    def _given(cls, values: Any) -> Any:
        return without_nothing(values)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        left = () if "default" in self.model_fields_set else type(self).model_fields
        refuse(((name,), "missing") for name in left if name not in {"default", *self.model_fields_set})
        return self


class _Changes(Strict):
    """Numbers of the base year by state or sector; those set to nothing stay as they are."""

    @model_validator(mode="before")
    @classmethod
    def _given(cls, values: Any) -> Any:
        return without_nothing(values)


def _changes(name: str) -> type[Strict]:
    """The changes of a quantity of the base year, by sector or by state and sector."""
    quantity = QUANTITIES[name]
    words = f"one number, {quantity.low:g} to {quantity.high:g} ({quantity.unit})"
    kind = Annotated[float, Field(ge=quantity.low, le=quantity.high), Allowed(words)]
    by_sector: Any = {sector: (kind, None) for sector in known_sectors().names}
    inner = create_model(f"facts_{name}", __base__=_Changes, **by_sector)
    if "state" not in quantity.dims:
        return inner
    by_state: Any = dict.fromkeys(STATES, (inner, None))
    return create_model(f"facts_{name}_by_state", __base__=_Changes, **by_state)


def _form(mechanism: str) -> Any:
    """The type of a mechanism's form: the name of one, or the word for drawing it."""
    return Annotated[Literal[words(mechanism)], Field(description=RIVALS[mechanism].meaning)]


def _group(name: str, kind: type) -> type[Strict]:
    inner: Any = {
        item.name: (number(parameter, f"{name}_{item.name}", schema.words_of(name, parameter)), ...)
        for item in fields(kind)
        for parameter in [item.metadata["parameter"]]
    }
    return create_model(name, __base__=_GROUP_CHECKS.get(name, Strict), **inner)


class _Knowledge(Strict):
    """Channels of knowledge."""

    CHANNELS: ClassVar = ("embodied", "coinvention", "talent", "science", "investment", "illicit")
    """Their weights are parts of one whole, of which some may be switched off."""

    @model_validator(mode="after")
    def _parts_of_one(self) -> Self:
        weights = (getattr(self, name) for name in self.CHANNELS)
        total = sum(weight for weight in weights if not isinstance(weight, str))
        if total > 1.0 + 1e-9:
            refuse([((), f"{' + '.join(self.CHANNELS)} = {total:g}; allowed: at most 1 together")])
        return self


_GROUP_CHECKS: Final[dict[str, type[Strict]]] = {"knowledge": _Knowledge}


class _Forms(Strict):
    """Forms, of which one acts under another alone."""

    @model_validator(mode="after")
    def _act(self) -> Self:
        chosen = dict(self)
        if chosen["trade_ideas"] == "imports" and "sector" not in possible("price_block", chosen["price_block"]):
            refuse([(("trade_ideas",), "imports given without price_block=sector, under which alone it acts")])
        return self


if TYPE_CHECKING:
    type Params = Any
    ChangedFacts = Strict
    type Forms = Any
else:
    Params = create_model(
        "params", __base__=Strict, **{name: (_group(name, kind), ...) for name, kind in schema.GROUPS.items()}
    )
    ChangedFacts = create_model("facts", __base__=_Changes, **{name: (_changes(name), None) for name in CHANGEABLE})
    Forms = create_model("forms", __base__=_Forms, **{name: (_form(name), ...) for name in RIVALS})
