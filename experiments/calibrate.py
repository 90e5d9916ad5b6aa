"""``techduel calibrate``: parameter sets under which the model lives through the record."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.manifest import Manifest
from techduel.ensemble.runner import interruptible
from techduel.ensemble.store import Notice
from techduel.scenario.arguments import asks_help, described, stored
from techduel.scenario.loader import InvalidInput
from techduel.studies.calibrate.calibration import PRIOR_CHECK, calibrated
from techduel.studies.calibrate.plan import Plan, planned
from techduel.studies.calibrate.planted import recovery, recovery_words, smaller, write_recovery
from techduel.studies.calibrate.report import MAKING, POSTERIOR, findings, write_results
from techduel.studies.calibrate.settings import EXPERIMENT, Settings, composed
from techduel.studies.calibrate.smoother import required
from techduel.studies.calibrate.tables import Fit

from .exits import guarded
from .folders import filled
from .progress import progress

REPEATS_A_FULL_ONE: Final = 33
"""Repeats on the emulator for one on the model."""
USUAL: Final = {name: field.default for name, field in Settings.model_fields.items()}
MEANING: Final = "parameter sets under which the model lives through the record since 2010"


def main(arguments: Sequence[str]) -> int:
    """Calibrate; the arguments are KEY=VALUE of `Settings`."""
    if asks_help(arguments):
        print("\n".join(described(EXPERIMENT, MEANING, Settings)))
        return 0
    config = composed(arguments)
    place = package_folder() if config["install"] else None
    required()
    folder = Path(config["results"]) / EXPERIMENT / config["name"]
    result_of(stored(config), folder, arguments, quiet=config["quiet"], fresh=config["fresh"])
    if place is not None:
        install(folder, place, config["until"])
    print("\n".join(findings(folder)))
    print(f"Written: {folder}")
    return 0


def is_calibration(config: Mapping[str, Any]) -> bool:
    """Whether these are the settings of a calibration."""
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
    """Calibrate unless the result is there, whole and up to date; write tables, figures and README."""
    plan = _plan(config)

    def write(manifest: Manifest) -> None:
        notice(f"Record until {plan.until}: {plan.members} sets, {plan.steps} assimilations, {plan.runs} runs")
        fit = _calibrated(plan, folder, manifest, quiet, fresh)
        shown = _recovered(fit, folder, config["recovery"], quiet) if config["recovery"] else []
        write_results(fit, folder, _command(config), shown)
        redraw(folder)

    with interruptible():
        filled(folder, config, write, overrides, fresh, notice)


def redraw(folder: Path) -> None:
    """Draw the figures from the tables on disk."""
    from techduel.studies.calibrate.figures import draw_calibration

    draw_calibration(folder)


def _plan(config: Mapping[str, Any]) -> Plan:
    return Plan(until=config["until"], seed=config["seed"], **config["ensemble"])


def _calibrated(plan: Plan, folder: Path, manifest: Manifest, quiet: bool, fresh: bool) -> Fit:
    with progress(plan.runs, quiet) as advance:
        return calibrated(plan, folder, advance or _silent, fresh=fresh, checked=PRIOR_CHECK in manifest.files)


def _recovered(fit: Fit, folder: Path, repeats: int, quiet: bool) -> list[str]:
    """Plant parameters and look for them, on an emulator and a few times on the model; what it shows."""
    full = -(-repeats // REPEATS_A_FULL_ONE)
    each = smaller(fit.plan)
    runs = repeats + full * (1 + each.steps * each.each)
    with progress(runs, quiet) as advance:
        found = recovery(fit, repeats, full, advance or _silent)
    write_recovery(folder, found)
    return recovery_words(found)


def package_folder() -> Path:
    """Where the package keeps its posterior tables.

    Raises
    ------
    InvalidInput
        If the package is not run from its repository.
    """
    folder = Path(__file__).resolve().parents[1] / "sim" / "techduel" / "scenario" / "posterior"
    if not folder.is_dir():
        raise InvalidInput(["install: true given; allowed only in a checkout of the repository"])
    return folder


def install(folder: Path, place: Path, until: int) -> None:
    """Put the table of sets and how it was made into the package."""
    for name in (POSTERIOR, MAKING):
        source = Path(name)
        shutil.copyfile(folder / name, place / f"{source.stem}_{until}{source.suffix}")


def _command(config: Mapping[str, Any]) -> str:
    """The command that makes a result again; its budget buys the same assimilations."""
    plan, usual = _plan(config), USUAL["budget"]
    same = plan.runs <= usual and planned(plan.until, plan.members, usual, plan.seed) == plan
    given = {**config, "members": plan.members, "budget": usual if same else plan.runs}
    changed = [
        f"{name}={given[name]}"
        for name in ("until", "budget", "seed", "members", "recovery")
        if given[name] != USUAL[name]
    ]
    return " ".join(["techduel", EXPERIMENT, *changed])


def _silent(_more: int) -> None:
    """Nobody wants to know."""


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
