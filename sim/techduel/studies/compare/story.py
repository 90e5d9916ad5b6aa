"""The story of a comparison, for its report."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.headlines import headline
from techduel.model.axes import STATES
from techduel.report.marks import TITLES
from techduel.report.story import Story, Table, changed, years
from techduel.report.words import band, number, open_words, per_cent
from techduel.scenario.parameter_sets import RUNS_OF_A_SET, causes
from techduel.statistics.directions import SETS_FOR_DIRECTION, SURE, Change
from techduel.studies.compare.answer import PRICES, Answer, answers, mirrored
from techduel.studies.compare.comparison import MEMBERS
from techduel.studies.compare.tables import COSTS, HEADLINE, TOLD, read_parts

ACTING = ("policies", "events", "params", "forms", "facts")


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored comparison says."""
    found = list(answers(config, *(read_parts(folder / name) for name in TOLD)))
    return Story(
        config=config,
        folder=folder,
        title=", ".join(config["scenarios"][1:]) + f" against {config['scenarios'][0]}",
        question=" ".join(config[MEMBERS][answer.scenario]["question"] for answer in found),
        size=f"{config['runs']} runs of each scenario with the same luck, {years(config)}.",
        answer=[
            sentence if place else f"{answer.scenario}: {sentence}"
            for answer in found
            for place, sentence in enumerate(answer.sentences())
        ],
        tables=[table for answer in found for table in (changes_of(answer), costs_of(answer))],
        rests_on=_sure(config),
        changed=_changed(config),
        python=_python(config),
    )


def changes_of(answer: Answer) -> Table:
    """Every headline of a scenario: level without it, median change, band, and whether the runs tell a direction."""
    rows = [_row(answer, name, state) for name, state in answer.rows if not mirrored(name, state)]
    head = ("outcome", "state", "without", "median change", "90 % of runs", "unit", "direction")
    return Table(f"{answer.scenario}: changes by {answer.year}", head, rows, HEADLINE)


def _row(answer: Answer, name: str, state: str) -> tuple[str, ...]:
    row, change = answer.rows[name, state], answer.change(name, state)
    told = per_cent(change.share) if change.told else "none" if change.middle == 0.0 else "open"
    before = f"{number(row['baseline_q50'], sign=False)} {row['level_unit']}"
    where = TITLES.get(state, "world")
    return headline(name).title, where, before, number(change.middle), band(change), change.unit, told


def costs_of(answer: Answer) -> Table:
    """What a scenario costs each side, and what the lead that it buys costs."""
    rows = []
    for state in STATES:
        cost = answer.costs[state]
        ratios = (*((name, short) for name, short, _ in PRICES), ("target_sender_cost_ratio", "ratio"))
        told = [
            [number(cost[key], sign=False) for key in (name, f"{short}_low", f"{short}_high")] for name, short in ratios
        ]
        lost = [number(cost[key]) for key in ("loss_q50", "loss_q05", "loss_q95")]
        rows.append((TITLES[state], *(f"{middle} ({low} to {high})" for middle, low, high in (lost, *told))))
    prices = (f"per {unit} of lead" for _, _, unit in PRICES)
    head = ("state", "income lost, bn USD of 2020", *prices, "rival's loss over own")
    return Table(f"{answer.scenario}: cost to each side", head, rows, COSTS)


def _sure(config: Mapping[str, Any]) -> list[str]:
    params = {name: config[MEMBERS][name]["params"] for name in config["scenarios"]}
    few = Change(1.0, 1.0, 1.0, "", 1.0, 0.0, config["runs"])
    return [
        f"Runs differ by {causes(params)}; both scenarios of a pair share them, so that what differs is what the "
        "scenario does.",
        f"A direction is told where {per_cent(SURE)} of the runs or more have it; all else is open, and fewer than "
        f"{RUNS_OF_A_SET * SETS_FOR_DIRECTION} runs, {RUNS_OF_A_SET} of a parameter set, tell nothing.",
        *([f"Here: {open_words(few)}."] if few.too_few else []),
        "What has been left out of the equations is in no band: rival forms can be chosen (techduel list forms).",
    ]


def _changed(config: Mapping[str, Any]) -> Table:
    first, *others = config["scenarios"]
    theirs = {key: config[MEMBERS][first][key] for key in ACTING}
    parts = [(name, changed({key: config[MEMBERS][name][key] for key in ACTING}, theirs, first)) for name in others]
    rows = [(f"{name}: {row[0]}", *row[1:]) for name, part in parts for row in part.rows]
    return Table("What was changed", ("setting", first, "scenario"), rows, "config.yaml")


def _python(config: Mapping[str, Any]) -> str:
    return "\n".join(_lines(config))


def _lines(config: Mapping[str, Any]) -> Iterator[str]:
    names = ", ".join(repr(config[MEMBERS][name]["scenario"]) for name in config["scenarios"])
    yield "from techduel import load_scenario, simulate"
    yield ""
    yield f"names = [{names}]"
    yield f"records = [simulate(load_scenario(name), runs={config['runs']}, seed={config['seed']}) for name in names]"
