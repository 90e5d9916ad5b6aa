"""Result folders that the user names."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from techduel.ensemble.manifest import MANIFEST, DamagedResult, damaged, required_manifest
from techduel.scenario.fingerprint import sources_hash, version
from techduel.scenario.loader import InvalidInput


def result_folder(text: str) -> Path:
    """A folder that holds a result; its path as given.

    Raises
    ------
    ArgumentTypeError
        If there is none.
    """
    folder = Path(text)
    try:
        there = (folder / MANIFEST).is_file()
    except OSError:  # no such thing can be: its name is too long, or it may not be looked into
        there = False
    if not there:
        raise ArgumentTypeError(f"{text} is no result folder; allowed: one such as results/run/baseline_2021")
    return folder


FIGURES: Final = "figures/"
"""What is drawn anew, so may be damaged."""


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


class OtherVersion(Exception):
    """A result is sound, but this version does not understand it."""

    exit_code = 2


@contextmanager
def understood(folder: Path) -> Iterator[None]:
    """Tell in one line that a result was made by another version, if that is why the block fails.

    Raises
    ------
    OtherVersion
        Instead of what a setting, file or column that is missing, or has another meaning now, would raise.
    """
    try:
        yield
    except InvalidInput:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        marks = required_manifest(folder).fingerprint
        made_by = marks.get("version", "unknown")
        if made_by == version() and marks.get("sources") == sources_hash():
            raise
        raise OtherVersion(
            f"{folder.name}: made by other sources (version {made_by}, here {version()}), and not to be read by these "
            f"({type(error).__name__}: {error}); compute it again under another name"
        ) from error
