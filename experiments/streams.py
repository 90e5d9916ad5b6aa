"""Standard output and error of a command: neither ends it, and neither carries what a terminal would obey."""

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from techduel.scenario.loader import visible

LAYOUT: Final = "\n\t\r"
"""Control characters that our own output uses; a bar on a terminal returns to the start of its line."""


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
