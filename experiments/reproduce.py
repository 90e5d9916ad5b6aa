"""``techduel reproduce FOLDER``: compute a saved result again and compare all but its provenance byte for byte."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.manifest import CHUNKS, MANIFEST
from techduel.studies.compare.comparison import is_comparison
from techduel.studies.sensitivity.study import is_study
from techduel.studies.sweep.plain import is_sweep

from . import backtest, calibrate, compare, hindcast, micro, run, sensitivity, sweep
from .exits import BUG, guarded
from .folders import result_folder, understood
from .stored import stored

CHUNKS_OF_SWEEPS: Final = (f"{CHUNKS}/", MANIFEST)
"""How a sweep was packed depends on its history and its executor; its tables hold all numbers and do not."""

INSTALLED: Final = (MANIFEST,)
"""It names the sources, among which may be, since, the very tables that were computed."""


def main(arguments: Sequence[str]) -> int:
    """Reproduce one result folder; 0 if every file is equal."""
    from techduel.ensemble.manifest import DamagedResult, damaged, required_manifest
    from techduel.ensemble.runner import reproduce

    parser = argparse.ArgumentParser(prog="techduel reproduce", description=__doc__)
    parser.add_argument("folder", type=result_folder)
    folder = parser.parse_args(list(arguments)).folder
    spoilt = damaged(folder, required_manifest(folder))
    if spoilt:
        raise DamagedResult(f"{folder.name}: damaged or missing: {', '.join(spoilt)}; run the same command again")
    config = stored(folder)
    with understood(folder):
        differing = reproduce(folder, config, _again, _not_compared(config))
    if differing:
        print(f"{folder}: different now: {', '.join(differing)}", file=sys.stderr)
        print(_why(folder), file=sys.stderr)
        return BUG
    print(f"{folder}: every file is the same, byte for byte")
    return 0


def _not_compared(config: Mapping[str, Any]) -> tuple[str, ...]:
    """How the names of files begin that may differ though the result is the same."""
    if is_sweep(config):
        return CHUNKS_OF_SWEEPS
    return INSTALLED if calibrate.is_calibration(config) or hindcast.is_hindcast(config) else ()


def _why(folder: Path) -> str:
    """The likely cause of a difference."""
    from techduel.ensemble.manifest import required_manifest
    from techduel.scenario.fingerprint import sources_hash

    if required_manifest(folder).fingerprint.get("sources") != sources_hash():
        return "Equations or facts have changed since it was computed; the commit in provenance.json has the old ones."
    return "Bytes are promised on one type of machine with the versions in provenance.json only."


def _again(config: Mapping[str, Any], folder: Path) -> None:
    if is_comparison(config):
        compare.result_of(config, folder, notice=_notice)
    elif backtest.is_backtest(config):
        backtest.result_of(config, folder, notice=_notice)
    elif calibrate.is_calibration(config):
        calibrate.result_of(config, folder, notice=_notice)
    elif hindcast.is_hindcast(config):
        hindcast.result_of(config, folder, notice=_notice)
    elif is_study(config):
        sensitivity.result_of(config, folder, notice=_notice)
    elif is_sweep(config):
        sweep.result_of(config, folder, notice=_notice)
    elif micro.is_micro(config):
        micro.result_of(config, folder, notice=_notice)
    else:
        run.result_of(config, folder, notice=_notice)


def _notice(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
