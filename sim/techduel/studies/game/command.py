"""Game: which policies two reacting states hold to under any weights, how surely, and what would flip that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.stock import Stock
from techduel.scenario.scenario import Scenario, scenario_from
from techduel.studies.frame import fill, opening, save
from techduel.studies.game import report, tables
from techduel.studies.game.analysis import Analysis, weights_from
from techduel.studies.game.cells import stakes, sweep_from
from techduel.studies.game.information import by_theme, information
from techduel.studies.game.phases import flips
from techduel.studies.game.settings import FREE
from techduel.studies.game.stakes import Stakes


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and workers."""
    sweep = sweep_from(config)
    us, china = (len(policies) for policies in config["policies"].values())
    rival = f" under {1 + len(config['forms'])} sets of equations" if config["forms"] else ""
    size = f"{us} x {china} policies x {sweep.runs} runs x {sweep.quarters} quarters{rival}"
    return opening(sweep.name, size, sweep.seed, options)


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute the cells that are missing and write tables, figures and README."""
    sweep = sweep_from(config)

    def write(stock: Stock) -> None:
        kept = {form: stakes(sweep, stock, config, form) for form in ("", *config["forms"])}
        write_tables(folder, config, kept, scenario_from({"name": "cell", "scenario": "cell", **_titled(config)}))
        draw_from(config, folder, kept[""])
        report.write_readme(folder, config)

    return fill(sweep, config, folder, options, write, FREE)


def write_tables(folder: Path, config: Mapping[str, Any], kept: Mapping[str, Stakes], scenario: Scenario) -> None:
    """Everything that the stakes of a game, as configured and under rival equations, say under its weights."""
    weights = weights_from(config["weights"])
    games = {form: Analysis(one, weights) for form, one in kept.items()}
    game = games[""]
    tables.write_components(folder, game.stakes, game.components)
    tables.write_payoffs(folder, game)
    tables.write_equilibria(folder, games)
    tables.write_prices(folder, game)
    tables.write_regret(folder, game)
    row, column = game.played
    themes = by_theme(scenario.parameters_of(range(game.stakes.runs)), game.stakes.runs)
    found = list(information(game.stakes, weights, (column, row), themes))
    tables.write_information(folder, found, game.stakes.present_values(weights))
    rivals = {form: other.phase.cells for form, other in games.items() if form}
    found_flips = flips(game.stakes, weights)
    tables.write_flips(folder, found_flips, game.stakes, rivals, game.phase.cells)


def draw_from(config: Mapping[str, Any], folder: Path, stakes: Stakes) -> None:
    """Draw every figure of the stakes of a game."""
    from techduel.studies.game.figures import album

    save(album(config, folder, stakes), folder)


def draw(config: Mapping[str, Any], folder: Path) -> None:
    """Draw every figure from the stored cells."""
    draw_from(config, folder, stored_stakes(config, folder))


def stored_stakes(config: Mapping[str, Any], folder: Path) -> Stakes:
    """The stakes of a finished game."""
    from techduel.ensemble.manifest import required_manifest
    from techduel.ensemble.stock import Stock

    sweep = sweep_from(config)
    stock = Stock(folder, sweep.points, sweep.runs, sweep.fits)
    for name in sorted(required_manifest(folder).chunks):
        stock.enter(name)
    return stakes(sweep, stock, config)


def screen(folder: Path) -> str:
    """The phase, the price and what flips it, in sentences; payoffs of every cell below."""
    return report.screen(folder)


def _titled(config: Mapping[str, Any]) -> dict[str, Any]:
    return {**config["base"], "title": config["title"], "question": config["title"]}
