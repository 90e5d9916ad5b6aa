"""What is known about one parameter, and the dataclass field that carries it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """What is known about one parameter, apart from its value."""

    meaning: str
    unit: str
    low: float
    high: float
    source: str
    axis: str | None = None
    off: float | None = None
    """A value outside the range that switches the mechanism off, for ablations; no prior draws it."""
    seen: bool = False
    """Whether the shipped value was set with the record, or with a finding that is a test, in view."""
    under: str = ""
    """The form, ``MECHANISM=NAME``, under which alone it acts; while that has no weight it is neither drawn nor
    counted, and keeps what is configured."""

    def admits(self, value: float) -> bool:
        """Whether a value may be given."""
        return self.low <= value <= self.high or value == self.off


def parameter(  # noqa: PLR0913, PLR0917 - one word a column of the table
    meaning: str,
    unit: str,
    low: float,
    high: float,
    source: str,
    axis: str | None = None,
    off: float | None = None,
    seen: bool = False,
    under: str = "",
) -> Any:
    """A dataclass field that carries its `Parameter`."""
    return field(metadata={"parameter": Parameter(meaning, unit, low, high, source, axis, off, seen, under)})
