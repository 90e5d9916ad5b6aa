"""Micro: regressions of published papers on firms of simulated worlds, by a protocol fixed beforehand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from techduel.ensemble import compute as computing
from techduel.ensemble.compute import Options
from techduel.ensemble.manifest import FAILURES, Manifest
from techduel.scenario.arguments import stored
from techduel.scenario.loader import InvalidInput
from techduel.studies.frame import keep
from techduel.studies.micro import report
from techduel.studies.micro.estimates import Asked, Estimate, Worlds
from techduel.studies.micro.first import first_file, first_verdicts, keep_first
from techduel.studies.micro.laboratory import AS_PUBLISHED, MIRRORED
from techduel.studies.micro.protocol import NOT_YET, commit, digest, mark, protocol, studies
from techduel.studies.micro.tables import read_estimates, write_tables

FREE: Final = ("worlds",)


class WorldsFailed(Exception):
    """Means over worlds of which some are missing are no verdicts."""

    exit_code = 5


def header(config: Mapping[str, Any], options: Options) -> str:
    """Study, size and protocol."""
    fixed = f"protocol {mark(config['version'])}, with its code {digest()[:12]}"
    return f"{config['name']} · {config['worlds']} worlds · {fixed}"


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Have the estimates of a study made, with tables, words and figures."""

    def write(manifest: Manifest) -> None:
        found = _estimates(config, folder, manifest, options)
        findings = protocol(config["version"]).of_study(config["study"])
        by_name = {finding.name: [one for one in found if one.finding == finding.name] for finding in findings}
        first = {} if config["mirror"] or config["switched"] else first_verdicts(first_file(config["version"]))
        write_tables(folder, findings, by_name, first, config["protocol"])
        draw(config, folder)

    asked = "results" in config  # on a command line; a stored study has been let through before
    if asked:
        may_estimate(config)
    keep(stored(config), folder, options, write, FREE)
    kept = keep_first_verdicts(config, folder) if asked else []
    if kept:
        options.notice(f"first verdicts of {', '.join(kept)}")
    return 0


def draw(config: Mapping[str, Any], folder: Path) -> None:
    """Words and figures from the tables on disk."""
    from techduel.studies.micro.figures import draw_study

    study = studies()[config["study"]]
    report.write_readme(folder, study, config)
    draw_study(folder, study, config)


def screen(folder: Path) -> str:
    """Verdicts."""
    return f"{report.screen(folder)}\nWritten: {folder}"


def may_estimate(config: Mapping[str, Any]) -> None:
    """Nobody sees an estimate before the protocol is fixed; the first run of a study is the protocol's own.

    Raises
    ------
    InvalidInput
        If it is too early.
    """
    if commit(config["version"]) == NOT_YET:
        raise InvalidInput(["study: the protocol is not committed yet; allowed until then: check=true"])
    names = {finding.name for finding in protocol(config["version"]).of_study(config["study"])}
    path = first_file(config["version"])
    if path is None or names <= first_verdicts(path).keys():
        return
    usual = {"worlds": protocol().worlds, "seed": protocol().seed, "mirror": False, "switched": None}
    if any(config[name] != value for name, value in usual.items()):
        wanted = f"worlds={usual['worlds']} seed={usual['seed']}, nothing mirrored or switched"
        raise InvalidInput([f"study: the first run of {config['study']} is the protocol's: {wanted}"])


def worlds_of(config: Mapping[str, Any]) -> Worlds:
    """What a configuration asks for."""
    roles = MIRRORED if config["mirror"] else AS_PUBLISHED
    runs = tuple(range(config["worlds"]))
    asked = Asked(studies()[config["study"]], runs, config["seed"], roles, config["parameters"], config["version"])
    return Worlds(asked, config["study"])


def keep_first_verdicts(config: Mapping[str, Any], folder: Path) -> list[str]:
    """Keep the verdicts of a study's first run; names of the findings whose verdicts were new."""
    path = first_file(config["version"])
    if path is None or config["mirror"] or config["switched"]:
        return []
    return keep_first(path, read_estimates(folder))


def _estimates(config: Mapping[str, Any], folder: Path, manifest: Manifest, options: Options) -> list[Estimate]:
    worlds = worlds_of(config)
    stock = computing.compute(worlds, folder, manifest, options).stock
    if stock.failed:
        raise WorldsFailed(f"{len(stock.failed)} worlds came to no end; each has a record in {FAILURES}/")
    return worlds.found(stock)
