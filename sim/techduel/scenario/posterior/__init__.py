"""Posterior parameter sets: ``posterior_YEAR.csv`` for each base year, ``posterior_YEAR.json`` on how it was made."""

from pathlib import Path

from techduel.scenario.loader import InvalidInput


def package_folder() -> Path:
    """Where the package keeps what calibrations and hindcasts have found.

    Raises
    ------
    InvalidInput
        If the package is not run from its repository.
    """
    folder = Path(__file__).resolve().parent
    if not (folder.parents[3] / "pyproject.toml").is_file():
        raise InvalidInput(["install: true given; allowed only in a checkout of the repository"])
    return folder
