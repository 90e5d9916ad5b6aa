"""A program that does commands and says which files of the package each executes, as JSON by study in its last line."""

import json
import sys
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType
from typing import Any

import techduel
from experiments.__main__ import main

PACKAGE = Path(techduel.__file__).resolve().parent
executed: set[str] = set()


def started(code: CodeType, _offset: int) -> Any:
    """Keep the file of a function of ours when it first runs; what runs once, on import, is no function."""
    if code.co_filename.startswith(str(PACKAGE)) and code.co_flags & CO_OPTIMIZED:
        executed.add(Path(code.co_filename).relative_to(PACKAGE).as_posix())
    return sys.monitoring.DISABLE


def traced(command: list[str]) -> list[str]:
    """Files that a command executes; it has to succeed."""
    executed.clear()
    sys.monitoring.restart_events()
    if main(command):
        sys.exit(f"{command} did not succeed")
    return sorted(executed)


if __name__ == "__main__":
    sys.monitoring.use_tool_id(sys.monitoring.COVERAGE_ID, "formulas")
    sys.monitoring.register_callback(sys.monitoring.COVERAGE_ID, sys.monitoring.events.PY_START, started)
    sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, sys.monitoring.events.PY_START)
    print(json.dumps({command[0]: traced(command) for command in json.loads(sys.argv[1])}))
