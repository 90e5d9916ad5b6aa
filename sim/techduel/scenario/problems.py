"""Problems of settings: every error that pydantic finds, in one line with the key, the value given and what is allowed.

Nothing else turns errors into words. A place is the path of keys from the top, without the names of unions' members
that pydantic puts in between.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeAliasType, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, Tag, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from techduel.scenario.loader import did_you_mean, unknown

type Place = tuple[str | int, ...]


class Strict(BaseModel):
    """Settings without conversions, unknown keys, NaN or infinity."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    allowed: ClassVar[str] = "a group of settings"
    """What stands in its place, in words; ``{key}`` is the place."""
    told_apart_by: ClassVar[str | None] = None
    """The key that tells members of a union apart."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A note on a type: what may be given, in words."""

    words: str


class Problem(NamedTuple):
    """What is wrong at one place."""

    place: Place
    words: str

    def __str__(self) -> str:
        """One line."""
        return f"{key_of(self.place)}: {self.words}" if self.place else self.words


class _Node(NamedTuple):
    """A type, and what is noted on it."""

    kind: Any
    notes: tuple[Any, ...] = ()


def key_of(place: Place) -> str:
    """A place as on the command line."""
    return ".".join(map(str, place))


def validated(model: type[Strict], values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Plain settings in their normal form, empty when there are problems, and all problems.

    Parameters
    ----------
    model : type of Strict
        What they have to be.
    values : mapping
        Plain values: text, numbers, truth values, None, lists and mappings with text keys.
    """
    try:
        return model.model_validate(dict(values)).model_dump(exclude_unset=True), []
    except ValidationError as refused:
        problems: dict[Any, Problem] = {}
        for error in refused.errors(include_url=False):
            problem = _problem(error, model)
            # Members of a plain union complain one by one of the same value, which is one problem.
            problems.setdefault(problem if error["type"] == "problem" else problem.place, problem)
        return {}, list(problems.values())


def wrong_with(model: type[Strict], values: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with plain settings, one line each."""
    return [str(problem) for problem in validated(model, values)[1]]


def refuse(problems: Iterable[tuple[Place, str]]) -> None:
    """Raise what a validator has found, if anything.

    Raises
    ------
    ValidationError
        With every problem, its place relative to that of the validator.
    """
    errors = [
        InitErrorDetails(type=PydanticCustomError("problem", "{words}", {"words": words}), loc=place, input=None)
        for place, words in problems
    ]
    if errors:
        raise ValidationError.from_exception_data("settings", errors)


def refuse_lines(lines: Iterable[str], above: str = "") -> None:
    """Raise lines that begin with a key; `above` is the place of the validator, with its last dot.

    Raises
    ------
    ValidationError
        With every line, in the place of its key.
    """
    parted = (line.partition(": ") for line in lines)
    refuse(((key.removeprefix(above),) if key != above.rstrip(".") else (), words) for key, _, words in parted)


def allowed_at(model: type[Strict], key: str) -> str:
    """What a model allows as the value of a key, in words."""
    return _allowed(_walked((key,), model)[1], key)


def is_text(model: type[Strict], key: str) -> bool:
    """Whether a model takes text, or nothing, as the value of a key."""
    kind = _walked((key,), model)[1].kind
    return kind is str or (get_origin(kind) is Literal and all(isinstance(word, str) for word in get_args(kind)))


def _problem(error: ErrorDetails, model: type[Strict]) -> Problem:
    """The line of one of pydantic's errors."""
    place, node, owner = _walked(error["loc"], model)
    if error["type"] in {"union_tag_not_found", "union_tag_invalid"}:
        return _untold(place, node, error["input"])
    match error["type"]:
        case "problem":
            words = error["ctx"]["words"]
        case "extra_forbidden":
            words = _unknown(place, owner)
        case "missing":
            words = f"missing; allowed: {_allowed(node, key_of(place))}"
        case "too_long":
            words = f"{error['ctx']['actual_length']} given; allowed: at most {error['ctx']['max_length']}"
        case _:
            words = f"{error['input']!r} given; allowed: {_allowed(node, key_of(place))}"
    if error["type"] == "literal_error" and get_origin(node.kind) is Literal:
        words += did_you_mean(error["input"], map(str, get_args(node.kind)))
    return Problem(place, words)


def _unknown(place: Place, owner: Any) -> str:
    """Words for a key that does not exist, with the nearest that does."""
    names = [name for name in owner.model_fields if name != owner.told_apart_by]
    return unknown(str(place[-1]), names, "".join(f"{part}." for part in place[:-1]))


def _untold(place: Place, node: _Node, value: Any) -> Problem:
    """A union's member that is not said, or does not exist."""
    members = _members(node)
    by = next(iter(members.values())).kind.told_apart_by
    allowed, here = ", ".join(members), (*place, by)
    if by not in value or value[by] is None:
        return Problem(here, f"missing; allowed: {allowed}{did_you_mean(place[-1], members)}")
    return Problem(here, f"{value[by]!r} given; allowed: {allowed}{did_you_mean(value[by], members)}")


def _walked(loc: Place, model: type[Strict]) -> tuple[Place, _Node, Any]:
    """The place that an error is about, the type there, and the model that holds it."""
    place: list[str | int] = []
    node, owner = _Node(model), model
    for number, part in enumerate(loc):
        members = _members(node)
        if part in members:
            node = members[str(part)]
            continue
        if loc[number + 1 : number + 2] == ("[key]",):
            return (*place, part), _bare(get_args(node.kind)[0]), owner
        owner, inner = node.kind, _inner(node, part)
        if inner is None:
            return (*place, *(loc[number:] if members or _is_model(node.kind) else ())), node, owner
        place.append(part)
        node = inner
    return tuple(place), node, owner


def _inner(node: _Node, part: str | int) -> _Node | None:
    """The type behind a key or an index; None where there is none."""
    if _is_model(node.kind):
        field = node.kind.model_fields.get(part)
        return _bare(field.annotation, tuple(field.metadata)) if field else None
    if get_origin(node.kind) in {dict, list}:
        return _bare(get_args(node.kind)[-1])
    return None


def _bare(kind: Any, notes: tuple[Any, ...] = ()) -> _Node:
    """A type without its wrappings, whose notes are kept; ``X | None`` counts as X."""
    if isinstance(kind, TypeAliasType):
        return _bare(kind.__value__, notes)
    if get_origin(kind) is Annotated:
        inner, *more = get_args(kind)
        flat = (part for note in more for part in (note.metadata if isinstance(note, FieldInfo) else [note]))
        return _bare(inner, (*notes, *flat))
    if get_origin(kind) in {Union, UnionType}:
        some = [member for member in get_args(kind) if member is not NoneType]
        if len(some) == 1:
            return _bare(some[0], notes)
    return _Node(kind, notes)


def _members(node: _Node) -> dict[str, _Node]:
    """The members of a union by what tells them apart; none of any other type."""
    members = get_args(node.kind) if get_origin(node.kind) in {Union, UnionType} else ()
    return {tag: bare for bare in map(_bare, members) if (tag := _tag(bare))}


def _tag(member: _Node) -> str | None:
    if _is_model(member.kind) and member.kind.told_apart_by:
        return str(get_args(member.kind.model_fields[member.kind.told_apart_by].annotation)[0])
    return next((note.tag for note in member.notes if isinstance(note, Tag)), None)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _allowed(node: _Node, key: str) -> str:
    """What may be given, in words."""
    noted = [note.words for note in node.notes if isinstance(note, Allowed)]
    if noted:
        return str(noted[0])
    if node.kind is bool:
        return "true or false"
    if get_origin(node.kind) is Literal:
        return ", ".join(map(str, get_args(node.kind)))
    low = next((note.ge for note in node.notes if isinstance(note, Ge)), None)
    high = next((note.le for note in node.notes if isinstance(note, Le)), None)
    if low is not None and high is not None:
        return f"{'whole number, ' if node.kind is int else ''}{low} to {high}"
    kind = next(iter(_members(node).values()), node).kind
    if _is_model(kind):
        return str(kind.allowed.format(key=key))
    plain = {list: "a list", dict: "a group of settings", int: "a whole number", float: "a number"}
    return plain.get(get_origin(kind) or kind, "a text")
