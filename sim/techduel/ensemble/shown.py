"""How a record shows itself in Python and in notebooks: as a table, a dataset, a picture, a card.

Nothing here decides a number. It is the one door from this room to `techduel.report`, which lies below: opened when a
method is called, so that a run reads neither tables nor a drawing library.
"""

# mypy: disable-error-code="misc"
# `Shown` is a base of `Record` alone, which its methods name as their own type.

from typing import TYPE_CHECKING, Final

from techduel.scenario.loader import unknown_key

if TYPE_CHECKING:
    import pandas
    import xarray

    from techduel.ensemble.record import Record
    from techduel.report.drawings import Drawing

SHOWN: Final = 12
"""Outcomes that a record names when it is printed."""


class UnknownName(KeyError):
    """A name that is not there; one line with the nearest that is."""

    def __init__(self, name: str, names: "list[str]") -> None:
        super().__init__(unknown_key(name, names))

    def __str__(self) -> str:
        """Without the quotes that other errors of keys put around it."""
        return str(self.args[0])


class Shown:
    """What a record offers beside its numbers."""

    __slots__ = ()

    def __repr__(self: "Record") -> str:
        """What it holds, in a line or two."""
        years = f"{self.years[min(1, len(self.years) - 1)]} to {self.years[-1]}"
        many = f"{len(self.runs)} run{'s' if len(self.runs) != 1 else ''}, {years}, seed {self.seed}"
        names = list(self.values)
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        of = f" of {self.scenario}" if self.scenario else ""
        return f"<Record{of}: {many}, {len(self.sectors)} sectors; {', '.join(names[:SHOWN])}{more}>"

    def _repr_html_(self: "Record") -> str:
        """A card for notebooks: what it holds, and its headlines."""
        from techduel.report.cards import card_of_record

        return card_of_record(self)

    def _ipython_key_completions_(self: "Record") -> "list[str]":
        return list(self.values)

    def to_dataframe(self: "Record", *names: str) -> "pandas.DataFrame":
        """Outcomes run by run; where none is named, quantiles over runs of all.

        Parameters
        ----------
        *names : str
            Outcomes with the same axes.

        Returns
        -------
        pandas.DataFrame
            A row a run and label, a column an outcome, units and origin in ``attrs``; or the table of ``summary.csv``.

        Raises
        ------
        UnknownName
            If there is no such outcome.
        ValueError
            If outcomes differ in their axes.

        Examples
        --------
        >>> from techduel import load_scenario, simulate
        >>> record = simulate(load_scenario("baseline_2021", "horizon=2022"), runs=2)
        >>> record.to_dataframe("gdp", "rd_total").columns.tolist()
        ['run', 'state', 'time', 'gdp', 'rd_total']
        >>> len(record.to_dataframe("lead"))  # 2 runs, 2 states, 14 sectors, the base year and 8 quarters
        504
        >>> record.to_dataframe()["variable"].iloc[0]
        'gdp'
        """
        from techduel.report.frames import by_run, summarised

        return by_run(self, names) if names else summarised(self)

    def to_xarray(self: "Record") -> "xarray.Dataset":
        """The outcomes as a Dataset with named dimensions, units and long names, and where they come from.

        Examples
        --------
        >>> from techduel import load_scenario, simulate
        >>> dataset = simulate(load_scenario("baseline_2021"), runs=2).to_xarray()
        >>> dataset["lead"].sel(sector="semiconductors", state="us").dims
        ('run', 'time')
        >>> dataset["lead"].attrs["units"], dataset.attrs["scenario"], dataset.attrs["seed"]
        ('log points', 'baseline_2021', 1)
        """
        from techduel.report.frames import dataset

        return dataset(self)

    def plot(
        self: "Record",
        outcome: str,
        *,
        sector: str | None = None,
        state: str = "us",
        years: "tuple[int, int] | None" = None,
        size: str = "page",
    ) -> "Drawing":
        """An outcome over time, median and bands, as ``techduel plot`` draws it.

        Parameters
        ----------
        outcome : str
            Of ``techduel list outcomes``; of sectors with `sector`, or as ``NAME.SECTOR``.
        sector : str, optional
            A sector, a tag of several such as ``frontier``, or ``all``.
        state : {"us", "china"}
            Whose.
        years : tuple of int, optional
            First and last.
        size : {"page", "slide", "column"}
            16:9 with large letters, or for print.

        Returns
        -------
        Drawing
            Shown by notebooks; ``save("lead.png")`` writes PNG, SVG or PDF.

        Raises
        ------
        InvalidInput
            With every name that does not exist, and what there is.

        Examples
        --------
        >>> from techduel import load_scenario, simulate
        >>> record = simulate(load_scenario("chip_controls", "horizon=2022"), runs=2)
        >>> record.plot("lead", sector="semiconductors", size="slide").title
        'Lead in semiconductors, United States'
        """
        from techduel.report.drawings import drawing, of_sector

        made = f"{len(self.runs)} runs, seed {self.seed}"
        return drawing({self.scenario or "runs": self}, of_sector(outcome, sector), state, years, size, made)
