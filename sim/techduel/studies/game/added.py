"""Policies that a double oracle has added to a game: what was tried in each round, and what came of it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.manifest import required_manifest, write_text
from techduel.ensemble.paired import Row
from techduel.ensemble.stock import Stock
from techduel.statistics.tables import write_table
from techduel.studies.game.cells import stakes, sweep_from
from techduel.studies.game.family import Ranges, Settings
from techduel.studies.game.oracle import Answer, enlarged
from techduel.studies.game.stakes import Stakes
from techduel.studies.game.tables import ROUNDS, mixture

TRIALS, ADDED = "trials.csv", "added.json"
ROUND_COLUMNS: Final = ("round", "state", "policy", "settings", "at_an_end", "gain", "se", "against", "added")
EDGE: Final = 0.02
"""Part of a range that counts as its end."""
TRIAL_COLUMNS: Final = ("round", "state", "policy", "trial", "setting", "value", "gain", "se")


def write_added(folder: Path, config: Mapping[str, Any], found: Sequence[Answer]) -> None:
    """Write what each round found, all that was tried, and whole policies that were added, ready for a file each."""
    write_table(folder / ROUNDS, ROUND_COLUMNS, map(_round, found))
    write_table(folder / TRIALS, TRIAL_COLUMNS, _trials(found))
    whole = enlarged(config, found)["policies"]
    new = {
        state: {name: of for name, of in whole[state].items() if name not in config["policies"][state]}
        for state in whole
    }
    write_text(folder / ADDED, json.dumps(new, indent=1) + "\n")


def forget_added(folder: Path) -> None:
    """Remove these files, where the game that is computed now adds nothing."""
    for name in (ROUNDS, TRIALS, ADDED):
        (folder / name).unlink(missing_ok=True)


def with_added(config: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The configuration of a stored game with the policies that were added to it."""
    if not config.get("oracle"):
        return dict(config)
    new = json.loads((folder / ADDED).read_text(encoding="utf-8"))
    return {**config, "policies": {state: {**own, **new[state]} for state, own in config["policies"].items()}}


def stored_stakes(config: Mapping[str, Any], folder: Path) -> Stakes:
    """The stakes of a finished game."""
    config = with_added(config, folder)
    sweep = sweep_from(config)
    stock = Stock(folder, sweep.points, sweep.runs, sweep.fits)
    for name in sorted(required_manifest(folder).chunks):
        stock.enter(name)
    return stakes(sweep, stock, config)


def _round(one: Answer) -> Row:
    ends = " ".join(_at_an_end(one.best.settings, one.ranges))
    against = mixture(np.array(list(one.against.values())), list(one.against))
    sized = (one.best.gain, one.best.error)
    return (one.round, one.state, one.policy, in_words(one.best.settings), ends, *sized, against, one.added)


def _at_an_end(settings: Settings, ranges: Ranges) -> Iterator[str]:
    """Settings that lie at an end of their range, beyond which there may be better ones."""
    for name, value in settings.items():
        low, high = ranges[name]
        if min(value - low, high - value) <= EDGE * (high - low):
            yield name


def in_words(settings: Settings) -> str:
    """Settings as they are set on the command line, in three digits; `trials.csv` has all."""
    return " ".join(f"{name}={value:.3g}" for name, value in settings.items())


def _trials(found: Iterable[Answer]) -> Iterator[Row]:
    for one in found:
        for number, trial in enumerate(one.trials, start=1):
            for name, value in trial.settings.items():
                yield (one.round, one.state, one.policy, number, name, value, trial.gain, trial.error)
