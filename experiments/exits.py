"""Exit codes: how each way to end a command is told to the user and to the shell."""

import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from techduel.scenario.loader import InvalidInput, visible

from .streams import steady

BUG: Final = 1
WRONG_INPUT: Final = 2
ENVIRONMENT: Final = 3
INTERRUPTED: Final = 130
MOST_LINES: Final = 100
LONGEST_LINE: Final = 1000


def guarded(command: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """The exit code of a command, whatever happens in it; messages go to standard error.

    An exception with an ``exit_code`` is an expected ending and its text is the message. Any other is a bug of ours.
    What a message quotes from a file or a command line is shown, never obeyed by the terminal. A stream that fails
    does not end the command: its results are kept, and only a full disk behind standard output changes the code.
    """
    with steady() as output:
        code = _ended_with(command, arguments)
        output.flush()
        if output.failure is None:
            return code
        lost = _told([f"standard output: {output.failure.strerror}; part of it is lost, results are kept"], ENVIRONMENT)
        return code or lost


def _ended_with(command: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    try:
        return command(arguments)
    except KeyboardInterrupt as stopped:
        return _told([str(stopped) or "interrupted"], getattr(stopped, "exit_code", INTERRUPTED))
    except InvalidInput as refused:
        return _told(_problems(refused), refused.exit_code)
    except Exception as error:
        return _ended(error)


def shown(text: str) -> str:
    """A text in one line that a terminal can show: control characters as escapes, the middle of a long one left out."""
    if len(text) > LONGEST_LINE:
        text = f"{text[: LONGEST_LINE // 2]} ... {text[-LONGEST_LINE // 2 :]}"
    return visible(text)


def _problems(refused: InvalidInput) -> list[str]:
    more = len(refused.problems) - MOST_LINES
    return [*refused.problems[:MOST_LINES], *([f"... and {more} more"] if more > 0 else []), "Nothing was written."]


def _ended(error: Exception) -> int:
    code = getattr(error, "exit_code", None)
    if isinstance(code, int):
        return _told(str(error).split("\n"), code)
    if isinstance(error, OSError | MemoryError):
        told = [str(error) or "not enough memory", "What was finished is kept; the same command goes on."]
        return _told(told, ENVIRONMENT)
    return _told([f"A bug of ours: {type(error).__name__}: {error}", *_traceback_file().split("\n")], BUG)


def _traceback_file() -> str:
    text = traceback.format_exc()
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="techduel-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
    except OSError:
        return text
    return f"The traceback lies in {file.name}; please report it."


def _told(lines: Iterable[str], code: int) -> int:
    print("\n".join(map(shown, lines)), file=sys.stderr)
    return code
