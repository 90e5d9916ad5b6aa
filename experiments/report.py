"""``techduel report FOLDER... [file=FILE.html]``: what saved results say, in one HTML file that can be handed on."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from techduel.scenario.arguments import asks_help, described, read
from techduel.scenario.loader import InvalidInput
from techduel.scenario.problems import Strict
from techduel.scenario.settings import File
from techduel.studies.stored import report_of, result_folders

from .exits import shown


class Settings(Strict):
    """What stands behind the folders."""

    file: File | None = Field(None, description="to write, named after the first folder when left out")


def main(arguments: Sequence[str]) -> int:
    """Write the report of one or several result folders."""
    if asks_help(arguments) or not arguments:
        print("\n".join(described("report FOLDER...", "saved results as one HTML file", Settings)))
        return 0
    named = [text for text in arguments if "=" not in text]
    given = read([text for text in arguments if "=" in text], Settings)
    if not named:
        raise InvalidInput(["report: no folder given; allowed: one such as results/run/baseline_2021"])
    folders = result_folders(named)
    target = Path(given["file"] or f"{folders[0].resolve().name}.html")
    if target.exists():
        raise InvalidInput([f"file: {shown(str(target))} is there; allowed: a new file"])
    from techduel.ensemble.manifest import write_text

    write_text(target, report_of(folders))
    print(f"Written: {target}")
    return 0
