"""``techduel explore``: what it says where it cannot serve."""

import pytest

from experiments import explore
from experiments.__main__ import main
from experiments.exits import guarded


@pytest.mark.parametrize(
    ("argument", "words"),
    [("port=80", "port: 80 given; allowed: "), ("prt=5006", "did you mean port?"), ("port=x", "port: 'x' given")],
)
def test_a_wrong_port_is_told(argument: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(main, ["explore", argument]) == 2
    assert words in capsys.readouterr().err


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(explore, "find_spec", lambda name: None)
    assert guarded(main, ["explore"]) == 2
    assert "pip install 'techduel[explore]'" in capsys.readouterr().err


def test_help_is_short(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(main, ["explore", "--help"]) == 0
    assert "port=5006" in capsys.readouterr().out
