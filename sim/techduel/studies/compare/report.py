"""A finished comparison in words: the screen and the README of its folder, both from its tables."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.folder import settings
from techduel.ensemble.headlines import HEADLINES, INCOME, headline
from techduel.ensemble.paired import LEAD, LEADS, in_months
from techduel.ensemble.runs import load
from techduel.model.axes import STATES
from techduel.report import pages
from techduel.report.marks import TITLES
from techduel.report.words import number, wrapped
from techduel.scenario.staleness import remarks
from techduel.statistics import impossible
from techduel.statistics.directions import Change
from techduel.statistics.tables import Lines
from techduel.studies.compare.answer import Answer, answers, field
from techduel.studies.compare.attribution import DECOMPOSITION, NONE
from techduel.studies.compare.comparison import MEMBERS, SCENARIOS, Comparison, asked_from
from techduel.studies.compare.decomposition import TOTAL
from techduel.studies.compare.stored import TAKEN
from techduel.studies.compare.tables import TOLD, read_parts

LABEL: Final = 26
SHORT: Final = {"percentage points": "points", "points of 100": "points", "incidents": ""}
BLAMED: Final = ((INCOME, "us"), (INCOME, "china"), (LEAD, "us"))
"""Headlines whose decomposition the screen shows."""
KEY: Final = (
    "Medians over runs, 90 % of runs, per cent of runs with the median's sign. open: the runs tell no direction. "
    "Leads are those of the United States; without: their median without the scenario; ahead: per cent of runs in "
    "which there is one, without and with the scenario."
)


def screen(folder: Path) -> str:
    """What the command prints: for each scenario the answer and a table, the decomposition, and where things lie."""
    config = settings(folder)
    parts = read_parts(folder / DECOMPOSITION)
    lines = []
    for answer in answers(config, *(read_parts(folder / name) for name in TOLD)):
        lines += [*_opening(answer), "", *_table(answer), *_parts(answer.scenario, parts), ""]
    lines += [*wrapped(KEY, ""), *(line for told in impossible.told(folder) for line in wrapped(told, ""))]
    return "\n".join([*lines, "", *_places(folder)])


def write_readme(folder: Path, comparison: Comparison) -> None:
    """Write ``README.md`` of a folder that has its tables, and ``diagnostics.csv`` where numbers are impossible."""
    records = ((name, load(folder / SCENARIOS / name, impossible.CHECKED)) for name in comparison.names)
    impossible.write(folder, {name: impossible.impossible(record) for name, record in records})
    pages.write_readme(
        folder,
        "compare",
        comparison=comparison,
        remarks=[*impossible.told(folder), *remarks(comparison.settings)],
        first=comparison.members[comparison.baseline],
        answers=list(answers(comparison.config, *(read_parts(folder / name) for name in TOLD))),
        taken_apart=comparison.decompose != NONE,
        taken=bool(comparison.config.get(TAKEN)),
        **{"markdown": pages.Markdown},
    )


def _opening(answer: Answer) -> Iterator[str]:
    """What is compared, and the answer in sentences."""
    baseline = answer.config["scenarios"][0]
    yield from wrapped(f"{answer.scenario} against {baseline} with the same luck", "")
    yield from wrapped(answer.config[MEMBERS][answer.scenario]["title"])
    for sentence in answer.sentences():
        yield from wrapped(sentence)


def _table(answer: Answer) -> Iterator[str]:
    """A line a headline with both states side by side; leads below each other."""
    yield f"{'':<{LABEL}}{TITLES['us']:>20}{'':7}{TITLES['china']:>20}".rstrip()
    names = list(dict.fromkeys(name for name, _ in answer.rows))
    for name in names:
        if not headline(name).is_lead:
            yield from _line(answer, name)
        if name == INCOME:
            yield _labelled(" the same, bn USD", [_dollars(answer.costs[state]) for state in STATES])
    yield f"{f'lead in {answer.year}':<{LABEL}}{'log points':>22}{'months':>13}{'without':>9}{'ahead':>10}"
    lead = asked_from(answer.config).lead
    for name in dict.fromkeys([lead, *(one for one in names if headline(one).needs == LEADS[0])]):
        yield _lead(answer, name)


def _lead(answer: Answer, name: str) -> str:
    """A lead of the United States: its change in log points and in months, what it is without, who is ahead."""
    row, months = (answer.rows[one, STATES[0]] for one in (name, in_months(name)))
    ahead = "->".join(f"{100.0 * row[f'{arm}_ahead']:.0f}" for arm in ("baseline", "level"))
    beside = f"{_middle(Change.of(months)):>8}{number(row['baseline_q50']):>9}{ahead:>10}"
    return f"{f' {field(name)}':<{LABEL}}{_cell(Change.of(row))}{beside}"


def _line(answer: Answer, name: str) -> Iterator[str]:
    cells = [_cell(answer.change(name, state)) for state in (*STATES, "") if (name, state) in answer.rows]
    label = LABELS.get(name, "{title} in {year}").format(title=headline(name).title, year=answer.year)
    unit = SHORT.get(headline(name).scale.unit, headline(name).scale.unit)
    label = f"{label}, {unit}" if unit else label
    if len(label) > LABEL:
        yield from wrapped(label, "")
        label = ""
    yield _labelled(label, cells)


LABELS: Final = {
    INCOME: "real income to {year}",
    "innovations": "innovations a year",
    "incidents": "incidents to {year}",
}
"""What the table calls headlines that are no levels of a year."""


def _labelled(label: str, cells: Sequence[str]) -> str:
    return f"{label:<{LABEL}}{''.join(f'{cell:<27}' for cell in cells)}".rstrip()


def _cell(change: Change) -> str:
    """Median, band and share of runs; whether a direction is told stands in the median's place."""
    share = f"{100.0 * change.share:.0f}" if change.told else ""
    return f"{_middle(change):>7} {f'{number(change.low)}..{number(change.high)}':>14} {share:>4}"


def _middle(change: Change) -> str:
    return number(change.middle) if change.told or change.middle == 0.0 else "open"


def _dollars(cost: Mapping[str, Any]) -> str:
    low, middle, high = (number(-cost[f"loss_{name}"]) for name in ("q95", "q50", "q05"))
    return f"{middle:>7} {f'{low}..{high}':>14}"


def _parts(name: str, parts: Lines) -> Iterator[str]:
    """The Shapley averages of a scenario, largest first."""
    for outcome, state in BLAMED:
        rows = [row for row in parts if (row["scenario"], row["outcome"], row["state"]) == (name, outcome, state)]
        if rows:
            ranked = sorted(rows, key=lambda row: (row["player"] == TOTAL, -abs(row["share"])))
            words = ", ".join(f"{row['player']} {number(row['share'])}" for row in ranked)
            unit = SHORT.get(rows[0]["unit"], rows[0]["unit"])
            yield from wrapped(f"Mean {HEADLINES[outcome].title}, {TITLES[state]}, {unit}: {words}")


def _places(folder: Path) -> Iterator[str]:
    figures = len(list((folder / "figures").glob("*.png")))
    more = ", decomposition.csv" if (folder / DECOMPOSITION).exists() else ""
    yield f"Written to {folder}:"
    yield from wrapped(
        f"README.md, headlines.csv, by_form.csv, costs.csv, differences.csv{more}, figures/ ({figures}), {SCENARIOS}/"
    )
