"""``techduel evidence``: literature patterns, cost of decoupling, value of control depth, over the prior."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from sim.analysis.evidence_words import in_words
from sim.analysis.studies import BASELINE, STUDIES, Table, runs, stored, tables
from sim.analysis.tables import write_table
from sim.loader import InvalidInput, unknown_key
from sim.lock import locked
from sim.manifest import digest, write_text
from sim.provenance import sources_hash, version
from sim.scenario import Scenario, load_scenario

from .exits import guarded
from .progress import progress

DEFAULTS: Final[dict[str, Any]] = {
    "studies": list(STUDIES),
    "draws": 256,
    "seed": 1,
    "results": "results",
    "fresh": False,
    "quiet": False,
}
MOST_DRAWS: Final = 1024
"""All runs of an arm step together; more would not fit into memory."""


def main(arguments: Sequence[str]) -> int:
    """Do every study that is not done yet; the arguments are KEY=VALUE of `DEFAULTS`."""
    if any(argument in {"-h", "--help"} for argument in arguments):
        _help()
        return 0
    given = settings(arguments)
    scenario, folder = load_scenario(BASELINE), Path(given["results"]) / "evidence"
    with locked(folder):
        for study in given["studies"]:
            origin = {"study": study, "draws": given["draws"], "seed": given["seed"], "version": version()}
            _study(scenario, folder, origin | {"sources": sources_hash()}, given)
    print(f"Written: {folder}")
    return 0


def settings(arguments: Sequence[str]) -> dict[str, Any]:
    """The settings of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem, one line each.
    """
    given, found = dict(DEFAULTS), []
    for text in arguments:
        name, equals, value = text.partition("=")
        if not equals or name not in DEFAULTS:
            found.append(unknown_key(name, DEFAULTS) if equals else f"{text}: not understood; allowed: KEY=VALUE")
            continue
        try:
            given[name] = yaml.safe_load(value)
        except yaml.YAMLError:
            found.append(f"{text}: not understood")
    if isinstance(given["studies"], str):
        given["studies"] = [given["studies"]]
    found += _problems(given)
    if found:
        raise InvalidInput(found)
    return given


def _problems(given: Mapping[str, Any]) -> list[str]:
    found = []
    for name, low, high in (("draws", 2, MOST_DRAWS), ("seed", 0, 2**32)):
        value = given[name]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            found.append(f"{name}: {value!r} given; allowed: a whole number from {low} to {high}")
    found += [
        f"{name}: {given[name]!r} given; allowed: true, false"
        for name in ("fresh", "quiet")
        if given[name] not in (True, False)
    ]
    if not isinstance(given["results"], str):
        found.append(f"results: {given['results']!r} given; allowed: a folder")
    studies = given["studies"]
    if not isinstance(studies, list) or not studies:
        return [*found, f"studies: {studies!r} given; allowed: a list of {', '.join(STUDIES)}"]
    return found + [f"studies: {unknown_key(str(name), STUDIES)}" for name in studies if name not in STUDIES]


def _study(scenario: Scenario, folder: Path, origin: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Compute a study unless its tables are there, whole, from the same sources and settings; put it into words."""
    name = origin["study"]
    if not given["fresh"] and (known := _stored(folder, origin)):
        print(f"{name}: done; figures and words anew")
        _show(folder, origin, known)
        return
    count = runs(name, given["draws"])
    print(f"{name}: {STUDIES[name].meaning}; {count} runs", flush=True)
    with progress(count, given["quiet"]) as advance:
        found = tables(name, scenario, given["draws"], given["seed"], advance or (lambda more: None))
    _write(folder, origin, found)


def _write(folder: Path, origin: Mapping[str, Any], found: Mapping[str, Table]) -> None:
    paths = {name: folder / f"{name}.csv" for name in found}
    for name, table in found.items():
        write_table(paths[name], table.header, table.lines)
    _show(folder, origin, list(paths.values()))
    files = {path.name: digest(path) for path in paths.values()}
    write_text(folder / f"{origin['study']}.json", json.dumps({**origin, "files": files}, indent=1) + "\n")


def _show(folder: Path, origin: Mapping[str, Any], paths: Sequence[Path]) -> None:
    """Figures and words from the tables on disk, so that neither depends on when it was made."""
    from sim.analysis.evidence_plots import draw_evidence

    found = {path.stem: stored(path) for path in paths}
    draw_evidence(origin["study"], found, folder, origin)
    write_text(folder / f"{origin['study']}.md", in_words(origin["study"], found))


def _stored(folder: Path, origin: Mapping[str, Any]) -> list[Path]:
    """The tables of a study that is done, whole, from the same sources and settings; none if it is not."""
    path = folder / f"{origin['study']}.json"
    if not path.is_file():
        return []
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        files = {folder / name: content for name, content in known.pop("files").items()}
        whole = known == origin and all(digest(path) == content for path, content in files.items())
    except (ValueError, KeyError, OSError):
        return []
    return list(files) if whole else []


def _help() -> None:
    print("techduel evidence [studies=[...]] [draws=256] [seed=1] [results=results] [fresh=true] [quiet=true]")
    for name, study in STUDIES.items():
        print(f"  {name:<14} {study.meaning}")


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
