"""The story of a sensitivity analysis, for its report."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from techduel.report.story import Story, Table, reading, years
from techduel.report.words import number
from techduel.studies.sensitivity import report
from techduel.studies.sensitivity.tables import INDICES, Analysis, Line, hidden, read_analysis

MOST: Final = 6
"""Uncertainties of an outcome that the page names."""
SHOWN: Final = {"sobol": ("first", "total"), "morris": ("mu_star", "size")}
"""Indices by method."""
HEADS: Final = {
    "sobol": ("alone, of the variance", "with others, of the variance"),
    "morris": ("mean absolute effect", "effect without luck"),
}
MEANS: Final = {
    "sobol": "An index is the part of the variance that an uncertainty makes alone, or together with others.",
    "morris": "An effect is what an uncertainty changes over all of its range; it ranks, and shares no variance out.",
}


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored analysis says."""
    analysis = read_analysis(folder)
    return Story(
        config=config,
        folder=folder,
        title=config["title"],
        question=config["question"],
        size=(
            f"{config['method'].capitalize()}, {config['points']} rows, {config['runs']} runs a point with luck common "
            f"to a row, {years(config)}."
        ),
        answer=[report.sentence(analysis, subject) for subject in analysis.shown],
        tables=[_indices(analysis)],
        rests_on=[
            f"{MEANS[config['method']]} Intervals of 90 % are from rows drawn again; luck is taken out and told.",
            *(
                f"Without indices: {line['outcome']} {line['state']} {line['year']}: {line['why']}."
                for line in analysis.refused
            ),
        ],
        changed=Table(
            "What was varied",
            ("uncertainty",),
            [(name,) for name in [*config["uncertain"], *config["factors"]]],
            INDICES,
        ),
        python=reading(INDICES, "indices"),
    )


def _indices(analysis: Analysis) -> Table:
    head = ("outcome", "uncertainty", *HEADS[analysis.config["method"]], "unit")
    return Table("What moves each outcome most", head, list(_rows(analysis)), INDICES)


def _rows(analysis: Analysis) -> Iterator[tuple[str, ...]]:
    method = analysis.config["method"]
    for subject in analysis.shown:
        ranked = analysis.ranked(subject)
        for line in [] if hidden(ranked[0]) else ranked[:MOST]:
            cells = [_with_interval(line, name) for name in SHOWN[method]]
            yield subject.title, str(line["factor"]), *cells, "share" if method == "sobol" else str(line["unit"])


def _with_interval(line: Line, name: str) -> str:
    middle, low, high = (number(line[f"{name}{end}"], sign=False) for end in ("", "_low", "_high"))
    return f"{middle} ({low} to {high})"
