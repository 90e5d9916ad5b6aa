"""All faults to plant: signs, indices, axes, dropped terms, states exchanged, wrong parameters, columns and defaults.

Most must fail a test that was worked out by hand, and each only its own few tests, so that a fault that survives shows
which mechanism nobody looks at.
"""

from typing import Final

from tests.faults import choices, drawn_forms, equations, past, shipped, shown, strategy
from tests.faults.fault import Fault

PLACES: Final = (
    ("sim/techduel/{}.py", equations.BY_FILE),
    ("sim/techduel/{}.py", choices.BY_FILE),
    ("sim/techduel/{}.py", past.BY_FILE),
    ("sim/techduel/{}", shown.BY_FILE),
    ("sim/techduel/{}", strategy.BY_FILE),
    ("sim/techduel/{}", drawn_forms.BY_FILE),
    ("configs/{}", shipped.BY_FILE),
)
"""Faults by file, and where their files lie from the root of the repository."""
FAULTS: Final = tuple(
    Fault(place.format(file), *fault)
    for place, by_file in PLACES
    for file, faults in by_file.items()
    for fault in faults
)
