"""Fingerprint of a result: hashes of its configuration, of the equations that a run reaches, of facts and formulas.

Equations are hashed as syntax trees, so that a comment, a docstring, an empty line or a figure changes nothing. Which
files a run reaches is declared here; tests/scenario/test_fingerprint.py traces runs and finds what is missing. The
formulas of a study, which make its numbers of runs, are what its command imports from studies/ and statistics/. What
tells and draws decides none of them: report/, and files of studies with such names.
"""

import ast
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from techduel import __version__
from techduel.model.engine.trees import syntax
from techduel.scenario.layers import PACKAGE
from techduel.scenario.prior import shipped

ROOMS: Final = ("model", "facts", "policies")
"""Folders of the package that decide the numbers of a run: their sources and, beside them, their tables."""
FILES: Final = (
    *("scenario/scenario.py", "scenario/parameter_sets.py", "scenario/posteriors.py", "scenario/prior.py"),
    "scenario/forms.py",
    *("ensemble/simulation.py", "ensemble/record.py"),
)
"""Files of other rooms that do."""
MEASURES: Final = (
    *("ensemble/summary.py", "ensemble/headlines.py", "ensemble/paired.py", "ensemble/sets.py"),
    *("ensemble/by_row.py", "ensemble/factor_moves.py", "ensemble/designs.py"),
    *("ensemble/runs.py", "ensemble/sweep.py"),
)
"""Files that decide what is kept of runs, and what the points of a sweep stand for; no posterior depends on them."""
TABLES: Final = frozenset({".csv", ".yaml"})
POSTERIORS: Final = "scenario/posterior"
STUDIES: Final = "studies"
MADE_OF_RUNS: Final = frozenset({STUDIES, "statistics"})
"""Rooms whose formulas make numbers of runs."""
WORDS_AND_PICTURES: Final = ("report.py", "figures.py", "words.py", "story.py", "answer.py")
"""Ends of the names of a study's files that decide none of its numbers."""
DESCRIBED: Final = frozenset({"settings.py", "table.py"})
"""Of studies: what settings hold is hashed by itself, and the table of studies says how."""
STUDY, TABLES_OF_RUNS = "study", "tables"
"""Keys of a fingerprint: formulas on which what is kept of runs depends too, and formulas of tables alone."""
POSTERIOR: Final = "posterior"
"""What a study may make that is shipped, and that the numbers of most others hang on."""


@dataclass(frozen=True, slots=True)
class Formulas:
    """Formulas of a study: where they begin, and what hangs on them."""

    folder: str
    """Of the study's command."""
    chunks_are_runs: bool = False
    """Whether its chunks are runs as `simulate` gives them, so that none of its formulas changes a chunk."""
    makes: str = ""
    """What it makes of what is shipped, so that its numbers do not hang on that: ``posterior`` or ``discrepancy``."""


def config_hash(config: Mapping[str, Any]) -> str:
    """SHA-256 of a plain config, whatever the order of its keys.

    Parameters
    ----------
    config : mapping
        Nested plain values: text, numbers, truth values, None, lists and mappings with text keys.

    Returns
    -------
    str
        64 hexadecimal digits; the first eight tell changed runs of one scenario apart.

    Raises
    ------
    ValueError
        If a number is NaN or infinite.
    """
    text = json.dumps(config, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def hashed_name(name: str, config: Mapping[str, Any], free: Collection[str] = ()) -> str:
    """A name with eight digits of the hash of what binds: all but the settings that are free to change."""
    return f"{name}-{config_hash({key: value for key, value in config.items() if key not in free})[:8]}"


@cache
def model_hash() -> str:
    """SHA-256 of all that decides the numbers of a run but its configuration and posterior: what a posterior is for."""
    parts = [*(path for room in ROOMS for path in _content(room)), *(PACKAGE / name for name in FILES)]
    return _joined([*_hashed(parts), config_hash(shipped())])


@cache
def sources_hash() -> str:
    """SHA-256 of what decides a result beside its configuration: `model_hash`, posteriors, what is kept of runs."""
    tables = sorted((PACKAGE / POSTERIORS).glob("posterior_*.csv"))
    return _joined([model_hash(), *_hashed([*tables, *(PACKAGE / name for name in MEASURES)])])


@cache
def study_hash(study: Formulas) -> str:
    """SHA-256 of all that decides what numbers a study makes of runs: its formulas, and the tables beside them."""
    return _joined(_hashed(formulas(study)))


def formulas(study: Formulas) -> list[Path]:
    """Files that make numbers of runs and that a study's command reaches, and tables beside; no words themselves."""
    reached, left = set[Path](), [PACKAGE / STUDIES / study.folder / "command.py"]
    while left:
        path = left.pop()
        if path not in reached and path.name not in DESCRIBED:
            reached.add(path)
            left += _imported(path)
    beside = (table for folder in {path.parent for path in reached} for table in folder.iterdir())
    misses = () if study.makes else (PACKAGE / POSTERIORS).glob("discrepancy_*.csv")
    found = {*reached, *(path for path in beside if path.suffix in TABLES), *misses}
    return sorted(path for path in found if not path.name.endswith(WORDS_AND_PICTURES))


def version() -> str:
    """Version of the package."""
    return __version__


def fingerprint(config: Mapping[str, Any], study: Formulas | None = None) -> dict[str, str]:
    """What decides the numbers of a result: config, package version, sources with facts, and formulas of a study.

    Parameters
    ----------
    config : mapping
    study : Formulas, optional
        Of the study that makes tables of the runs; none for runs alone.
    """
    marks = {"config": config_hash(config), "version": version()}
    marks["sources"] = model_hash() if study and study.makes == POSTERIOR else sources_hash()
    return marks | ({TABLES_OF_RUNS if study.chunks_are_runs else STUDY: study_hash(study)} if study else {})


def of_runs(marks: Mapping[str, str]) -> dict[str, str]:
    """The part of a fingerprint that decides what is kept of runs."""
    return {key: mark for key, mark in marks.items() if key != TABLES_OF_RUNS}


def made_here(marks: Mapping[str, str], study: Formulas | None) -> bool:
    """Whether a result of a study has these sources and formulas; runs alone have none of the latter."""
    here = fingerprint({}, study if marks.keys() & {STUDY, TABLES_OF_RUNS} else None)
    return all(marks.get(key) == here[key] for key in here if key != "config")


def _imported(path: Path) -> Iterator[Path]:
    """Files that make numbers of runs and that a file imports, also inside its functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)):
        package, *place = str(node.module).split(".")
        if package == PACKAGE.name and MADE_OF_RUNS.intersection(place[:1]):
            module = PACKAGE.joinpath(*place)
            inside = [module / f"{alias.name}.py" for alias in node.names]
            yield from (place for place in (*inside, module.with_suffix(".py")) if place.is_file())


def _content(folder: str) -> list[Path]:
    """Sources and tables of a folder of the package and those below."""
    return sorted(path for path in (PACKAGE / folder).rglob("*") if path.suffix in TABLES | {".py"})


def _hashed(paths: list[Path]) -> Iterator[str]:
    """A line a file: its place in the package and the hash of what decides numbers in it."""
    for path in paths:
        content = syntax(path.read_text(encoding="utf-8")) if path.suffix == ".py" else path.read_bytes()
        yield f"{path.relative_to(PACKAGE).as_posix()} {hashlib.sha256(content).hexdigest()}"


def _joined(lines: Iterator[str] | list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
