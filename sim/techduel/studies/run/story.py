"""The story of a run, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report import impossible
from techduel.report.marks import Album
from techduel.report.story import Story, Table, changed, command_of
from techduel.report.words import number
from techduel.scenario.composition import composed
from techduel.scenario.parameter_sets import causes
from techduel.scenario.staleness import remarks
from techduel.studies.run import report, scorecard

ACTING = ("policies", "events", "params", "forms", "facts", "start", "horizon", "slots")


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored run says."""
    shipped = composed([])
    return Story(
        title=config["title"],
        question=config["question"],
        size=f"{config['runs']} runs, {config['start']} to {config['horizon']}, seed {config['seed']}.",
        answer=report.answers(folder),
        tables=[_scorecard(folder), _leads(folder)],
        sure=[
            f"Runs differ by {causes(config['params'])}. Bands hold 90 % of them.",
            *impossible.told(folder),
            *remarks(config),
        ],
        changed=changed({key: config[key] for key in ACTING}, {key: shipped[key] for key in ACTING}, "baseline_2021"),
        command=command_of(folder, "run"),
        python=(
            "from techduel import load_scenario, simulate\n\n"
            f"record = simulate(load_scenario({config['scenario']!r}), runs={config['runs']}, seed={config['seed']})"
        ),
        album=lambda: _album(folder),
    )


def _album(folder: Path) -> Album:
    from techduel.studies.run.figures import album

    return album(folder)


def _scorecard(folder: Path) -> Table:
    rows = [
        (
            row["id"],
            f"{row['quantity']}, {row['state']} {row['year']}",
            scorecard.published(row, "article"),
            scorecard.band(row),
            scorecard.share(row["share_reaching"]),
            row["verdict"],
        )
        for row in scorecard.read(folder)
    ]
    head = ("figure", "quantity", "article", "model, 90 % of runs", "by then", "verdict")
    return Table("The article beside the model", head, rows, "scorecard.csv")


def _leads(folder: Path) -> Table:
    rows = [
        (start.sector, number(start.middle), number(end.middle), f"{number(end.low)} to {number(end.high)}")
        for start, end in report.ends(folder)
    ]
    years = [str(int(lead.time)) for lead in report.ends(folder)[0]] if rows else ["", ""]
    head = ("sector", *years, "90 % of runs")
    return Table("Lead of the United States, months (negative: China leads)", head, rows, "summary.csv")
