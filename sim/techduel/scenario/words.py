"""Words of a scenario that a study makes itself: what stands beside its numbers."""

from collections.abc import Mapping
from typing import Any


def worded(plain: Mapping[str, Any], name: str, title: str, question: str = "") -> dict[str, Any]:
    """A configuration with what `scenario_from` needs beside numbers; it asks what its title says unless told else."""
    return {**plain, "name": name, "scenario": name, "title": title, "question": question or title}
