"""A program that does a command and says which files of studies it executes, as JSON in its last line."""

import json
import sys
from pathlib import Path
from types import CodeType
from typing import Any

import techduel
from experiments.__main__ import main

PACKAGE = Path(techduel.__file__).resolve().parent
executed: set[str] = set()


def started(code: CodeType, _offset: int) -> Any:
    """Keep the file of a function of studies when it first runs."""
    if code.co_filename.startswith(str(PACKAGE / "studies")) and code.co_name != "<module>":
        executed.add(Path(code.co_filename).relative_to(PACKAGE).as_posix())
    return sys.monitoring.DISABLE


if __name__ == "__main__":
    sys.monitoring.use_tool_id(sys.monitoring.COVERAGE_ID, "formulas")
    sys.monitoring.register_callback(sys.monitoring.COVERAGE_ID, sys.monitoring.events.PY_START, started)
    sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, sys.monitoring.events.PY_START)
    ended = main(sys.argv[1:])
    print(json.dumps(sorted(executed)))
    sys.exit(ended)
