"""Comparisons of stored results: their runs are taken as they lie, so that the effect of an edit is one command.

A result from before an edit, ``NAME@before``, was made by other equations, so nothing here is computed again.
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.folder import settings
from techduel.ensemble.lock import LOCK
from techduel.ensemble.manifest import MANIFEST, DamagedResult, damaged, required_manifest
from techduel.scenario import composition
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.loader import InvalidInput
from techduel.scenario.problems import wrong_with
from techduel.scenario.scenario import WITHOUT_NUMBERS
from techduel.scenario.settings import Member
from techduel.studies.compare.comparison import MEMBERS, SCENARIOS

TAKEN: Final = "taken"
"""Key of a comparison's config: marks of the results that it was made of, by name."""
FOLDERS: Final = "folders"
"""Key of a command line's config: where they lie."""
RUN: Final = "run"
SHARED: Final = ("seed", "record")


def is_result(entry: str) -> bool:
    """Whether a member is named by the folder of its result."""
    try:
        return (Path(entry) / MANIFEST).is_file()
    except OSError:  # no such thing can be
        return False


def of_results(entries: Sequence[str], common: Sequence[str]) -> dict[str, Any]:
    """The part of a comparison's config that stored results decide.

    Parameters
    ----------
    entries : sequence of str
        Folders.
    common : sequence of str
        Overrides, of which only those are allowed that change no number.

    Raises
    ------
    InvalidInput
        With everything that is wrong, one line each.
    """
    problems = [f"scenarios: {entry} is no result folder; allowed: folders or names" for entry in _others(entries)]
    decide = [text for text in common if text.partition("=")[0].partition(".")[0] not in WITHOUT_NUMBERS]
    problems += [f"{text}: given with stored results; allowed: nothing that decides numbers" for text in decide]
    folders = {Path(entry).resolve().name: Path(entry) for entry in entries if is_result(entry)}
    if len(folders) < len(entries) and not problems:
        problems.append("scenarios: two folders have the same name; allowed: each once")
    configs = {name: settings(folder) for name, folder in folders.items()}
    problems += [line for name, config in configs.items() for line in _wrong(name, config)]
    if problems:
        raise InvalidInput(problems)
    plain = composition.composed([*common, "name=member"])
    return {
        **{key: plain[key] for key in WITHOUT_NUMBERS if key not in {"scenario_file", "name"}},
        **{key: _alike(key, configs) for key in SHARED},
        "runs": min(config["runs"] for config in configs.values()),
        SCENARIOS: list(configs),
        MEMBERS: {name: _member(config) for name, config in configs.items()},
        TAKEN: {name: mark(folder) for name, folder in folders.items()},
        FOLDERS: {name: str(folder) for name, folder in folders.items()},
    }


def _others(entries: Sequence[str]) -> list[str]:
    return [entry for entry in entries if not is_result(entry)]


def _member(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key not in {"experiment", "runs"}}


def _wrong(name: str, config: Mapping[str, Any]) -> list[str]:
    """What keeps a stored result from being a member."""
    if config.get("experiment") != RUN:
        return [f"scenarios: {name} is a result of {config.get('experiment')}; allowed: results of {RUN}"]
    return [f"{name}/config.yaml: {line}" for line in wrong_with(Member, _member(config))]


def _alike(key: str, configs: Mapping[str, Mapping[str, Any]]) -> Any:
    """What all results must have in common.

    Raises
    ------
    InvalidInput
        If they have not.
    """
    values = {name: config[key] for name, config in configs.items()}
    if len(set(values.values())) > 1:
        shown = ", ".join(f"{value} in {name}" for name, value in values.items())
        raise InvalidInput([f"{key}: {shown}; runs can be paired only if all are the same"])
    return next(iter(values.values()))


def mark(folder: Path) -> str:
    """What a stored result holds: 12 hexadecimal digits of its fingerprint and its chunks."""
    manifest = required_manifest(folder)
    return config_hash({**manifest.fingerprint, "chunks": sorted(manifest.chunks)})[:12]


def take_members(config: Mapping[str, Any], folder: Path) -> None:
    """Copy every stored result into ``scenarios/NAME``, so that the comparison stands by itself.

    Raises
    ------
    InvalidInput
        If a stored configuration asks for it, which does not say where they lie.
    DamagedResult
        If one is not whole.
    """
    if FOLDERS not in config:
        names = ", ".join(config[SCENARIOS])
        raise InvalidInput(
            [f"taken: {names} were stored results, which this command does not find; compare them again"]
        )
    for name, place in config[FOLDERS].items():
        source = Path(place)
        spoilt = damaged(source, required_manifest(source))
        if spoilt:
            raise DamagedResult(f"{name}: damaged or missing: {', '.join(spoilt)}; run its command again")
        target = folder / SCENARIOS / name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(LOCK))
