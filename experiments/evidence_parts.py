"""The parts of ``techduel evidence``: studies that simulate, and commands of their own that are asked to do theirs."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.manifest import digest, write_text
from techduel.report.tables import write_table
from techduel.scenario.fingerprint import version
from techduel.studies.evidence.arms import Told
from techduel.studies.evidence.evidence_words import in_words
from techduel.studies.evidence.studies import STUDIES, Table, runs, stored, tables
from techduel.studies.micro.protocol import protocol, studies

from .progress import progress

FOLDER: Final = "evidence"
BACKTEST: Final = "history-2017"
"""Result folder of the backtest that belongs to the evidence."""
ORIGIN: Final = 2017

type Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the evidence."""

    meaning: str
    do: Callable[[Settings], None]
    """Whatever is done already is not done again."""
    command: str
    """What to type for this part alone."""
    needs: tuple[str, ...] = ()
    """Modules of the extra that bears its name."""


def folder_of(given: Settings) -> Path:
    """Where tables and figures of the evidence lie."""
    return Path(given["results"]) / FOLDER


def study(name: str, given: Settings, told: Told | None = None) -> None:
    """Compute a study unless its tables are there, whole, from the same sources and settings; put it into words."""
    folder, origin, count = folder_of(given), origin_of(name, given), work(name, given)
    if not count:
        print(f"{name}: done; figures and words anew", flush=True)
        _show(folder, origin, done(folder, origin))
        return
    print(f"{name}: {STUDIES[name].meaning}; {count} runs", flush=True)
    with progress(count, given["quiet"]) as advance:
        chosen = told or advance or (lambda more: None)
        found = tables(name, given["source"], given["draws"], given["seed"], chosen)
    _write(folder, origin, found)


def work(name: str, given: Settings) -> int:
    """Runs that a part has still to simulate; those of commands of their own are not counted."""
    if name not in STUDIES or (not given["fresh"] and done(folder_of(given), origin_of(name, given))):
        return 0
    return runs(name, given["draws"])


def origin_of(name: str, given: Settings) -> dict[str, Any]:
    """What decides the numbers of a study."""
    return {"study": name, "version": version(), **{key: given[key] for key in ("source", "draws", "seed", "sources")}}


def done(folder: Path, origin: Mapping[str, Any]) -> list[Path]:
    """The tables of a study that is done, whole, from the same sources and settings; none if it is not."""
    path = folder / f"{origin['study']}.json"
    if not path.is_file():
        return []
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        files = {folder / name: content for name, content in known.pop("files").items()}
        whole = known == origin and all(digest(path) == content for path, content in files.items())
    except (ValueError, KeyError, OSError):
        return []
    return list(files) if whole else []


def _write(folder: Path, origin: Mapping[str, Any], found: Mapping[str, Table]) -> None:
    paths = {name: folder / f"{name}.csv" for name in found}
    for name, table in found.items():
        write_table(paths[name], table.header, table.lines)
    _show(folder, origin, list(paths.values()))
    files = {path.name: digest(path) for path in paths.values()}
    write_text(folder / f"{origin['study']}.json", json.dumps({**origin, "files": files}, indent=1) + "\n")


def _show(folder: Path, origin: Mapping[str, Any], paths: Sequence[Path]) -> None:
    """Figures and words from the tables on disk, so that neither depends on when it was made."""
    from techduel.studies.evidence.figures import draw_evidence

    found = {path.stem: stored(path) for path in paths}
    draw_evidence(origin["study"], found, folder, origin)
    write_text(folder / f"{origin['study']}.md", in_words(origin["study"], found))


def backtest(given: Settings) -> None:
    """Forecasts from 2017 against what came, by ``techduel backtest``."""
    print(f"backtest: forecasts of {ORIGIN} against what came", flush=True)
    import_module(".backtest", __package__).main([f"origin={ORIGIN}", f"name={BACKTEST}", *_passed_on(given)])


def micro(given: Settings) -> None:
    """The papers' own regressions, then with channels switched off, by ``techduel micro``: an extra of its own."""
    command = import_module(".micro", __package__)
    for name in studies():
        print(f"micro {name}", flush=True)
        command.main([f"study={name}", *_passed_on(given)])
    for name, switch in protocol().switches.items():
        print(f"micro {switch.study}: {switch.meaning}", flush=True)
        command.main([f"study={switch.study}", f"switched={name}", *_passed_on(given)])


def _passed_on(given: Settings) -> Iterator[str]:
    """Settings that commands of their own share; they have defaults for their numbers."""
    yield from (f"{name}={str(given[name]).lower()}" for name in ("quiet", "fresh"))
    yield f"results={given['results']}"


PARTS: Final[Mapping[str, Part]] = {
    "backtest": Part(f"forecasts of {ORIGIN} scored against what came", backtest, f"techduel backtest origin={ORIGIN}"),
    "micro": Part(
        "the papers' own regressions on simulated firms", micro, "techduel micro", ("linearmodels", "statsmodels")
    ),
    **{
        name: Part(known.meaning, partial(study, name), f"techduel evidence 'studies=[{name}]'")
        for name, known in STUDIES.items()
    },
}
"""By name, in the order in which they are done."""
