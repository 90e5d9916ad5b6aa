"""Fingerprint: everything that decides a number is in it, and nothing else."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import techduel
from experiments.__main__ import main
from techduel.ensemble.folder import prepare
from techduel.ensemble.manifest import seal
from techduel.scenario import fingerprint
from techduel.scenario.fingerprint import FILES, MEASURES, ROOMS, model_hash, sources_hash, study_hash, syntax

PACKAGE = Path(techduel.__file__).resolve().parent
READERS = {
    "scenario/loader.py": "reads files; what they hold is hashed",
    "scenario/layers.py": "finds and joins configurations, which are hashed",
    "scenario/overrides.py": "reads the command line into a configuration",
    "scenario/settings.py": "refuses configurations",
    "scenario/composition.py": "joins configurations, which are hashed",
    "scenario/kinds.py": "completes configurations",
    "scenario/models.py": "refuses configurations",
    "scenario/problems.py": "refuses configurations",
    "scenario/fingerprint.py": "this",
    "__init__.py": "public names",
    "scenario/table_file.py": "reads tables of points, which are stored and hashed",
    "ensemble/factors.py": "factors of a sweep, which are stored and hashed",
}
"""Files that those of a run import though they decide no number, with the reason."""
TINY = ("horizon=2021", "slots=4", "runs=2", "quiet=true", "executor=serial", "params=default")
TABLES_ELSEWHERE = {"configs/params/default.yaml"}
"""Hashed by what it holds."""


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package that is hashed in its place."""
    place = tmp_path / "techduel"
    shutil.copytree(PACKAGE, place, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(fingerprint, "_PACKAGE", place)
    forget()
    return place


@pytest.fixture(autouse=True)
def _cold() -> Iterator[None]:
    yield
    forget()


def forget() -> None:
    model_hash.cache_clear()
    sources_hash.cache_clear()


def declared(place: str) -> bool:
    return place in (*FILES, *MEASURES) or place.partition("/")[0] in ROOMS


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def run() -> dict[str, list[str]]:
    """Files that runs execute and tables that they read, in a process of its own."""
    command = [sys.executable, "-m", "tests.scenario.traced_run"]
    done = subprocess.run(command, cwd=PACKAGE.parents[1], capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_every_file_that_a_run_executes_is_hashed(run: dict[str, list[str]]) -> None:
    assert {place.partition("/")[0] for place in run["executed"]} >= {*ROOMS, "scenario", "ensemble"}
    assert [place for place in run["executed"] if not declared(place) and place not in READERS] == []


def test_every_table_that_a_run_reads_is_hashed(run: dict[str, list[str]]) -> None:
    ours = {place for place in run["opened"] if "site-packages" not in place} - TABLES_ELSEWHERE
    assert "scenario/posterior/posterior_2020.csv" in ours
    assert [place for place in ours if not declared(place) and not place.startswith(fingerprint.POSTERIORS)] == []


def test_what_hashed_files_import_is_hashed_or_decides_nothing() -> None:
    """Constants too, and what no traced run happens to call."""
    missing = {
        f"{place.relative_to(PACKAGE)} imports {target}"
        for place in hashed()
        for target in imported(place)
        if not declared(target) and target not in READERS
    }
    assert missing == set()


def test_the_files_and_reasons_are_of_this_version() -> None:
    assert [name for name in (*FILES, *MEASURES, *READERS) if not (PACKAGE / name).is_file()] == []
    assert [name for name in READERS if declared(name)] == []


def hashed() -> list[Path]:
    return [
        *(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py")),
        *(PACKAGE / name for name in (*FILES, *MEASURES)),
    ]


def imported(path: Path) -> Iterator[str]:
    """Files of the package that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "techduel":
            yield from (place_of(f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (place_of(alias.name) for alias in node.names if alias.name.startswith("techduel"))


def place_of(name: str) -> str:
    """The file of a module, or of the module that holds a name."""
    inside = Path(*name.split(".")[1:])
    for place in (inside.with_suffix(".py"), inside / "__init__.py", inside.parent.with_suffix(".py")):
        if (PACKAGE / place).is_file():
            return place.as_posix()
    return (inside.parent / "__init__.py").as_posix()


# --- what changes a fingerprint


def test_words_change_no_fingerprint(copy: Path) -> None:
    """A comment, a docstring and an empty line in every file of the package at once."""
    before = model_hash(), sources_hash()
    for path in copy.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(f'"""Another heading."""\n\n\n# A comment.\n{text}\n"""After all."""\n', encoding="utf-8")
    forget()
    assert (model_hash(), sources_hash()) == before


def test_figures_and_commands_change_no_fingerprint(copy: Path) -> None:
    before = sources_hash(), study_hash("calibrate")
    for path in (copy / "report").rglob("*.py"):
        path.write_text("COLOUR = 'red'\n", encoding="utf-8")
    for path in copy.glob("studies/*/figures.py"):
        path.write_text("COLOUR = 'red'\n", encoding="utf-8")
    forget()
    assert (sources_hash(), study_hash("calibrate")) == before


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("model/security.py", "1.0 - rival(closed)", "2.0 - rival(closed)"),
        ("model/parameters/research.py", "0.5,", "0.4,"),
        ("facts/base_year.py", "def ", "FOUND = 1\n\n\ndef "),
        ("facts/history.csv", "2015", "2016"),
        ("policies/stances.py", "YEAR: Final = 1.0", "YEAR: Final = 0.5"),
        ("scenario/prior.py", "PEAK: Final = 4.0", "PEAK: Final = 3.0"),
        ("scenario/parameter_sets.py", "RUNS_OF_A_SET: Final = 2", "RUNS_OF_A_SET: Final = 3"),
        ("ensemble/simulation.py", "BATCH: Final = 256", "BATCH: Final = 255"),
    ],
)
def test_a_changed_number_changes_the_fingerprint(copy: Path, place: str, old: str, new: str) -> None:
    before = model_hash(), sources_hash()
    edited(copy / place, old, new)
    forget()
    assert model_hash() != before[0]
    assert sources_hash() != before[1]


def test_what_is_kept_of_runs_changes_results_and_no_posterior(copy: Path) -> None:
    before = model_hash(), sources_hash()
    edited(copy / "ensemble/headlines.py", '"""', 'KEPT = 1\n"""')
    forget()
    assert model_hash() == before[0]
    assert sources_hash() != before[1]


def test_a_posterior_changes_results_and_not_what_it_is_fitted_under(copy: Path) -> None:
    before = model_hash(), sources_hash()
    edited(copy / "scenario/posterior/posterior_2020.csv", "0.", "1.")
    forget()
    assert model_hash() == before[0]
    assert sources_hash() != before[1]


def test_the_words_on_how_a_posterior_was_made_change_nothing(copy: Path) -> None:
    before = sources_hash()
    edited(copy / "scenario/posterior/posterior_2020.json", "smoother", "smoothing")
    forget()
    assert sources_hash() == before


def test_the_shipped_values_are_in_it_without_their_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    before = model_hash()
    values = fingerprint.shipped()
    moved = {**values, "research": {**values["research"], "crowd_in": 0.4}}
    monkeypatch.setattr(fingerprint, "shipped", lambda: moved)
    forget()
    assert model_hash() != before


def test_a_finished_result_survives_words_and_not_equations(copy: Path, tmp_path: Path) -> None:
    """The store asks for nothing but the fingerprint; so do sweeps, for each chunk."""
    config, folder, lines = {"seed": 1}, tmp_path / "result", list[str]()
    prepare(folder, config, fresh=False, notice=lines.append)
    seal(folder)
    edited(copy / "model/security.py", '"""', '"""Once more: ')
    forget()
    assert prepare(folder, config, fresh=False, notice=lines.append).sealed
    assert lines == []
    edited(copy / "model/security.py", "1.0 - rival(closed)", "2.0 - rival(closed)")
    forget()
    assert not prepare(folder, config, fresh=False, notice=lines.append).sealed
    assert len(lines) == 1


def test_an_edited_word_leaves_a_finished_run_and_a_sweep_and_an_edited_equation_does_not(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both commands on the same folders: as finished, after a comment everywhere, after an equation."""
    common = (*TINY, f"results={tmp_path}", "name=small")
    commands = [["run", "record=headline", *common], ["sweep", "points=2", "years=null", *common]]
    assert [main(command) for command in commands] == [0, 0]
    before = stamps(tmp_path)
    for path in copy.rglob("*.py"):
        path.write_text(path.read_text(encoding="utf-8") + "\n# Once more.\n", encoding="utf-8")
    forget()
    assert [main(command) for command in commands] == [0, 0]
    assert stamps(tmp_path) == before
    edited(copy / "model/security.py", "1.0 - rival(closed)", "2.0 - rival(closed)")
    forget()
    capsys.readouterr()
    assert [main(command) for command in commands] == [0, 0]
    assert capsys.readouterr().err.count("the old result is kept as small@before") == 2
    assert not stamps(tmp_path).items() & before.items()


def stamps(folder: Path) -> dict[str, int]:
    """When the manifests and the numbers of results were written."""
    kept = [path for path in folder.rglob("*") if path.name == "manifest.json" or path.suffix == ".npz"]
    assert len(kept) > 3
    return {str(path): path.stat().st_mtime_ns for path in kept}


# --- syntax


@pytest.mark.parametrize(
    "other",
    [
        "def f(x):\n    return x + 1.0  # one",
        'def f(x):\n    """Words."""\n    return (x + 1.0)',
        '"""Words."""\n\ndef f( x ):\n\n    return x \\\n        + 1.00',
    ],
)
def test_layout_and_words_are_no_syntax(other: str) -> None:
    assert syntax(other) == syntax("def f(x):\n    return x + 1.0\n")


@pytest.mark.parametrize(
    "other", ["def f(x):\n    return x + 1", "def f(x):\n    return 1.0 + x", "def f(x, /):\n    return x + 1.0"]
)
def test_numbers_order_and_names_are(other: str) -> None:
    assert syntax(other) != syntax("def f(x):\n    return x + 1.0\n")


def test_syntax_reads_the_same_in_every_python() -> None:
    """Written out, since two versions of Python would each be equal to themselves."""
    expected = (
        "Module body AnnAssign target Name id 'x' ) annotation Name id 'int' ) value "
        "Dict keys None Constant value 'a' ) ] values Name id 'y' ) "
        "UnaryOp op USub ) operand Constant value 1.5 ) ) ] ) simple 1 ) ] )"
    )
    assert syntax("x: int = {**y, 'a': -1.5}").decode().split("\0") == expected.split()
