"""``techduel sweep``: a design over levers and uncertainties, resumable, on an executor."""

import sys
from functools import partial

from .exits import guarded
from .study import composed_by_hydra

main = partial(composed_by_hydra, "sweep")

if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
