"""``techduel reproduce FOLDER``: compute a saved result again and compare all but its provenance byte for byte."""

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from filecmp import cmp
from pathlib import Path
from typing import Any

from techduel.studies.stored import of_these_sources, result_folder, stored, understood

from .exits import ENVIRONMENT, shown
from .study import options_of


def main(arguments: Sequence[str]) -> int:
    """Reproduce one result folder; 0 if every file and every stored run is equal."""
    from techduel.ensemble.manifest import DamagedResult, damaged, required_manifest

    parser = argparse.ArgumentParser(prog="techduel reproduce", description=__doc__)
    parser.add_argument("folder", type=result_folder)
    folder = parser.parse_args(list(arguments)).folder
    spoilt = damaged(folder, required_manifest(folder))
    if spoilt:
        raise DamagedResult(f"{folder.name}: damaged or missing: {', '.join(spoilt)}; run the same command again")
    config = stored(folder)
    with understood(folder):
        _refuse_fewer(folder)
        different = differing(folder, config)
    if different:
        print(shown(f"{folder}: different now: {', '.join(different)}"), file=sys.stderr)
        print(_why(folder), file=sys.stderr)
        return ENVIRONMENT
    print(f"{folder}: every file is the same, byte for byte, and every run in its chunks")
    return 0


def _refuse_fewer(folder: Path) -> None:
    """Refuse to compute runs that are not there to be compared: a configuration can ask for any number of them."""
    from techduel.ensemble.folder import settings
    from techduel.ensemble.manifest import MANIFEST, DamagedResult
    from techduel.ensemble.runs import EXPERIMENT, stored_runs

    for part in sorted(path.parent for path in folder.rglob(MANIFEST)):
        if settings(part).get("experiment") == EXPERIMENT and stored_runs(part).missing().any():
            raise DamagedResult(f"{part.name} holds fewer runs than its configuration says; run the same command again")


def differing(folder: Path, config: Mapping[str, Any]) -> list[str]:
    """Names of the files that are different when a result is computed again, or exist on one side only.

    The manifest is not among them: it names the sources and how runs were packed, which depends on the history of a
    folder. Chunks are compared run by run.
    """
    from techduel.ensemble.manifest import CHUNKS, MANIFEST, result_files
    from techduel.ensemble.stock import same_runs
    from techduel.studies.table import study_of

    place = folder.resolve()
    with tempfile.TemporaryDirectory() as parent:
        again = Path(parent) / place.parent.name / place.name
        study_of(config).home.compute({**config, "name": place.name}, again, options_of({}))
        names = [name for name in sorted({*result_files(place), *result_files(again)}) if Path(name).name != MANIFEST]
        different = [name for name in names if not _same(place / name, again / name)]
        inner = [Path(name).parent for name in result_files(again) if Path(name).name == MANIFEST]
        wrong = [part for part in inner if not same_runs(again / part, place / part)]
        return [*different, *((part / CHUNKS).as_posix() for part in wrong)]


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and cmp(one, other, shallow=False)


def _why(folder: Path) -> str:
    """The likely cause of a difference."""
    if not of_these_sources(folder):
        return (
            "Equations, facts or formulas have changed since it was computed; "
            "the commit in provenance.json has the old ones."
        )
    return "Bytes are promised on one type of machine with the versions in provenance.json only."
