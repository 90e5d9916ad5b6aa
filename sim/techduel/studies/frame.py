"""Frame: how studies open, store and end alike, and how those fill their folder whose numbers come from one sweep."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options, filled
from techduel.ensemble.manifest import FAILURES, Manifest
from techduel.ensemble.stock import Stock
from techduel.ensemble.sweep import Sweep, swept
from techduel.report import pages
from techduel.report.marks import Album, Picture
from techduel.report.words import wrapped
from techduel.scenario.fingerprint import config_hash, version
from techduel.scenario.scenario import numbers
from techduel.scenario.staleness import remarks
from techduel.studies.table import DONE, SOME_FAILED, study_of


def opening(name: str, size: str, seed: int, options: Options) -> str:
    """The line that a command opens with: name, size, seed and workers."""
    workers = options.place.workers
    return f"{name} · {size} · seed {seed} · {workers} worker{'s' if workers > 1 else ''}"


def keep(
    stored: Mapping[str, Any],
    folder: Path,
    options: Options,
    write: Callable[[Manifest], object],
    free: Collection[str] = (),
) -> int:
    """Have a study's folder filled; its exit code.

    Parameters
    ----------
    stored : mapping
        The configuration that the result stores, as of `filled`; its study is that which it names.
    folder : Path
    options : Options
    write : callable
        Computes what is missing and writes tables, figures and README.
    free : collection of str
        As of `filled`.
    """
    filled(folder, stored, write, options, free, study_of(stored).formulas)
    return ended(folder)


def fill(
    sweep: Sweep,
    config: Mapping[str, Any],
    folder: Path,
    options: Options,
    tell: Callable[[Stock], object],
    free: Collection[str],
) -> int:
    """The same for a study whose numbers come from one sweep, whose runs are there when it tells of them."""

    def write(manifest: Manifest) -> None:
        tell(swept(sweep, folder, manifest, options).stock)

    return keep(numbers(config), folder, options, write, free)


def ended(folder: Path) -> int:
    """Exit code of a result: `SOME_FAILED` if any of its runs has failed, which has a record then."""
    return SOME_FAILED if any(folder.rglob(f"{FAILURES}/*.json")) else DONE


def told(
    folder: Path, config: Mapping[str, Any], sentences: Iterable[str], table: Iterable[str], files: Iterable[str]
) -> str:
    """The screen of a finished study: its sentences, a table, what qualifies both, and the files that hold more."""
    lines = [line for sentence in sentences for line in wrapped(sentence)]
    lines += ["", *table, ""]
    lines += [line for remark in remarks(config) for line in wrapped(remark, "")]
    return "\n".join([*lines, f"Written to {folder}:", *wrapped(", ".join(("README.md", *files)))])


def write_readme(folder: Path, config: Mapping[str, Any], sentences: Sequence[str], **more: Any) -> None:
    """Write ``README.md`` of a study that has its tables, from the template of its name."""
    study = str(config["experiment"])
    pages.write_readme(folder, study, config=config, sentences=sentences, remarks=list(remarks(config)), **more)


def album(
    config: Mapping[str, Any],
    folder: Path,
    pictures: Iterable[tuple[str, Picture]],
    size: str = "",
    rest: str = "",
    called: str = "",
    **more: Any,
) -> Album:
    """Every figure of a stored study.

    Parameters
    ----------
    config : mapping
    folder : Path
    pictures : iterable
        By the name of their files.
    size : str
        Runs in words, for captions; as many as the config says when left out.
    rest : str
        What captions say behind the seed.
    called : str
        What the origin calls the study; as the config does when left out.
    **more
        Where the numbers come from, beside config, version, seed and runs.
    """
    origin = {called or str(config["experiment"]): folder.name, **more, "config_hash": config_hash(numbers(config))}
    origin |= {"version": version(), "seed": config["seed"], "runs": more.get("runs", config["runs"])}
    made = f"Techduel {version()}, {size or f'{config["runs"]} runs'}, seed {config['seed']}{rest}."
    return Album(pictures, made, origin)


def drawing(album: Callable[[Mapping[str, Any], Path], Album]) -> Callable[[Mapping[str, Any], Path], None]:
    """What draws every figure of a stored study into its folder."""
    return lambda config, folder: save(album(config, folder), folder)


def save(album: Album, folder: Path) -> None:
    """Draw every picture of an album into a result folder; the drawing library is read only then."""
    from techduel.report.page import save_all

    save_all(album, folder)
