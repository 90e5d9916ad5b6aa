"""Rounds of a double oracle in words: which policy each added, what it gained, and whether anybody gains by more."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from techduel.report.words import number

WORDS: Final = {"us": "the United States", "china": "China"}


def sentences(lines: Sequence[Mapping[str, Any]], config: Mapping[str, Any]) -> Iterator[str]:
    """A sentence a round, and one on how they ended; none where no policies were looked for."""
    if not lines:
        return
    for count, of_round in groupby(lines, key=lambda line: int(line["round"])):
        states = (_state(state, list(of)) for state, of in groupby(of_round, key=lambda line: line["state"]))
        yield f"Round {count} of added policies: {'; '.join(states)}."
    yield _end(lines, config["oracle"])


def _state(state: str, lines: Sequence[Mapping[str, Any]]) -> str:
    """What a state added, or that it did not, with what the best it found gains."""
    best = max(lines, key=lambda line: line["gain"])
    size = f"equivalent to {number(best['gain'])} % of income (standard error {number(best['se'], sign=False)})"
    what = f"adds {best['added']}" if best["added"] else f"adds nothing, the best found is {best['policy']}"
    end = f", {' and '.join(best['at_an_end'].split())} at an end of what was allowed" if best["at_an_end"] else ""
    return f"{WORDS[state]}, against {best['against']}, {what} ({best['settings']}{end}): {size}"


def _end(lines: Sequence[Mapping[str, Any]], oracle: Mapping[str, Any]) -> str:
    """Whether anybody gains by one more policy of its family."""
    last = max(line["round"] for line in lines)
    tried = f"{oracle['trials']} settings of each policy"
    if any(line["added"] for line in lines if line["round"] == last):
        return (
            f"Stopped after {last:.0f} rounds of {tried}, the last of which still added one, so that more may be "
            f"gained: rounds={oracle['rounds'] + 1} looks on."
        )
    return f"In the last round, of {tried}, nobody found one that gains more than its standard error."
