"""Evidence: what the model says to published findings, and the tables of the pages about it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from techduel.ensemble import compute as computing
from techduel.ensemble.compute import Options
from techduel.ensemble.manifest import Manifest, write_text
from techduel.ensemble.stock import Stock
from techduel.report.marks import FOLDER as FIGURES
from techduel.statistics.tables import write_table
from techduel.studies.evidence.evidence_words import in_words
from techduel.studies.evidence.studies import STUDIES, Table, runs, stored
from techduel.studies.findings.pages import pages_of, rewrite, write_findings, write_parameters
from techduel.studies.findings.parts import Told, origin_of, tables_of
from techduel.studies.frame import keep

STORED: Final = ("experiment", "studies", "source", "draws", "seed")
"""Settings that decide a result; each chunk says which of them it was computed with."""
FREE: Final = ("studies", "source", "draws", "seed")


def header(config: Mapping[str, Any], options: Options) -> str:
    """Studies and size."""
    count = sum(runs(name, config["draws"]) for name in _chosen(config))
    return f"evidence · {', '.join(config['studies'])} · {count} runs of {config['draws']} parameter sets"


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Do every study that is not done yet, write its tables, words and figures, then the findings and the pages."""
    settings = {"write": None, **config, "results": str(folder.parent)}
    pages = pages_of(settings)

    def write(manifest: Manifest) -> None:
        found = _found(settings, folder, manifest, options)
        done = {name: list(tables) for name, tables in found.items()}
        for name in STUDIES:
            _show(name, found.get(name, {}), settings, folder)
        given = {**settings, "finished": done}
        findings, parameters = write_findings(given), write_parameters(given)
        if pages:
            rewrite(pages, given, findings, parameters)

    # What other studies have found since is not known here: findings and pages are written each time.
    return keep({key: config[key] for key in STORED}, folder, replace(options, retry=True), write, FREE)


def draw(config: Mapping[str, Any], folder: Path) -> None:
    """Figures and words from the tables on disk."""
    settings = {**config, "results": str(folder.parent)}
    for name in STUDIES:
        paths = [folder / f"{table}.csv" for table in tables_of(name)]
        if all(path.is_file() for path in paths):
            _draw(name, {path.stem: stored(path) for path in paths}, settings, folder)


def screen(folder: Path) -> str:
    """Where the tables lie."""
    return f"Written: {folder}"


def _chosen(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The studies asked for that simulate arms."""
    return tuple(name for name in STUDIES if name in config["studies"])


def _found(
    config: Mapping[str, Any], folder: Path, manifest: Manifest, options: Options
) -> dict[str, dict[str, Table]]:
    """Tables of all studies that are done with these settings, those asked for among them."""
    luck = (config["source"], config["draws"], config["seed"])
    chosen = Told(_chosen(config), *luck)
    if chosen.studies:
        computing.compute(chosen, folder, manifest, options)
    every = Told(tuple(STUDIES), *luck)
    stock = Stock(folder, every.points, every.runs, every.fits)
    stock.find(manifest.fingerprint, options.notice)
    return every.found(stock)


def _show(name: str, tables: Mapping[str, Table], config: Mapping[str, Any], folder: Path) -> None:
    """Tables, figures and words of a study; those of other settings go, if it is not done with these."""
    if not tables:
        for path in (*(folder / f"{table}.csv" for table in tables_of(name)), folder / f"{name}.md"):
            path.unlink(missing_ok=True)
        for path in (folder / FIGURES).glob(f"{name}.*"):
            path.unlink()
        return
    for table, found in tables.items():
        write_table(folder / f"{table}.csv", found.header, found.lines)
    _draw(name, {table: stored(folder / f"{table}.csv") for table in tables}, config, folder)


def _draw(name: str, tables: Mapping[str, Table], config: Mapping[str, Any], folder: Path) -> None:
    """Figures and words from the tables as they are on disk, so that neither depends on when it was made."""
    from techduel.studies.evidence.figures import draw_evidence

    draw_evidence(name, tables, folder, origin_of(name, config))
    write_text(folder / f"{name}.md", in_words(name, tables))
