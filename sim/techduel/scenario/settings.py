"""What a whole configuration may hold, beside the parameters: types, ranges, and every problem in one line of words."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from techduel.facts.history import LAST_YEAR
from techduel.model.axes import STATES
from techduel.model.parameters import schema
from techduel.scenario import event_settings, policy_settings
from techduel.scenario.layers import GROUPS
from techduel.scenario.loader import NAME, NAME_RULE, PATH, unknown_key
from techduel.scenario.parameter_sets import words_in
from techduel.scenario.posteriors import missing, posterior_years

LAST_HORIZON: Final = 2050
MOST_SLOTS: Final = 10_000
"""Places for firms in a sector of a state: four hundred times the usual ones."""
HIDDEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\$\{")
"""What a line may not hold: what a terminal obeys instead of showing it, and what Hydra would replace."""


def _shown_as_it_is(text: str) -> str:
    if HIDDEN.search(text):
        raise ValueError("control characters or ${")
    return text


LINE_RULE: Final = "at most 1000 characters, no ${ or control characters"

type Name = Annotated[
    str,
    Field(pattern=f"^{NAME}$", description=NAME_RULE),
]
type Address = Annotated[
    str, Field(pattern=r"^(tcp|tls|ucx|ws|wss)://[!-#%-z~]{1,200}$", description="tcp://HOST:PORT")
]
type Line = Annotated[
    str,
    Field(min_length=1, max_length=1000, description=f"text of {LINE_RULE}"),
    AfterValidator(_shown_as_it_is),
]


class _Strict(BaseModel):
    """No conversions, no unknown keys, no NaN or infinity."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class FactsChoice(_Strict):
    """Which facts the model starts from."""

    vintage: Literal["article", "final"]
    base_year: int = Field(ge=2010, le=2020, description="whole number")
    outlook: Literal["expected", "recorded"]


class Executor(_Strict):
    """Where the runs are computed."""

    kind: Literal["local", "serial", "dask"]
    workers: int | None = Field(ge=1, le=256, description="whole number")
    scheduler: Address | None
    shared_disk: bool
    batch: int | None = Field(ge=1, le=4096, description="whole number")
    limit: float | None = Field(ge=0.01, le=1_000_000, description="seconds")


class Settings(_Strict):
    """Everything at the top of a configuration but the parts with tables of their own."""

    scenario: Name
    ablation: Name
    title: Line
    question: Line
    sources: list[Line] = Field(max_length=50, description=f"a list of at most 50 texts, each of {LINE_RULE}")
    runs: int = Field(ge=1, le=1_000_000, description="whole number")
    seed: int = Field(ge=0, le=2**63 - 1, description="whole number")
    start: int = Field(ge=2011, le=2021, description="whole number")
    horizon: int = Field(ge=2011, le=LAST_HORIZON, description="whole number")
    slots: int = Field(ge=4, le=MOST_SLOTS, description="whole number")
    record: Literal["full", "headline", "firms"]
    facts: FactsChoice
    scenario_file: Annotated[str, Field(min_length=1, max_length=4096, description="a file")] | None
    name: Name | None
    results: Annotated[str, Field(min_length=1, max_length=4096, pattern=f"^{PATH}$", description="a folder")]
    quiet: bool
    fresh: bool
    executor: Executor


CHANNELS: Final = ("embodied", "coinvention", "talent", "science", "investment", "illicit")
"""Channels of knowledge: their weights are parts of one whole, of which some may be switched off."""


def problems(config: Mapping[str, Any], sectors: Sequence[str]) -> list[str]:
    """Everything that is wrong with a plain configuration, one line each with key, value and what is allowed."""
    shared = {key: value for key, value in config.items() if key not in GROUPS}
    found = _settings_problems(shared) + _date_problems(config) + _sum_problems(config.get("params"))
    found += _group_problems("params", config, lambda given: schema.problems(given, sectors))
    found += _posterior_problems(config)
    found += _group_problems("policies", config, lambda given: _policies_problems(given, sectors))
    return found + _group_problems("events", config, event_settings.problems)


def line_problems(key: str, value: Any) -> list[str]:
    """What is wrong with a title or the like."""
    try:
        TypeAdapter(Line).validate_python(value, strict=True)
    except ValidationError:
        return [f"{key}: {value!r} given; allowed: {_described(Line)}"]
    return []


def _group_problems(name: str, config: Mapping[str, Any], check: Callable[[Mapping[str, Any]], list[str]]) -> list[str]:
    given = config.get(name)
    if not isinstance(given, Mapping):
        return [f"{name}: {given!r} given; allowed: a group of settings"]
    return check(given)


def _settings_problems(given: Mapping[str, Any]) -> list[str]:
    try:
        Settings.model_validate(dict(given))
    except ValidationError as refused:
        return [_line(error["loc"], error["type"], error["input"]) for error in refused.errors()]
    return []


def _line(place: tuple[int | str, ...], kind: str, value: Any) -> str:
    key = ".".join(str(part) for part in place)
    owner, field = _field(place)
    if kind == "extra_forbidden":
        prefix = key.rpartition(".")[0]
        names = [*owner.model_fields, *([] if prefix else GROUPS)]
        return unknown_key(key, [f"{prefix}.{name}" if prefix else name for name in names])
    allowed = _allowed(field) if field else "see techduel config schema"
    return f"{key}: missing; allowed: {allowed}" if kind == "missing" else f"{key}: {value!r} given; allowed: {allowed}"


def _field(place: Sequence[int | str]) -> tuple[type[BaseModel], FieldInfo | None]:
    """The model that a place lies in, and the field there if it exists."""
    owner: type[BaseModel] = Settings
    field = owner.model_fields.get(str(place[0]))
    for part in place[1:]:
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            break
        owner, field = inner, inner.model_fields.get(str(part))
    return owner, field


def _allowed(field: FieldInfo) -> str:
    if field.annotation is bool:
        return "true or false"
    choices = [choice for choice in get_args(field.annotation) if isinstance(choice, str)]
    if choices:
        return f"one of {', '.join(choices)}"
    limits = {word: getattr(item, word) for item in field.metadata for word in ("ge", "le") if hasattr(item, word)}
    if limits:
        return f"{field.description}, {limits['ge']} to {limits['le']}"
    return field.description or _described(field.annotation)


def _described(annotation: Any) -> str:
    """The description that an annotated type, or one of a union, carries."""
    for part in (annotation, *get_args(annotation)):
        for item in get_args(getattr(part, "__value__", part)):
            if isinstance(item, FieldInfo) and item.description:
                return item.description
    return "a group of settings"


def _date_problems(config: Mapping[str, Any]) -> list[str]:
    facts = config.get("facts")
    base = facts.get("base_year") if isinstance(facts, Mapping) else None
    start, horizon = config.get("start"), config.get("horizon")
    found = []
    if _years(start, base) and start != base + 1:  # type: ignore[operator]
        found.append(f"start: {start} given; allowed: {base + 1}, the year after facts.base_year")  # type: ignore[operator]
    if _years(start, horizon) and horizon < start:  # type: ignore[operator]
        found.append(f"horizon: {horizon} given; allowed: {start} (start) to {LAST_HORIZON}")
    if base == LAST_YEAR and facts.get("outlook") == "recorded":  # type: ignore[union-attr]
        found.append(f"facts.outlook: 'recorded' given; allowed: expected for the base year {LAST_YEAR}")
    return found


def _sum_problems(params: Any) -> list[str]:
    knowledge = params.get("knowledge") if isinstance(params, Mapping) else None
    weights = [knowledge.get(name) for name in CHANNELS] if isinstance(knowledge, Mapping) else []
    numbers = [weight for weight in weights if isinstance(weight, int | float)]
    if sum(numbers) <= 1.0 + 1e-9:
        return []
    return [f"params.knowledge: {' + '.join(CHANNELS)} = {sum(numbers):g}; allowed: at most 1 together"]


def _posterior_problems(config: Mapping[str, Any]) -> list[str]:
    """Posterior sets belong to one base year."""
    facts = config.get("facts")
    base = facts.get("base_year") if isinstance(facts, Mapping) else None
    params = config.get("params")
    if not isinstance(params, Mapping) or "posterior" not in words_in(params) or not _years(base):
        return []
    return [] if base in posterior_years() else [missing(base)]  # type: ignore[arg-type]


def _years(*values: Any) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) for value in values)


def _policies_problems(given: Mapping[str, Any], sectors: Sequence[str]) -> list[str]:
    found = [
        unknown_key(f"policies.{name}", [f"policies.{state}" for state in STATES])
        for name in given
        if name not in STATES
    ]
    for state in STATES:
        found += policy_settings.problems(f"policies.{state}", given.get(state), sectors)
    return found
