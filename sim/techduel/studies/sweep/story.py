"""The story of a sweep, for its report."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from techduel.report.story import Story, Table, reading, years
from techduel.report.words import number, per_cent
from techduel.scenario.parameter_sets import causes
from techduel.statistics import impossible
from techduel.studies.sweep import report
from techduel.studies.sweep.effects import Points, effects, read_points
from techduel.studies.sweep.tables import DESIGN, OUTCOMES


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored sweep says."""
    points = read_points(folder)
    base = config["base"]
    return Story(
        config=config,
        folder=folder,
        title=config["title"],
        question=config["question"],
        size=(
            f"{len(points.places)} points ({config['design']}), {points.runs} runs at each with the same luck, "
            f"{years(config)}."
        ),
        answer=report.sentences(points),
        tables=[_effects(points)],
        rests_on=[
            f"Runs of a point differ by {causes(base['params'])}; every point has the same runs, so that what differs "
            "is what the factors do. A share of the variance over points is told less what chance would put there.",
            *impossible.told(folder),
        ],
        changed=Table("What was varied", ("factor", "from", "to"), list(_varied(points)), DESIGN),
        python=reading(OUTCOMES, "points"),
    )


def _effects(points: Points) -> Table:
    rows = [
        (
            report.titled(key),
            effect.factor,
            *(f"{number(level.mean)} at {level.title}" for level in (effect.levels[0], effect.levels[-1])),
            points.units[key],
            "" if math.isnan(effect.share) else per_cent(effect.share),
        )
        for key in points.changes
        for effect in effects(points, key)
    ]
    head = ("outcome", "factor", "lowest", "highest", "unit", "of the variance over points")
    return Table("What each factor does", head, rows, OUTCOMES)


def _varied(points: Points) -> Iterator[tuple[str, str, str]]:
    for place, factor in enumerate(points.factors):
        values = [value for value in points.places[:, place].tolist() if not math.isnan(value)]
        ends = (min(values), max(values)) if values else (math.nan, math.nan)
        named = [str(factor.values[int(end)]) if factor.chooses and values else number(end, sign=False) for end in ends]
        yield factor.name, named[0], named[1]
