"""``techduel plot FOLDER``: redraw every figure of a saved result; with ``outcome=NAME`` one outcome, for a slide."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from techduel.scenario.arguments import asks_help, described, read
from techduel.scenario.loader import InvalidInput, unknown_key
from techduel.scenario.problems import Allowed, Strict
from techduel.scenario.settings import File
from techduel.studies.stored import result_folders, runs_in, sound, stored, understood

from .exits import shown

SPAN: Final = re.compile(r"(\d{4})-(\d{4})")


class Settings(Strict):
    """What stands behind the folder, for one outcome."""

    outcome: Annotated[str, Allowed("an outcome of techduel list outcomes, of sectors NAME.SECTOR")] | None = Field(
        None, description="drawn alone; every figure is redrawn when left out"
    )
    state: Literal["us", "china"] = Field("us", description="whose")
    scenarios: list[str] | None = Field(None, description="of a comparison; all when left out")
    years: Annotated[str, Field(pattern=SPAN.pattern), Allowed("FIRST-LAST, such as 2021-2035")] | None = Field(
        None, description="first and last"
    )
    format: Literal["png", "svg", "pdf"] = Field("png", description="of the picture")
    size: Literal["slide", "page", "column"] = Field("slide", description="16:9 with large letters, or for print")
    file: File | None = Field(None, description="to write, without its ending; named after folder and outcome")


def main(arguments: Sequence[str]) -> int:
    """Redraw the figures from the stored numbers, or draw one outcome."""
    if asks_help(arguments) or not arguments:
        print("\n".join(described("plot FOLDER", "figures of a saved result, or one outcome", Settings)))
        return 0
    named, settings = ([text for text in arguments if ("=" in text) == wanted] for wanted in (False, True))
    given = read(settings, Settings)
    if len(named) != 1:
        raise InvalidInput([f"plot: {len(named)} folders given; allowed: one such as results/run/baseline_2021"])
    (folder,) = result_folders(named)
    if given["outcome"] is None and settings:
        raise InvalidInput(["outcome: missing; allowed: a name of techduel list outcomes, as in outcome=gdp"])
    return _redrawn(folder) if given["outcome"] is None else _alone(folder, given)


def _redrawn(folder: Path) -> int:
    from techduel.ensemble.lock import locked
    from techduel.ensemble.manifest import seal
    from techduel.studies.table import study_of

    with locked(folder):
        sound(folder)
        config = stored(folder)
        with understood(folder):
            study_of(config).home.draw(config, folder)
        seal(folder)
    print(f"Redrawn: {folder / 'figures'}")
    return 0


def _alone(folder: Path, given: Mapping[str, Any]) -> int:
    """One outcome in the results of a folder, as a picture with its numbers and what it shows in words."""
    from techduel.ensemble.manifest import write_text, written
    from techduel.report.page import image
    from techduel.report.single import SIZES, said, single
    from techduel.statistics.tables import write_table

    sound(folder)
    config = stored(folder)
    size, form = SIZES[given["size"]], given["format"]
    parts = _parts(folder, config, given)
    stem = given["file"] or f"{folder.resolve().name}_{given['outcome']}_{given['state']}"
    target = Path(f"{stem}.{form}")
    if target.exists():
        raise InvalidInput([f"file: {shown(str(target))} is there; allowed: a new file"])
    try:
        picture = single(parts, given["outcome"], given["state"], _years(given["years"]), size)
    except ValueError as refused:
        raise InvalidInput([str(refused)]) from refused
    with written(target) as part:
        part.write_bytes(image(picture, f"{config['runs']} runs, seed {config['seed']}.", form, size.dots_per_inch))
    write_table(Path(f"{stem}.csv"), picture.columns, picture.rows)
    write_text(Path(f"{stem}.json"), json.dumps({"title": picture.title, "alt": said(picture)}, indent=1) + "\n")
    print(f"Written: {target}, its numbers (.csv) and words (.json)")
    return 0


def _parts(folder: Path, config: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Path]:
    """Results of runs in a folder by the name of their scenario."""
    from techduel.ensemble.headlines import outcome_problem
    from techduel.report.single import MOST

    problem = outcome_problem("outcome", given["outcome"])
    there = runs_in(folder, config)
    wanted = given["scenarios"] or list(there)[:MOST]
    problems = [problem] if problem else []
    problems += [unknown_key(f"scenarios: {name}", there) for name in wanted if name not in there]
    if not there:
        problems.append(f"plot: results of {config['experiment']} have no courses; allowed: run, compare, overview")
    if len(wanted) > MOST:
        problems.append(f"scenarios: {len(wanted)} given; allowed: at most {MOST}")
    if problems:
        raise InvalidInput(problems)
    return {name: there[name] for name in wanted}


def _years(text: str | None) -> tuple[int, int] | None:
    found = SPAN.fullmatch(text) if text else None
    return (int(found[1]), int(found[2])) if found else None
