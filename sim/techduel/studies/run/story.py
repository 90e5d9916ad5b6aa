"""The story of a run, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.leads import TITLES_OF_MEANS, parameter_ends
from techduel.report.story import Story, Table, changed, years
from techduel.report.words import number, per_cent
from techduel.scenario.composition import composed
from techduel.scenario.parameter_sets import causes
from techduel.statistics import impossible
from techduel.studies.run import leads, report, scorecard

ACTING = ("policies", "events", "params", "forms", "facts", "start", "horizon", "slots")


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored run says."""
    shipped = composed([])
    return Story(
        config=config,
        folder=folder,
        title=config["title"],
        question=config["question"],
        size=f"{config['runs']} runs, {years(config)}.",
        answer=report.answers(folder),
        tables=[_scorecard(folder), _leads(folder)],
        rests_on=[
            f"Runs differ by {causes(config['params'])}. Bands hold 90 % of them.",
            *impossible.told(folder),
        ],
        changed=changed({key: config[key] for key in ACTING}, {key: shipped[key] for key in ACTING}, "baseline_2021"),
        python=(
            "from techduel import load_scenario, simulate\n\n"
            f"record = simulate(load_scenario({config['scenario']!r}), runs={config['runs']}, seed={config['seed']})"
        ),
    )


def _scorecard(folder: Path) -> Table:
    rows = [
        (
            row["id"],
            f"{row['quantity']}, {row['state']} {row['year']}",
            scorecard.published(row, "article"),
            scorecard.band(row),
            scorecard.share(row["share_reaching"]),
            scorecard.with_misses(row),
            row["verdict"],
        )
        for row in scorecard.read(folder)
    ]
    head = ("figure", "quantity", "article", "model, 90 % of runs", "by then", "with past misses", "verdict")
    return Table("The article beside the model", head, rows, "scorecard.csv")


def _leads(folder: Path) -> Table:
    found = leads.read(folder)
    first, last = min(lead.year for lead in found), max(lead.year for lead in found)
    start = {lead.sector: lead for lead in found if lead.year == first}
    rows = [
        (
            TITLES_OF_MEANS.get(end.sector, end.sector),
            number(start[end.sector].expected),
            number(end.expected),
            parameter_ends(end) or "-",
            f"{number(end.q05)} to {number(end.q95)}",
            per_cent(end.ahead),
            number(end.months),
        )
        for end in found
        if end.year == last
    ]
    head = ("sector", str(first), str(last), "90 % of parameters", "90 % of runs", "ahead", "months")
    return Table("Lead of the United States, log points: expected (negative: China leads)", head, rows, leads.FILE)
