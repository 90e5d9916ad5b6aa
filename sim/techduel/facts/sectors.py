"""The sectors: their order, titles, tags and place in the two paradigms."""

from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.facts.tables import Entry, FactsError, entries, frozen, outside
from techduel.model.axes import Numbers

FILE: Final = "sectors.yaml"
TAGS: Final = ("digital_core", "strategic_emerging", "frontier", "supply_chain", "storable", "foundation")
KEYS: Final = {"title", "tags", "iot_weight"}


@dataclass(frozen=True, slots=True)
class Sectors:
    """The sector axis and what belongs to it."""

    names: tuple[str, ...]
    titles: tuple[str, ...]
    tags: dict[str, NDArray[np.bool_]]
    iot_weight: Numbers


def read_sectors(folder: Traversable) -> Sectors:
    """Read the sectors.

    Raises
    ------
    FactsError
        If the file is damaged; nothing else can be read without it.
    """
    problems: list[str] = []
    found = entries(folder, FILE, problems)
    for name, entry in found.items():
        problems += [f"{entry.place}: {name} {problem}" for problem in _problems(entry)]
    if problems or not found:
        raise FactsError(problems or [f"{FILE}:1: no sectors"])
    contents = [entry.content for entry in found.values()]
    return Sectors(
        names=tuple(found),
        titles=tuple(content["title"] for content in contents),
        tags={tag: np.array([tag in content["tags"] for content in contents]) for tag in TAGS},
        iot_weight=frozen(np.array([float(content["iot_weight"]) for content in contents])),
    )


def _problems(entry: Entry) -> list[str]:
    content = entry.content
    if set(content) != KEYS:
        return [f"has the keys {sorted(content)}, expected {sorted(KEYS)}"]
    found = []
    if not isinstance(content["title"], str):
        found.append("has no title")
    if not isinstance(content["tags"], list) or not set(content["tags"]) <= set(TAGS):
        found.append(f"has unknown tags in {content['tags']}; known: {', '.join(TAGS)}")
    weight = content["iot_weight"]
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or outside(weight, 0.0, 1.0):
        found.append(f"has iot_weight {weight!r}, allowed 0 to 1")
    return found
