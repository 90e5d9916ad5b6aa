"""Files that a scientific package is asked for: of this version, whole, and without addresses of package hosts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import techduel

REPOSITORY = Path(__file__).resolve().parent.parent


def described(name: str) -> dict[str, Any]:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    return found


@pytest.mark.parametrize("name", ["CITATION.cff", "codemeta.json", ".zenodo.json"])
def test_descriptions_are_of_this_version(name: str) -> None:
    found = described(name)
    assert found["version"] == techduel.__version__
    assert str(found["license"]).endswith("MIT")
    assert "Techduel contributors" in json.dumps(found)


def test_an_environment_installs_by_the_pinned_versions() -> None:
    *_, last = described("environment.yml")["dependencies"]
    assert last["pip"] == ["-c constraints.txt", "-e ."]


def test_an_image_gets_all_that_it_copies() -> None:
    text = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    named = [name for line in re.findall(r"^COPY (.+) \S+$", text, re.M) for name in line.split()]
    let_in = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {"pyproject.toml", "sim", "configs", "experiments"} <= set(named)
    for name in named:
        assert (REPOSITORY / name).exists(), name
        assert f"!{name}" in let_in, name
    assert "USER techduel" in text


def test_the_paper_has_its_parts_and_knows_what_it_cites() -> None:
    text = (REPOSITORY / "paper" / "paper.md").read_text(encoding="utf-8")
    head = yaml.safe_load(text.split("---")[1])
    assert {"title", "tags", "authors", "affiliations", "date", "bibliography"} <= head.keys()
    for part in ("# Summary", "# Statement of need", "# References"):
        assert f"\n{part}\n" in text
    known = re.findall(r"@\w+{(\w+),", (REPOSITORY / "paper" / head["bibliography"]).read_text(encoding="utf-8"))
    assert set(re.findall(r"\[@(\w+)\]", text)) == set(known)
    assert 250 < len(text.split("---", 2)[2].split()) < 1000


@pytest.mark.parametrize("name", ["constraints.txt", "environment.yml", "Dockerfile", "pyproject.toml"])
def test_no_package_host_is_named(name: str) -> None:
    assert not re.search(r"https?://|index-url|extra-index", (REPOSITORY / name).read_text(encoding="utf-8"))
