"""Settings of a sweep: its file, its own settings, and those that hold for every point, composed and checked."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from techduel.ensemble.designs import MOST_POINTS
from techduel.ensemble.factors import Factor, factors_from
from techduel.ensemble.headlines import outcome_problem
from techduel.ensemble.sweep import FREE
from techduel.scenario import composition
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.layers import at, choices, config_folder, layered
from techduel.scenario.loader import InvalidInput, strict_yaml, unknown, unknown_key
from techduel.scenario.overrides import parsed
from techduel.scenario.problems import Allowed, refuse, refuse_lines, wrong_with
from techduel.scenario.scenario import WITHOUT_NUMBERS, numbers
from techduel.scenario.settings import Name, Seed, Simulation, Words
from techduel.studies.settings import Runs, of_points, unheard
from techduel.studies.sweep.plain import (
    combinations,
    design_problems,
    filled_years,
    read_table,
    variant_problems,
)

ROOT: Final = "sweep"
MOST_YEARS: Final = 30
MOST_TOLD: Final = 20
"""Problems of variants; each takes a composition, and the rest are much the same."""
IN_ORDER: Final = f"up to {MOST_YEARS} years in brackets, in their order"


def _known(name: str) -> str:
    refuse_lines(filter(None, [outcome_problem("outcomes", name)]), "outcomes")
    return name


type Outcomes = Annotated[
    list[Annotated[str, AfterValidator(_known)]], Field(min_length=1), Allowed("names in brackets, each once")
]
type Years = Annotated[list[int], Field(min_length=1, max_length=MOST_YEARS), Allowed(IN_ORDER)]
type Factors = Annotated[dict[str, Any], Allowed("names, each with a key")]


class OfPoints(Words):
    """Settings of everything that simulates points: where they start from, and what is kept of them."""

    name: Name | None = None
    seed: Seed
    base: Simulation
    years: Years
    outcomes: Outcomes
    factors: Factors

    @field_validator("years")
    @classmethod
    def _in_order_and_simulated(cls, years: list[int], info: ValidationInfo) -> list[int]:
        if sorted(set(years)) != years:
            refuse([((), f"{years!r} given; allowed: {IN_ORDER}")])
        base = info.data.get("base")
        late = [year for year in years if base and not base.start <= year <= base.horizon]
        refuse(((), f"{year} given; allowed: {base.start} to {base.horizon} (horizon)") for year in late if base)
        return years

    @field_validator("outcomes")
    @classmethod
    def _each_once(cls, outcomes: list[str]) -> list[str]:
        if len(set(outcomes)) < len(outcomes):
            refuse([((), f"{outcomes!r} given; allowed: names in brackets, each once")])
        return outcomes

    @property
    def start(self) -> dict[str, Any]:
        """The plain configuration of the base."""
        return self.base.model_dump(exclude_unset=True)


class Result(OfPoints):
    """What a result stores."""

    experiment: Literal["sweep"] = "sweep"
    sweep: Name
    design: Literal["grid", "lhs", "sobol", "oat", "csv"]
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)]
    runs: Runs
    precision: Annotated[float, Field(gt=0.0), Allowed("a number above 0 in the unit of outcome, or nothing")] | None
    outcome: str
    most_runs: Runs
    interaction: Annotated[list[str], Allowed("two factors in brackets")] | None
    table: Annotated[list[dict[str, float | str]], Allowed("points with design=csv, nothing otherwise")] | None
    variants: Annotated[dict[str, dict[str, Any]], Allowed("differences from the base by choice of files")]

    @field_validator("factors")
    @classmethod
    def _fit_the_base(cls, factors: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        base = info.data.get("base")
        if base:
            refuse_lines(factors_from(factors, base.model_dump(exclude_unset=True))[1], "factors.")
        return factors

    def strange(self, factors: Sequence[Factor]) -> list[Any]:
        """Points of the table that factors do not admit."""
        by_name = {factor.name: factor for factor in factors}
        admitted = [
            all(name in by_name and by_name[name].admits(value) for name, value in point.items())
            for point in self.table or ()
        ]
        return [point for point, sound in zip(self.table or (), admitted, strict=True) if not sound]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        start = self.start
        factors, _ = factors_from(self.factors, start)
        names = [factor.name for factor in factors]
        if self.precision is not None and self.outcome not in self.outcomes:
            refuse([(("outcome",), f"{self.outcome}: {unknown(self.outcome, self.outcomes)}")])
        pair = self.interaction
        if pair is not None and not (len(set(pair)) == len(pair) == 2 and set(pair) <= set(names)):
            refuse([(("interaction",), f"{pair!r} given; allowed: two factors in brackets, of {', '.join(names)}")])
        if (self.design == "csv") != (self.table is not None):
            refuse([(("table",), "points are stored with design=csv only")])
        refuse_lines(design_problems(self.design, self.points, factors))
        variants = {"": start, **{name: {**start, **part} for name, part in self.variants.items()}}
        refuse_lines(variant_problems(factors, variants, start))
        refuse((("table",), f"{point!r} given; allowed: values of the factors") for point in self.strange(factors))
        return self


OWN: Final = (
    *("title", "question", "base", "design", "points", "runs", "table", "years", "outcomes", "factors"),
    *("precision", "outcome", "most_runs", "interaction"),
)
"""Settings of the command itself; all others go to every point."""


def composed(overrides: Sequence[str]) -> dict[str, Any]:
    """The plain configuration of a sweep, checked.

    Parameters
    ----------
    overrides : sequence of str
        In Hydra's notation, as for one scenario, and the settings of `OWN`.

    Raises
    ------
    InvalidInput
        With every problem, one line each.
    """
    changes, common, problems = parted(overrides, OWN)
    name, own = _own(changes, problems)
    if problems:
        raise InvalidInput(problems)
    settings = [*own.pop("base"), *common]
    plain = composed_point(settings)
    base, table = of_points(plain), own.pop("table")
    config = {
        **{"sweep": name, **own, "factors": without_nothing(own["factors"]), "years": filled_years(own["years"], base)},
        **{"table": [] if own["design"] == "csv" else None, "seed": plain["seed"], "base": base, "variants": {}},
    }
    problems = wrong_with(Result, config)
    if (own["design"] == "csv") != isinstance(table, str):
        problems.append(f"table: {table!r} given; allowed: a CSV file with design=csv, nothing otherwise")
    if problems:
        raise InvalidInput(problems)
    config |= _with_files(config, table, settings)
    problems = wrong_with(Result, config) if config["table"] or config["variants"] else []
    if problems:
        raise InvalidInput(problems)
    config |= {key: plain[key] for key in WITHOUT_NUMBERS if key != "scenario_file"}
    return {**config, "name": given_name(common) or _default_name(config, changes, common)}


def without_nothing(factors: Any) -> Any:
    """Factors without those that are set to nothing (null), which are left out."""
    if not isinstance(factors, Mapping):
        return factors
    return {name: factor for name, factor in factors.items() if factor is not None}


def _with_files(config: Mapping[str, Any], table: str | None, settings: Sequence[str]) -> dict[str, Any]:
    """The points of the table that was given, and how choices of files differ from the base."""
    base = config["base"]
    factors, _ = factors_from(config["factors"], base)
    variants = _variants(combinations(factors, config["design"]), settings)
    differences = {
        label: {key: part[key] for key in part if part[key] != base[key]} for label, part in variants.items()
    }
    return {"table": read_table(table, factors), "variants": differences}


def parted(overrides: Sequence[str], own: Sequence[str]) -> tuple[list[tuple[str, Any]], list[str], list[str]]:
    """The command's own settings with their values, the overrides for every point, and what cannot be understood."""
    changes: list[tuple[str, Any]] = []
    common: list[str] = []
    problems: list[str] = []
    for text in overrides:
        key = text.partition("=")[0].lstrip("+~")
        if key == "record":
            problems.append("record: a sweep keeps what outcomes and years say; allowed: nothing")
        elif key.partition(".")[0] not in (*own, ROOT):
            common.append(text)
        else:
            try:
                override = parsed(text)
                sound = not (override.is_delete() or override.is_sweep_override())
                changes.append((key, override.value())) if sound else problems.append(f"{text}: allowed: KEY=VALUE")
            except InvalidInput as refused:
                problems += refused.problems
    return changes, common, problems


def _own(changes: Sequence[tuple[str, Any]], problems: list[str]) -> tuple[str, dict[str, Any]]:
    """The sweep's name and its own settings: common file, its file, command line; lines are added to `problems`."""
    common = strict_yaml(config_folder() / f"{ROOT}.yaml")
    default = next(entry[ROOT] for entry in common.pop("defaults") if isinstance(entry, Mapping))
    name = next((value for key, value in reversed(changes) if key == ROOT), default)
    if name not in choices(ROOT):
        problems.append(f"{ROOT}: {unknown_key(str(name), choices(ROOT))}")
        return str(name), {}
    own = layered(common, strict_yaml(config_folder() / ROOT / f"{name}.yaml"))
    return str(name), changed(own, changes, ("factors",), problems)


def changed(
    own: dict[str, Any], changes: Sequence[tuple[str, Any]], nested: Sequence[str], problems: list[str]
) -> dict[str, Any]:
    """A command's own settings after changes, of which only `nested` ones may be changed in part."""
    for key, value in changes:
        path = key.split(".")
        if all(path) and (len(path) == 1 or path[0] in nested):
            own = own if key == ROOT else layered(own, at(path, value))
        else:
            problems.append(unknown_key(key, list(own)))
    if not isinstance(own["base"], list) or not all(isinstance(entry, str) for entry in own["base"]):
        problems.append(f"base: {own['base']!r} given; allowed: settings in brackets, as on the command line")
        return own
    problems += unheard(own["base"], ("scenario", "scenario_file"))
    return own


def composed_point(overrides: Sequence[str]) -> dict[str, Any]:
    """One point's configuration; a name spares a second composition, which only its default name would need."""
    return composition.composed([*(text for text in overrides if not text.startswith("name=")), "name=point"])


def _variants(combined: Sequence[tuple[str, ...]], settings: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The configuration of every choice of files."""
    variants: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for chosen in combined:
        try:
            variants[" ".join(chosen)] = of_points(composed_point([*settings, *chosen]))
        except InvalidInput as refused:
            problems += [f"{' '.join(chosen)}: {line}" for line in refused.problems]
            if len(problems) >= MOST_TOLD:
                break
    if problems:
        raise InvalidInput(list(dict.fromkeys(problems)))
    return variants


def given_name(common: Sequence[str]) -> str | None:
    """The name that the command line gives."""
    given = [
        composition.composed([text])["name"] for text in common if text.startswith("name=") and text != "name=null"
    ]
    return given[-1] if given else None


def _default_name(config: Mapping[str, Any], changes: Sequence[tuple[str, Any]], common: Sequence[str]) -> str:
    """The sweep's name, with eight digits of the hash if anything but its points and runs is not as shipped."""
    bound = {key: value for key, value in numbers(config).items() if key not in FREE}
    altered = [text for text in common if text.partition("=")[0].partition(".")[0] not in WITHOUT_NUMBERS]
    if not altered and not any(key.partition(".")[0] not in (ROOT, *FREE) for key, _ in changes):
        return str(config["sweep"])
    shipped = composed([f"{ROOT}={config['sweep']}", "name=plain"])
    same = {key: value for key, value in numbers(shipped).items() if key not in FREE} == bound
    return str(config["sweep"]) if same else f"{config['sweep']}-{config_hash(bound)[:8]}"
