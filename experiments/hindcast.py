"""``techduel hindcast``: forecasts from every origin since 2010 against the record, and what the model misses."""

import sys
from functools import partial

from .exits import guarded
from .study import composed_of_settings

main = partial(composed_of_settings, "hindcast")

if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
