"""Every setting of ``configs/`` is written down a second time, numbers with where they come from: ``shipped.csv``.

What has been changed on purpose is changed there too, with its new source in the same row.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml

from techduel.facts import load_facts
from techduel.model.parameters import schema
from techduel.scenario.layers import config_folder

TABLE: Final = Path(__file__).with_name("shipped.csv")
PARAMETERS: Final = "params/default.yaml"
PARAMETER: Final = "parameter"
"""Stands for the source that the table of parameters gives."""
CHOICE: Final = "choice"
"""Source of what is a word and no number."""
PROSE: Final = ("title", "question", "sources", "hydra")

type Key = tuple[str, str]
"""File and name of a setting."""


class Known(NamedTuple):
    """What the table says of a setting."""

    value: str
    source: str


def settings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every setting of a configuration by its name, as text; those without a value are left out."""
    if isinstance(value, dict):
        for key, part in value.items():
            if name or key not in PROSE:
                yield from settings(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from settings(part, f"{name}.{place}")
    elif isinstance(value, bool):
        yield name, str(value).lower()
    elif value is not None:
        yield name, value if isinstance(value, str) else f"{value:.12g}"


def shipped() -> dict[Key, str]:
    folder = config_folder()
    return {
        (path.relative_to(folder).as_posix(), name): value
        for path in sorted(folder.rglob("*.yaml"))
        for name, value in settings(yaml.safe_load(path.read_text(encoding="utf-8")))
    }


def known() -> dict[Key, Known]:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = {(row["file"], row["name"]): Known(row["value"], row["source"]) for row in rows}
    assert len(found) == len(rows), "a setting stands there twice"
    return found


def source(key: Key, of: Known) -> str:
    """Where a setting comes from, in words."""
    file, name = key
    if of.source != PARAMETER:
        return of.source
    assert file == PARAMETERS
    return schema.described()[".".join(name.split(".")[:2])].source


def differences(files: dict[Key, str], table: dict[Key, Known]) -> list[str]:
    """A line for every setting that is not as the table says."""
    changed = [
        f"configs/{file}: {name} is {files[file, name]}; known is {of.value}, source: {source((file, name), of)}"
        for (file, name), of in table.items()
        if (file, name) in files and files[file, name] != of.value
    ]
    new = [f"configs/{file}: {name} is {files[file, name]}; no source" for file, name in files.keys() - table.keys()]
    gone = [f"configs/{file}: {name} is gone; its row is still there" for file, name in table.keys() - files.keys()]
    return sorted([*changed, *new, *gone])


def numeric(value: str) -> bool:
    """Whether a setting is a number, or an override that ends in one."""
    return value.rpartition("=")[2].replace(".", "", 1).lstrip("-").isdecimal()


def test_every_shipped_setting_is_the_one_that_has_a_source() -> None:
    lines = differences(shipped(), known())
    assert not lines, f"\n{'\n'.join(lines)}\nMend configs/, or {TABLE.name} with where the number comes from."


def test_every_number_has_a_source_that_is_no_choice() -> None:
    found = {key: source(key, of) for key, of in known().items() if numeric(of.value)}
    assert len(found) > 400
    assert not [key for key, words in found.items() if words == CHOICE or len(words) < len("article")]


def test_sources_name_figures_of_the_article_that_there_are() -> None:
    words = {word.strip(":,;()") for of in known().values() for word in of.source.split() if word[:1] == "F"}
    named = {word for word in words if word[1:].isdecimal()}
    assert named
    assert named <= {figure.id for figure in load_facts().figures}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({("config.yaml", "seed"): "2"}, "configs/config.yaml: seed is 2; known is 1, source: convention"),
        ({("config.yaml", "more"): "2"}, "configs/config.yaml: more is 2; no source"),
        ({(PARAMETERS, "access.evasion"): "0.2"}, "configs/params/default.yaml: access.evasion is 0.2; known is 0.1, "),
    ],
)
def test_a_changed_setting_is_told_in_one_line(change: dict[Key, str], line: str) -> None:
    (found,) = differences(shipped() | change, known())
    assert found.startswith(line)


def test_a_setting_that_has_gone_is_told() -> None:
    files = {key: value for key, value in shipped().items() if key != ("compare.yaml", "discount_rate")}
    assert differences(files, known()) == ["configs/compare.yaml: discount_rate is gone; its row is still there"]
