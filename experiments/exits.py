"""Exit codes and standard streams: how each way to end a command is told to the user and to the shell.

Neither standard output nor error ends a command, and neither carries what a terminal would obey.
"""

import errno
import io
import os
import signal
import sys
import tempfile
import threading
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TextIO

from techduel.scenario.loader import InvalidInput, visible

BUG: Final = 1
WRONG_INPUT: Final = 2
ENVIRONMENT: Final = 3
INTERRUPTED: Final = 130
MOST_LINES: Final = 100
LONGEST_LINE: Final = 1000
LAYOUT: Final = "\n\t\r"
"""Control characters that our own output uses; a bar on a terminal returns to the start of its line."""


def guarded(command: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """The exit code of a command, whatever happens in it; messages go to standard error.

    An exception with an ``exit_code`` is an expected ending and its text is the message. Any other is a bug of ours.
    What a message quotes from a file or a command line is shown, never obeyed by the terminal. A stream that fails
    does not end the command: its results are kept, and only a full disk behind standard output changes the code.
    """
    with steady() as output, warnings.catch_warnings():
        warnings.showwarning = _warn
        code = _ended_with(command, arguments)
        output.flush()
        if output.failure is None:
            return code
        lost = _told([f"standard output: {output.failure.strerror}; part of it is lost, results are kept"], ENVIRONMENT)
        return code or lost


def _warn(message: Warning | str, *_where: object, **_more: object) -> None:
    """A warning of a library in one line, without the folders of this machine."""
    print(f"Warning: {shown(str(message))}", file=sys.stderr)


def _ended_with(command: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    try:
        return command(arguments)
    except KeyboardInterrupt as stopped:
        _end_in_peace()
        return _told([str(stopped) or "interrupted"], getattr(stopped, "exit_code", INTERRUPTED))
    except InvalidInput as refused:
        return _told(_problems(refused), refused.exit_code)
    except Exception as error:
        return _ended(error)


def _end_in_peace() -> None:
    """Whoever is told twice is ending already; a second signal would replace the exit code by that of the signal."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


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
        traces = [_traceback_file()] if getattr(error, "perhaps_a_bug", False) else []
        # Only what lists problems has lines of its own; any other line break came with the name of a file.
        lines = str(error).split("\n") if hasattr(error, "problems") else [str(error)]
        return _told([*lines, *traces], code)
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


class Stream(io.TextIOBase):
    """A standard stream that takes everything: what it cannot show is replaced, what it cannot write is lost.

    A computation of hours must not end because a terminal was closed, a log file is full or a locale knows ASCII only.
    """

    def __init__(self, inner: TextIO) -> None:
        self._inner = inner
        self.failure: OSError | None = None
        """Why output was lost; None when nothing was, or when its reader had seen enough."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the stream behind."""
        return self._inner.encoding or "utf-8"

    def write(self, text: str) -> int:
        """Write a text, whatever it holds."""
        shown = visible(text, LAYOUT).encode(self.encoding, "replace").decode(self.encoding)
        try:
            self._inner.write(shown)
        except OSError as error:
            self._lose(error)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        try:
            self._inner.flush()
        except OSError as error:
            self._lose(error)

    def close(self) -> None:
        """Leave the stream behind open: it belongs to the process."""

    def isatty(self) -> bool:
        """Whether a terminal is behind it."""
        return self._inner.isatty()

    def fileno(self) -> int:
        """Descriptor of the stream behind."""
        return self._inner.fileno()

    def _lose(self, error: OSError) -> None:
        """Let everything further, also what Python still holds back, go nowhere."""
        if error.errno != errno.EPIPE:
            self.failure = error
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._inner.fileno())
        os.close(nowhere)


@contextmanager
def steady() -> Iterator[Stream]:
    """Standard output, which like standard error never fails while the block runs."""
    _hold_descriptors()
    before = sys.stdout, sys.stderr
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device
        output, errors = Stream(sys.stdout or nowhere), Stream(sys.stderr or nowhere)
        sys.stdout, sys.stderr = output, errors
        try:
            yield output
        finally:
            output.flush()
            errors.flush()
            sys.stdout, sys.stderr = before


def _hold_descriptors() -> None:
    """Occupy standard descriptors that were closed: the next file opened would get their place, and their output."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
