"""``techduel compare``: several scenarios paired run by run with the first one named."""

import sys
from functools import partial

from .exits import guarded
from .study import composed_by_hydra

main = partial(composed_by_hydra, "compare")

if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
