"""Files that mean harm: refused in one line that names the place, nothing executed, nothing written, nobody waits."""

import os
import time
from pathlib import Path

import pytest

from experiments.__main__ import main
from techduel.ensemble.manifest import Manifest, mark, write_manifest

TINY = ("runs=1", "horizon=2021", "params=default")
SOUND = "title: t\nquestion: q\n"
TABLE = "series,state,year,value,unit\n"
POINTS = "depth,breadth,allies\n"
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40))
RUNS_CODE = "!!python/object/apply:os.system ['touch executed']"

# Contents of a scenario file, and words that the message must contain.
SCENARIOS: dict[str, tuple[str | bytes, str]] = {
    "alias bomb": (BOMB, "hostile.yaml:1: anchors are not allowed: &a0"),
    "an alias of nothing": (f"{SOUND}horizon: *a", "hostile.yaml:3: aliases are not allowed"),
    "deep in brackets": (SOUND + "x: " + "[" * 100_000, "hostile.yaml:3: nested deeper than 12"),
    "deep in mappings": (SOUND + "x: " + "{a: " * 50_000, "hostile.yaml:3: nested deeper than 12"),
    "deep in dashes": (SOUND + "x:\n " + "- " * 100_000, "hostile.yaml:4: nested deeper than 12"),
    "a python tag": (f"{SOUND}horizon: {RUNS_CODE}", "hostile.yaml:3: tags are not allowed"),
    "a tag in disguise": (
        f"%TAG ! tag:yaml.org,2002:python/\n---\n{SOUND}x: !object/apply:os.system [a]",
        "hostile.yaml:5: tags are not allowed",
    ),
    "a harmless tag": (f"{SOUND}horizon: !!int '012'", "hostile.yaml:3: tags are not allowed"),
    "a target": (f"{SOUND}_target_: os.system", "hostile.yaml:3: _target_: unknown"),
    "a target inside": (f"{SOUND}events: {{a: {{_target_: os.system}}}}", "events.a.kind: missing"),
    "a defaults list": (f"{SOUND}defaults: [/hydra/launcher: joblib]", "hostile.yaml:3: defaults: unknown"),
    "settings of Hydra": (f"{SOUND}hydra: {{run: {{dir: /tmp}}}}", "hostile.yaml:3: hydra: unknown"),
    "a resolver": ("title: ${oc.env:HOME}\nquestion: q", "title: '${oc.env:HOME}' given; allowed"),
    "a resolver of a number": (f"{SOUND}horizon: ${{oc.env:HOME}}", "horizon: '${oc.env:HOME}' given"),
    "a resolver as a source": (f"{SOUND}sources: ['${{oc.decode:1}}']", "sources.0: '${oc.decode:1}' given"),
    "another result's name": (f"{SOUND}name: ../../elsewhere", "hostile.yaml:3: name: unknown"),
    "a merge": (f"{SOUND}<<: {{horizon: 2030}}", "hostile.yaml:3: merges are not allowed"),
    "a key twice": (f"{SOUND}horizon: 2030\nhorizon: 2031", "hostile.yaml:4: horizon is given twice"),
    "two documents": (f"{SOUND}---\n{SOUND}", "hostile.yaml:3: a second document"),
    "a list": ("- title\n- question", "expected a mapping of settings, found list"),
    "a word": ("title", "expected a mapping of settings, found str"),
    "nothing": ("", "title: missing"),
    "a key that is a list": (f"{SOUND}? [a, b]\n: 1", "hostile.yaml:3: a key has to be text"),
    "a key that never ends": (f"{SOUND}? {'a' * 200_000}\n: 1", "hostile.yaml:3: a key of more than 200"),
    "a text that never ends": (f"title: {'a' * 200_000}\nquestion: q", "title: 'aaaa"),
    "a huge number": (f"{SOUND}horizon: {'9' * 5000}", "hostile.yaml:3: a number of more than 40"),
    "a large number": (
        f"{SOUND}params: {{research: {{crowd_in: {'9' * 39}}}}}",
        "given; allowed: one number, 0.2 to 0.7",
    ),
    "a NUL": (SOUND.encode() + b"x: a\x00b", r"hostile.yaml:3: not YAML: the character '\x00'"),
    "an escaped NUL": ('title: "a\\0b"\nquestion: q', r"title: 'a\x00b' given"),
    "a terminal's command": ('title: "\\e]0;pwned\\a"\nquestion: q', r"title: '\x1b]0;pwned\x07' given"),
    "a terminal's command as a key": (f'{SOUND}"\\e[2J": 1', r"hostile.yaml:3: \x1b[2J: unknown"),
    "text that runs backwards": ("title: \u202egpj.exe\nquestion: q", r"title: '\u202egpj.exe' given"),
    "no such character": (f'{SOUND}x: "\\U00110000"', "hostile.yaml: not YAML"),
    "UTF-16": (SOUND.encode("utf-16"), "hostile.yaml:1: not UTF-8"),
    "Latin-1": (f"{SOUND}x: é".encode("latin-1"), "hostile.yaml:3: not UTF-8"),
    "thousands of keys": (
        SOUND + "params: {research: {" + ", ".join(f"crowd_in{i}: 1" for i in range(2000)) + "}}",
        "and 1900 more",
    ),
    "more values than allowed": (f"{SOUND}sources: [{'a, ' * 6000}]", "hostile.yaml:3: more than 5000 values"),
    "more bytes than allowed": ("#" * 300_000, "hostile.yaml: larger than"),
}

# Contents of a CSV file, what reads it, and words that the message must contain.
OUTCOMES = ["backtest", "outcomes=hostile.csv"]
DESIGN = ["sweep", "design=csv", "table=hostile.csv", "factors.end_use=null"]
TABLES: dict[str, tuple[str | bytes, list[str], str]] = {
    "a column missing": ("series,state,year,value\n", OUTCOMES, "hostile.csv:1: no column unit"),
    "a column twice": ("depth,breadth,allies,depth\n", DESIGN, "hostile.csv:1: more than one column depth"),
    "semicolons": ("depth;breadth;allies\n0,5;1;1\n", DESIGN, "hostile.csv:1: separated by ';'"),
    "a year twice": (TABLE + "basic_share,CHN,2021,6,%\n" * 2, OUTCOMES, "hostile.csv:3: second value"),
    "text in numbers": (f"{POINTS}half,1,1\n", DESIGN, "hostile.csv:2: depth: 'half' is no number"),
    "a formula": (f"{TABLE}basic_share,CHN,2021,=1+1,%\n", OUTCOMES, "hostile.csv:2: value '=1+1' is a formula"),
    "a command": (
        f"{POINTS}+cmd|' /C calc'!A0,1,1\n",
        DESIGN,
        "hostile.csv:2: depth: \"+cmd|' /C calc'!A0\" is a formula",
    ),
    "thousands": (f'{TABLE}gerd_lcu,USA,2021,"789,000",bn USD\n', OUTCOMES, "thousands no mark"),
    "a decimal comma": (f'{POINTS}"0,5",1,1\n', DESIGN, "decimals have a point"),
    "a NUL": (f"{POINTS}0\x00,1,1\n", DESIGN, "hostile.csv:2: holds a NUL"),
    "UTF-16": (TABLE.encode("utf-16"), OUTCOMES, "hostile.csv:1: not UTF-8"),
    "a huge cell": (f"{TABLE}{'a' * 200_000},CHN,2021,6,%\n", OUTCOMES, "hostile.csv:2: not CSV"),
    "a quote without end": (f'{POINTS}"0.5,1,1\n' + "1,1,1\n" * 9, DESIGN, "not CSV"),
    "a huge file": (b"x" * 5_000_000, OUTCOMES, "hostile.csv: larger than"),
    "a terminal's command": (f"{TABLE}\x1b[2J,CHN,2021,6,%\n", OUTCOMES, r"hostile.csv:2: series '\x1b[2J'"),
    "thousands of mistakes": (TABLE + "a,b,c,d,e\n" * 5000, OUTCOMES, "and 4900 more"),
    "out of range": (f"{POINTS}2,1,1\n", DESIGN, "hostile.csv:2: depth: 2 is out of range; allowed: 0 to 1"),
}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What is said, after checking that nothing else has happened, and soon."""
    before, started = sorted(Path.cwd().rglob("*")), time.process_time()
    assert main(arguments) == 2
    assert time.process_time() - started < 3.0
    assert sorted(Path.cwd().rglob("*")) == before
    told = capsys.readouterr().err
    assert all(sign.isprintable() or sign == "\n" for sign in told)
    assert len(told) < 30_000
    assert "Traceback" not in told
    return told


def written(name: str, content: str | bytes) -> None:
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))


@pytest.mark.parametrize("case", SCENARIOS)
def test_a_hostile_scenario_file(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    content, words = SCENARIOS[case]
    written("hostile.yaml", content)
    told = refused(["config", "validate", "hostile.yaml"], capsys)
    assert words in told, told


@pytest.mark.parametrize("case", TABLES)
def test_a_hostile_table(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    content, command, words = TABLES[case]
    written("hostile.csv", content)
    told = refused(command, capsys)
    assert words in told, told


@pytest.mark.parametrize("reading", ["scenario_file=", "outcomes=", "table="])
def test_what_only_looks_like_a_file(reading: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = {"scenario_file=": ["run"], "outcomes=": ["backtest"], "table=": ["sweep", "design=csv"]}[reading]
    os.mkfifo("pipe")
    Path("endless").symlink_to("/dev/zero")
    Path("circle").symlink_to("circle")
    for name, words in (("pipe", "no regular file"), ("endless", "no regular file"), ("circle", "no such file")):
        assert f"{name}: " in (told := refused([*command, f"{reading}{name}"], capsys))
        assert words in told
    assert "is a folder" in refused([*command, f"{reading}."], capsys)
    assert "too long" in refused([*command, f"{reading}{'a' * 300}"], capsys)


def test_links_never_lead_out_of_the_results(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that came with a download must not be a way to write, or to delete, elsewhere."""
    Path("private").mkdir()
    precious = Path("private/diary.txt")
    precious.write_text("dear diary")
    links = {
        "results/run/x": ["run"],
        "results/run": ["run"],
        "results/run/x/figures": ["run"],
        "results/sweep/x/chunks": ["sweep", "points=1"],
    }
    for number, (link, command) in enumerate(links.items()):
        place = Path(f"{number}/{link}")
        place.parent.mkdir(parents=True)
        place.symlink_to(precious.parent.resolve())
        words = [*command, "name=x", f"results={number}/results", *TINY]
        words += ["years=[2021]"] if command[0] == "sweep" else []
        assert f"{number}/{link} is a link" in refused(words, capsys)
    lock = Path("9/results/run/x/.lock")
    lock.parent.mkdir(parents=True)
    lock.symlink_to(precious.resolve())
    assert ".lock is a link" in refused(["run", "name=x", "results=9/results", *TINY], capsys)
    assert precious.read_text() == "dear diary"


def test_results_are_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("table.csv").write_text("mine")
    assert "results: 'table.csv' given, which is a file" in refused(["run", "results=table.csv"], capsys)


@pytest.mark.parametrize("command", ["plot", "reproduce"])
@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("start: 2021\n", "made by other sources (version 0.0.9, here"),
        (BOMB, "config.yaml holds no settings"),
        ("a: " + "[" * 20_000, "config.yaml holds no settings"),
        (f"a: {RUNS_CODE}\n", "config.yaml holds no settings"),
    ],
    ids=["another version", "alias bomb", "deep", "python tag"],
)
def test_results_that_this_version_has_not_made(
    command: str, config: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every checksum fits: whoever made the folder knows how."""
    folder = Path("results/run/x")
    folder.mkdir(parents=True)
    written("results/run/x/config.yaml", config)
    marks = {"config": "0" * 64, "version": "0.0.9", "sources": "0" * 64}
    write_manifest(folder, Manifest(marks, files={"config.yaml": mark(folder / "config.yaml")}, sealed=True))
    before, started = sorted(Path.cwd().rglob("*")), time.process_time()
    assert main([command, str(folder)]) in {2, 3}
    assert time.process_time() - started < 3.0
    assert sorted(Path.cwd().rglob("*")) == before
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("content", ["[" * 100_000, '{"fingerprint": 1e999}', "\x00", "{}", '{"chunks": null}'])
def test_a_manifest_that_is_none(content: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path("results/run/x")
    folder.mkdir(parents=True)
    written("results/run/x/manifest.json", content)
    for command in (["plot", str(folder)], ["reproduce", str(folder)]):
        assert main(command) == 3
        assert "manifest.json is damaged" in capsys.readouterr().err


def test_a_manifest_that_points_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path("results/run/x")
    folder.mkdir(parents=True)
    Path("outside.txt").write_text("a")
    for name in ("../../../outside.txt", str(Path("outside.txt").resolve())):
        write_manifest(folder, Manifest({"config": "0"}, files={name: mark(Path("outside.txt"))}, sealed=True))
        assert main(["plot", str(folder)]) == 3
        assert "names files outside its folder" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["012", "1_000", "33:40", "0x10", "[[[[", "&a 5", "!!int 5", "9" * 5000])
def test_options_are_read_as_files_are(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "seed: " in refused(["backtest", f"seed={given}"], capsys)
    assert "quiet: 'NO' given; allowed: true or false" in refused(["backtest", "quiet=NO"], capsys)
