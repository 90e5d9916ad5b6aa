"""Why: what moved a lead, sales or real income, by cause, and which measure of another scenario moves it by which."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.compute import compute as computed
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.simulation import simulate
from techduel.ensemble.stock import Stock
from techduel.scenario.scenario import numbers, scenario_from
from techduel.studies.frame import drawing, keep, opening
from techduel.studies.why import report, tables
from techduel.studies.why.figures import album
from techduel.studies.why.ledgers import LEDGER, Ledgers, game_of, member
from techduel.studies.why.settings import FREE

draw = drawing(album)


def header(config: Mapping[str, Any], options: Options) -> str:
    """Names, size, seed and workers."""
    size = f"{config['runs']} runs x {Ledgers(config).quarters} quarters"
    return opening(" against ".join(reversed(config["scenarios"])), size, config["seed"], options)


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute the ledgers that are missing and write tables, figures and README."""

    def write(manifest: Manifest) -> None:
        players = game_of(config).players(config["seed"]) if len(config["scenarios"]) > 1 else ()
        demand = Ledgers(config, tuple(players))
        _write_tables(folder, demand, computed(demand, folder, manifest, options).stock)
        draw(config, folder)
        report.write_readme(folder, config)

    return keep(numbers(config), folder, options, write, FREE)


def _write_tables(folder: Path, demand: Ledgers, stock: Stock) -> None:
    config = demand.config
    found, runs = {name: demand.found(stock, name) for name in config["scenarios"]}, demand.in_common(stock)
    tables.write_ledger(folder, found, runs, config)
    tables.write_courses(folder, found, config)
    last = config["scenarios"][-1]
    one = simulate(scenario_from(member(config, last)), [config["run"]], config["seed"], LEDGER)
    tables.write_quarters(folder, one, config)
    if len(found) > 1:
        ends = (entries[..., -1] for entries in found.values())
        mixes = dict(zip((frozenset[str](), frozenset(demand.players)), ends, strict=True))
        mixes |= {mix: demand.found(stock, demand.point(mix))[..., -1] for mix in demand.mixes}
        tables.write_matrix(folder, demand.players, mixes, runs, config)


def screen(folder: Path) -> str:
    """What moved the lead, and by which measure."""
    return report.screen(folder)
