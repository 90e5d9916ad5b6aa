"""Result folders: those that the user names, and filling one once."""

from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from techduel.ensemble.lock import locked
from techduel.ensemble.manifest import MANIFEST, Manifest, required_manifest, seal
from techduel.ensemble.provenance import utc_now
from techduel.ensemble.store import Notice, prepare, write_provenance
from techduel.scenario.fingerprint import sources_hash, version
from techduel.scenario.loader import InvalidInput
from techduel.scenario.staleness import remarks


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


def filled(
    folder: Path,
    config: Mapping[str, Any],
    write: Callable[[Manifest], None],
    overrides: Sequence[str] = (),
    fresh: bool = False,
    notice: Notice = print,
) -> None:
    """Have a result written into its folder unless it is there, whole and up to date; then vouch for it.

    Parameters
    ----------
    folder : Path
    config : mapping
        Plain settings, with which a rerun has to agree.
    write : callable
        Computes and writes; told what of the result is there already.
    overrides : sequence of str
        Changes of the command line, for the provenance.
    fresh : bool
        Compute again what is there.
    notice : callable
        Told in one line what has to be computed again.
    """
    started = utc_now()
    with locked(folder):
        manifest = prepare(folder, config, fresh, notice)
        for line in remarks(config):
            notice(line)
        if not manifest.sealed:
            write(manifest)
            write_provenance(folder, config, overrides, started)
            seal(folder)


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
