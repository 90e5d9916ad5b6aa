"""``techduel backtest``: the calibrated ensemble of an origin against an outcomes file, beside naive forecasts."""

import sys
from functools import partial

from .exits import guarded
from .study import composed_of_settings

main = partial(composed_of_settings, "backtest")

if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
