"""``techduel backtest``: the calibrated ensemble of an origin against an outcomes file, beside naive forecasts."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.manifest import Manifest
from techduel.ensemble.store import Notice
from techduel.scenario.arguments import asks_help, described, stored
from techduel.scenario.fingerprint import config_hash, version
from techduel.scenario.scenario import Scenario, scenario_from
from techduel.studies.backtest.report import screen, write_readme
from techduel.studies.backtest.settings import EXPERIMENT, Settings, composed
from techduel.studies.backtest.study import Study, backtest, facts_of, from_plain
from techduel.studies.backtest.tables import write_backtest

from .exits import guarded
from .folders import filled
from .progress import Advance, progress

MEANING: Final = "scores of the calibrated ensemble and of naive forecasts against what came"


def main(arguments: Sequence[str]) -> int:
    """Score one outcomes file; the arguments are KEY=VALUE of `Settings`."""
    if asks_help(arguments):
        print("\n".join(described(EXPERIMENT, MEANING, Settings)))
        return 0
    config = composed(arguments)
    folder = Path(config["results"]) / EXPERIMENT / config["name"]
    print(
        f"Techduel {version()} · backtest {config['name']} · {config['runs']} runs · seed {config['seed']}", flush=True
    )
    result_of(stored(config), folder, arguments, quiet=config["quiet"], fresh=config["fresh"], notice=_notice)
    print(screen(folder))
    return 0


def is_backtest(config: Mapping[str, Any]) -> bool:
    """Whether these are the settings of a backtest."""
    return config.get("experiment") == EXPERIMENT


def result_of(
    config: Mapping[str, Any],
    folder: Path,
    overrides: Sequence[str] = (),
    *,
    quiet: bool = True,
    fresh: bool = False,
    notice: Notice = print,
) -> None:
    """Compute a backtest unless its result is there, whole and up to date; write tables, figures and README."""

    def write(_manifest: Manifest) -> None:
        with progress(config["runs"], quiet) as advance:
            found = _computed(config, advance)
        write_backtest(folder, found)
        _draw(found, config, folder)
        write_readme(folder, config)

    filled(folder, config, write, overrides, fresh, notice)


def redraw(config: Mapping[str, Any], folder: Path) -> None:
    """Draw the figures of a stored backtest again; it is quicker to compute than to store."""
    _draw(_computed(config, None), config, folder)


def _computed(config: Mapping[str, Any], advance: Advance | None) -> Study:
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


def _draw(found: Study, config: Mapping[str, Any], folder: Path) -> None:
    from techduel.studies.backtest.figures import draw_backtest

    draw_backtest(found, facts_of(_scenario(config)), folder, _origin(config))


def _origin(config: Mapping[str, Any]) -> dict[str, Any]:
    """Where the numbers of a figure come from."""
    kept = {name: config[name] for name in ("origin", "runs", "seed")}
    return {"version": version(), "config_hash": config_hash(config), **kept}


def _notice(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
