"""The whole configuration of a scenario as one tree of models, and the JSON Schema of scenario files made from it."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, create_model, field_validator, model_validator
from pydantic.json_schema import GenerateJsonSchema

from techduel.facts.changes import overdrawn
from techduel.facts.history import LAST_YEAR
from techduel.model.parameters.forms import RIVALS
from techduel.scenario.layers import DIFFERENCES, choices
from techduel.scenario.loader import NAME, NAME_RULE, PATH
from techduel.scenario.models import Events, Policies
from techduel.scenario.numbers import ChangedFacts, Forms, Params
from techduel.scenario.parameter_sets import words_in
from techduel.scenario.posteriors import missing, posterior_years
from techduel.scenario.problems import Allowed, Strict, refuse
from techduel.scenario.scenario import facts_of

LAST_HORIZON: Final = 2050
MOST_SLOTS: Final = 10_000
"""Places for firms in a sector of a state: four hundred times the usual ones."""
LINE_RULE: Final = "at most 1000 characters in one line, no ${, control characters or marks of direction"


def _shown_as_it_is(text: str) -> str:
    if not text.isprintable() or "${" in text:
        raise ValueError("characters that a reader cannot see, or ${")
    return text


def _with_posterior(year: int) -> int:
    if year not in posterior_years():
        raise ValueError("no posterior")
    return year


type Name = Annotated[str, Field(pattern=f"^{NAME}$"), Allowed(NAME_RULE)]
type Address = Annotated[str, Field(pattern=r"^(tcp|tls|ucx|ws|wss)://[!-#%-z~]{1,200}$"), Allowed("tcp://HOST:PORT")]
type Line = Annotated[
    str, Field(min_length=1, max_length=1000), AfterValidator(_shown_as_it_is), Allowed(f"text of {LINE_RULE}")
]
RIVAL_FORMS: Final = tuple(f"{name}.{form}" for name, rivals in RIVALS.items() for form in rivals.forms)
type RivalForm = Annotated[Literal[RIVAL_FORMS], Allowed(", ".join(RIVAL_FORMS))]  # type: ignore[valid-type]
type File = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[^\x00]+$"), Allowed("a file")]
type Folder = Annotated[str, Field(min_length=1, max_length=4096, pattern=f"^{PATH}$"), Allowed("a folder")]
type Fitted = Annotated[int, AfterValidator(_with_posterior), Allowed(", ".join(map(str, posterior_years())))]
"""A base year that has a posterior."""
type Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]


class FactsChoice(ChangedFacts):
    """Which facts the model starts from, and what a scenario changes of them."""

    vintage: Literal["article", "final"]
    base_year: Annotated[int, Field(ge=2010, le=LAST_YEAR)]
    outlook: Literal["expected", "recorded"]

    @field_validator("outlook")
    @classmethod
    def _on_record(cls, outlook: str, info: ValidationInfo) -> str:
        if outlook == "recorded" and info.data.get("base_year") == LAST_YEAR:
            refuse([((), f"'recorded' given; allowed: expected for the base year {LAST_YEAR}")])
        return outlook

    @model_validator(mode="after")
    def _leaves_something(self) -> Self:
        """Accounts without firms are what the sectors leave of recorded totals."""
        if "market_size" in self.model_fields_set:
            facts = facts_of(self.model_dump(exclude_unset=True))
            refuse((("market_size",), line) for line in overdrawn(facts))
        return self


class Executor(Strict):
    """Where the runs are computed."""

    kind: Literal["local", "serial", "dask"]
    workers: Annotated[int, Field(ge=1, le=256)] | None
    scheduler: Address | None
    shared_disk: bool
    batch: Annotated[int, Field(ge=1, le=4096)] | None
    limit: Annotated[float, Field(ge=0.01, le=1_000_000), Allowed("0.01 to 1000000 seconds")] | None


class Command(Strict):
    """Settings of a command line that change no number of a result: no result stores them."""

    scenario_file: File | None
    name: Name | None
    results: Folder
    quiet: bool
    fresh: bool
    retry: bool
    executor: Executor


class Words(Strict):
    """What a result is called and what it answers."""

    title: Line
    question: Line


class _Run(Words):
    """Which run of a simulation is made and what is kept of it."""

    sources: Annotated[list[Line], Field(max_length=50), Allowed(f"a list of at most 50 texts, each of {LINE_RULE}")]
    seed: Seed
    record: Literal["full", "headline", "firms", "ledger"]
    scenario: Name
    ablation: Name


class Simulation(Strict):
    """Everything that one run of a simulation reads but its seed; what the points of a sweep have."""

    facts: FactsChoice
    start: Annotated[int, Field(ge=2011, le=2021)]
    horizon: Annotated[int, Field(ge=2011, le=LAST_HORIZON)]
    slots: Annotated[int, Field(ge=4, le=MOST_SLOTS)]
    params: Params
    forms: Forms
    policies: Policies
    events: Events

    @field_validator("start")
    @classmethod
    def _follows_the_base_year(cls, start: int, info: ValidationInfo) -> int:
        facts = info.data.get("facts")
        if facts and start != facts.base_year + 1:
            refuse([((), f"{start} given; allowed: {facts.base_year + 1}, the year after facts.base_year")])
        return start

    @field_validator("horizon")
    @classmethod
    def _not_before_the_start(cls, horizon: int, info: ValidationInfo) -> int:
        start = info.data.get("start", horizon)
        if horizon < start:
            refuse([((), f"{horizon} given; allowed: {start} (start) to {LAST_HORIZON}")])
        return horizon

    @field_validator("params")
    @classmethod
    def _fitted_to_the_base_year(cls, params: Strict, info: ValidationInfo) -> Strict:
        """Posterior sets belong to one base year."""
        facts = info.data.get("facts")
        drawn = "posterior" in words_in(params.model_dump(exclude_unset=True))
        if drawn and facts and facts.base_year not in posterior_years():
            refuse([((), missing(facts.base_year).partition(": ")[2])])
        return params


class Member(_Run, Simulation):
    """What a comparison stores of each scenario; how many runs it has, the comparison says."""


class Stored(Member):
    """What a run stores of its configuration: all that decides its numbers."""

    runs: Annotated[int, Field(ge=1, le=1_000_000)]


class Configuration(Command, Stored):
    """The whole configuration of a run."""


class _ForEditors(GenerateJsonSchema):
    """Nothing has to be given but what tells a kind from others; names need no titles."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        """Whether a file has to give a key."""
        return field["schema"]["type"] == "literal" and len(field["schema"]["expected"]) == 1

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No: they would repeat the keys."""
        return False


def scenario_schema() -> dict[str, Any]:
    """JSON Schema of a scenario file, draft 2020-12: differences from the baseline, for editors."""
    fields: Any = {
        name: (field.annotation, field) for name, field in Stored.model_fields.items() if name in DIFFERENCES
    }
    fields["params"] = (Params | Literal[tuple(choices("params"))], ...)
    file = create_model("scenario", __base__=Strict, **fields)
    schema = file.model_json_schema(schema_generator=_ForEditors)
    title = "Techduel scenario: differences from the baseline"
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": title, "required": ["title", "question"]}
