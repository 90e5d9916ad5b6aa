"""The shape of the code: imports point only upward, and heavy libraries stay behind their doors."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SIM = REPOSITORY / "sim"

# Each file imports only from files before it.
ROWS = (
    "axes",
    "facts.tables facts.links facts.sectors facts.history facts.outlook facts.figures facts.checks facts.base",
    "facts.levers facts.proxies facts.backcast facts.outlook_past facts.decisions facts",
    "parameter goods_parameters research_parameters firm_parameters state_parameters parameters schema",
    "noise actions support access world",
    "market research ideas knowledge talent finance entry paradigm accounts",
    "government stocks listing security perception quarter",
    "selection event politics shocks events",
    "base_trade base_accounts base_year summary outcomes record",
    "policies policy_options moves stances reactions schedule variants mitigation best_response recorded policy_kinds",
    "loader table_file overrides layers prior posterior parameter_sets policy_settings event_settings",
    "settings json_schema provenance",
    "scenario hindcast simulation",
    "lock manifest store trajectories workers crew cluster executors runner",
    "counterparts series backtest backtest.outcomes_file backtest.scores backtest.rivals backtest.discrepancy",
    "backtest.forecast backtest.comparison backtest.hindcasts backtest.study",
    "agents model scorecard variance report figures drawing plots",
    "analysis analysis.paired analysis.headlines analysis.contrast analysis.tables analysis.comparison",
    "analysis.game analysis.decomposition analysis.coalitions analysis.attribution",
    "analysis.comparison_figures analysis.comparison_plots analysis.report",
    "analysis.arms analysis.panels analysis.effects analysis.findings analysis.patterns",
    "analysis.prior_check analysis.decoupling analysis.control_depth",
    "calibration calibration.measures calibration.moments calibration.plan calibration.smoother calibration.steps",
    "calibration.simulator calibration.fit calibration.selection calibration.emulator calibration.recovery",
    "calibration.prior_predictive calibration.tables calibration.calibration calibration.planted",
    "calibration.report calibration.plots",
    "analysis.response_arms analysis.response_effects analysis.responses analysis.stylised analysis.directions",
    "analysis.studies analysis.published analysis.markdown analysis.marked analysis.parameter_table",
    "analysis.evidence_words analysis.finding_words analysis.finding_plots analysis.evidence_plots",
    "backtest.tables backtest.figures backtest.plots backtest.of_run backtest.report",
    "micro micro.protocol micro.panel micro.laboratory micro.samples micro.regressions micro.estimates",
    "micro.verdicts micro.tables micro.first micro.report micro.plots",
    "sweep sweep.moves sweep.factors sweep.designs sweep.points_file sweep.by_row sweep.space sweep.measures",
    "sweep.chunks sweep.worker sweep.stock sweep.sweep sweep.tables sweep.precision sweep.plain",
    "sweep.effects sweep.figures sweep.plots sweep.report",
    "sensitivity sensitivity.designs sensitivity.indices sensitivity.groups sensitivity.uncertain sensitivity.study",
    "sensitivity.checks sensitivity.tables sensitivity.results sensitivity.figures sensitivity.plots",
    "sensitivity.report",
)
ORDER = [name for row in ROWS for name in row.split()]

ONLY_IMPORTERS = {
    "mesa": {"agents", "model"},
    "hydra": {"scenario", "overrides"},
    "omegaconf": {"scenario"},
    "matplotlib": {
        "drawing",
        "sweep.plots",
        "sensitivity.plots",
        "plots",
        "analysis.comparison_plots",
        "analysis.evidence_plots",
        "analysis.finding_plots",
        "backtest.plots",
        "micro.plots",
        "calibration.plots",
    },
    "iterative_ensemble_smoother": {"calibration.smoother"},
    "sklearn": {"calibration.emulator"},
    "pydantic": {"settings"},
}


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


def sim_modules(path: Path) -> set[str]:
    """Modules of the package that a file imports."""
    names = {name.removeprefix("sim.") for name in imported(path) if name.startswith("sim.")} - {"__version__"}
    return {name if name in ORDER else name.rpartition(".")[0] for name in names}


def test_every_file_has_its_place_in_the_order() -> None:
    assert {module(path) for path in sources()} == set(ORDER)


@pytest.mark.parametrize("path", sources(), ids=module)
def test_imports_point_upward(path: Path) -> None:
    place = ORDER.index(module(path))
    below = {name for name in sim_modules(path) if ORDER.index(name) >= place}
    assert not below, f"{module(path)} imports {below}, which stand at or below it"


@pytest.mark.parametrize("library", ONLY_IMPORTERS)
def test_heavy_libraries_have_few_importers(library: str) -> None:
    importers = {module(path) for path in sources() if any(name.split(".")[0] == library for name in imported(path))}
    assert importers <= ONLY_IMPORTERS[library]


def test_simulation_knows_no_command() -> None:
    for path in sources():
        assert not any(name.split(".")[0] == "experiments" for name in imported(path)), path.name


def test_importing_the_package_is_light() -> None:
    heavy = ["mesa", "hydra", "omegaconf", "matplotlib", "xarray", "pandas", "pydantic", "scipy", "netCDF4"]
    script = f"import sim, sys; print(*sorted(set({heavy!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_nothing_evaluates_or_unpickles() -> None:
    banned = {"eval", "exec", "instantiate"}
    for path in [*sources(), *(REPOSITORY / "experiments").glob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        named = {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}
        assert not named & banned, path.name
        assert "pickle" not in path.read_text(encoding="utf-8").replace("allow_pickle=False", ""), path.name


def test_configs_run_no_code() -> None:
    for path in (REPOSITORY / "configs").rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert "_target_" not in text
        assert "oc.env" not in text
        assert text.startswith("# "), f"{path.name} opens with the command that uses it"
