"""A program that says which files of the package a run executes and which tables it reads, as JSON.

Run by tests/scenario/test_fingerprint.py in a process of its own: what is cached elsewhere would not be seen.
"""

import json
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import techduel
from techduel.ensemble.simulation import simulate
from techduel.scenario.composition import composed
from techduel.scenario.scenario import scenario_from

PACKAGE = Path(techduel.__file__).resolve().parent
CONFIGS = PACKAGE.parents[1] / "configs"
SCENARIOS = (
    ("baseline_2021", "horizon=2021"),
    ("history_2010", "horizon=2011"),
    ("uncertain_bill", "horizon=2021", "params=prior"),
    ("tit_for_tat", "horizon=2021", "ablation=no_diffusion"),
)
"""With parameters from the posterior, the table and the prior."""

executed: set[str] = set()
opened: set[str] = set()


def main() -> None:
    """Compose first: a configuration is hashed by itself. Then trace what makes numbers of it."""
    configs = [composed([f"scenario={name}", "slots=4", *overrides]) for name, *overrides in SCENARIOS]
    forget()
    sys.addaudithook(noted)
    threading.setprofile(traced)
    sys.setprofile(traced)
    for config in configs:
        list(simulate(scenario_from(config), runs=1, record="firms").summary())
    sys.setprofile(None)
    print(json.dumps({"executed": sorted(executed), "opened": sorted(opened)}))


def forget() -> None:
    """Empty every cache of the package, which composing has filled."""
    for name, module in list(sys.modules.items()):
        if name.startswith("techduel"):
            for value in list(vars(module).values()):
                getattr(value, "cache_clear", lambda: None)()


def noted(event: str, arguments: tuple[Any, ...]) -> None:
    """Keep the tables among the opened files."""
    if event == "open" and isinstance(arguments[0], str) and arguments[0].endswith((".csv", ".yaml", ".json")):
        opened.add(relative(arguments[0]))


def traced(frame: FrameType, event: str, _argument: Any) -> None:
    """Keep the files of the package whose functions run; a module's own code is its constants."""
    if event == "call" and frame.f_code.co_filename.startswith(str(PACKAGE)) and frame.f_code.co_name != "<module>":
        executed.add(relative(frame.f_code.co_filename))


def relative(name: str) -> str:
    """A place in the package, or below the configurations."""
    path = Path(name).resolve()
    return path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else CONFIGS.parent).as_posix()


if __name__ == "__main__":
    main()
