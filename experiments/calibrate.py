"""``techduel calibrate``: parameter sets under which the model lives through the record."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sim.calibration.calibration import calibrated
from sim.calibration.plan import FEWEST_MEMBERS, MOST_MEMBERS, Plan, planned
from sim.calibration.planted import recovery, recovery_words, smaller, write_recovery
from sim.calibration.report import MAKING, POSTERIOR, summary, write_results
from sim.calibration.smoother import required
from sim.calibration.tables import Fit
from sim.loader import InvalidInput
from sim.lock import locked
from sim.runner import interruptible

from .exits import guarded
from .options import Option, asks_help, described, flag, parsed, text, whole
from .progress import progress

REPEATS_A_FULL_ONE: Final = 33
"""Repeats on the emulator for one on the model."""
MEANING: Final = "parameter sets under which the model lives through the record since 2010"
YEARS: Final = (2017, 2020)
OPTIONS: Final = {
    "until": Option(2020, "last year of the record that the fit knows", "2017, 2020", lambda year: year in YEARS),
    "budget": whole(20_000, 1, 10**7, "most runs"),
    "seed": whole(1, 0, 2**32 - 1, "of draws, luck and perturbed observations"),
    "members": whole(1000, FEWEST_MEMBERS, MOST_MEMBERS, "sets of the ensemble"),
    "recovery": whole(0, 0, 1000, "repeats with planted parameters on an emulator; one in 33 on the model"),
    "install": flag(False, "put the sets into the package, where params=posterior finds them"),
    "results": text("results", "where results lie", "a folder"),
    "fresh": flag(False, "compute again what is there"),
    "quiet": flag(False, "no progress"),
}


def main(arguments: Sequence[str]) -> int:
    """Calibrate; the arguments are KEY=VALUE of `OPTIONS`."""
    if asks_help(arguments):
        print("\n".join(described("calibrate", MEANING, OPTIONS)))
        return 0
    given = parsed(arguments, OPTIONS)
    plan = planned(given["until"], given["members"], given["budget"], given["seed"])
    place = package_folder() if given["install"] else None
    required()
    folder = Path(given["results"]) / "calibrate" / f"until_{plan.until}"
    with interruptible(), locked(folder):
        fit = _calibrate(plan, folder, given)
        if given["recovery"]:
            _recover(fit, folder, given)
    if place is not None:
        install(folder, place, plan.until)
    print(f"Written: {folder}")
    return 0


def _calibrate(plan: Plan, folder: Path, given: Mapping[str, Any]) -> Fit:
    print(f"Record until {plan.until}: {plan.members} sets, {plan.steps} assimilations, {plan.runs} runs", flush=True)
    with progress(plan.runs, given["quiet"]) as advance:
        fit = calibrated(plan, folder, advance or _silent, fresh=given["fresh"])
    write_results(fit, folder, _command(given))
    print("\n".join(summary(fit)))
    return fit


def _recover(fit: Fit, folder: Path, given: Mapping[str, Any]) -> None:
    """Plant parameters and look for them, on an emulator and a few times on the model."""
    repeats = given["recovery"]
    full = -(-repeats // REPEATS_A_FULL_ONE)
    each = smaller(fit.plan)
    runs = repeats + full * (1 + each.steps * each.each)
    print(f"Recovery: {repeats} repeats on an emulator, {full} on the model", flush=True)
    with progress(runs, given["quiet"]) as advance:
        found = recovery(fit, repeats, full, advance or _silent)
    write_recovery(folder, found)
    print("\n".join(recovery_words(found)))


def package_folder() -> Path:
    """Where the package keeps its posterior tables.

    Raises
    ------
    InvalidInput
        If the package is not run from its repository.
    """
    folder = Path(__file__).resolve().parents[1] / "sim" / "posterior"
    if not folder.is_dir():
        raise InvalidInput(["install: true given; allowed only in a checkout of the repository"])
    return folder


def install(folder: Path, place: Path, until: int) -> None:
    """Put the table of sets and how it was made into the package."""
    for name in (POSTERIOR, MAKING):
        source = Path(name)
        shutil.copyfile(folder / name, place / f"{source.stem}_{until}{source.suffix}")


def _command(given: Mapping[str, Any]) -> str:
    changed = [
        f"{name}={given[name]}"
        for name in ("until", "budget", "seed", "members")
        if given[name] != OPTIONS[name].default
    ]
    return " ".join(["techduel", "calibrate", *changed])


def _silent(_more: int) -> None:
    """Nobody wants to know."""


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
