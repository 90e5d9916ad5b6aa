"""Comparisons in memory: scenarios with the same luck, told by the sentences and tables of ``techduel compare``."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from techduel.ensemble.headlines import DISCOUNT_RATE
from techduel.ensemble.paired import COLUMNS
from techduel.ensemble.record import Record
from techduel.ensemble.simulation import simulate
from techduel.report.cards import card
from techduel.report.drawings import Drawing, drawing, of_sector, size_words
from techduel.report.frames import about, table
from techduel.scenario.composition import label
from techduel.scenario.loader import InvalidInput, unknown_key
from techduel.scenario.parameter_sets import words_in
from techduel.scenario.scenario import Scenario, load_scenario, numbers, scenario_from
from techduel.statistics.tables import Lines
from techduel.studies.compare.answer import Answer, answers
from techduel.studies.compare.comparison import MEMBERS, Contrast, asked_from, contrast
from techduel.studies.compare.equations import COLUMNS as COLUMNS_BY_FORM
from techduel.studies.compare.equations import drawn_forms
from techduel.studies.compare.story import changes_of
from techduel.studies.compare.tables import COST_COLUMNS, HEADLINE_COLUMNS, cost_row, headline_rows, rows_by_form
from techduel.studies.table import STUDIES

if TYPE_CHECKING:
    import pandas

TABLES: Final = {
    "headlines": HEADLINE_COLUMNS,
    "costs": COST_COLUMNS,
    "by_form": COLUMNS_BY_FORM,
    "differences": COLUMNS,
}
"""Columns by name."""


@dataclass(frozen=True, repr=False)
class Compared:
    """Scenarios compared run by run with the first of them."""

    records: Mapping[str, Record]
    """By name, the baseline first."""
    config: Mapping[str, Any]
    """What a result of ``techduel compare`` would store."""

    def __repr__(self) -> str:
        """The answer in sentences."""
        return "\n".join(self.sentences)

    @property
    def sentences(self) -> list[str]:
        """The answer for each scenario but the baseline: lead, how far it is known, cost to each side."""
        return [f"{answer.scenario}: {' '.join(answer.sentences())}" for answer in self.answers]

    @cached_property
    def contrasts(self) -> list[Contrast]:
        """What each scenario but the baseline changes, run by run."""
        first, *others = self.records
        drawn = bool(words_in({name: member["params"] for name, member in self.config[MEMBERS].items()}))
        asked, rate = asked_from(self.config), self.config["discount_rate"]
        found = (contrast(self.records[name], self.records[first], rate, name, asked) for name in others)
        members = {name: scenario_from({**self.config[MEMBERS][name], "name": name}) for name in self.records}
        return [
            replace(one, drawn=drawn, forms=drawn_forms(members[one.scenario], members[first], one.runs))
            for one in found
        ]

    @cached_property
    def answers(self) -> list[Answer]:
        """The answer for each scenario but the baseline, with the numbers behind it."""
        return list(answers(self.config, *map(self._lines, ("headlines", "costs", "by_form"))))

    def table(self, name: str = "headlines") -> "pandas.DataFrame":
        """A table as the command writes it.

        Parameters
        ----------
        name : {"headlines", "costs", "by_form", "differences"}
            Changes of headlines with bands and shares; what each state pays and what it buys; changes by rival form;
            every year and sector.

        Raises
        ------
        InvalidInput
            If there is no such table.
        """
        origin = about(next(iter(self.records.values())))
        return table(self._columns(name), self._rows(name), {**origin, "scenario": ", ".join(self.records)})

    def to_dataframe(self) -> "pandas.DataFrame":
        """Changes of headlines, `table` of ``headlines``."""
        return self.table()

    def plot(
        self,
        outcome: str,
        *,
        sector: str | None = None,
        state: str = "us",
        years: tuple[int, int] | None = None,
        size: str = "page",
    ) -> Drawing:
        """An outcome over time in every scenario; parameters and errors as of `Record.plot`."""
        return drawing(self.records, of_sector(outcome, sector), state, years, size, size_words(self.config))

    def _repr_html_(self) -> str:
        cards = []
        for answer, words in zip(self.answers, self.sentences, strict=True):
            told = changes_of(answer)
            cards.append(card(told.title, [words], told.head, told.rows))
        return "\n".join(cards)

    def _columns(self, name: str) -> tuple[str, ...]:
        if name not in TABLES:
            raise InvalidInput([f"table: {unknown_key(name, TABLES)}"])
        return TABLES[name]

    def _rows(self, name: str) -> Iterator[tuple[Any, ...]]:
        made: dict[str, Callable[[Contrast], Iterable[tuple[Any, ...]]]] = {
            "headlines": headline_rows,
            "costs": lambda one: (cost_row(one.scenario, cost) for cost in one.costs()),
            "by_form": rows_by_form,
            "differences": Contrast.rows,
        }
        return (row for one in self.contrasts for row in made[name](one))

    def _lines(self, name: str) -> Lines:
        return [dict(zip(self._columns(name), row, strict=True)) for row in self._rows(name)]


def compare(
    baseline: "Scenario | str | Path | Mapping[str, Any]",
    *others: "Scenario | str | Path | Mapping[str, Any]",
    runs: int = 200,
    seed: int = 1,
    year: int | None = None,
    sector: str | None = None,
    outcome: str | None = None,
) -> Compared:
    """Compare scenarios run by run with the same luck, in this process.

    Parameters
    ----------
    baseline, *others : Scenario, str, Path or mapping
        Scenarios, or what `load_scenario` takes.
    runs, seed : int
        As of `simulate`.
    year : int, optional
        Of the answer; the horizon when left out.
    sector : str, optional
        Whose lead is asked for; the mean over frontier fields when left out.
    outcome : str, optional
        One more outcome to tell of.

    Returns
    -------
    Compared
        Printed, it is the answer.

    Raises
    ------
    InvalidInput
        With every problem in a line of its own.

    Examples
    --------
    >>> import techduel
    >>> found = techduel.compare("baseline_2021", "chip_controls", runs=2, sector="semiconductors", year=2030)
    >>> list(found.records)
    ['baseline_2021', 'chip_controls']
    >>> found.table("costs")["state"].tolist()
    ['us', 'china']
    >>> print(str(found)[:60])
    chip_controls: The U.S. lead in semiconductors at the end of
    """
    members = _members([baseline, *others])
    config = question(members, runs, seed, {"year": year, "sector": sector, "outcome": outcome})
    return Compared({name: simulate(one, runs, seed) for name, one in members.items()}, config)


def _members(given: "list[Scenario | str | Path | Mapping[str, Any]]") -> dict[str, Scenario]:
    """Scenarios by the names that the command gives them, with digits where two would be called the same.

    Raises
    ------
    InvalidInput
        If one is given twice.
    """
    scenarios = [one if isinstance(one, Scenario) else load_scenario(one) for one in given]
    short = Counter(label(one.config) for one in scenarios)
    names = [label(one.config) if short[label(one.config)] == 1 else one.name for one in scenarios]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise InvalidInput([f"scenarios: {', '.join(twice)} given twice; allowed: scenarios with different settings"])
    return dict(zip(names, scenarios, strict=True))


def question(members: Mapping[str, Scenario], runs: int, seed: int, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What ``techduel compare`` would store of these scenarios and this question.

    Parameters
    ----------
    members : mapping
        Scenarios by name, the baseline first.
    runs, seed : int
    asked : mapping
        ``year``, ``sector`` and ``outcome``, each perhaps None.

    Raises
    ------
    InvalidInput
        With everything that the command would refuse.
    """
    common = {"seed": seed, "record": "full"}
    plain = {name: {**numbers(one.config), **common} for name, one in members.items()}
    config = {
        "experiment": "compare",
        "scenarios": list(members),
        "decompose": "none",
        "discount_rate": DISCOUNT_RATE,
        "runs": runs,
        **common,
        **asked,
        MEMBERS: {name: {key: value for key, value in one.items() if key != "runs"} for name, one in plain.items()},
    }
    wrong = STUDIES["compare"].wrong_with(config)
    if wrong:
        raise InvalidInput(wrong)
    return config
