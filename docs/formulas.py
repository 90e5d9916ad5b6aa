"""Formulas of the pages: plain text in code, as one reads them in a terminal; the site sets them as mathematics."""

import re
from collections.abc import Iterator
from typing import Final

FENCED: Final = re.compile(r"(^```.*?^```)", re.M | re.S)
CODE: Final = re.compile(r"(?<!`)`([^`]+)`(?!`)")
LOOKS_SO: Final = re.compile(r" = |\^|<-|\b(exp|ln|log|sqrt|min|max|clip|mean)\(|\bsum_")
"""In a formula, and not in a setting, a command or a name."""
LETTERS: Final = re.compile(r"[A-Za-z0-9_.,^()\[\]+\-*/ =<>'\n]+")
TOKENS: Final = re.compile(r"(<-|[<>]=|[A-Za-z](?:[A-Za-z0-9.']|_(?=[A-Za-z0-9]))*|\d+(?:\.\d+)?|\s+|.)")
FUNCTIONS: Final = ("exp", "ln", "log", "min", "max")
SIGNS: Final = {"<-": r"\leftarrow ", ">=": r"\ge ", "<=": r"\le ", "<": "<", ">": ">", "*": r"\cdot "}
CLOSING: Final = {"(": ")", "[": "]"}
GAP: Final = r"\; "
"""Between words, and between factors."""
TIMES: Final = r" \times "
SHORT: Final = 2
"""Letters of an index behind a name."""


def set_as_mathematics(page: str) -> str:
    """A page with its formulas between dollar signs."""
    parts = FENCED.split(page)
    return "".join(part if part.startswith("```") else CODE.sub(_formula, part) for part in parts)


def is_formula(words: str) -> bool:
    """Whether words in code are a formula."""
    return bool(LOOKS_SO.search(words) and LETTERS.fullmatch(words))


def _formula(code: "re.Match[str]") -> str:
    words = code[1]
    return f"${tex(words)}$" if is_formula(words) else code[0]


def tex(words: str) -> str:
    """A formula in TeX.

    Raises
    ------
    ValueError
        If brackets do not match.
    """
    return _until(TOKENS.findall(" ".join(words.split())), "")[0]


def _until(tokens: list[str], end: str) -> tuple[str, list[str]]:
    """What stands before a closing bracket, and what behind it."""
    written, before = "", ""
    while tokens:
        token, *tokens = tokens
        if token == end:
            return written, tokens
        if token in CLOSING.values():
            raise ValueError(f"{written}{token}: a bracket too many")
        piece, tokens = _piece(token, tokens, before)
        written, before = written + piece, "" if piece == TIMES else piece.strip()[-1:] or before
    if end:
        raise ValueError(f"{written}: {end} is missing")
    return written, tokens


def _piece(token: str, tokens: list[str], before: str) -> tuple[str, list[str]]:
    if token == "sqrt" and tokens[:1] == ["("]:
        inside, tokens = _until(tokens[1:], ")")
        return rf"\sqrt{{{inside}}}", tokens
    if token == "^":
        first, *tokens = tokens
        inside, tokens = _until(tokens, ")") if first == "(" else (_name(first), tokens)
        return f"^{{{inside}}}", tokens
    if token in CLOSING:
        inside, tokens = _until(tokens, CLOSING[token])
        index = token == "[" and _ends(before)
        return (f"_{{{inside}}}" if index else f"{token}{inside}{CLOSING[token]}"), tokens
    if token.isspace() and _ends(before) and _begins(tokens):
        return ("" if tokens[0] == "x" and len(tokens) > 1 and tokens[1] == " " else GAP), tokens
    if token == "x" and _ends(before) and _begins(tokens):
        return TIMES, tokens
    return (_name(token) if token[0].isalpha() else SIGNS.get(token, token)), tokens


def _ends(before: str) -> bool:
    """Whether a sign ends something that can be multiplied."""
    return before.isalnum() or before in {")", "]", "}"}


def _begins(tokens: list[str]) -> bool:
    follows = next((token for token in tokens if token.strip()), "")
    return follows[:1].isalnum() or follows == "("


def _name(token: str) -> str:
    """A name upright, a single letter slanted, with a short last part as its index."""
    if token in FUNCTIONS:
        return rf"\{token} "
    first, _, index = token.rpartition("_")
    if first == "sum":
        return rf"\sum_{{{index}}} "
    if first and len(index) <= SHORT:
        return f"{{{_upright(first)}_{{{index}}}}}"
    return _upright(token)


def _upright(name: str) -> str:
    return name if len(name) == 1 or name[0].isdigit() else rf"\text{{{name}}}"


def formulas(page: str) -> Iterator[str]:
    """Every formula of a page."""
    for part in FENCED.split(page):
        if not part.startswith("```"):
            yield from filter(is_formula, CODE.findall(part))
