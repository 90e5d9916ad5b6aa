"""What has to be true of any configuration whatever: it is checked as valid or refused, and nothing else happens."""

import contextlib
import io
import time
from collections.abc import Sequence
from pathlib import Path

from experiments.__main__ import main

SECONDS = 3.0
"""For a refusal; a sweep of many files that is valid may take longer to check."""


def ended(arguments: Sequence[str]) -> tuple[int, str, float]:
    """Exit code, messages and seconds of computing of a command in this process."""
    told, started = io.StringIO(), time.process_time()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(told):
        code = main(list(arguments))
    return code, told.getvalue(), time.process_time() - started


def check_text(text: str) -> bool:
    """Check the text of a scenario file; whether it is valid."""
    path = Path("mutated.yaml")
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return _checked(["config", "validate", path.name], text)


def check_line(words: Sequence[str]) -> bool:
    """Check a command line without computing anything; whether it is valid."""
    command, *settings = words
    return _checked([command, "--cfg", "job", *settings], " ".join(words))


def _checked(arguments: Sequence[str], what: str) -> bool:
    before = sorted(Path.cwd().rglob("*"))
    code, told, seconds = ended(arguments)
    assert code in {0, 2}, f"{code}: {told}\n{what}"
    assert sorted(Path.cwd().rglob("*")) == before, what
    assert "Traceback" not in told, what
    assert all(sign.isprintable() or sign == "\n" for sign in told), what
    assert code == 0 or (told.endswith("Nothing was written.\n") and seconds < SECONDS), f"{seconds} s: {told}\n{what}"
    return code == 0
