"""``techduel plot FOLDER``: redraw every figure of a saved result."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from .exits import guarded
from .folders import result_folder, understood
from .stored import stored

FIGURES: Final = "figures/"
"""What is drawn anew, so may be damaged before."""


def main(arguments: Sequence[str]) -> int:
    """Redraw the figures from the stored numbers."""
    from techduel.ensemble.lock import locked
    from techduel.ensemble.manifest import DamagedResult, damaged, required_manifest, seal

    parser = argparse.ArgumentParser(prog="techduel plot", description=__doc__)
    parser.add_argument("folder", type=result_folder)
    folder = parser.parse_args(list(arguments)).folder
    with locked(folder):
        spoilt = [name for name in damaged(folder, required_manifest(folder)) if not name.startswith(FIGURES)]
        if spoilt:
            raise DamagedResult(f"{folder.name}: damaged or missing: {', '.join(spoilt)}; run the same command again")
        config = stored(folder)
        with understood(folder):
            _draw(folder, config)
        seal(folder)
    print(f"Redrawn: {folder / 'figures'}")
    return 0


def _draw(folder: Path, config: Mapping[str, Any]) -> None:
    from techduel.scenario.loader import InvalidInput
    from techduel.studies.backtest.of_run import write_run_forecast
    from techduel.studies.compare.comparison import is_comparison
    from techduel.studies.compare.figures import plot_comparison
    from techduel.studies.run.figures import plot_all
    from techduel.studies.sensitivity.figures import draw_sensitivity
    from techduel.studies.sensitivity.study import is_study
    from techduel.studies.sweep.figures import draw_sweep
    from techduel.studies.sweep.plain import is_sweep

    from . import calibrate, micro
    from .backtest import is_backtest, redraw
    from .hindcast import is_hindcast

    if is_comparison(config):
        plot_comparison(folder)
    elif is_backtest(config):
        redraw(config, folder)
    elif calibrate.is_calibration(config):
        calibrate.redraw(folder)
    elif is_hindcast(config):
        raise InvalidInput([f"{folder.name}: hindcasts have no figures"])
    elif is_study(config):
        draw_sensitivity(folder)
    elif is_sweep(config):
        draw_sweep(folder)
    elif micro.is_micro(config):
        micro.redraw(config, folder)
    else:
        plot_all(folder)
        write_run_forecast(folder)


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
