"""All faults to plant: signs, indices, axes, dropped terms, states exchanged, wrong parameters, columns and defaults.

Most must fail a test that was worked out by hand, and each only its own few tests, so that a fault that survives shows
which mechanism nobody looks at.
"""

from typing import Final

from tests.faults import choices, equations, past, shipped, shown, strategy
from tests.faults.fault import Fault

BY_FILE: Final = equations.BY_FILE | choices.BY_FILE | past.BY_FILE
"""Faults in equations and decisions, by file of the package without its ending."""
PLACES: Final = {
    **{f"sim/techduel/{file}.py": faults for file, faults in BY_FILE.items()},
    **{f"sim/techduel/{file}": faults for file, faults in shown.BY_FILE.items()},
    **{f"sim/techduel/{file}": faults for file, faults in strategy.BY_FILE.items()},
    **{f"configs/{file}": faults for file, faults in shipped.BY_FILE.items()},
}
"""Every fault by its file, from the root of the repository."""
FAULTS: Final = tuple(Fault(file, *fault) for file, faults in PLACES.items() for fault in faults)
