"""The list of faults to plant fits the code, and planting tells those that tests find from those they miss.

Planting all of them takes minutes and is no part of this suite: ``make faults``.
"""

import ast
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment

from tests.faults.fault import Fault
from tests.faults.plant import REPOSITORY, Finding, faulty, its_own, main, planted, sound
from tests.faults.planted import FAULTS

ROWS = (
    "model/ access market fringe reallocation research ideas knowledge talent finance entry paradigm accounts",
    "model/ledger/ frontier sales income",
    "model/ economy/rest engine/record government listing security perception quarter outcomes",
    "facts/ base_trade base_rest base_accounts base_year changes chokepoints",
    "policies/ fixed moves stances reactions schedule variants mitigation best_response events politics shocks",
)
EQUATIONS = {room + name for room, *names in (row.split() for row in ROWS) for name in names}
"""Files of the package that hold equations or decisions."""

SHOWN = {
    *(f"sim/techduel/studies/{study}/{part}.py" for study in ("compare", "sweep") for part in ("tables", "report")),
    *(f"sim/techduel/{part}.py" for part in ("ensemble/summary", "statistics/tables", "report/pages")),
    *(f"sim/techduel/studies/run/{part}.py" for part in ("courses", "figures", "tables", "scorecard")),
    *(f"sim/techduel/studies/{part}.py" for part in ("compare/figures", "sensitivity/tables", "backtest/report")),
    *(f"configs/{part}.yaml" for part in ("config", "params/default", "policy/plan")),
}
"""Tables, figures, words and defaults that have faults of their own, among others."""
PARSED = {".py": ast.parse, ".j2": Environment().parse, ".yaml": yaml.safe_load}
"""By the ending of a file: raises where a fault is none that anybody could make."""

DOUBLED = Fault("sim/techduel/double.py", "2.0 * value", "3.0 * value", "test_double.py")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository in small: one equation, and a test of it that looks at 0 or at 1."""
    for package in ("sim/techduel", "experiments", "tests"):
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "sim/techduel/double.py").write_text("def double(value):\n    return 2.0 * value\n", encoding="utf-8")
    return tmp_path


def looking_at(value: float, tree: Path) -> Finding:
    text = f"from techduel.double import double\n\ndef test_double():\n    assert double({value}) == {2.0 * value}\n"
    (tree / "tests/test_double.py").write_text(text, encoding="utf-8")
    return planted(DOUBLED, tree)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.path}: {fault.old}")
def test_a_fault_can_be_planted(fault: Fault) -> None:
    healthy = (REPOSITORY / fault.path).read_text(encoding="utf-8")
    changed = faulty(healthy, fault)
    assert changed != healthy
    PARSED[Path(fault.path).suffix](changed)
    for test in fault.tests.split():
        file, _, name = test.partition("::")
        (found,) = (REPOSITORY / "tests").rglob(file)
        assert f"def {name}" in found.read_text(encoding="utf-8")


def test_every_file_of_equations_and_of_what_is_shown_has_its_faults() -> None:
    faulty_files = {fault.path for fault in FAULTS}
    assert faulty_files >= {f"sim/techduel/{name}.py" for name in EQUATIONS}
    assert faulty_files >= SHOWN
    assert sum(path.endswith(".j2") for path in faulty_files) >= 4
    assert len(set(FAULTS)) == len(FAULTS)


@pytest.mark.parametrize(("value", "verdict"), [(1.0, "caught"), (0.0, "SURVIVED")])
def test_a_test_that_looks_finds_and_one_that_does_not_misses(value: float, verdict: str, tree: Path) -> None:
    healthy = (tree / "sim/techduel/double.py").read_text(encoding="utf-8")
    finding = looking_at(value, tree)
    assert finding.verdict == verdict
    assert ("test_double" in finding.by) == (verdict == "caught")
    assert (tree / "sim/techduel/double.py").read_text(encoding="utf-8") == healthy


def test_tests_that_do_not_run_find_nothing(tree: Path) -> None:
    assert planted(DOUBLED, tree).verdict == "UNTESTED"


def test_a_fault_stands_in_one_place() -> None:
    with pytest.raises(ValueError, match="2 times, not once"):
        faulty("2.0 * value + 2.0 * value", DOUBLED)


def test_tests_that_fail_without_a_fault_prove_nothing(tree: Path) -> None:
    looking_at(1.0, tree)
    assert its_own(tree)
    assert sound(tree, "test_double.py")
    (tree / "sim/techduel/double.py").write_text("def double(value):\n    return value\n", encoding="utf-8")
    assert not sound(tree, "test_double.py")


def test_no_fault_chosen_is_no_success() -> None:
    assert main(["a word that no fault holds"]) == 1
