"""Stored results that the user names, which may be a stranger's: found, and checked before they are computed or drawn.

A stored configuration says what was computed, and the model of its study says what that may be. Where and how it is
computed again, and which files are read, the command line alone says: such settings are unknown to the models.
"""

from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from techduel.ensemble.folder import settings
from techduel.ensemble.manifest import MANIFEST, DamagedResult, NotUnderstood, damaged, readable, required_manifest
from techduel.scenario.fingerprint import made_here, version
from techduel.scenario.loader import InvalidInput
from techduel.studies.table import study_of

if TYPE_CHECKING:
    from techduel.report.story import Story

FIGURES: Final = "figures/"
"""What is drawn anew, so may be damaged."""


class OtherSources(Exception):
    """A result is sound, but was made by other sources, which these do not understand."""

    exit_code = 2


def result_folder(text: str) -> Path:
    """A folder that holds a result; its path as given.

    Raises
    ------
    ArgumentTypeError
        If there is none.
    """
    folder = Path(text)
    try:
        there, missing = (folder / MANIFEST).is_file(), not folder.exists()
    except OSError:  # no such thing can be: its name is too long, or it may not be looked into
        there, missing = False, False
    if not there:
        what = "is not there" if missing else "is no result folder"
        raise ArgumentTypeError(f"{text} {what}; allowed: a folder that a command has written, as run does")
    return folder


def result_folders(texts: Iterable[str]) -> list[Path]:
    """Folders that hold results; their paths as given.

    Raises
    ------
    InvalidInput
        With a line for each that holds none.
    """
    folders, problems = [], []
    for text in texts:
        try:
            folders.append(result_folder(text))
        except ArgumentTypeError as refused:
            problems.append(str(refused))
    if problems:
        raise InvalidInput(problems)
    return folders


def sound(folder: Path) -> None:
    """Look whether a result is whole but for its figures.

    Raises
    ------
    DamagedResult
        With the names of files that are not as they were.
    """
    spoilt = [name for name in damaged(folder, required_manifest(folder)) if not name.startswith(FIGURES)]
    if spoilt:
        raise DamagedResult(f"{folder.name}: damaged or missing: {', '.join(spoilt)}; run the same command again")


def stored(folder: Path) -> dict[str, Any]:
    """The configuration of a stored result, checked like a stranger's scenario file.

    Raises
    ------
    DamagedResult
        If it is missing or differs from what the manifest vouches for.
    InvalidInput
        With everything that is wrong, one line each.
    OtherSources
        If it is wrong here and was made by other sources, where it may have been right.
    """
    config = settings(folder)
    with understood(folder):
        problems = _problems(config)
        if problems and not of_these_sources(folder):
            raise LookupError(problems[0])
    if problems:
        raise InvalidInput([f"{folder.name}/config.yaml: {line}" for line in dict.fromkeys(problems)])
    return config


@contextmanager
def understood(folder: Path) -> Iterator[None]:
    """Tell in one line that a result was made by another version, if that is why the block fails.

    Raises
    ------
    OtherSources
        Instead of what a setting, file or column that is missing, or has another meaning now, would raise.
    NotUnderstood
        If it says that it was made by these sources.
    """
    try:
        with readable(folder):
            yield
    except NotUnderstood as refused:
        if of_these_sources(folder):
            raise
        error, made_by = refused.__cause__, required_manifest(folder).fingerprint.get("version", "unknown")
        raise OtherSources(
            f"{folder.name}: made by other sources (version {made_by}, here {version()}), and not to be read by these "
            f"({type(error).__name__}: {error}); compute it again under another name"
        ) from error


def runs_in(folder: Path, config: Mapping[str, Any]) -> dict[str, Path]:
    """Results of runs in the result of a study, by the name of their scenario; none if it holds no whole runs."""
    if config["experiment"] == "run":
        return {str(config["scenario"]): folder}
    return {name: folder / "scenarios" / name for name in config.get("scenarios", [])}


def story_of(folder: Path) -> "Story":
    """What one result says; its numbers are those that its manifest vouches for.

    Raises
    ------
    InvalidInput
        If results of its study are not told.
    """
    sound(folder)
    config = stored(folder)
    with understood(folder):
        return study_of(config).story(config, folder)


def report_of(folders: Iterable[Path]) -> str:
    """What results say and show, as one page of HTML; raises as `story_of` does, also for what cannot be drawn."""
    from techduel.report.html import figures, page

    told = []
    for folder in folders:
        story, config = story_of(folder), settings(folder)
        with understood(folder):
            told.append((story, list(figures(study_of(config).home.album(config, folder)))))
    return page(told)


def of_these_sources(folder: Path) -> bool:
    """Whether equations, facts and formulas are still those of a stored result."""
    try:
        study = study_of(settings(folder)).formulas
    except InvalidInput:
        study = None
    return made_here(required_manifest(folder).fingerprint, study)


def _problems(config: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong, also that it is of no study."""
    try:
        study = study_of(config)
    except InvalidInput as refused:
        return refused.problems
    return study.wrong_with(config)
