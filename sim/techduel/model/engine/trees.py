"""Syntax trees: what of a source file decides numbers, for fingerprints of results and for folders of machine code."""

import ast
from collections.abc import Iterator
from typing import Any, Final

_NO_NUMBERS: Final = frozenset({"ctx", "kind", "type_comment"})
"""Fields of a syntax tree that follow from others or are never read."""


def syntax(source: str) -> bytes:
    """Equations of a source file: its syntax tree without comments and docstrings, the same in every Python.

    Raises
    ------
    SyntaxError
        If it is no Python.
    """
    return "\0".join(_words(ast.parse(source))).encode()


def _words(part: Any) -> Iterator[str]:
    """A piece of a syntax tree in words; what is empty is left out, since later versions of Python add such fields."""
    if isinstance(part, ast.AST):
        yield type(part).__name__
        for name in part._fields:
            value = getattr(part, name, None)
            if name not in _NO_NUMBERS and value is not None and value != []:
                yield name
                yield from _words(value)
        yield ")"
    elif isinstance(part, list):
        for one in part:
            if not _is_docstring(one):
                yield from _words(one)
        yield "]"
    else:
        yield repr(part)


def _is_docstring(part: Any) -> bool:
    """Whether a statement is text alone, wherever it stands."""
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)
