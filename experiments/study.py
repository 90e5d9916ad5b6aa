"""The command of any study: compose, compute in the folder of its results, say what came out and what is next."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.cluster import NO_DASK
from techduel.ensemble.compute import Options, Progress
from techduel.ensemble.manifest import FAILURES, readable
from techduel.ensemble.pool import Place
from techduel.ensemble.simulation import BATCH
from techduel.ensemble.workers import available_cores
from techduel.report.words import in_parts
from techduel.scenario.arguments import asks_help, described
from techduel.scenario.fingerprint import version
from techduel.scenario.loader import InvalidInput
from techduel.scenario.staleness import remarks
from techduel.studies.table import SOME_FAILED, STUDIES

from .exits import shown
from .hydra_flags import Job, jobs
from .short_help import ALL, short_help

LAYOUT: Final = "{l_bar}{bar:20}| {n_fmt}/{total_fmt} runs [{elapsed}<{remaining}, {rate_fmt}]"
"""Of a bar."""


def computed(name: str, arguments: Sequence[str]) -> int:
    """Do every job of a study whose settings Hydra composes, or the one of KEY=VALUE settings; the worst exit code."""
    study = STUDIES[name]
    if study.root is not None and asks_help(arguments) and ALL not in arguments:
        print("\n".join(short_help(name, study.meaning, study.root)))
        return 0
    if study.root is not None:
        arguments = [argument for argument in arguments if argument != ALL]
        return max((done(name, job) for job in jobs(arguments, study.settings.composed, study.root)), default=0)
    if asks_help(arguments):
        return helped(name)
    config = study.settings.composed(arguments)
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
    with readable(folder):
        print(study.home.screen(folder))
    following = study.following(config, folder, job.overrides)
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
        notice=_tell,
    )


def _tell(notice: str) -> None:
    """A notice in one line, whatever the name of a file in it holds."""
    print(shown(notice), file=sys.stderr)


def _tell_failures(folder: Path, code: int) -> None:
    count = len(list(folder.rglob(f"{FAILURES}/*.json"))) if code == SOME_FAILED else 0
    if count:
        print(f"{count} runs failed; each has a record in {FAILURES}/; again: retry=true", file=sys.stderr)


def place_of(config: Mapping[str, Any]) -> Place:
    """The executor of a checked configuration; of a stored one, which names none, the processes of this machine.

    Raises
    ------
    InvalidInput
        If it needs a library that is not there.
    """
    executor = config.get("executor") or {}
    if executor.get("kind") == "dask" and find_spec("distributed") is None:
        raise InvalidInput([NO_DASK])
    return Place(executor.get("kind", "local"), executor.get("workers") or available_cores(), executor.get("scheduler"))


@contextmanager
def progress(total: int, quiet: bool) -> Iterator[Progress | None]:
    """A callable that is told how many more runs are finished; None when nothing is to be shown."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(total=total, unit=" run", bar_format=LAYOUT) as bar:

            def advance(more: int) -> None:
                bar.update(more)
                if bar.n >= total:
                    bar.close()  # tables and figures follow; they are no runs

            yield advance
    else:
        yield _Tenths(total).advance


class _Tenths:
    def __init__(self, total: int) -> None:
        self._total, self._done, self._shown = total, 0, 0

    def advance(self, more: int) -> None:
        self._done += more
        tenth = 10 * self._done // self._total
        if tenth > self._shown:
            self._shown = tenth
            print(f"{10 * tenth:4d} %  {self._done} of {self._total} runs", file=sys.stderr, flush=True)
