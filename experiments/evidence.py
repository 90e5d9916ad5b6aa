"""``techduel evidence``: what the model says to published findings, and the tables of the pages about it."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Final

from techduel.ensemble.lock import locked
from techduel.ensemble.runner import available_cores
from techduel.scenario.fingerprint import sources_hash
from techduel.scenario.loader import InvalidInput, unknown_key
from techduel.studies.evidence.studies import SOURCES, STUDIES

from .evidence_pages import pages_of, rewrite, write_findings, write_parameters
from .evidence_parts import PARTS, folder_of
from .exits import guarded
from .options import LARGEST_SEED, Option, asks_help, described, flag, output_folder, parsed, plain, text, whole

MOST_DRAWS: Final = 1024
"""All runs of an arm step together; more would not fit into memory."""
MEANING: Final = "what the model says to published findings"
OPTIONS: Final[dict[str, Option]] = {
    "studies": Option(
        None,
        "parts to do; all when left out",
        f"a list of {', '.join(PARTS)}",
        lambda value: value is None or (bool(_listed(value)) and all(isinstance(one, str) for one in _listed(value))),
    ),
    "source": Option(
        SOURCES[0], "where parameter sets come from", " or ".join(SOURCES), lambda value: value in SOURCES
    ),
    "draws": whole(256, 2, MOST_DRAWS, "parameter sets of each study that simulates arms"),
    "seed": whole(1, 0, LARGEST_SEED, "luck"),
    "workers": whole(0, 0, 64, "processes; 0 for all cores"),
    "results": output_folder("where result folders lie"),
    "write": text(None, "folder of the pages whose tables are rewritten", "a folder such as docs"),
    "fresh": flag(False, "compute again what is there"),
    "quiet": flag(False, "no progress"),
}


def main(arguments: Sequence[str]) -> int:
    """Do every part that is not done yet; the arguments are KEY=VALUE of `OPTIONS`."""
    if asks_help(arguments):
        _help()
        return 0
    given = settings(arguments) | {"sources": sources_hash()}
    pages = pages_of(given)
    with locked(folder_of(given)):
        _do(given)
        findings, parameters = write_findings(given), write_parameters(given)
        if pages:
            rewrite(pages, given, findings, parameters)
    print(f"Written: {folder_of(given)}" + "".join(f", {page}" for page in pages))
    return 0


def settings(arguments: Sequence[str]) -> dict[str, Any]:
    """The settings of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem, one line each.
    """
    unknown = [problem for argument in arguments for problem in _unknown_parts(argument)]
    try:
        given = parsed(arguments, OPTIONS)
    except InvalidInput as refused:
        raise InvalidInput([*unknown, *refused.problems]) from None
    if unknown:
        raise InvalidInput(unknown)
    given["studies"] = _listed(given["studies"]) or list(PARTS)
    return given


def _unknown_parts(argument: str) -> list[str]:
    """A line for every name in the setting ``studies`` that is none of a part."""
    name, _, value = argument.partition("=")
    chosen = _listed(plain(value)) if name == "studies" else []
    return [f"studies: {unknown_key(one, PARTS)}" for one in chosen if isinstance(one, str) and one not in PARTS]


def _listed(chosen: Any) -> list[Any]:
    """Names in a list or one alone."""
    return chosen if isinstance(chosen, list) else [chosen] if chosen else []


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
    print("\n".join(described("evidence", MEANING, OPTIONS)))
    print("Parts:")
    for name, part in PARTS.items():
        print(f"  {name:<18} {part.meaning}")


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
