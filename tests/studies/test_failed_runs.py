"""Studies of one sweep in which a run has failed: all others keep their own parameters and stay in their own sets."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import pytest
import yaml

from experiments.__main__ import main
from experiments.exits import guarded
from techduel.ensemble.designs import Placed
from techduel.ensemble.headlines import DISCOUNT_RATE
from techduel.ensemble.manifest import required_manifest
from techduel.ensemble.stock import Stock
from techduel.ensemble.sweep import MEASURES, Points, Sweep
from techduel.ensemble.tasks import Columns
from techduel.model.axes import Numbers
from techduel.scenario.scenario import load_scenario
from techduel.studies.backfire import box, places
from techduel.studies.backfire import tables as maps
from techduel.studies.branch import arms
from techduel.studies.branch import tables as dates
from techduel.studies.chokepoints import denials
from techduel.studies.chokepoints import tables as losses
from techduel.studies.game import cells
from techduel.studies.game.tables import Tables
from techduel.studies.halflife import impulses
from techduel.studies.halflife import tables as lives

RUNS: Final = 8
LOST: Final = 1
"""The run that fails, at one point only."""
LEFT: Final = [run for run in range(RUNS) if run != LOST]
PAIRS: Final = ((2, 3), (4, 5), (6, 7))
"""What is left of the four sets: run 0 has lost its companion."""
SMALL: Final = (f"runs={RUNS}", "base=[slots=4]", "quiet=true", "name=small")
HOW: Final[Mapping[str, tuple[ModuleType, tuple[str, ...]]]] = {
    "backfire": (places, ("horizon=2021", "since=2021", "places=2", "resamples=2", "lead=0.01")),
    "branch": (arms, ("horizon=2022", "at=[2021]", "policy@policies.us=full_decoupling")),
    "chokepoints": (
        denials,
        ("horizon=2022", "since=2021", "years=1", "inputs=[tools]", "shares=[1.0]", "deniers=[us]"),
    ),
    "game": (cells, ("horizon=2021", "us=[stay,broad_controls]", "china=[stay,cooperation]", "places=5")),
    "halflife": (impulses, ("horizon=2022", "after=2", "sectors=[ai]", "states=[us]")),
}
"""By study: where its sweep is made, and a small one of it."""


@contextmanager
def failing() -> Iterator[None]:
    """One run gives no number at the first point that is computed."""
    computed, point = Points.computed, list[str]()

    def frail(work: Points, rows: Sequence[int], tick: Any) -> Columns:
        columns = computed(work, rows, tick)
        point.append(work.points[0])
        spoilt = [(work.points[row], work.runs[row]) == (point[0], LOST) for row in rows]
        columns.values[MEASURES][spoilt] = np.nan
        return columns

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Points, "computed", frail)
        patch.setattr("techduel.ensemble.compute.WORTH_A_POOL", math.inf)
        yield


def computed(place: Path, study: str) -> tuple[Path, Sweep, dict[str, Any]]:
    """The folder of a study in which one run has failed, its sweep and its configuration."""
    with chdir(place), failing():
        assert guarded(main, [study, *SMALL, *HOW[study][1]]) == 5
    folder = place / "results" / study / "small"
    assert [path.stem[-6:] for path in (folder / "failures").iterdir()] == [f"{LOST:06}"]
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    return folder, HOW[study][0].sweep_from(config), config


def numbers(folder: Path, sweep: Sweep, placed: Placed, title: str) -> Numbers:
    """What is stored of one measure at a point by run, the failed one included."""
    stock = Stock(folder, sweep.points, sweep.runs, sweep.fits)
    for name in required_manifest(folder).chunks:
        stock.enter(name)
    values, _ = sweep.values(stock, [sweep.points.index(placed.identity)])
    return values[0, :, [measure.title for measure in sweep.measures].index(title)]


def error_and_luck(values: Numbers) -> tuple[float, float]:
    """Standard error of a mean over sets and the part of luck, by hand, from numbers of all runs."""
    first, second = (values[[pair[place] for pair in PAIRS]] for place in (0, 1))
    means = (first + second) / 2.0
    within = ((first - second) ** 2).mean() / 2.0
    between = max(means.var(ddof=1) - within / 2.0, 0.0)
    return np.append(means, values[0]).std(ddof=1) / math.sqrt(1 + len(PAIRS)), within / (within + between)


def drawn(name: str, runs: Sequence[int]) -> Numbers:
    """A parameter of the United States, the same in all sectors, by run."""
    group, _, short = name.partition(".")
    values = getattr(getattr(load_scenario("baseline_2021").parameters_of(runs), group), short)
    return np.asarray(values, dtype=float)[:, 0, 0, 0]


def test_a_map_keeps_runs_in_their_sets_and_boxes_know_their_parameters(tmp_path: Path) -> None:
    seen: list[box.Cases] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(box, "installed", lambda: True)
        patch.setattr(box, "box", lambda cases, _: seen.append(cases) or {"share": 0.0, "limits": {}, "why": ""})
        folder, sweep, _ = computed(tmp_path, "backfire")
    acting, twin = (numbers(folder, sweep, placed, "lead_frontier/us/2021") for placed in sweep.placed[-2:])
    (line,) = [x for x in maps.read(folder, maps.MAP) if (x["across"], x["up"], x["meaning"]) == (1.0, 1.0, "lead")]
    assert line["runs"] == len(LEFT)
    assert line["luck"] == pytest.approx(error_and_luck(acting - twin)[1], abs=1e-6)
    for cases in seen:
        places = len(cases.sets) // len(LEFT)
        assert [len(set(cases.sets[[*map(LEFT.index, pair)]])) for pair in PAIRS] == [1, 1, 1]
        for name in ("market.origin_elasticity", "market.home_bias"):
            assert cases.parameters[name][cases.sets].tolist() == [*drawn(name, LEFT)] * places


def test_a_game_keeps_runs_in_their_sets_and_knows_their_parameters(tmp_path: Path) -> None:
    from techduel.studies.game import command

    seen, known = [], command.information
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "information", lambda *given: seen.append(given[-1]) or known(*given))
        folder, sweep, _ = computed(tmp_path, "game")
    acting, twin = (numbers(folder, sweep, sweep.placed[place], "lead_frontier/us/2021") for place in (3, 0))
    wanted = {"us": "broad_controls", "china": "cooperation", "state": "us", "component": "lead"}
    (line,) = [one for one in Tables(folder).components if wanted.items() <= one.items()]
    assert line["runs"] == len(LEFT)
    assert (line["se"], line["luck"]) == pytest.approx(error_and_luck(acting - twin), abs=1e-6)
    of_sets = drawn("market.origin_elasticity", range(0, RUNS, 2))
    of_sets = (of_sets - of_sets.mean()) / of_sets.std()
    (themes,) = seen
    columns = np.concatenate([*themes.values()], axis=1)
    assert np.isclose(columns, of_sets[:, None]).all(axis=0).any()


def test_a_branch_keeps_runs_in_their_sets(tmp_path: Path) -> None:
    folder, sweep, _ = computed(tmp_path, "branch")
    then, never = (numbers(folder, sweep, sweep.placed[place], "lead_frontier/us/2022") for place in (1, 0))
    lines = dates.read(folder, dates.VALUES)
    line = dates.line_of(lines, state="us", at="2021", component="lead")
    assert line["runs"] == len(LEFT)
    assert (line["se"], line["luck"]) == pytest.approx(error_and_luck(then - never), abs=1e-6)


def test_denials_keep_runs_in_their_sets(tmp_path: Path) -> None:
    folder, sweep, config = computed(tmp_path, "chokepoints")
    place = next(place for place, one in enumerate(denials.denials(config)) if not (one.allies or one.cooperating))
    change = np.stack(
        [
            100.0 * (numbers(folder, sweep, acting, title) / numbers(folder, sweep, twin, title) - 1.0)
            for acting, twin in [sweep.placed[2 * place : 2 * place + 2]]
            for title in ("real_income/china/2021", "real_income/china/2022")
        ]
    )
    discounts = (1.0 + DISCOUNT_RATE) ** -np.arange(2.0)
    (line,) = [x for x in losses.read(folder, losses.LOSSES) if (x["allies"], x["state"]) == (0.0, "china")]
    assert line["runs"] == len(LEFT)
    assert (line["se"], line["luck"]) == pytest.approx(
        error_and_luck(discounts @ change / discounts.sum()), rel=1e-5, abs=1e-9
    )


def test_impulses_keep_runs_in_their_sets(tmp_path: Path) -> None:
    folder, sweep, config = computed(tmp_path, "halflife")
    with_it, without = (numbers(folder, sweep, sweep.placed[place], "lead.ai/us/2022") for place in (1, 0))
    line = lives.line_of(lives.read(folder, lives.HALF_LIVES), "us", "ai")
    assert line["runs"] == len(LEFT)
    left = (with_it - without) / (100.0 * config["size"])
    assert (line["se"], line["luck"]) == pytest.approx(error_and_luck(left), abs=1e-6)
