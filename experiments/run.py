"""``techduel run``: one scenario, many runs; tables, figures, scorecard."""

import sys
from functools import partial

from .exits import guarded
from .study import composed_by_hydra

main = partial(composed_by_hydra, "run")

if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
