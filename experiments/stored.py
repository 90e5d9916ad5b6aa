"""Configurations of stored results, which may be a stranger's: checked before anything is computed or drawn from them.

A stored configuration says what was computed. Where and how it is computed again, and which files are read, the command
line alone says.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.factors import factors_from
from techduel.ensemble.store import settings
from techduel.scenario.fingerprint import sources_hash, version
from techduel.scenario.loader import InvalidInput
from techduel.scenario.problems import checked
from techduel.scenario.settings import Simulation, Stored
from techduel.studies.compare.comparison import MEMBERS, is_comparison
from techduel.studies.sensitivity import study
from techduel.studies.sweep import plain

from . import backtest, calibrate, hindcast, micro, options
from .folders import understood

FOREIGN: Final = ("results", "quiet", "fresh", "executor", "scenario_file", "retry")
"""Settings of a command line that no result stores."""
BY_OPTIONS: Final = {
    backtest.EXPERIMENT: backtest.OPTIONS,
    calibrate.EXPERIMENT: calibrate.OPTIONS,
    hindcast.EXPERIMENT: hindcast.OPTIONS,
    micro.EXPERIMENT: micro.OPTIONS,
}
"""Settings of the commands without a scenario of their own, by the word under which they are stored."""


def stored(folder: Path) -> dict[str, Any]:
    """The configuration of a stored result, checked like a stranger's scenario file.

    Raises
    ------
    DamagedResult
        If it is missing or differs from what the manifest vouches for.
    InvalidInput
        With everything that is wrong, one line each.
    OtherVersion
        If it is wrong here and was made by other sources, where it may have been right.
    """
    config = settings(folder)
    with understood(folder):
        found = [*_foreign(config), *_problems(config)]
        if found and _made_elsewhere(folder):
            raise LookupError(found[0])
    if found:
        raise InvalidInput([f"{folder.name}/config.yaml: {line}" for line in dict.fromkeys(found)])
    return config


def _foreign(config: Mapping[str, Any]) -> Iterator[str]:
    """A line for each setting that decides where something is computed, read or written."""
    for part in (config, *_scenarios(config)):
        for key in FOREIGN:
            if key in part:
                yield f"{key}: {part[key]!r} stored; allowed: nothing, since only the command line says this"


def _scenarios(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every configuration of a scenario inside a stored one."""
    parts = [*_values(config, MEMBERS), *_values(config, "variants"), config.get("base"), config.get("scenario")]
    return [part for part in parts if isinstance(part, Mapping)]


def _values(config: Mapping[str, Any], key: str) -> list[Any]:
    found = config.get(key)
    return list(found.values()) if isinstance(found, Mapping) else []


def _problems(config: Mapping[str, Any]) -> list[str]:
    if "experiment" in config:
        return _of_options(config)
    if is_comparison(config):
        return [line for member in _scenarios(config) for line in _of_scenario(member)]
    if study.is_study(config) or plain.is_sweep(config):
        return _of_points(config)
    return _of_scenario(config)


def _of_options(config: Mapping[str, Any]) -> list[str]:
    known = BY_OPTIONS.get(str(config["experiment"]))
    if known is None:
        return [f"experiment: {config['experiment']!r} stored; allowed: {', '.join(BY_OPTIONS)}"]
    given = {name: config[name] for name in known if name in config and name != "outcomes"}
    inner = [line for part in _scenarios(config) for line in _of_scenario(part)]
    return options.problems(given, known) + inner


def _of_points(config: Mapping[str, Any]) -> list[str]:
    """What is wrong with the settings of a sweep or a sensitivity analysis."""
    base = config["base"]
    own = {**config, "retry": False}
    whole = [str(problem) for problem in checked(Simulation, base)[1]]
    if whole:
        return whole
    if study.is_study(config):
        return plain.kept_problems(own, base) or study.problems(own, base)
    table = "-" if config["design"] == "csv" else config["table"]
    factors, found = factors_from(config["factors"], base)
    variants = {name: {**base, **part} for name, part in config["variants"].items()}
    return [
        *found,
        *(
            plain.problems({**own, "table": table}, base)
            or plain.variant_problems(factors, {"": base, **variants}, base)
        ),
    ]


def _of_scenario(config: Mapping[str, Any]) -> list[str]:
    return [str(problem) for problem in checked(Stored, config)[1]]


def _made_elsewhere(folder: Path) -> bool:
    from techduel.ensemble.manifest import required_manifest

    marks = required_manifest(folder).fingerprint
    return marks.get("version") != version() or marks.get("sources") != sources_hash()
