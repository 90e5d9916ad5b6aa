"""``techduel plot FOLDER``: redraw every figure of a saved result."""

import argparse
import sys
from collections.abc import Sequence

from .exits import guarded
from .folders import result_folder


def main(arguments: Sequence[str]) -> int:
    """Redraw the figures from the stored numbers."""
    from sim.lock import locked
    from sim.manifest import seal
    from sim.plots import plot_all

    parser = argparse.ArgumentParser(prog="techduel plot", description=__doc__)
    parser.add_argument("folder", type=result_folder)
    folder = parser.parse_args(list(arguments)).folder
    with locked(folder):
        plot_all(folder)
        seal(folder)
    print(f"Redrawn: {folder / 'figures'}")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
