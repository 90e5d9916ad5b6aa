"""The command of any study: compose, compute in the folder of its results, say what came out and what is next."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.manifest import FAILURES
from techduel.ensemble.simulation import BATCH
from techduel.report.words import in_parts
from techduel.scenario.arguments import asks_help, described
from techduel.scenario.fingerprint import version
from techduel.scenario.staleness import remarks
from techduel.studies.table import SOME_FAILED, STUDIES

from .hydra_flags import Job, jobs
from .places import place_of
from .progress import progress


def composed_by_hydra(name: str, arguments: Sequence[str]) -> int:
    """Do every job of a study whose settings Hydra composes; the worst exit code counts."""
    study = STUDIES[name]
    assert study.root is not None
    return max((done(name, job) for job in jobs(arguments, study.settings.composed, study.root)), default=0)


def composed_of_settings(name: str, arguments: Sequence[str]) -> int:
    """Do a study whose settings are KEY=VALUE of its own."""
    if asks_help(arguments):
        return helped(name)
    config = STUDIES[name].settings.composed(arguments)
    for line in remarks(config):
        print(line, file=sys.stderr)
    return done(name, Job(config, tuple(arguments)))


def helped(name: str, more: Iterable[str] = ()) -> int:
    """Print the help of a study whose settings are KEY=VALUE of its own, and `more` lines."""
    study = STUDIES[name]
    print("\n".join([*described(name, study.meaning, study.settings.Settings), *more]))
    return 0


def done(name: str, job: Job) -> int:
    """The exit code of a study that has been computed and told."""
    study, config = STUDIES[name], job.config
    folder, options = study.folder(config), options_of(config, job.overrides)
    print("\n".join(in_parts(f"Techduel {version()} · {study.home.header(config, options)}")), flush=True)
    code = study.home.compute(config, folder, options)
    print(study.home.screen(folder))
    following = study.home.following(config, folder, job.overrides)
    if following:
        print(f"Next: {following}")
    _tell_failures(folder, code)
    return code


def options_of(config: Mapping[str, Any], overrides: Sequence[str] = ()) -> Options:
    """How a configuration says that a study be computed; a stored one says nothing: in processes of this machine."""
    executor = config.get("executor") or {}
    return Options(
        place=place_of(config),
        batch=executor.get("batch") or BATCH,
        limit=executor.get("limit"),
        shared_disk=executor.get("shared_disk", True),
        retry=bool(config.get("retry")),
        fresh=bool(config.get("fresh")),
        overrides=tuple(overrides),
        progress=partial(progress, quiet=bool(config.get("quiet", True))),
        notice=partial(print, file=sys.stderr),
    )


def _tell_failures(folder: Path, code: int) -> None:
    count = len(list(folder.rglob(f"{FAILURES}/*.json"))) if code == SOME_FAILED else 0
    if count:
        print(f"{count} runs failed; each has a record in {FAILURES}/; again: retry=true", file=sys.stderr)
