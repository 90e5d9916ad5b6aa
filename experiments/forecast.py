"""``techduel forecast register|check|score``: forecasts frozen before the fact, made again, scored after it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from techduel.facts.history import LAST_YEAR
from techduel.report.words import number, per_cent, wrapped
from techduel.scenario.arguments import Luck, asks_help, described, read
from techduel.scenario.loader import InvalidInput, unknown_key
from techduel.scenario.problems import Strict
from techduel.scenario.settings import File, Fitted

from .exits import shown
from .study import progress

DONE, DIFFERENT = 0, 3


class Register(Strict):
    """Settings of a new forecast."""

    file: File = Field("forecast.json", description="to write")
    origin: Fitted = Field(LAST_YEAR, description="last year that it knows, one with a posterior")
    last: Annotated[int, Field(ge=LAST_YEAR + 1, le=2040)] = Field(2030, description="last year that it foretells")
    runs: Annotated[int, Field(ge=2, le=10_000)] = Field(2048, description="of the ensemble")
    seed: Luck = Field(1, description="luck")
    quiet: bool = Field(False, description="no progress")


class Check(Strict):
    """Settings of a look at a registered one."""

    file: File = Field("forecast.json", description="that was registered")
    quiet: bool = Field(False, description="no progress")


class Score(Strict):
    """Settings of its score."""

    file: File = Field("forecast.json", description="that was registered")
    outcomes: File = Field(description="what came: CSV with series,state,year,value,unit")
    scores: File = Field("scores.csv", description="to write")


def main(arguments: Sequence[str]) -> int:
    """Register a forecast, make it again and compare, or score it."""
    verb, *settings = arguments or ("--help",)
    if asks_help([verb]) or asks_help(settings):
        for name, (model, _, meaning) in VERBS.items():
            print("\n".join(described(f"forecast {name}", meaning, model)))
        return DONE
    if verb not in VERBS:
        raise InvalidInput([f"forecast {unknown_key(verb, VERBS)}"])
    model, command, _ = VERBS[verb]
    return int(command(read(settings, model)))


def _register(given: Mapping[str, Any]) -> int:
    from techduel.studies.forecast.register import config_of, registered, write
    from techduel.studies.forecast.settings import SHA

    target = _new(given["file"], "file")
    config = config_of(given["origin"], given["runs"], given["seed"], given["last"])
    with progress(given["runs"], given["quiet"]) as advance:
        content = registered(config, datetime.now(UTC).date().isoformat(), advance)
    write(target, content)
    print(f"Written: {shown(str(target))}, {len(content['rows'])} quantiles, {given['origin'] + 1} to {given['last']}")
    print(f"SHA-256 {content[SHA]}")
    print("Publish this hash: nothing else finds who changes the file and the hash in it.")
    return DONE


def _check(given: Mapping[str, Any]) -> int:
    import tempfile

    from techduel.scenario.fingerprint import sources_hash
    from techduel.studies.forecast.register import registered, write
    from techduel.studies.forecast.settings import read

    path = Path(given["file"])
    content = read(path)
    with progress(content["config"]["runs"], given["quiet"]) as advance, tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / "again.json"
        made = registered(content["config"], content["registered"], advance)
        write(again, made)
        same = again.read_bytes() == path.read_bytes()
    if same:
        print(f"{shown(path.name)}: made again byte for byte, registered {content['registered']}")
        return DONE
    why = "" if content["sources"] == sources_hash() else "; its sources are others than these"
    print(f"{shown(path.name)}: whole since it was registered, but not made again by these sources{why}")
    return DIFFERENT


def _score(given: Mapping[str, Any]) -> int:
    from techduel.statistics.tables import write_table
    from techduel.studies.backtest.outcomes_file import read_outcomes
    from techduel.studies.forecast.score import SCORE_COLUMNS, scored, skill
    from techduel.studies.forecast.settings import MODEL, read

    content, target = read(Path(given["file"])), _new(given["scores"], "scores")
    found = scored(content, read_outcomes(Path(given["outcomes"]), content["config"]["origin"]).scored)
    if not found:
        raise InvalidInput(["outcomes: none of them was foretold; see the targets in the file"])
    write_table(target, SCORE_COLUMNS, (one.line() for one in found))
    own = [one for one in found if one.model == MODEL]
    inside = sum(one.covered for one in own) / len(own)
    lines = [f"Registered {content['registered']}, version {content['version']}: {len(own)} values came."]
    lines.append(f"{per_cent(inside)} of them lie in the 90 % band. Skill against the best naive rival, by series:")
    for series, state, count, best, _, crps, relative in skill(found):
        told = f"{number(relative)} against {best}" if best else "no rival"
        lines.append(f"{series}, {state}: {told}; CRPS {number(crps, sign=False)} over {count}")
    print("\n".join(part for line in lines for part in wrapped(line, "")))
    print(f"Written: {shown(str(target))}")
    return DONE


def _new(name: str, key: str) -> Path:
    target = Path(name)
    if target.exists() or target.is_symlink():
        raise InvalidInput([f"{key}: {shown(name)} is there; allowed: a new file"])
    if not target.parent.is_dir():  # told before anything is computed
        raise InvalidInput([f"{key}: {shown(str(target.parent))} is no folder; allowed: a new file in one"])
    return target


VERBS: Final[Mapping[str, Any]] = {
    "register": (Register, _register, "what the model and naive rivals say of later years, in one file"),
    "check": (Check, _check, "made again from its file, byte for byte"),
    "score": (Score, _score, "against what came"),
}
"""Settings, command and meaning by verb."""
