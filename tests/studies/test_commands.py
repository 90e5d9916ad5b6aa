"""Commands as a user meets them: what they write, what they print, how they end."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from experiments.__main__ import main
from experiments.exits import guarded
from techduel.ensemble.lock import FolderBusy
from techduel.ensemble.runs import Simulated
from techduel.ensemble.sweep import Points
from techduel.ensemble.tasks import Columns
from techduel.scenario.fingerprint import version
from techduel.studies.table import STUDIES, Study

SMALL = ["runs=4", "horizon=2022", "record=headline", "quiet=true", "name=small"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_run_writes_its_folder_and_says_the_same_when_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", *SMALL]) == 0
    first = capsys.readouterr().out
    folder = Path("results/run/small")
    written = {path.name for path in folder.iterdir()}
    tables = {"summary.csv", "scorecard.csv", "scorecard.md", "figures"}
    assert written >= {"README.md", "config.yaml", "provenance.json", "manifest.json", "chunks", *tables}
    assert 5 <= len([line for line in (folder / "README.md").read_text(encoding="utf-8").splitlines() if line]) <= 12
    assert first.splitlines()[-1] == "Next: techduel compare 'scenarios=[baseline_2021,full_decoupling]'"
    assert [path.name for path in Path.cwd().iterdir()] == ["results"]
    assert main(["run", *SMALL]) == 0
    assert capsys.readouterr().out == first
    assert main(["reproduce", str(folder)]) == 0
    (folder / "figures" / "dashboard.png").unlink()
    assert main(["plot", str(folder)]) == 0
    (folder / "summary.csv").write_text("junk", encoding="utf-8")
    assert guarded(main, ["plot", str(folder)]) == 3
    assert main(["run", *SMALL]) == 0
    assert (folder / "summary.csv").read_text(encoding="utf-8").startswith("variable,")


def test_another_configuration_under_the_same_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", *SMALL]) == 0
    assert main(["run", *SMALL, "seed=2"]) == 2
    assert "seed" in capsys.readouterr().err


def test_folders_that_hold_no_result_are_wrong_input() -> None:
    assert main(["plot", "nowhere"]) == 2
    with pytest.raises(SystemExit) as ended:
        main(["reproduce", "nowhere"])
    assert ended.value.code == 2


def test_a_folder_that_cannot_be_written_is_the_environment(capsys: pytest.CaptureFixture[str]) -> None:
    Path("results").write_text("a file where a folder should be", encoding="utf-8")
    assert main(["run", *SMALL]) == 3
    assert "same command goes on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (ZeroDivisionError("a slip"), 1),
        (OSError(28, "No space left on device"), 3),
        (MemoryError(), 3),
        (FolderBusy("busy"), 4),
        (KeyboardInterrupt(), 130),
    ],
    ids=str,
)
def test_exit_codes(ending: BaseException, code: int, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def command(_arguments: Sequence[str]) -> int:
        raise ending

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(tmp_path))
        assert guarded(command, []) == code
    message = capsys.readouterr().err
    assert "Traceback" not in message
    reports = list(tmp_path.glob("techduel-*.txt"))
    assert len(reports) == (1 if code == 1 else 0)
    assert all(str(path) in message and "a slip" in path.read_text(encoding="utf-8") for path in reports)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["runn"], "did you mean run?"),
        (["run", "baseline_2021"], "did you mean scenario=baseline_2021?"),
        (["run", "--runs", "10"], "settings have no dashes: runs=VALUE"),
    ],
)
def test_what_a_user_meant_is_told(given: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(given) == 2
    assert words in capsys.readouterr().err


def test_the_version_and_the_lists_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"techduel {version()}\n"
    assert main(["list"]) == 0
    assert "techduel list scenarios" in capsys.readouterr().out


def test_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("run", "list", "config", "plot", "reproduce", "bench"))


@pytest.mark.parametrize(
    "study", [study for study in STUDIES.values() if find_spec(study.told_in)], ids=lambda study: study.name
)
def test_a_study_that_is_told_in_reports_has_an_album(study: Study) -> None:
    assert callable(study.home.album)


FAILING = {
    "run": ("record=headline", "horizon=2021", "slots=4", "executor=serial"),
    "compare": (
        "scenarios=[baseline_2021,cooperation]",
        "record=headline",
        "horizon=2021",
        "slots=4",
        "executor=serial",
    ),
    "backfire": ("places=2", "resamples=0", "since=2021", "horizon=2021", "base=[slots=4]"),
}


@pytest.mark.parametrize("study", FAILING)
def test_failed_runs_are_computed_again_as_the_line_says(
    study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [study, "runs=4", "quiet=true", "name=small", *FAILING[study], f"results={tmp_path}"]
    with pytest.MonkeyPatch.context() as patch:
        for work, luck in ((Points, "lucks"), (Simulated, "runs")):
            patch.setattr(work, "computed", failing(work.computed, luck))
        assert main(command) == 5
    assert "each has a record in failures/; again: retry=true" in capsys.readouterr().err
    assert main(command) == 5
    assert main([*command, "retry=true"]) == 0
    assert not [*tmp_path.rglob("failures/*.json")]
    assert main(command) == 0


def failing(computed: Callable[..., Columns], luck: str) -> Callable[..., Columns]:
    """What raises where one of the rows has luck 1."""

    def fails(work: Any, rows: Sequence[int], tick: Any) -> Columns:
        if any(getattr(work, luck)[row] == 1 for row in rows):
            raise FloatingPointError("luck 1")
        return computed(work, rows, tick)

    return fails
