"""``techduel backtest``: the calibrated ensemble of an origin against an outcomes file, beside naive forecasts."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.manifest import Manifest
from techduel.ensemble.store import Notice
from techduel.facts import load_facts
from techduel.facts.history import LAST_YEAR
from techduel.scenario.fingerprint import config_hash, version
from techduel.scenario.loader import InvalidInput, name_from
from techduel.scenario.origin import origin_scenario
from techduel.scenario.posteriors import posterior_years
from techduel.scenario.scenario import Scenario, numbers, scenario_from
from techduel.studies.backtest.outcomes_file import Outcomes, known_until, read_outcomes, recorded_after
from techduel.studies.backtest.report import screen, write_readme
from techduel.studies.backtest.study import Study, backtest, facts_of, from_plain, plain
from techduel.studies.backtest.tables import write_backtest

from .calibrate import one_year
from .exits import guarded
from .folders import filled
from .options import LARGEST_SEED, Option, asks_help, described, flag, output_folder, parsed, result_name, text, whole
from .progress import Advance, progress

OPTIONS: Final[dict[str, Option]] = {
    "outcomes": text(
        None, "what came, in interface notation", "a CSV file; before 2020 nothing: the project's own record"
    ),
    "origin": one_year(LAST_YEAR, posterior_years(), "last year that the forecast knows, one with a posterior"),
    "runs": whole(2048, 2, 10_000, "runs of the ensemble; 512 take every parameter set twice"),
    "seed": whole(1, 0, LARGEST_SEED, "luck"),
    "discrepancy": flag(True, "whether bands have what the model missed in the past"),
    "name": result_name("of the result folder; the file's and the origin when left out"),
    "results": output_folder("where result folders lie"),
    "fresh": flag(False, "compute again what is there"),
    "quiet": flag(False, "no progress"),
}
EXPERIMENT: Final = "backtest"
MEANING: Final = "scores of the calibrated ensemble and of naive forecasts against what came"


def main(arguments: Sequence[str]) -> int:
    """Score one outcomes file; the arguments are KEY=VALUE of `OPTIONS`."""
    if asks_help(arguments):
        print("\n".join(described("backtest", MEANING, OPTIONS)))
        return 0
    given = parsed(arguments, OPTIONS)
    config = configured(given)
    folder = Path(given["results"]) / "backtest" / config["name"]
    print(
        f"Techduel {version()} · backtest {config['name']} · {config['runs']} runs · seed {config['seed']}", flush=True
    )
    result_of(config, folder, arguments, quiet=given["quiet"], fresh=given["fresh"], notice=_notice)
    print(screen(folder))
    return 0


def configured(given: Mapping[str, Any]) -> dict[str, Any]:
    """The whole plain configuration of checked settings, with the outcomes in it.

    Raises
    ------
    InvalidInput
        With every problem of the settings or of the file.
    """
    outcomes = known_until(_outcomes(given), load_facts().history, given["origin"])
    name = given["name"] or f"{name_from(outcomes.name)}-{given['origin']}"
    kept = {key: given[key] for key in ("origin", "runs", "seed", "discrepancy")}
    scenario = numbers(origin_scenario(given["origin"], "params=posterior").config) | {"horizon": outcomes.last_year}
    return {"experiment": EXPERIMENT, "name": name, **kept, **plain(outcomes), "scenario": scenario}


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


def _outcomes(given: Mapping[str, Any]) -> Outcomes:
    if given["outcomes"] is not None:
        return read_outcomes(Path(given["outcomes"]), given["origin"])
    if given["origin"] >= LAST_YEAR:
        raise InvalidInput([f"outcomes: needed; the project's own record ends in {LAST_YEAR}: outcomes=FILE.csv"])
    return recorded_after(load_facts().history, given["origin"])


def _notice(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
