"""``techduel plot FOLDER``: redraw every figure of a saved result."""

import argparse
from collections.abc import Sequence

from .stored import result_folder, sound, stored, understood


def main(arguments: Sequence[str]) -> int:
    """Redraw the figures from the stored numbers."""
    from techduel.ensemble.lock import locked
    from techduel.ensemble.manifest import seal
    from techduel.studies.table import study_of

    parser = argparse.ArgumentParser(prog="techduel plot", description=__doc__)
    parser.add_argument("folder", type=result_folder)
    folder = parser.parse_args(list(arguments)).folder
    with locked(folder):
        sound(folder)
        config = stored(folder)
        with understood(folder):
            study_of(config).home.draw(config, folder)
        seal(folder)
    print(f"Redrawn: {folder / 'figures'}")
    return 0
