"""A stranger's result folder: nothing in it chooses where something is computed, and nothing wrong is computed from."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from experiments.__main__ import main
from experiments.study import options_of
from techduel.ensemble.folder import settings
from techduel.ensemble.manifest import mark, required_manifest, write_manifest
from techduel.ensemble.sweep import FREE
from techduel.scenario.fingerprint import config_hash
from techduel.studies.table import STUDIES

TINY = ("horizon=2021", "slots=4", "quiet=true", "executor=serial", "params=default")
COMMANDS = {
    "run": ("run", "runs=2", "record=headline"),
    "compare": ("compare", "scenarios=[baseline_2021,full_decoupling]", "runs=2", "record=headline"),
    "sweep": ("sweep", "points=2", "runs=2", "years=null"),
    "sensitivity": ("sensitivity", "sweep=export_controls", "method=morris", "points=4", "runs=2", "years=null"),
}


def config_of(folder: Path) -> dict[str, Any]:
    """What a stored configuration holds, unchecked."""
    return settings(folder)


@contextmanager
def forged(folder: Path, changed: dict[str, Any]) -> Iterator[None]:
    """A configuration in the place of a stored one, with every checksum right; afterwards the old bytes."""
    kept = {name: (folder / name).read_bytes() for name in ("config.yaml", "manifest.json")}
    (folder / "config.yaml").write_text(yaml.safe_dump(json.loads(json.dumps(changed)), sort_keys=False))
    manifest = required_manifest(folder)
    manifest.files["config.yaml"] = mark(folder / "config.yaml")
    manifest.fingerprint["config"] = config_hash({key: changed[key] for key in changed if key not in FREE})
    write_manifest(folder, manifest)
    yield
    for name, content in kept.items():
        (folder / name).write_bytes(content)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("results")
    for command in COMMANDS.values():
        assert (
            main(
                [
                    *command,
                    *(word for word in TINY if command[0] != "sensitivity" or "params" not in word),
                    f"results={place}",
                    "name=small",
                ]
            )
            == 0
        )
    return place


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        yield server


def heard(server: socket.socket) -> bool:
    """Whether anybody has connected."""
    try:
        server.accept()[0].close()
    except TimeoutError:
        return False
    return True


def dask_at(server: socket.socket) -> dict[str, Any]:
    address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    return {"kind": "dask", "workers": 1, "scheduler": address, "shared_disk": True, "batch": None, "limit": None}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("redo", ["reproduce", "plot"])
def test_a_stored_scheduler_is_refused_and_never_called(
    results: Path, listener: socket.socket, command: str, redo: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = results / command / "small"
    sound = config_of(folder)
    with forged(folder, {**sound, "executor": dask_at(listener)}):
        assert main([redo, str(folder)]) == 2
    assert "executor: " in capsys.readouterr().err
    assert not heard(listener)


@pytest.mark.parametrize("name", ["../../outside", "/outside", "a/b", ".."])
def test_a_comparison_names_no_folder_outside(
    results: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member's name becomes that of a folder."""
    folder = results / "compare" / "small"
    sound = config_of(folder)
    first, second = sound["scenarios"]
    renamed = {"scenarios": [first, name], "members": {first: sound["members"][first], name: sound["members"][second]}}
    monkeypatch.setattr(STUDIES["compare"].home, "compute", None)
    with forged(folder, {**sound, **renamed}):
        assert main(["reproduce", str(folder)]) == 2
    assert f"config.yaml: scenarios: {name!r} given; allowed: letters" in capsys.readouterr().err


@pytest.mark.parametrize("part", ["base", "variants"])
def test_a_scheduler_deep_inside_is_refused_too(results: Path, listener: socket.socket, part: str) -> None:
    folder = results / "sweep" / "small"
    sound = config_of(folder)
    inner = {**sound["base"], "executor": dask_at(listener)}
    with forged(folder, {**sound, part: inner if part == "base" else {"other": inner}}):
        assert main(["reproduce", str(folder)]) == 2
    assert not heard(listener)


@pytest.mark.parametrize("name", ["sweep", "sensitivity"])
def test_redoing_takes_no_executor_from_a_configuration(
    results: Path, listener: socket.socket, name: str, tmp_path: Path
) -> None:
    """Even where no check has been made."""
    config = {**config_of(results / name / "small"), "name": "small", "executor": dask_at(listener), "quiet": True}
    STUDIES[name].home.compute(config, tmp_path / "small", options_of({}))
    assert not heard(listener)


@pytest.mark.parametrize(
    ("command", "change"),
    [
        ("run", {"runs": -1}),
        ("run", {"runs": 10**12}),
        ("run", {"horizon": 10**9}),
        ("run", {"unheard": 1}),
        ("run", {"experiment": "unheard"}),
        ("run", {"policies": {"us": {"kind": "unheard"}}}),
        ("compare", {"members": {"baseline_2021": {}}}),
        ("sweep", {"runs": 10**12}),
        ("sweep", {"design": "unheard"}),
        ("sensitivity", {"method": "unheard"}),
    ],
)
def test_a_stored_configuration_is_checked_like_a_strangers(
    results: Path, command: str, change: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = results / command / "small"
    sound = config_of(folder)
    with forged(folder, {**sound, **change}):
        assert main(["reproduce", str(folder)]) == 2
    assert "A bug of ours" not in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_sound_result_is_reproduced(results: Path, command: str) -> None:
    assert main(["reproduce", str(results / command / "small")]) == 0


@pytest.mark.parametrize("name", ["{elsewhere}", "../../../../elsewhere", "..", "\x1b[2J", "a b", ""])
@pytest.mark.parametrize("redo", ["reproduce", "plot"])
def test_a_stored_scenario_has_a_name_that_leads_nowhere(results: Path, name: str, redo: str, tmp_path: Path) -> None:
    """Each has a folder of that name in the folder of the comparison."""
    folder, elsewhere = results / "compare" / "small", tmp_path / "elsewhere"
    sound = config_of(folder)
    first, last = sound["members"].values()
    names = ["baseline_2021", name.format(elsewhere=elsewhere)]
    with forged(folder, {**sound, "scenarios": names, "members": dict(zip(names, (first, last), strict=True))}):
        assert main([redo, str(folder)]) == 2
    assert not elsewhere.exists()


def test_runs_that_are_not_there_are_not_computed_to_be_compared(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = results / "run" / "small"
    with forged(folder, {**config_of(folder), "runs": 1_000_000}):
        assert main(["reproduce", str(folder)]) == 3
    assert "fewer runs than its configuration says" in capsys.readouterr().err
