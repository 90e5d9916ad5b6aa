"""Normal quantiles: half the width of an interval in standard errors, to the digits that tables of them give."""

from typing import Final

NORMAL_90: Final = 1.645
"""Of 90 %; the test of one sign at 5 %."""
NORMAL_95: Final = 1.96
"""Of 95 %; the test of either sign at 5 %."""
