"""``techduel config show | validate FILE | schema``."""

import argparse
import json
from collections.abc import Sequence

import yaml

from techduel.scenario.composition import composed
from techduel.scenario.overrides import quoted

from .exits import shown


def main(arguments: Sequence[str]) -> int:
    """Show a configuration, check a scenario file, or print the JSON Schema of scenario files."""
    parser = argparse.ArgumentParser(prog="techduel config", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("show", help="the resolved configuration of a run")
    show.add_argument("overrides", nargs="*", help="as for run: scenario=article_plan horizon=2040")
    validate = commands.add_parser("validate", help="check a scenario file")
    validate.add_argument("file")
    commands.add_parser("schema", help="JSON Schema of scenario files, for editors")
    given = parser.parse_args(list(arguments))
    if given.command == "show":
        print(yaml.safe_dump(composed(given.overrides), sort_keys=False, allow_unicode=True, width=120), end="")
    elif given.command == "validate":
        composed([f"scenario_file={quoted(given.file)}"])
        print(f"{shown(given.file)}: valid")
    else:
        _print_schema()
    return 0


def _print_schema() -> None:
    from techduel.scenario.settings import scenario_schema

    print(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))
