"""Game: which policies two reacting states hold to under any weights, how surely, and what would flip that."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Meter, Options, fitting
from techduel.ensemble.compute import compute as computed
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.pool import HERE, Pool
from techduel.ensemble.sweep import swept
from techduel.scenario.scenario import Scenario, numbers, scenario_from
from techduel.studies.frame import drawing, keep, opening, save
from techduel.studies.game import report, tables
from techduel.studies.game.added import forget_added, with_added, write_added
from techduel.studies.game.analysis import Analysis, weights_from
from techduel.studies.game.cells import stakes, sweep_from
from techduel.studies.game.figures import album
from techduel.studies.game.information import by_theme, information
from techduel.studies.game.oracle import answers
from techduel.studies.game.phases import flips
from techduel.studies.game.search import Search, journal
from techduel.studies.game.settings import FREE
from techduel.studies.game.stakes import Stakes

draw = drawing(album)


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and workers."""
    sweep, oracle = sweep_from(config), config.get("oracle")
    us, china = (len(policies) for policies in config["policies"].values())
    rival = f" under {1 + len(config['forms'])} sets of equations" if config["forms"] else ""
    more = f", up to {oracle['rounds']} rounds of {_tried(config)} more policies tried" if oracle else ""
    size = f"{us} x {china} policies x {sweep.runs} runs x {sweep.quarters} quarters{rival}{more}"
    return opening(sweep.name, size, sweep.seed, options)


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute the cells that are missing, of policies that are better answers too, and write tables and figures."""

    def write(manifest: Manifest) -> None:
        if config.get("oracle"):
            _look_for_more(config, folder, manifest, options)
        else:
            forget_added(folder)
        whole = with_added(config, folder)
        sweep = sweep_from(whole)
        stock = swept(sweep, folder, manifest, options).stock
        kept = {form: stakes(sweep, stock, whole, form) for form in ("", *whole["forms"])}
        write_tables(folder, whole, kept, scenario_from(sweep.base))
        save(album(config, folder, kept[""]), folder)
        report.write_readme(folder, config)

    return keep(numbers(config), folder, options, write, FREE)


def _look_for_more(config: Mapping[str, Any], folder: Path, manifest: Manifest, options: Options) -> None:
    """Write which policies are added, computing the cells of all that are tried; one bar shows how far it may go."""
    sweep = sweep_from(config)
    total = sweep.runs * (len(sweep.distinct) + config["oracle"]["rounds"] * _tried(config))
    place = fitting(options.place, total)
    with (
        options.progress(total) as progress,
        nullcontext() if place == HERE else Pool(place) as pool,
        journal(folder) as storage,
    ):
        meter = Meter(total, progress)
        quiet = replace(
            options,
            batch=min(options.batch, -(-sweep.runs // place.workers)),
            progress=lambda _: nullcontext(lambda more: meter.reach(meter.shown + more)),
        )

        def play(asked: Mapping[str, Any]) -> Stakes:
            cells = sweep_from(asked)
            return stakes(cells, computed(cells, folder, manifest, quiet, pool).stock, asked)

        opened = partial(Search, storage, trials=config["oracle"]["trials"])
        write_added(folder, config, list(answers(config, play, opened)))
        meter.reach(total)


def _tried(config: Mapping[str, Any]) -> int:
    """Settings of policies that are tried in a round."""
    oracle = config["oracle"]
    return int(oracle["trials"] * sum(map(len, oracle["families"].values())))


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
    themes = by_theme(scenario.parameters_of(game.stakes.runs.tolist()), game.stakes.runs)
    found = list(information(game.stakes, weights, (column, row), themes))
    tables.write_information(folder, found, game.stakes.present_values(weights))
    rivals = {form: other.phase.cells for form, other in games.items() if form}
    found_flips = flips(game.stakes, weights)
    tables.write_flips(folder, found_flips, game.stakes, rivals, game.phase.cells)


def screen(folder: Path) -> str:
    """The phase, the price and what flips it, in sentences; payoffs of every cell below."""
    return report.screen(folder)
