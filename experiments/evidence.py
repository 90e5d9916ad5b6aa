"""``techduel evidence``: what the model says to published findings, and the tables of the pages about it."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Final

from techduel.ensemble.lock import locked
from techduel.ensemble.runner import available_cores
from techduel.scenario.arguments import asks_help, described
from techduel.scenario.fingerprint import sources_hash
from techduel.studies.evidence.settings import Settings, composed
from techduel.studies.evidence.studies import STUDIES

from .evidence_pages import pages_of, rewrite, write_findings, write_parameters
from .evidence_parts import PARTS, folder_of
from .exits import guarded

MEANING: Final = "what the model says to published findings"


def main(arguments: Sequence[str]) -> int:
    """Do every part that is not done yet; the arguments are KEY=VALUE of `Settings`."""
    if asks_help(arguments):
        _help()
        return 0
    given = composed(arguments) | {"sources": sources_hash()}
    pages = pages_of(given)
    with locked(folder_of(given)):
        _do(given)
        findings, parameters = write_findings(given), write_parameters(given)
        if pages:
            rewrite(pages, given, findings, parameters)
    print(f"Written: {folder_of(given)}" + "".join(f", {page}" for page in pages))
    return 0


def _do(given: dict[str, Any]) -> None:
    """Do all parts: commands of their own one by one, then the studies side by side.

    A part whose libraries are not installed is left out, and the rest goes on.
    """
    names = [name for name in given["studies"] if _ready(name)]
    chosen = [name for name in names if name in STUDIES]
    workers = min(given["workers"] or available_cores(), len(chosen))
    for name in names:
        if name not in STUDIES or workers == 1:
            PARTS[name].do(given)
    if workers > 1:
        from .evidence_pool import side_by_side

        side_by_side(chosen, given, workers)


def _ready(name: str) -> bool:
    missing = [module for module in PARTS[name].needs if find_spec(module) is None]
    if missing:
        print(f"{name}: left out, needs {', '.join(missing)}: pip install 'techduel[{name}]'", file=sys.stderr)
    return not missing


def _help() -> None:
    print("\n".join(described("evidence", MEANING, Settings)))
    print("Parts:")
    for name, part in PARTS.items():
        print(f"  {name:<18} {part.meaning}")


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
