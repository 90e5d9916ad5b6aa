"""Fingerprint: everything that decides a number is in it, and nothing else."""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import techduel
from experiments.__main__ import main
from techduel.ensemble import compute
from techduel.ensemble.folder import prepare
from techduel.ensemble.manifest import seal
from techduel.model.engine.trees import syntax
from techduel.scenario import fingerprint
from techduel.scenario.fingerprint import (
    FILES,
    MEASURES,
    ROOMS,
    WORDS_AND_PICTURES,
    formulas,
    made_here,
    model_hash,
    of_runs,
    sources_hash,
    study_hash,
)
from techduel.studies.table import STUDIES

PACKAGE = Path(techduel.__file__).resolve().parent
READERS = {
    "scenario/loader.py": "reads files; what they hold is hashed",
    "scenario/layers.py": "finds and joins configurations, which are hashed",
    "scenario/overrides.py": "reads the command line into a configuration",
    "scenario/settings.py": "refuses configurations",
    "scenario/composition.py": "joins configurations, which are hashed",
    "scenario/kinds.py": "completes configurations",
    "scenario/models.py": "refuses configurations",
    "scenario/numbers.py": "refuses configurations",
    "scenario/problems.py": "refuses configurations",
    "scenario/fingerprint.py": "this",
    "__init__.py": "public names",
    "scenario/table_file.py": "reads tables of points, which are stored and hashed",
    "ensemble/shown.py": "how a record shows itself",
    "ensemble/factors.py": "factors of a sweep, which are stored and hashed",
    **dict.fromkeys(
        (f"ensemble/{name}.py" for name in ("compute", "tasks", "pool", "cluster", "workers")), "who computes"
    ),
    **dict.fromkeys((f"ensemble/{name}.py" for name in ("chunks", "folder", "lock", "manifest", "stock")), "storage"),
}
"""Files that those which are hashed import though they decide no number, with the reason."""
TELLERS = {f"report/{name}.py" for name in ("drawing", "leads", "marks", "page", "pages", "series", "words")}
"""Files of `report/` that commands execute."""
COMPOSERS = {"studies/sweep/plain.py": "of settings", "studies/compare/stored.py": "of settings"}
"""Files of studies that only settings of others call, which are hashed by what they hold."""
TINY = ("horizon=2021", "slots=4", "runs=2", "quiet=true", "executor=serial", "params=default")
SLIM = ("base=[slots=4,params=default]", "runs=2", "quiet=true", "name=slim")
TRACED = {
    "run": ("record=headline", *TINY),
    "compare": ("scenarios=[baseline_2021,full_decoupling]", "decompose=levers", "record=headline", *TINY),
    "overview": ("scenarios=[baseline_2021,chip_controls]", "horizon=2021", *SLIM[1:]),
    "sweep": ("points=2", "years=null", *TINY),
    "sensitivity": (
        "points=4",
        "outcomes=[lead_frontier]",
        "uncertain=[ideas.step,ideas.difficulty]",
        *TINY[:2],
        *TINY[3:-1],
    ),
    "game": ("us=[stay,broad_controls]", "china=[stay,cooperation]", "places=3", "horizon=2021", *SLIM),
    "backfire": ("places=2", "resamples=0", "since=2021", "horizon=2021", *SLIM),
    "chokepoints": (
        *("inputs=[tools]", "shares=[1.0]", "deniers=[us]", "since=2021", "years=1", "horizon=2022"),
        *SLIM,
    ),
    "branch": ("policy@policies.us=full_decoupling", "at=[2021,2022.5]", "horizon=2023", *SLIM),
    "halflife": ("sectors=[all]", "after=2", "horizon=2022", *SLIM),
    "why": ("baseline_2021", "chip_controls", "horizon=2022", *SLIM[1:]),
    "evidence": ("studies=[patterns]", "draws=2", "quiet=true"),
    "backtest": ("runs=4", "origin=2017", *SLIM[2:]),
}
"""Small settings of every study that is traced."""
HOMES = {study.folder_name: study.formulas for study in STUDIES.values()}
NO_NUMBERS = {
    *("number", "per_cent", "wrapped", "rendered", "pages", "TITLES", "FOLDER"),
    *("Album", "Area", "Axis", "Bars", "COLOURS", "Curve", "Dot", "Fan", "Picture", "Whisker", "line", "save_all"),
    *("Course", "NONE", "Numbers", "Series", "quantiles"),
    *("draw_forecast", "draw_findings", "finding_words", "macro"),
}
"""What formulas take of files that tell or draw: words in cells and pages, marks and series of pictures, pictures."""
TABLES_ELSEWHERE = {"configs/params/default.yaml"}
"""Hashed by what it holds."""


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package that is hashed in its place."""
    place = tmp_path / "techduel"
    shutil.copytree(PACKAGE, place, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(fingerprint, "PACKAGE", place)
    forget()
    return place


@pytest.fixture(autouse=True)
def _cold() -> Iterator[None]:
    yield
    forget()


def forget() -> None:
    for hashed_once in (model_hash, sources_hash, study_hash):
        hashed_once.cache_clear()


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
    before = marks()
    for path in copy.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(f'"""Another heading."""\n\n\n# A comment.\n{text}\n"""After all."""\n', encoding="utf-8")
    forget()
    assert marks() == before


def test_pictures_and_words_change_no_fingerprint(copy: Path) -> None:
    before = marks()
    words = [path for path in copy.glob("studies/*/*.py") if path.name.endswith(WORDS_AND_PICTURES)]
    for path in (*words, *(copy / "report").rglob("*.py")):
        path.write_text(path.read_text(encoding="utf-8") + "\nCOLOUR = 'red'\n", encoding="utf-8")
    forget()
    assert len(words) > 10
    assert marks() == before


def marks() -> list[str]:
    """Every hash that there is."""
    return [model_hash(), sources_hash(), *map(study_hash, HOMES.values())]


@pytest.mark.parametrize(
    ("place", "studies"),
    [
        ("studies/run/scorecard.py", {"run"}),
        ("studies/run/variance.py", {"run"}),
        ("studies/compare/decomposition.py", {"compare", "why"}),
        ("studies/sweep/effects.py", {"sweep", "sensitivity"}),
        ("studies/sensitivity/indices.py", {"sensitivity"}),
        ("studies/backtest/rivals.py", {"run", "backtest", "hindcast", "findings"}),
        ("studies/micro/regressions.py", {"micro", "findings"}),
        ("studies/calibrate/moments.yaml", {"calibrate"}),
        ("studies/micro/protocol.yaml", {"micro", "findings"}),
        ("statistics/parameter_bands.py", {"run", "compare", "game", "branch"}),
        ("statistics/leads.py", {"run"}),
        ("statistics/impossible.py", {"run", "compare", "sweep", "sensitivity"}),
        ("statistics/tables.py", {*HOMES}),
    ],
)
def test_a_formula_changes_the_studies_that_use_it(copy: Path, place: str, studies: set[str]) -> None:
    before = {name: study_hash(home) for name, home in HOMES.items()}, sources_hash()
    path = copy / place
    path.write_text(path.read_text(encoding="utf-8") + "\nFORMULA: 2\n", encoding="utf-8")
    forget()
    assert {name for name, home in HOMES.items() if study_hash(home) != before[0][name]} == studies
    assert sources_hash() == before[1]


def test_no_formula_takes_a_number_from_what_tells() -> None:
    """Commands hand what tells what it tells of; everything else that is hashed may have words and pictures of it."""
    every = {path for home in HOMES.values() for path in formulas(home) if path.suffix == ".py"} | {*hashed()}
    taken = {
        f"{path.relative_to(PACKAGE)} takes {alias.name} of {node.module}"
        for path in every
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("techduel.") and path.name != "command.py"
        for alias in node.names
        if tells(place_of(f"{node.module}.{alias.name}")) and alias.name not in NO_NUMBERS
    }
    assert taken == set()


def test_what_tells_writes_no_table() -> None:
    """But the numbers of a picture beside it."""
    files = [path for path in PACKAGE.rglob("*.py") if tells(path.relative_to(PACKAGE).as_posix())]
    writers = [path for path in files if re.search(r"import .*\bwrite_table\b", path.read_text(encoding="utf-8"))]
    assert len(files) > 40
    assert [path.relative_to(PACKAGE).as_posix() for path in writers] == ["report/page.py"]


def tells(place: str) -> bool:
    """Whether a file of the package is exempt as one that tells or draws."""
    return place.startswith("report/") or (place.startswith("studies/") and place.endswith(WORDS_AND_PICTURES))


def test_every_formula_that_commands_execute_is_hashed(tmp_path: Path) -> None:
    """What a command reaches otherwise than by an import would be missing."""
    commands = [[study, *settings, f"results={tmp_path}"] for study, settings in TRACED.items()]
    command = [sys.executable, "-m", "tests.scenario.traced_command", json.dumps(commands)]
    done = subprocess.run(command, cwd=PACKAGE.parents[1], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    missing = {f"{study} executes {place}" for study, places in found.items() for place in unknown(study, places)}
    assert {f"studies/{STUDIES[study].folder_name}/command.py" in places for study, places in found.items()} == {True}
    assert missing == set()


def unknown(study: str, executed: Iterable[str]) -> Iterator[str]:
    """Files behind a run that a study executes, that its fingerprint does not cover, and that are not exempt."""
    covered = {path.relative_to(PACKAGE).as_posix() for path in formulas(STUDIES[study].formulas)}
    exempt = {*READERS, *TELLERS, *COMPOSERS, "studies/table.py"}
    for place in executed:
        behind = place.startswith(("ensemble/", "statistics/", "report/", "studies/")) and place.endswith(".py")
        names = ("settings.py", *WORDS_AND_PICTURES) if place.startswith("studies/") else ()
        if behind and not declared(place) and place not in covered | exempt and not place.endswith(names):
            yield place


def test_studies_that_are_not_traced_are_few() -> None:
    assert STUDIES.keys() - TRACED.keys() == {"calibrate", "hindcast", "micro"}


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("model/security.py", "1.0 - priced(levers", "2.0 - priced(levers"),
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
    edited(copy / "model/security.py", "1.0 - priced(levers", "2.0 - priced(levers")
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
    edited(copy / "model/security.py", "1.0 - priced(levers", "2.0 - priced(levers")
    forget()
    capsys.readouterr()
    assert [main(command) for command in commands] == [0, 0]
    assert capsys.readouterr().err.count("the old result is kept as small@before") == 2
    assert not stamps(tmp_path).items() & before.items()


COMMANDS = {
    "run": ["run", "record=headline", *TINY, "name=small"],
    "sweep": ["sweep", "points=2", "years=null", *TINY, "name=small"],
    "compare": [
        *("compare", "scenarios=[baseline_2021,full_decoupling]", "decompose=levers", "record=headline"),
        *(*TINY, "name=small"),
    ],
    "overview": ["overview", *TRACED["overview"][:-1], "name=small"],
    "backtest": ["backtest", "runs=4", "origin=2017", "name=small"],
}
FORMULAS = {
    "run": "run/scorecard.py",
    "sweep": "sweep/effects.py",
    "compare": "compare/decomposition.py",
    "overview": "overview/tables.py",
    "backtest": "backtest/rivals.py",
}


@pytest.mark.parametrize("study", COMMANDS)
def test_an_edited_formula_makes_its_study_anew_and_a_word_does_not(
    study: str, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old results are kept beside; where tables alone depend on the formula, no run is computed again."""
    results = tmp_path / "results"
    command = [*COMMANDS[study], f"results={results}"]
    folder, formula = results / study / "small", copy / "studies" / FORMULAS[study]
    assert main(command) == 0
    before = everything(folder)
    formula.write_text(formula.read_text(encoding="utf-8") + "\n# Once more.\n", encoding="utf-8")
    forget()
    assert main(command) == 0
    assert everything(folder) == before
    formula.write_text(formula.read_text(encoding="utf-8") + "\nFORMULA = 2\n", encoding="utf-8")
    forget()
    capsys.readouterr()
    if STUDIES[study].chunks_are_runs:
        monkeypatch.setattr(compute, "_Desk", None)
    assert main(command) == 0
    told = capsys.readouterr().err
    assert "small: formulas of the study have changed; the old result is kept as small@before" in told
    assert everything(folder.with_name("small@before")) == before
    after = everything(folder)
    assert after.keys() == before.keys() or not STUDIES[study].chunks_are_runs
    assert after["manifest.json"] != before["manifest.json"]


def test_runs_do_not_depend_on_the_formulas_of_tables(copy: Path) -> None:
    config = {"seed": 1}
    for study, shared in (("run", True), ("sweep", True), ("compare", False), ("sensitivity", False), ("micro", False)):
        home = STUDIES[study].formulas
        before = fingerprint.fingerprint(config, home)
        edited(copy / "studies" / study / "command.py", "import", "import json\nimport")
        forget()
        after = fingerprint.fingerprint(config, home)
        assert after != before
        assert (of_runs(after) == of_runs(before)) == shared
        assert made_here(after, home)
        assert not made_here(before, home)


def everything(folder: Path) -> dict[str, bytes]:
    """Every file of a result but its provenance and lock."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {"provenance.json", ".lock"}
    }


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
