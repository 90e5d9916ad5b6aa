"""``techduel calibrate``: parameter sets under which the model lives through the record."""

import sys
from functools import partial

from .exits import guarded
from .study import composed_of_settings

main = partial(composed_of_settings, "calibrate")

if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
