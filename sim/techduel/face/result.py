"""Stored results in Python: opened like a stranger's, checked, read, drawn and told by what the commands use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from techduel.ensemble.manifest import required_manifest, verified, write_text
from techduel.ensemble.record import Record
from techduel.ensemble.runs import load
from techduel.ensemble.summary import LABELS
from techduel.report.cards import card
from techduel.report.drawings import Drawing, drawing, of_sector, size_words
from techduel.report.story import Story
from techduel.scenario.loader import InvalidInput, unknown_key
from techduel.statistics.tables import read_table
from techduel.studies.compare.tables import TEXTS
from techduel.studies.stored import report_of, result_folders, runs_in, sound, stored, story_of
from techduel.studies.table import study_of

if TYPE_CHECKING:
    import pandas
    import xarray

    from techduel.studies.table import Study

MAIN: Final = ("headlines", "outcomes", "overview", "summary")
"""Tables that say most, the first that a result has."""


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """A finished result on disk.

    Examples
    --------
    >>> import techduel
    >>> result = techduel.open_result("results/reference")  # doctest: +SKIP
    >>> result.table("headlines")  # doctest: +SKIP
    """

    folder: Path
    config: Mapping[str, Any]
    """What was computed."""

    def __repr__(self) -> str:
        """Study, name, size and tables, in a line or two."""
        size = size_words(self.config) if "runs" in self.config else "as configured"
        return f"<Result of {self.study.name}, {self.folder.name}: {size}; tables: {', '.join(self.tables)}>"

    @property
    def study(self) -> "Study":
        """The study that it belongs to."""
        return study_of(self.config)

    @property
    def story(self) -> Story:
        """What it says: question, answer in sentences, tables, how sure, the command that makes it again.

        Raises
        ------
        InvalidInput
            If results of its study are not told in reports.
        """
        return story_of(self.folder)

    @property
    def tables(self) -> list[str]:
        """Names of its tables."""
        return sorted(name.removesuffix(".csv") for name in self._files if name.endswith(".csv") and "/" not in name)

    @property
    def figures(self) -> list[Path]:
        """Its pictures."""
        return [self.folder / name for name in sorted(self._files) if name.endswith(".png")]

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios whose runs it holds."""
        return list(runs_in(self.folder, self.config))

    def table(self, name: str) -> "pandas.DataFrame":
        """One of its `tables`, as it was written.

        Raises
        ------
        InvalidInput
            If there is none of that name.
        DamagedResult
            If it is not as it was written.
        """
        if name not in self.tables:
            raise InvalidInput([f"table: {unknown_key(name, self.tables)}"])
        return read_table(verified(self.folder, f"{name}.csv"), {*TEXTS, *LABELS, "variable"} - {"time"}, strict=False)

    def to_dataframe(self) -> "pandas.DataFrame":
        """The table that says most: headlines, outcomes of a sweep, or the summary."""
        return self.table(next((name for name in MAIN if name in self.tables), self.tables[0]))

    def record(self, scenario: str | None = None, *names: str) -> Record:
        """The runs of one of its `scenarios`, the first when left out; all outcomes, or some."""
        return load(self._runs([scenario] if scenario else self.scenarios[:1])[0], names or None)

    def to_xarray(self, scenario: str | None = None) -> "xarray.Dataset":
        """The runs of one of its `scenarios` with labels and units; ``version`` is the one that computed them."""
        return self.record(scenario).to_xarray().assign_attrs(version=self._manifest.fingerprint.get("version", ""))

    def plot(
        self,
        outcome: str,
        *,
        sector: str | None = None,
        state: str = "us",
        scenarios: Sequence[str] | None = None,
        years: tuple[int, int] | None = None,
        size: str = "page",
    ) -> Drawing:
        """An outcome over time in some of its `scenarios`; other parameters and errors as of `Record.plot`."""
        names = list(scenarios or self.scenarios)
        parts = dict(zip(names, self._runs(names), strict=True))
        return drawing(parts, of_sector(outcome, sector), state, years, size, size_words(self.config))

    def report(self, file: str | Path) -> Path:
        """Write what it says as one HTML file, which is overwritten; its path."""
        write_text(Path(file), report_of([self.folder]))
        return Path(file)

    def _repr_html_(self) -> str:
        try:
            told = self.story
        except InvalidInput:
            return card(repr(self), [])
        return card(told.title, [told.question, told.size, *told.answer])

    @property
    def _manifest(self) -> Any:
        return required_manifest(self.folder)

    @property
    def _files(self) -> Mapping[str, Any]:
        return dict(self._manifest.files)

    def _runs(self, names: Sequence[str]) -> list[Path]:
        there = runs_in(self.folder, self.config)
        strange = [unknown_key(f"scenarios: {name}", there) for name in names if name not in there]
        if strange or not names:
            raise InvalidInput(
                strange or [f"results of {self.study.name} hold no runs; allowed: run, compare, overview"]
            )
        return [there[name] for name in names]


def open_result(folder: str | Path) -> Result:
    """Open a result that a command has made.

    Parameters
    ----------
    folder : str or Path
        Such as ``results/run/baseline_2021``.

    Raises
    ------
    InvalidInput
        If it holds no result, or one whose configuration is wrong.
    DamagedResult
        If a file is not as it was written.

    Examples
    --------
    >>> import techduel
    >>> techduel.open_result("results/nothing")
    Traceback (most recent call last):
        ...
    techduel.scenario.loader.InvalidInput: results/nothing is not there; allowed: a folder that a command has written, \
as run does
    """
    (path,) = result_folders([str(folder)])
    sound(path)
    return Result(path, stored(path))
