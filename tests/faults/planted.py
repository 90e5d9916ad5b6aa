"""All faults to plant: signs, indices, axes, dropped terms, states exchanged, wrong parameters.

Most must fail a test that was worked out by hand, and each only its own few tests, so that a fault that survives shows
which mechanism nobody looks at.
"""

from typing import Final

from tests.faults import choices, equations, past
from tests.faults.fault import Fault

BY_FILE: Final = equations.BY_FILE | choices.BY_FILE | past.BY_FILE
FAULTS: Final = tuple(Fault(f"sim/techduel/{file}.py", *fault) for file, faults in BY_FILE.items() for fault in faults)
