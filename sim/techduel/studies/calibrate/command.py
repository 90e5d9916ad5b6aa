"""Calibrate: parameter sets under which the model lives through the record."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.compute import Options
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.pool import Pool
from techduel.scenario.arguments import stored
from techduel.scenario.posterior import package_folder
from techduel.studies.calibrate import report, tables
from techduel.studies.calibrate.calibration import calibrated
from techduel.studies.calibrate.fit import Plan, planned
from techduel.studies.calibrate.recovery import recovery, recovery_words, smaller, write_recovery
from techduel.studies.calibrate.settings import Settings
from techduel.studies.calibrate.simulator import Bench
from techduel.studies.calibrate.smoother import required
from techduel.studies.calibrate.tables import Fit
from techduel.studies.frame import keep

USUAL: Final = {
    name: Settings.model_fields[name].default for name in ("until", "budget", "seed", "members", "recovery")
}
"""What is computed unless told otherwise."""
REPEATS_A_FULL_ONE: Final = 33
"""Repeats on the emulator for one on the model."""


def header(config: Mapping[str, Any], options: Options) -> str:
    """What the budget buys."""
    plan = _plan(config)
    return f"record until {plan.until}: {plan.members} sets, {plan.steps} assimilations, {plan.runs} runs"


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Have a calibration computed, with tables, figures and README, and shipped if that is asked for."""
    plan, place = _plan(config), package_folder() if config.get("install") else None
    required()

    def write(manifest: Manifest) -> None:
        with Pool(options.place) as pool, options.progress(plan.runs) as advance:
            quiet = replace(options, progress=lambda _: nullcontext(advance))
            fit = calibrated(plan, Bench(folder, manifest, quiet, pool))
        shown = _recovered(fit, folder, manifest, config["recovery"], options) if config["recovery"] else []
        tables.write(fit, folder)
        report.write_readme(fit, folder, _command(config), shown)
        draw(config, folder)

    done = keep(stored(config), folder, options, write)
    if place is not None:
        tables.install(folder, place, plan.until)
    return done


def draw(config: Mapping[str, Any], folder: Path) -> None:
    """Draw the figures from the tables on disk."""
    from techduel.studies.calibrate.figures import draw_calibration

    draw_calibration(folder)


def screen(folder: Path) -> str:
    """What came out, a sentence a line."""
    return "\n".join([*report.findings(folder), f"Written: {folder}"])


def _plan(config: Mapping[str, Any]) -> Plan:
    return Plan(until=config["until"], seed=config["seed"], **config["ensemble"])


def _recovered(fit: Fit, folder: Path, manifest: Manifest, repeats: int, options: Options) -> list[str]:
    """Recover planted parameters; what that shows, a sentence a line."""
    full = -(-repeats // REPEATS_A_FULL_ONE)
    own = smaller(fit.plan)
    with Pool(options.place) as pool, options.progress(repeats + full * (1 + own.steps * own.each)) as advance:
        quiet = replace(options, progress=lambda _: nullcontext(advance))
        found = recovery(fit, repeats, full, advance or (lambda _more: None), Bench(folder, manifest, quiet, pool))
    write_recovery(folder, found)
    return recovery_words(found)


def _command(config: Mapping[str, Any]) -> str:
    """The command that makes a result again; its budget buys the same assimilations."""
    plan, usual = _plan(config), USUAL["budget"]
    same = plan.runs <= usual and planned(plan.until, plan.members, usual, plan.seed) == plan
    given = {**config, "members": plan.members, "budget": usual if same else plan.runs}
    changed = [f"{name}={given[name]}" for name, value in USUAL.items() if given[name] != value]
    return " ".join(["techduel", "calibrate", *changed])
