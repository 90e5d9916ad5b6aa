"""Results on disk: chunks of runs as NPZ files, what may be kept of an earlier session, and reading it all back."""

import json
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from techduel.ensemble.manifest import (
    CHUNKS,
    CONFIG,
    FAILURES,
    MANIFEST,
    PART,
    PROVENANCE,
    DamagedResult,
    Manifest,
    damaged,
    digest,
    failure_name,
    read_manifest,
    required_manifest,
    verified,
    write_manifest,
    write_text,
    written,
)
from techduel.ensemble.provenance import provenance
from techduel.ensemble.record import Record
from techduel.scenario.fingerprint import config_hash, fingerprint

GROUPS: Final = ("values", "firms", "snapshots", "diagnostics")

type Notice = Callable[[str], None]
"""Takes one line for the user's screen."""


class ConfigDiffers(Exception):
    """The folder holds a result of another config.

    Attributes
    ----------
    problems : tuple of str
        One line for each key that differs.
    """

    exit_code = 2

    def __init__(self, folder: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        opening = f"{folder.name}: this folder holds another config; choose another name=... or put these back:"
        super().__init__("\n".join([opening, *(f"  {problem}" for problem in problems)]))


def prepare(
    folder: Path,
    config: Mapping[str, Any],
    fresh: bool,
    notice: Notice,
    *,
    free: Collection[str] = (),
    self_vouching: bool = False,
) -> Manifest:
    """Open a result folder for work on this config and keep of it what is whole and up to date.

    Parameters
    ----------
    folder : Path
        Created when missing.
    config : mapping
        Plain resolved settings.
    fresh : bool
        Keep nothing, and do not mind a damaged manifest.
    notice : callable
        Told in one line what has to be computed again, and why.
    free : collection of str
        Keys of the config that may change from one call to the next, because parts of the result outlive that.
    self_vouching : bool
        Whether chunks say themselves what they hold, so that they are kept though the manifest is lost.

    Returns
    -------
    Manifest
        Not yet of a complete result, if `sealed` is false.

    Raises
    ------
    ConfigDiffers, DamagedResult, OSError
        Nothing has been changed then.
    """
    marks = fingerprint(_bound(config, free))
    stored = None if fresh else _read(folder, self_vouching, notice)
    _refuse_other_config(folder, config, None if stored is None else stored.fingerprint["config"], free)
    _sweep_parts(folder)
    if stored is not None and stored.fingerprint == marks:
        return _whole(folder, stored, config, notice)
    if stored is not None:
        notice(f"{folder.name}: version, equations or facts have changed since it was computed; computing it again")
    if self_vouching and not fresh and stored is None:
        return _begun(folder, config, marks)
    return _emptied(folder, config, marks)


def settings(folder: Path) -> dict[str, Any]:
    """The resolved config of a stored result.

    Raises
    ------
    DamagedResult
        If it is missing or damaged.
    """
    found = _read_config(verified(folder, CONFIG))
    if found is None:
        raise DamagedResult(f"{folder.name}/{CONFIG} holds no settings")
    return found


def write_provenance(folder: Path, config: Mapping[str, Any], overrides: Sequence[str], started: str) -> None:
    """Store where a result comes from, in the only file of the folder that holds times."""
    content = provenance(config, overrides, started)
    write_text(folder / PROVENANCE, json.dumps(content, indent=1) + "\n")


def write_chunk(path: Path, record: Record) -> str:
    """Store the runs of a record as one NPZ and return its SHA-256; the same runs give the same bytes.

    Notes
    -----
    NumPy dates all members 1980-01-01, so no time enters the file. Nothing is compressed: noise does not shrink.
    """
    arrays: dict[str, Any] = {
        f"{group}/{name}": values for group in GROUPS for name, values in sorted(getattr(record, group).items())
    }
    arrays |= {"time": record.time, "runs": record.runs, "sectors": np.array(record.sectors)}
    arrays["seed"] = np.array(str(record.seed))
    with written(path) as part:
        with part.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        mark = digest(part)
    return mark


def read_chunk(path: Path, names: Collection[str] | None = None) -> Record:
    """A chunk as a record; `path` must have been `verified`.

    Parameters
    ----------
    path : Path
        NPZ file.
    names : collection of str, optional
        Outcomes to read; all, and all firm panels, when left out. Snapshots and diagnostics always come along.
    """
    with np.load(path, allow_pickle=False) as chunk:
        groups: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
        for key in chunk.files:
            group, slash, name = key.partition("/")
            if slash and (names is None or name in names or group in {"snapshots", "diagnostics"}):
                groups[group][name] = chunk[key]
        return Record(
            time=chunk["time"],
            runs=chunk["runs"],
            sectors=tuple(str(name) for name in chunk["sectors"]),
            seed=int(str(chunk["seed"])),
            **groups,
        )


def load(folder: Path, names: Collection[str] | None = None) -> Record:
    """All runs of a stored result.

    Parameters
    ----------
    folder : Path
        Result folder.
    names : collection of str, optional
        Outcomes to read; large ensembles fit in memory only in part.

    Raises
    ------
    DamagedResult
        If there is no manifest, no finished run, or a damaged chunk.
    """
    manifest = required_manifest(folder)
    if not manifest.stored_chunks:
        raise DamagedResult(f"{folder.name} holds no finished run")
    return Record.concat([read_chunk(verified(folder, name, manifest), names) for name in manifest.stored_chunks])


def _refuse_other_config(
    folder: Path, config: Mapping[str, Any], stored_hash: str | None, free: Collection[str]
) -> None:
    """Compare with config.yaml; with the manifest's hash where the file cannot be trusted."""
    found = _read_config(folder / CONFIG)
    stored, asked = (None if found is None else _bound(found, free)), _bound(config, free)
    readable = stored is not None and (stored_hash is None or _safe_hash(stored) == stored_hash)
    if stored is not None and readable and _safe_hash(stored) != config_hash(asked):
        raise ConfigDiffers(folder, _differences(stored, asked))
    if not readable and stored_hash not in {None, config_hash(asked)}:
        raise ConfigDiffers(folder, [f"(unknown: {CONFIG} is damaged)"])


class _WithoutAliases(yaml.SafeLoader):
    """What `_text` writes has none, and a few lines of them can stand for more than any memory holds."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def _read_config(path: Path) -> dict[str, Any] | None:
    """A stored config; None where there is none that could be read."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), _WithoutAliases)
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _bound(config: Mapping[str, Any], free: Collection[str]) -> dict[str, Any]:
    """The part of a config that must not change."""
    return {key: value for key, value in config.items() if key not in free}


def _safe_hash(config: Mapping[str, Any]) -> str:
    try:
        return config_hash(config)
    except (TypeError, ValueError):
        return ""


def _differences(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    there, here = dict(_leaves(stored)), dict(_leaves(asked))
    return [
        f"{key}: stored {there.get(key, 'nothing')}, asked {here.get(key, 'nothing')}"
        for key in sorted(there.keys() | here.keys())
        if there.get(key) != here.get(key)
    ]


def _leaves(config: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", json.dumps(value, default=str)


def _sweep_parts(folder: Path) -> None:
    """Remove what a killed process left half-written; the lock is held, so nobody else is writing."""
    for path in folder.rglob(f"*{PART}"):
        path.unlink(missing_ok=True)


def _emptied(folder: Path, config: Mapping[str, Any], marks: dict[str, str]) -> Manifest:
    (folder / MANIFEST).unlink(missing_ok=True)
    for name in (CHUNKS, FAILURES):
        if (folder / name).exists():
            shutil.rmtree(folder / name)
    return _begun(folder, config, marks)


def _begun(folder: Path, config: Mapping[str, Any], marks: dict[str, str]) -> Manifest:
    manifest = Manifest(marks)
    _write_config(folder, config, manifest)
    write_manifest(folder, manifest)
    return manifest


def _read(folder: Path, self_vouching: bool, notice: Notice) -> Manifest | None:
    """The stored manifest; one that is damaged is no more than missing where chunks do without it."""
    try:
        return read_manifest(folder)
    except DamagedResult:
        if not self_vouching:
            raise
        notice(f"{folder.name}/{MANIFEST} is damaged; making it again")
        return None


def _write_config(folder: Path, config: Mapping[str, Any], manifest: Manifest) -> None:
    write_text(folder / CONFIG, _text(config))
    manifest.files[CONFIG] = digest(folder / CONFIG)


def _text(config: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump(json.loads(json.dumps(config)), sort_keys=False, allow_unicode=True, width=120))


def _whole(folder: Path, manifest: Manifest, config: Mapping[str, Any], notice: Notice) -> Manifest:
    """Drop from the manifest what is damaged; a result that lacks anything is no longer sealed."""
    for name in damaged(folder, manifest):
        notice(f"{folder.name}/{name} is damaged or missing; making it again")
        manifest.sealed = False
        manifest.files.pop(name)
        manifest.chunks.pop(name, None)
    for name, chunk in list(manifest.chunks.items()):
        needed = {failure_name(run) for run in chunk.failed} | ({name} if chunk.stored else set())
        if not needed <= manifest.files.keys():
            manifest.chunks.pop(name)
    if CONFIG not in manifest.files or (folder / CONFIG).read_text(encoding="utf-8") != _text(config):
        manifest.sealed = False
        _write_config(folder, config, manifest)
    return manifest
