"""Drawings: one outcome over time as Python and notebooks show it, the same picture as that of ``techduel plot``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from techduel.ensemble.headlines import outcome_problem
from techduel.ensemble.manifest import written
from techduel.ensemble.record import Record
from techduel.model.axes import STATES
from techduel.report.frames import table
from techduel.report.marks import Picture
from techduel.report.single import MOST, SIZES, Size, said, single
from techduel.scenario.loader import InvalidInput, unknown_key

if TYPE_CHECKING:
    import pandas

FORMS: Final = ("png", "svg", "pdf")


@dataclass(frozen=True, slots=True, repr=False)
class Drawing:
    """A picture of one outcome with its numbers and words."""

    picture: Picture
    made: str
    """Runs and seed, for the caption."""
    size: Size

    def __repr__(self) -> str:
        """What it shows, in words."""
        return said(self.picture)

    @property
    def title(self) -> str:
        """Outcome, and whose."""
        return self.picture.title

    def save(self, file: str | Path) -> Path:
        """Write it as PNG, SVG or PDF, by the ending of the file, which is overwritten; its path.

        Raises
        ------
        InvalidInput
            If the ending is another.
        """
        path = Path(file)
        form = path.suffix.removeprefix(".")
        if form not in FORMS:
            raise InvalidInput([f"file: {path.name} given; allowed: a name that ends in .{', .'.join(FORMS)}"])
        with written(path) as part:
            part.write_bytes(self._image(form, self.size.dots_per_inch))
        return path

    def to_dataframe(self) -> "pandas.DataFrame":
        """The numbers that it shows."""
        return table(self.picture.columns, self.picture.rows, {"title": self.title, "made": self.made})

    def _repr_png_(self) -> bytes:
        return self._image("png", 150.0)

    def _image(self, form: str, dots_per_inch: float) -> bytes:
        from techduel.report.page import image

        return image(self.picture, self.made, form, dots_per_inch)


def drawing(
    parts: Mapping[str, Path | Record],
    name: str,
    state: str,
    years: tuple[int, int] | None,
    size: str,
    made: str,
) -> Drawing:
    """An outcome of one state over time in some records, or stored results of runs; `made` is for the caption.

    Names of outcomes are those of sweeps, as `of_sector` gives them.

    Raises
    ------
    InvalidInput
        With every name that does not exist, and what there is.
    """
    problems = [line for line in (outcome_problem("outcome", name),) if line]
    problems += [unknown_key(f"state: {state}", STATES)] if state not in STATES else []
    problems += [unknown_key(f"size: {size}", SIZES)] if size not in SIZES else []
    problems += [f"scenarios: {len(parts)} given; allowed: at most {MOST}"] if len(parts) > MOST else []
    if problems:
        raise InvalidInput(problems)
    try:
        picture = single(parts, name, state, years, SIZES[size])
    except ValueError as refused:
        raise InvalidInput([str(refused)]) from refused
    return Drawing(picture, made, SIZES[size])


def of_sector(outcome: str, sector: str | None) -> str:
    """Name of an outcome in a sector, or in several with a tag."""
    return f"{outcome}.{sector}" if sector else outcome


def size_words(config: Mapping[str, Any]) -> str:
    """Runs and seed of a stored configuration."""
    return f"{config['runs']} runs, seed {config['seed']}"
