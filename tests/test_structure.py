"""The shape of the code: imports point only upward, and heavy libraries stay behind their doors."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SIM = REPOSITORY / "sim" / "techduel"

ROOMS = (
    *("model", "facts", "policies", "scenario", "ensemble", "statistics", "report"),
    *(
        "studies.table",
        "studies.stored",
        "studies.frame",
        "studies.settings",
        "studies.compare",
        "studies.overview",
        "studies.backtest",
        "studies.run",
        "studies.sweep",
        "studies.sensitivity",
        "studies.game",
        "studies.backfire",
        "studies.chokepoints",
        "studies.why",
        "studies.halflife",
        "studies.branch",
        "studies.forecast",
    ),
    *("studies.evidence", "studies.calibrate", "studies.hindcast", "studies.micro", "studies.findings"),
    "face",
    "explore",
    "agents",
)
"""Each imports only from rooms before it."""
DOORS = {"ensemble.shown": {"report"}}
"""Files that open a room below them, and which: when a method of a record is called, never while one is computed."""
MOST_FILES = 25
"""In a folder."""
MOST_LINES = 450
"""In a file."""

ONLY_IMPORTERS = {
    "mesa": {"agents"},
    "panel": {"explore.page", "explore.server"},
    "bokeh": {"explore.pictures", "explore.server"},
    "hydra": {"scenario.composition", "scenario.overrides"},
    "omegaconf": {"scenario.composition"},
    "matplotlib": {"report.drawing", "report.page"},
    "iterative_ensemble_smoother": {"studies.calibrate.smoother"},
    "ema_workbench": {"studies.backfire.box"},
    "optuna": {"studies.game.search"},
    "sklearn": {"studies.calibrate.recovery"},
    "pydantic": {f"scenario.{name}" for name in ("arguments", "models", "numbers", "problems", "settings", "when")},
}
"""Files that may import a heavy library."""
HEAVY = (
    *("mesa", "hydra", "omegaconf", "pydantic"),
    *(
        "matplotlib",
        "xarray",
        "pandas",
        "netCDF4",
        "scipy",
        "sklearn",
        "statsmodels",
        "dask",
        "numba",
        "panel",
        "bokeh",
        "optuna",
        "ema_workbench",
    ),
)
"""Libraries that take a tenth of a second or more to import."""


def sources() -> list[Path]:
    return sorted(path for path in SIM.rglob("*.py") if path != SIM / "__init__.py")


def module(path: Path) -> str:
    return ".".join(path.relative_to(SIM).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> Iterator[str]:
    """Full names of everything that a file imports, also inside its functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(name: str) -> str:
    """The room that a module, or a name in it, lies in."""
    parts = name.removeprefix("techduel.").split(".")
    return ".".join(parts[:2]) if parts[0] == "studies" else parts[0]


def rooms(path: Path) -> set[str]:
    """Rooms that a file imports from."""
    names = {name for name in imported(path) if name.startswith("techduel.")}
    return {room(name) for name in names} - {"__version__"}


def test_there_are_no_other_rooms() -> None:
    assert {room(module(path)) for path in sources()} - {"studies"} == set(ROOMS)


@pytest.mark.parametrize("path", sources(), ids=module)
def test_imports_point_upward(path: Path) -> None:
    own = room(module(path))
    if own != "studies":
        below = {name for name in rooms(path) if ROOMS.index(name) > ROOMS.index(own)}
        below -= DOORS.get(module(path), set())
        assert not below, f"{module(path)} imports from {below}, which lie below it"


def test_no_room_and_no_file_is_crowded() -> None:
    folders = Counter(path.parent for path in sources())
    assert [str(folder) for folder, count in folders.items() if count > MOST_FILES] == []
    assert [module(path) for path in sources() if len(path.read_text().splitlines()) > MOST_LINES] == []


@pytest.mark.parametrize("library", ONLY_IMPORTERS)
def test_heavy_libraries_have_few_importers(library: str) -> None:
    importers = {module(path) for path in sources() if any(name.split(".")[0] == library for name in imported(path))}
    if library == "pydantic":
        importers -= {name for name in importers if name.startswith("studies.") and name.endswith("settings")}
    assert importers <= ONLY_IMPORTERS[library]


def test_the_model_imports_nothing_of_ours() -> None:
    for path in (SIM / "model").rglob("*.py"):
        assert rooms(path) <= {"model"}, path.name


def test_simulation_knows_no_command() -> None:
    for path in sources():
        assert not any(name.split(".")[0] == "experiments" for name in imported(path)), path.name


def heavy_after(*modules: str) -> list[str]:
    """Heavy libraries that a new process holds when it has imported some modules."""
    script = f"import sys, {', '.join(modules)}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_importing_the_package_is_light() -> None:
    assert heavy_after("techduel") == []


def test_importing_the_command_line_is_light() -> None:
    assert heavy_after("experiments.__main__", "experiments.completion", "experiments.list") == []


def test_no_command_imports_a_heavy_library_before_it_needs_it() -> None:
    """Settings are checked by pydantic, so that alone may be there."""
    modules = (path.stem for path in (REPOSITORY / "experiments").glob("*.py"))
    assert set(heavy_after(*(f"experiments.{name}" for name in modules))) <= {"pydantic"}


def test_the_tables_of_a_run_need_no_heavy_library() -> None:
    modules = ("studies.run.scorecard", "studies.run.report", "studies.backtest.forecast", "studies.backtest.rivals")
    assert heavy_after(*(f"techduel.{name}" for name in modules)) == []


UNPICKLERS = {"pickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


def test_nothing_evaluates_or_unpickles() -> None:
    banned = {"eval", "exec", "instantiate", "read_pickle", "to_pickle"}
    for path in [*sources(), *(REPOSITORY / "experiments").glob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        named = {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}
        assert not named & banned, path.name
        wholes = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        parts = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not {name.partition(".")[0] for name in [*wholes, *parts]} & UNPICKLERS, path.name
        words = [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "allow_pickle"]
        assert not any(ast.literal_eval(word.value) for word in words), path.name


def test_configs_run_no_code() -> None:
    for path in (REPOSITORY / "configs").rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert "_target_" not in text
        assert "oc.env" not in text
        assert text.startswith("# "), f"{path.name} opens with the command that uses it"
