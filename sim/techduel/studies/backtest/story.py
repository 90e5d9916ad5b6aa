"""The story of a backtest, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.story import Story, Table, reading
from techduel.report.words import per_cent
from techduel.statistics.tables import Lines, read_table
from techduel.studies.backtest import report
from techduel.studies.backtest.counterparts import SERIES
from techduel.studies.backtest.tables import SKILL, TEXTS, read


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored backtest says."""
    skills = read_table(folder / SKILL, TEXTS)
    return Story(
        config=config,
        folder=folder,
        title=f"The forecast made from {config['origin']}, and what came",
        question=f"How good is the forecast made from {config['origin']}, beside naive forecasts?",
        size=f"{config['runs']} runs, seed {config['seed']}; {skills['points'].sum():.0f} values of "
        f"{skills['series'].nunique()} series.",
        answer=list(report.verdicts(folder, config["discrepancy"])),
        tables=[_skills(read(folder / SKILL))],
        rests_on=[
            "Skill is 1 less the mean score (CRPS) over that of the best naive forecast: 1 is perfect, 0 no better, "
            "below 0 worse. A band of 90 % should hold nine values of ten.",
            *(f"Skipped: {line}." for line in report.skipped(folder)),
        ],
        changed=Table(
            "What each series is in the model",
            ("series", "definition"),
            [(name, SERIES[name].definition) for name in skills["series"].unique()],
            SKILL,
        ),
        python=reading(SKILL, "skills"),
    )


def _skills(rows: Lines) -> Table:
    head = ("series", "state", "values", "best naive", "skill", "of the model alone", "in the 90 % band", "alone")
    cells = [
        (
            *(str(row["series"]), str(row["state"]), f"{row['points']:.0f}", str(row["best_naive"] or "-")),
            *(report.signed(row[name]) for name in ("skill", "model_skill")),
            *(per_cent(row[name]) for name in ("covered_90", "model_covered_90")),
        )
        for row in rows
    ]
    return Table("Skill by series", head, cells, SKILL)
