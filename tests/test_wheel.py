"""The built wheel works in an environment and a folder of its own."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PARTS = ("sim", "experiments", "configs", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that no build folder is left among the sources."""
    folder = tmp_path_factory.mktemp("build")
    for name in PARTS:
        copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copy
        copy(REPOSITORY / name, folder / name)
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        "dist",
        ".",
        cwd=folder,
    )
    return next((folder / "dist").glob("*.whl"))


def run(*command: str | Path, cwd: Path) -> str:
    """Standard output of a command that has to succeed, without this repository on its path."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_has_one_top_level_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"techduel"}
    for path in ("configs/config.yaml", "configs/params/default.yaml", "experiments/study.py", "facts/base_2020.csv"):
        assert f"techduel/{path}" in names
    shipped = {path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "configs").rglob("*.yaml")}
    assert {f"techduel/{name}" for name in shipped} <= set(names)
    source = REPOSITORY / "sim" / "techduel"
    modules = {path.relative_to(source).as_posix() for path in source.rglob("*.py")}
    assert {f"techduel/{name}" for name in modules} <= set(names), "packages of pyproject.toml name every room"


@pytest.mark.slow
def test_it_runs_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    environment, empty = tmp_path / "venv", tmp_path / "empty"
    empty.mkdir()
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=tmp_path)
    python = environment / "bin" / "python"
    run(
        sys.executable,
        "-m",
        "pip",
        f"--python={python}",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        wheel,
        cwd=tmp_path,
    )
    # The dependencies are those of this environment; downloading them again would test the index, not the wheel.
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=empty).strip())
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    missing = "import importlib.util as u; print(u.find_spec('experiments'), u.find_spec('configs'))"
    assert run(python, "-c", missing, cwd=empty).split() == ["None", "None"]
    shown = run(environment / "bin" / "techduel", "run", "runs=4", "horizon=2022", "quiet=true", cwd=empty)
    assert "Written to results/run/baseline_2021-" in shown
    assert [path.name for path in empty.iterdir()] == ["results"]
