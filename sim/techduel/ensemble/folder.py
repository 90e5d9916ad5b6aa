"""Result folders: opened for one configuration, kept beside a new one when equations change; where they come from."""

import json
import platform
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from techduel.ensemble.lock import LOCK, refuse_links, utc_now
from techduel.ensemble.manifest import (
    CHUNK,
    CHUNKS,
    CONFIG,
    FAILURES,
    LARGEST_MANIFEST,
    MANIFEST,
    PART,
    PROVENANCE,
    DamagedResult,
    Manifest,
    damaged,
    mark,
    read_manifest,
    verified,
    write_manifest,
    write_text,
    written,
)
from techduel.ensemble.stock import Notice
from techduel.scenario.fingerprint import STUDY, Formulas, config_hash, fingerprint, of_runs, sources_hash, version
from techduel.scenario.layers import PACKAGE
from techduel.scenario.loader import visible
from techduel.scenario.staleness import remarks

LIBRARIES: Final = ("numpy", "scipy", "mesa", "xarray", "netCDF4", "hydra-core", "omegaconf", "pydantic", "matplotlib")
_FOLDERS: Final = re.compile(r"""[^\[\]{}'",=]*[/\\]""")
BEFORE: Final = "@before"
"""Behind the name of a result that was computed before an edit of the equations, or of the study's formulas."""


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
        super().__init__("\n".join([opening, *(f"  {visible(problem)}" for problem in problems)]))


def prepare(
    folder: Path,
    config: Mapping[str, Any],
    fresh: bool,
    notice: Notice,
    free: Collection[str] = (),
    study: Formulas | None = None,
) -> Manifest:
    """Open a result folder for this config, keep of it what is whole and up to date: the start of `compute.filled`."""
    _finish_putting_aside(folder)
    wanted, stored = fingerprint(bound(config, free), study), _read(folder, notice)
    _refuse_other_config(folder, config, None if stored is None else stored.fingerprint["config"], free)
    _sweep_parts(folder)
    if stored is not None and stored.fingerprint != wanted:
        _replace(folder, stored.fingerprint, wanted, notice)
        stored = None
    if fresh:
        return _emptied(folder, config, wanted)
    if stored is None:
        return _begun(folder, config, wanted)
    return _whole(folder, stored, config, notice)


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


def bound(config: Mapping[str, Any], free: Collection[str]) -> dict[str, Any]:
    """The part of a config that must not change."""
    return {key: value for key, value in config.items() if key not in free}


def write_provenance(folder: Path, config: Mapping[str, Any], overrides: Sequence[str], started: str) -> None:
    """Store where a result comes from, in the only file of the folder that holds times."""
    content = provenance(config, overrides, started)
    write_text(folder / PROVENANCE, json.dumps(content, indent=1) + "\n")


def unseal(folder: Path, manifest: Manifest) -> None:
    """Tables and figures of other runs are no longer vouched for."""
    manifest.sealed = False
    manifest.files = {name: of for name, of in manifest.files.items() if name == CONFIG}
    write_manifest(folder, manifest)


def _replace(folder: Path, old: Mapping[str, str], new: Mapping[str, str], notice: Notice) -> None:
    """Put an old result aside; runs that it shares with the new one, where only tables differ, are copied."""
    tables = of_runs(old) == of_runs(new)
    formulas = tables or {**old, STUDY: ""} == {**new, STUDY: ""}
    kept = _put_aside(folder)
    what = "formulas of the study" if formulas else "version, equations or facts"
    notice(f"{folder.name}: {what} have changed; the old result is kept as {kept}")
    for path in (folder.parent / kept / CHUNKS).glob("*.npz") if tables else ():
        with written(folder / CHUNKS / path.name) as part:
            shutil.copyfile(path, part)


def _put_aside(folder: Path) -> str:
    """Keep everything in a folder, which is held, under the next free name beside it; that name.

    File by file and not by renaming, so that the lock stays where it is; the folder aside gets its name when all is
    in it, and a command that is killed meanwhile goes on with it.
    """
    _aside(folder).mkdir(exist_ok=True)
    return _finish_putting_aside(folder)


def _finish_putting_aside(folder: Path) -> str:
    aside = _aside(folder)
    refuse_links(aside)
    if not aside.is_dir():
        return ""
    for path in sorted(folder.iterdir()):
        if path.name != LOCK:
            path.rename(aside / path.name)
    names = (f"{folder.name}{BEFORE}{number}" for number in ("", *(f"-{count}" for count in range(2, 10_000))))
    name = next(name for name in names if not (folder.parent / name).exists())
    aside.rename(folder.parent / name)
    return name


def _aside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}{BEFORE}{PART}")


def _refuse_other_config(
    folder: Path, config: Mapping[str, Any], stored_hash: str | None, free: Collection[str]
) -> None:
    """Compare with config.yaml; with the manifest's hash where the file cannot be trusted."""
    found = _read_config(folder / CONFIG)
    stored, asked = (None if found is None else bound(found, free)), bound(config, free)
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
        if path.stat().st_size > LARGEST_MANIFEST:
            return None
        found = yaml.load(path.read_text(encoding="utf-8"), _WithoutAliases)
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _safe_hash(config: Mapping[str, Any]) -> str:
    try:
        return config_hash(config)
    except (TypeError, ValueError, RecursionError):
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
        if path.is_file():
            path.unlink(missing_ok=True)


def _emptied(folder: Path, config: Mapping[str, Any], marks: dict[str, str]) -> Manifest:
    (folder / MANIFEST).unlink(missing_ok=True)
    ours = [path for path in (folder / CHUNKS).glob("*") if CHUNK.fullmatch(f"{CHUNKS}/{path.name}")]
    for path in (*ours, *(folder / FAILURES).glob("*.json")):
        path.unlink()
    return _begun(folder, config, marks)


def _begun(folder: Path, config: Mapping[str, Any], marks: dict[str, str]) -> Manifest:
    manifest = Manifest(marks)
    _write_config(folder, config, manifest)
    write_manifest(folder, manifest)
    return manifest


def _read(folder: Path, notice: Notice) -> Manifest | None:
    """The stored manifest; one that is damaged is no more than missing, since chunks do without it."""
    try:
        return read_manifest(folder)
    except DamagedResult:
        notice(f"{folder.name}/{MANIFEST} is damaged; making it again")
        return None


def _write_config(folder: Path, config: Mapping[str, Any], manifest: Manifest) -> None:
    write_text(folder / CONFIG, _text(config))
    manifest.files[CONFIG] = mark(folder / CONFIG)


def _text(config: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump(json.loads(json.dumps(config)), sort_keys=False, allow_unicode=True, width=120))


def _whole(folder: Path, manifest: Manifest, config: Mapping[str, Any], notice: Notice) -> Manifest:
    """Drop from the manifest what is damaged; a result that lacks anything is no longer sealed."""
    for name in damaged(folder, manifest):
        manifest.sealed = False
        # Of a damaged chunk the store says so itself.
        if manifest.files.pop(name, None) or not (folder / name).exists():
            notice(f"{folder.name}/{name} is damaged or missing; making it again")
        manifest.chunks.pop(name, None)
    if CONFIG not in manifest.files or (folder / CONFIG).read_bytes() != _text(config).encode():
        manifest.sealed = False
        _write_config(folder, config, manifest)
    return manifest


def cpu_level() -> str:
    """The highest instruction set that numpy uses here; the last bits of exp, log and power depend on it."""
    levels: Any = np.show_config(mode="dicts")
    extensions = levels.get("SIMD Extensions", {})
    supported = [*extensions.get("baseline", ()), *extensions.get("found", ())]
    return f"{platform.machine()} {supported[-1] if supported else 'baseline'}"


def commit() -> tuple[str | None, bool | None]:
    """The git commit of the sources and whether they differ from it; (None, None) outside their repository."""
    # A virtual environment may lie inside some other repository, whose commit would say nothing about this code.
    if _git("ls-files", "--error-unmatch", "__init__.py") is None:
        return None, None
    changes = _git("status", "--porcelain", "--", ":/")
    return _git("rev-parse", "HEAD"), bool(changes)


def portable(override: str) -> str:
    """An override whose value keeps file names, no folders: ``scenario_file=/a/b.yaml`` as ``scenario_file=b.yaml``."""
    key, equals, value = override.partition("=")
    return f"{key}{equals}{_FOLDERS.sub('', value)}" if equals else Path(override).name


def provenance(config: Mapping[str, Any], overrides: Sequence[str], started: str) -> dict[str, Any]:
    """The content of ``provenance.json``: no user, host, home or environment.

    Parameters
    ----------
    config : mapping
        The resolved config, with the seed.
    overrides : sequence of str
        The command line's changes; folders in them are dropped.
    started : str
        Start in UTC, as `utc_now` gives it.

    Returns
    -------
    dict
        Plain values.
    """
    revision, dirty = commit()
    return {
        "version": version(),
        "commit": revision,
        "dirty": dirty,
        "config_hash": config_hash(config),
        "sources_hash": sources_hash(),
        "posterior": list(remarks(config)),
        "seed": config.get("seed"),
        "runs": config.get("runs"),
        "python": platform.python_version(),
        "libraries": {name: _installed(name) for name in LIBRARIES},
        "cpu_level": cpu_level(),
        "overrides": [portable(override) for override in overrides],
        "started": started,
        "ended": utc_now(),
    }


def _installed(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _git(*arguments: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run([program, *arguments], cwd=PACKAGE, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
