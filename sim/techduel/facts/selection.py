"""Sectors chosen by words: a sector's name, a tag that several share, or all."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Final

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
    found = word_problems("sectors", words)
    if found:
        raise ValueError("\n".join(found))
    known = known_sectors()
    hits = np.array([bool({ALL, name, *_tags_of(place)} & set(words)) for place, name in enumerate(known.names)])
    result = hits.astype(np.float64).reshape(1, 1, -1, 1)
    result.flags.writeable = False
    return result


def word_problems(key: str, given: Any) -> list[str]:
    """One line for everything that is wrong with words that shall choose sectors; `key` is where they stand."""
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, Iterable) or isinstance(given, dict) or not list(given):
        return [f"{key}: {given!r} given; allowed: a list of names of sectors, their tags ({', '.join(TAGS)}), or all"]
    return [_unknown(key, word) for word in given if word not in sector_words()]


def _tags_of(place: int) -> Iterable[str]:
    return (tag for tag, members in known_sectors().tags.items() if members[place])


def _unknown(key: str, word: Any) -> str:
    near = get_close_matches(str(word), sector_words(), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sector_words())}"
    return f"{key}: {word!r} is no sector; {hint}"
