"""Tables inside hand-written pages: what stands between two markers is replaced, all else stays."""

import re
from collections.abc import Mapping
from typing import Final

from techduel.scenario.loader import InvalidInput

_BLOCK: Final = re.compile(r"<!-- begin (?P<name>[\w-]+) -->\n(?P<body>.*?)<!-- end (?P=name) -->", re.DOTALL)
_MARKER: Final = re.compile(r"<!-- (?:begin|end) [^>]*-->")


def rewritten(page: str, blocks: Mapping[str, str], name: str) -> str:
    """A page with new contents between its markers ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.

    Blocks that are not given keep their contents; a block for which the page has no markers is not shown.

    Parameters
    ----------
    page : str
    blocks : mapping
        Markdown by name of the block.
    name : str
        Of the page, for messages.

    Raises
    ------
    InvalidInput
        If a marker has no partner, or a name comes twice.

    Examples
    --------
    >>> print(rewritten(page, {"some": "new"}, "page.md"))
    <!-- begin some -->
    new
    <!-- end some -->
    """
    known = names(page)
    alone = len(_MARKER.findall(page)) - 2 * len(known)
    twice = sorted({block for block in known if known.count(block) > 1})
    if alone or twice:
        raise InvalidInput([f"{name}: markers without a partner, or used twice: {', '.join(twice) or alone}"])
    return _BLOCK.sub(lambda found: _filled(found, blocks), page)


def names(page: str) -> list[str]:
    """Names of the blocks of a page, in its order."""
    return [found["name"] for found in _BLOCK.finditer(page)]


def _filled(found: re.Match[str], blocks: Mapping[str, str]) -> str:
    block = found["name"]
    if block not in blocks:
        return found[0]
    return f"<!-- begin {block} -->\n{blocks[block].rstrip('\n')}\n<!-- end {block} -->"
