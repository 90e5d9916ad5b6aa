"""Arguments of commands that take KEY=VALUE settings of their own: read, checked and described by a model of them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import Field

from techduel.scenario.fingerprint import hashed_name
from techduel.scenario.loader import InvalidInput, strict_value, unknown_key
from techduel.scenario.overrides import no_folder
from techduel.scenario.problems import Strict, allowed_at, is_text, validated
from techduel.scenario.settings import Folder, Name

LARGEST_SEED: Final = 2**32
type Luck = Annotated[int, Field(ge=0, le=LARGEST_SEED)]


class Writing(Strict):
    """Where a command writes its result and what it says meanwhile: settings that no result stores."""

    results: Folder = Field("results", description="where result folders lie")
    fresh: bool = Field(False, description="compute again what is there")
    retry: bool = Field(False, description="compute failed runs again")
    quiet: bool = Field(False, description="no progress")


class Named(Writing):
    """Settings of a command whose result folder may be given a name."""

    name: Name | None = Field(None, description="of the result folder")


NOT_STORED: Final = (*Writing.model_fields, "install", "check")
"""Settings of command lines that are no part of a result."""


def stored(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a composed configuration that a result stores."""
    return {key: value for key, value in config.items() if key not in NOT_STORED}


def read(arguments: Sequence[str], model: type[Strict]) -> dict[str, Any]:
    """The settings of a command line, checked, with the defaults of those left out.

    Raises
    ------
    InvalidInput
        With every problem, one line each.
    """
    settings = {key: field.default for key, field in model.model_fields.items() if not field.is_required()}
    problems = []
    for argument in arguments:
        key, equals, text = argument.partition("=")
        if not equals:
            problems.append(f"{argument}: not understood; allowed: KEY=VALUE")
        elif key not in model.model_fields:
            problems.append(unknown_key(key, model.model_fields))
        else:
            settings[key] = text if is_text(model, key) else _plain(text)
    normal, wrong = validated(model, settings)
    problems += map(str, wrong)
    if "results" in normal and no_folder(normal["results"]):
        problems.append(no_folder(normal["results"]))
    if problems:
        raise InvalidInput(problems)
    return normal


def completed(
    config: Mapping[str, Any],
    model: type[Strict],
    given: Mapping[str, Any],
    default_name: Callable[[], str],
) -> dict[str, Any]:
    """A composed configuration, checked as its result stores it, with where the result is to lie and how it is called.

    Parameters
    ----------
    config : mapping
        What the result stores.
    model : type
        Of that.
    given : mapping
        Settings of the command line, those of `Named` among them.
    default_name : callable
        What the result is called where no name is given; asked once the rest is sound.

    Raises
    ------
    InvalidInput
        With every problem.
    """
    problems = [str(problem) for problem in validated(model, config)[1]]
    if problems:
        raise InvalidInput(list(dict.fromkeys(problems)))
    return {**config, **{key: given[key] for key in Writing.model_fields}, "name": given["name"] or default_name()}


def default_name(
    name: str,
    given: Mapping[str, Any],
    model: type[Strict],
    binding: Collection[str],
    config: Mapping[str, Any],
    free: Collection[str] = (),
) -> str:
    """Name of a result that is given none, with eight digits of the hash of what binds unless that is as shipped.

    Parameters
    ----------
    name : str
        Of the result as shipped.
    given : mapping
        Settings of the command line.
    model : type
        Of those; its defaults are what is shipped.
    binding : collection of str
        Those that decide the numbers.
    config : mapping
        What the result stores.
    free : collection of str
        Keys of the config that do not bind.
    """
    shipped = all(given[key] == model.model_fields[key].default for key in binding)
    return name if shipped else hashed_name(name, config, free)


def described(command: str, meaning: str, model: type[Strict]) -> Iterator[str]:
    """The help of a command: name, default, meaning and allowed values of every setting, the command's own first."""
    yield f"techduel {command} [KEY=VALUE ...]: {meaning}"
    last = (*Named.model_fields, "install")
    own = {key for part in model.__mro__ if part.__module__ == model.__module__ for key in part.__annotations__}
    own |= {*last}
    for key in sorted(model.model_fields, key=lambda key: (key in last, key not in own)):
        field = model.model_fields[key]
        default = "" if field.is_required() or field.default is None else str(field.default)
        default = default.lower() if isinstance(field.default, bool) else default
        yield f"  {f'{key}={default}':<20} {field.description}; {allowed_at(model, key)}"


def asks_help(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for help."""
    return any(argument in {"-h", "--help"} for argument in arguments)


def _plain(text: str) -> Any:
    """A number, truth value or list as a scenario file would hold it; anything else stays the text that it is."""
    try:
        return strict_value(text, "")
    except InvalidInput:
        return text
