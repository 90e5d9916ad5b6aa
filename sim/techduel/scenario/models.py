"""Models of policies and events, made from the tables that describe them: one field an option.

A policy or an event is one of a union, told apart by its ``kind``; a step of a schedule by its ``lever``.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
    field_validator,
    model_validator,
)

from techduel.facts.sectors import TAGS
from techduel.facts.selection import ALL, sector_words
from techduel.model.actions import LEVERS
from techduel.model.axes import N_SIGNALS, STATES
from techduel.model.parameters.parameter import Parameter
from techduel.policies import events, kinds
from techduel.policies.event import Choice, SectorChoice
from techduel.policies.event import Option as EventOption
from techduel.policies.options import Menu, Nested, Steps
from techduel.policies.options import Option as PolicyOption
from techduel.policies.schedule import HOW, step_options
from techduel.scenario.loader import PART_NAME
from techduel.scenario.numbers import number, without_nothing
from techduel.scenario.problems import Allowed, Place, Strict, key_of, refuse, validated
from techduel.scenario.when import WHEN

DEEPEST: Final = 3
"""How many policies may lie around another one."""
LONGEST_MENU: Final = 12
PLANNER: Final = "best_response"
"""The kind of policy that cannot stand inside itself: it would look ahead to itself looking ahead."""

type PartName = Annotated[
    str, Field(pattern=f"^{PART_NAME}$"), Allowed("a name of letters, digits and _, a letter first, at most 100")
]
"""Of an event, a step, a policy in a menu, a factor."""


class _Kind(Strict):
    """One of a union whose members have options of their own, which must also fit together."""

    told_apart_by: ClassVar = "kind"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        refuse(self.conflicts())
        return self

    def conflicts(self) -> Iterable[tuple[Place, str]]:
        """What is wrong with sound options taken together, and where."""
        return ()


class PolicySettings(_Kind):
    """A kind of policy with all its options."""

    allowed: ClassVar = "a policy, chosen with {key}.kind=NAME"

    def conflicts(self) -> Iterable[tuple[Place, str]]:
        """What the policy itself refuses."""
        try:
            kinds.policy(**self.model_dump(exclude_unset=True))
        except ValueError as refused:
            for line in str(refused).splitlines():
                name, _, words = line.partition(": ")
                yield (name,), words


class EventSettings(_Kind):
    """A kind of event with all its options."""

    allowed: ClassVar = f"an event with its kind ({', '.join(events.EVENTS)}), or null for none"


class _Bill(EventSettings):
    """Options of a bill: two ranges, and two parts of a whole."""

    ORDERED: ClassVar = (("amount_low", "amount_high"), ("delay_low", "delay_high"))
    PARTS: ClassVar = ("grants_share", "reshoring_share")

    def conflicts(self) -> Iterable[tuple[Place, str]]:
        """Ranges that are upside down, parts larger than the whole."""
        for low, high in self.ORDERED:
            least, most = getattr(self, low), getattr(self, high)
            if least > most:
                yield (low,), f"{least:g} given; allowed: at most {high} = {most:g}"
        whole = sum(getattr(self, part) for part in self.PARTS)
        if whole > 1.0 + 1e-9:
            yield (), f"{' + '.join(self.PARTS)} = {whole:g}; allowed: at most 1 together"


_EVENT_CHECKS: Final = {"bill": _Bill}


class _Step(Strict):
    """A dated change of one lever."""

    model_config = ConfigDict(json_schema_extra={"required": ["lever"], "oneOf": [{"required": [how]} for how in HOW]})
    allowed: ClassVar = f"a lever, its start or when, and one of {', '.join(HOW)}"
    told_apart_by: ClassVar = "lever"

    @model_validator(mode="before")
    @classmethod
    def _given(cls, values: Any) -> Any:
        return without_nothing(values)

    @field_validator("until", check_fields=False)
    @classmethod
    def _after_start(cls, until: float, info: Any) -> float:
        start = info.data.get("start")
        if start is not None and until <= start:
            refuse([((), f"{until:g} given; allowed: later than start = {start:g}")])
        return until

    @model_validator(mode="after")
    def _begins_one_way(self) -> Self:
        given = [name for name in ("start", "when") if name in self.model_fields_set]
        if len(given) != 1:
            both = "start and when given; allowed: either, a date or what is seen"
            refuse([((), both)] if given else [(("start",), "missing; allowed: a date, or when instead")])
        return self

    @model_validator(mode="after")
    def _moves_one_way(self) -> Self:
        ways = [name for name in HOW if name in self.model_fields_set]
        if len(ways) != 1:
            refuse([((), f"{' and '.join(ways) or 'none'} given; allowed: exactly one of {', '.join(HOW)}")])
        return self


def sectors(meaning: str, words: Sequence[str] = sector_words(), allowed: str = "") -> Any:
    """The type of a list of words that choose sectors, or of one word."""
    listed = allowed or f"a list of names of sectors, their tags ({', '.join(TAGS)}), or all"
    word: Any = Literal[tuple(words)]
    entry: Any = Annotated[word, Allowed(allowed)] if allowed else word
    several: Any = list[entry]
    return Annotated[
        several,
        BeforeValidator(_listed, json_schema_input_type=several | word),
        Field(min_length=1, description=meaning),
        Allowed(listed),
    ]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _step(lever: str) -> type[Strict]:
    """A step that moves one lever: how far it may go depends on the lever."""
    options = {name: number(option, f"{lever}_{name}") for name, option in step_options(lever).items()}
    same = f"nothing, since {lever} is the same for all sectors"
    words = sectors("which sectors") if LEVERS[lever].axis else sectors("all of them", (ALL,), same)
    name: Any = Literal[lever]
    inner: Any = {
        "lever": (Annotated[name, Field(description=LEVERS[lever].meaning)], ...),
        "sectors": (words, None),
        "when": (WHEN | None, None),
        **{name: (kind | None, None) for name, kind in options.items()},
    }
    return create_model(lever, __base__=_Step, **inner)


def _policy(kind: str) -> type[PolicySettings]:
    options: Any = {name: (_option(f"{kind}_{name}", option), ...) for name, option in kinds.described(kind).items()}
    return create_model(kind, __base__=PolicySettings, **{"kind": (Literal[kind], ...), **options})


def _event(kind: str) -> type[EventSettings]:
    options: Any = {name: (_option(f"{kind}_{name}", option), ...) for name, option in events.described(kind).items()}
    return create_model(
        f"event_{kind}", __base__=_EVENT_CHECKS.get(kind, EventSettings), **{"kind": (Literal[kind], ...), **options}
    )


def _option(title: str, option: PolicyOption | EventOption) -> Any:
    """The type of one option of a policy or event."""
    match option:
        case Parameter():
            return number(option, title)
        case Choice():
            words: Any = Literal[option.allowed]
            return Annotated[words, Field(description=option.meaning)]
        case SectorChoice():
            return sectors(option.meaning)
        case Nested():
            return Annotated[Policy, Field(description=option.meaning)]
        case Menu():
            return _named(Policy, "a policy", option.meaning, LONGEST_MENU)
        case Steps():
            return _named(Step, "a step", option.meaning)


def _named(part: Any, what: str, meaning: str, most: int | None = None) -> Any:
    """The type of parts by names; those set to nothing are dropped."""
    return Annotated[
        dict[PartName, part | None],
        BeforeValidator(without_nothing),
        Field(max_length=most, description=meaning),
        Allowed(f"names, each with {what}"),
    ]


class _Policies(Strict):
    """The policy of each state."""

    @field_validator("*")
    @classmethod
    def _not_too_deep(cls, policy: PolicySettings) -> PolicySettings:
        refuse(_nested_wrongly(policy))
        refuse(_waits_wrongly(policy))
        return policy


STEPS: Final = {lever: _step(lever) for lever in LEVERS}
EVENTS: Final = {kind: _event(kind) for kind in events.EVENTS}
if TYPE_CHECKING:
    type Policy = Any
    type Step = Any
    type Event = Any
    type Policies = Any
    type Events = Any
else:
    # Values of type aliases are worked out when they are needed: policies refer to the union of all policies.
    type Policy = Annotated[reduce(or_, POLICIES.values()), Field(discriminator="kind")]
    type Step = Annotated[reduce(or_, STEPS.values()), Field(discriminator="lever")]
    type Event = Annotated[reduce(or_, EVENTS.values()), Field(discriminator="kind")]
    Policies = create_model("policies", __base__=_Policies, **dict.fromkeys(STATES, (Policy, ...)))
    Events = _named(Event, "an event", "what happens from outside, by names of your own")
POLICIES: Final = {kind: _policy(kind) for kind in kinds.POLICIES}
_OneStep: Final = create_model("OneStep", __base__=Strict, step=(Step, ...))


def step_problems(key: str, step: Any) -> list[str]:
    """Everything that is wrong with one step of a schedule, one line each; `key` is where it stands."""
    return [f"{key_of((key, *place[1:]))}: {words}" for place, words in validated(_OneStep, {"step": step})[1]]


def _nested_wrongly(policy: Any, place: Place = (), outer: tuple[str, ...] = ()) -> Iterator[tuple[Place, str]]:
    """What is wrong with policies inside others."""
    if len(outer) > DEEPEST:
        yield place, f"inside {len(outer)} policies; allowed: at most {DEEPEST}"
    elif policy.kind == PLANNER and PLANNER in outer:
        yield (*place, "kind"), f"{PLANNER} inside another one; allowed: any other kind"
    else:
        for path, inner in _inside(policy):
            yield from _nested_wrongly(inner, (*place, *path), (*outer, policy.kind))


def _waits_wrongly(policy: Any, place: Place = (), planned: bool = False) -> Iterator[tuple[Place, str]]:
    """What is wrong with steps that wait for something, in a policy and those inside."""
    if not place and len(waiting := list(_waiting(policy))) > N_SIGNALS:
        yield (), f"{len(waiting)} steps with when; allowed: at most {N_SIGNALS} in a policy and those inside"
    planned = planned or policy.kind == PLANNER
    if planned:
        yield from (((*place, "steps", name, "when"), f"inside {PLANNER}; allowed: start") for name in _own(policy))
    for path, inner in _inside(policy):
        yield from _waits_wrongly(inner, (*place, *path), planned)


def _waiting(policy: Any) -> Iterator[str]:
    yield from _own(policy)
    for _, inner in _inside(policy):
        yield from _waiting(inner)


def _own(policy: Any) -> list[str]:
    """Names of a policy's own steps that wait for something."""
    steps = getattr(policy, "steps", None) or {}
    return [name for name, step in steps.items() if step is not None and step.when is not None]


def _inside(policy: PolicySettings) -> Iterable[tuple[Place, PolicySettings]]:
    """The policies inside another, and where."""
    for name, value in policy:
        if isinstance(value, PolicySettings):
            yield (name,), value
        elif isinstance(value, dict):
            yield from (((name, part), inner) for part, inner in value.items() if isinstance(inner, PolicySettings))
