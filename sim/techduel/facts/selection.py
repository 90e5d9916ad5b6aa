"""Sectors chosen by words: a sector's name, a tag that several share, or all."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from techduel.facts.sectors import TAGS, Sectors, read_sectors
from techduel.model.axes import Array

ALL: Final = "all"


@cache
def known_sectors() -> Sectors:
    """The shipped sectors; every base year has the same."""
    return read_sectors(files("techduel.facts"))


def sector_words() -> tuple[str, ...]:
    """Every word that chooses sectors: all, the tags, the names."""
    return (ALL, *TAGS, *known_sectors().names)


@cache
def chosen(words: tuple[str, ...]) -> Array:
    """1 for the sectors that at least one of the words chooses, else 0; (1, 1, sector, 1), not to be written to.

    Raises
    ------
    ValueError
        If a word chooses nothing because it is unknown.
    """
    unknown = [word for word in words if word not in sector_words()]
    if unknown:
        raise ValueError(f"no sectors: {', '.join(unknown)}; known: {', '.join(sector_words())}")
    sectors = known_sectors()
    hits = np.array([bool({ALL, name, *_tags_of(place)} & set(words)) for place, name in enumerate(sectors.names)])
    result = hits.astype(np.float64).reshape(1, 1, -1, 1)
    result.flags.writeable = False
    return result


def _tags_of(place: int) -> Iterable[str]:
    return (tag for tag, members in known_sectors().tags.items() if members[place])
