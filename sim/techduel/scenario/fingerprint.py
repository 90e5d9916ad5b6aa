"""What decides the numbers of a result: hashes of its configuration, and of the sources and facts behind it."""

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from techduel import __version__

SOURCE_SUFFIXES: Final = frozenset({".py", ".yaml", ".csv"})
# Figures are drawn from stored numbers; a new colour should not throw away a night of computing.
WITHOUT_NUMBERS: Final = frozenset(
    {
        *("figures.py", "drawing.py", "plots.py", "report.py", "configs", "experiments"),
        *("comparison_figures.py", "comparison_plots.py", "evidence_words.py", "evidence_plots.py"),
        *("finding_words.py", "finding_plots.py", "markdown.py", "marked.py", "parameter_table.py"),
        *("published.py", "published.yaml"),
    }
)
"""Files and folders of the installed package that change no number of a result but its words and pictures."""

_PACKAGE: Final = Path(__file__).resolve().parents[1]


def config_hash(config: Mapping[str, Any]) -> str:
    """SHA-256 of a plain config, whatever the order of its keys.

    Parameters
    ----------
    config : mapping
        Nested plain values: text, numbers, truth values, None, lists and mappings with text keys.

    Returns
    -------
    str
        64 hexadecimal digits; the first eight tell changed runs of one scenario apart.

    Raises
    ------
    ValueError
        If a number is NaN or infinite.
    """
    text = json.dumps(config, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sources_hash(without: Collection[str] = ()) -> str:
    """SHA-256 of every source and fact of the package that can touch a number, in the order of their paths.

    Parameters
    ----------
    without : collection of str
        More files and folders that are left out, such as those that the caller's result is written into.
    """
    left_out = WITHOUT_NUMBERS.union(without)
    found = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*"), key=lambda path: path.relative_to(_PACKAGE).as_posix()):
        if path.suffix in SOURCE_SUFFIXES and left_out.isdisjoint(path.relative_to(_PACKAGE).parts):
            content = path.read_bytes()
            found.update(f"{path.relative_to(_PACKAGE).as_posix()} {len(content)}\n".encode())
            found.update(content)
    return found.hexdigest()


def version() -> str:
    """Version of the package."""
    return __version__


def fingerprint(config: Mapping[str, Any]) -> dict[str, str]:
    """What decides the numbers of a result: config, package version, sources and facts."""
    return {"config": config_hash(config), "version": version(), "sources": sources_hash()}
