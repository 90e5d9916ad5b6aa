"""Result folders that the user names."""

from argparse import ArgumentTypeError
from pathlib import Path

from sim.manifest import MANIFEST


def result_folder(text: str) -> Path:
    """A folder that holds a result; its path as given.

    Raises
    ------
    ArgumentTypeError
        If there is none.
    """
    folder = Path(text)
    if not (folder / MANIFEST).is_file():
        raise ArgumentTypeError(f"{text} is no result folder; allowed: one such as results/run/baseline_2021")
    return folder
