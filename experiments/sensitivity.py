"""``techduel sensitivity``: which uncertainty drives which outcome, as a sweep with a design of its own."""

import sys
from functools import partial

from .exits import guarded
from .study import composed_by_hydra

main = partial(composed_by_hydra, "sensitivity")

if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
