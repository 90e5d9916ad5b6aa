"""Backtest: the calibrated ensemble of an origin against an outcomes file, beside naive forecasts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options, Progress
from techduel.ensemble.manifest import Manifest
from techduel.report.marks import Album
from techduel.scenario.arguments import stored
from techduel.scenario.fingerprint import config_hash, version
from techduel.scenario.scenario import Scenario, scenario_from
from techduel.studies.backtest import report
from techduel.studies.backtest.figures import album_of
from techduel.studies.backtest.study import Study, backtest, from_plain
from techduel.studies.backtest.tables import write_backtest
from techduel.studies.frame import drawing, keep, save


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size and seed."""
    return f"backtest {config['name']} · {config['runs']} runs · seed {config['seed']}"


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Have a backtest computed, with tables, figures and README."""

    def write(_manifest: Manifest) -> None:
        with options.progress(config["runs"]) as advance:
            found = _computed(config, advance)
        write_backtest(folder, found)
        save(album(config, folder, found), folder)
        report.write_readme(folder, config)

    return keep(stored(config), folder, options, write)


def album(config: Mapping[str, Any], _folder: Path, found: Study | None = None) -> Album:
    """Every figure, from a backtest computed again: that is quicker than to store it."""
    return album_of(found or _computed(config, None), _scenario(config).facts(), _origin(config))


draw = drawing(album)


def screen(folder: Path) -> str:
    """Scores and skill."""
    return report.screen(folder)


def _computed(config: Mapping[str, Any], advance: Progress | None) -> Study:
    return backtest(
        _scenario(config),
        from_plain(config),
        runs=config["runs"],
        seed=config["seed"],
        widened=config["discrepancy"],
        advance=advance,
    )


def _scenario(config: Mapping[str, Any]) -> Scenario:
    return scenario_from({**config["scenario"], "name": None})


def _origin(config: Mapping[str, Any]) -> dict[str, Any]:
    """Where the numbers of a figure come from."""
    kept = {name: config[name] for name in ("origin", "runs", "seed")}
    return {"version": version(), "config_hash": config_hash(stored(config)), **kept}
