"""Exit codes: how each way to end a command is told to the user and to the shell."""

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from typing import Final

from sim.loader import InvalidInput

BUG: Final = 1
WRONG_INPUT: Final = 2
ENVIRONMENT: Final = 3
INTERRUPTED: Final = 130


def guarded(command: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """The exit code of a command, whatever happens in it; messages go to standard error.

    An exception with an ``exit_code`` is an expected ending and its text is the message. Any other is a bug of ours.
    """
    try:
        code = command(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader, such as head, has seen enough. Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as stopped:
        return _told(str(stopped) or "interrupted", getattr(stopped, "exit_code", INTERRUPTED))
    except InvalidInput as refused:
        return _told(f"{refused}\nNothing was written.", refused.exit_code)
    except Exception as error:
        return _ended(error)


def _ended(error: Exception) -> int:
    code = getattr(error, "exit_code", None)
    if isinstance(code, int):
        return _told(str(error), code)
    if isinstance(error, OSError | MemoryError):
        return _told(
            f"{error or 'not enough memory'}\nWhat was finished is kept; the same command goes on.", ENVIRONMENT
        )
    return _told(f"A bug of ours: {type(error).__name__}: {error}\n{_traceback_file()}", BUG)


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


def _told(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code
