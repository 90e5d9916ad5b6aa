"""``techduel micro``: regressions of published papers on firms of simulated worlds, by a protocol fixed beforehand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from techduel.scenario.arguments import asks_help
from techduel.scenario.parameter_sets import RUNS_OF_A_SET
from techduel.studies.micro.command import worlds_of
from techduel.studies.micro.estimates import sizes_of
from techduel.studies.micro.protocol import protocol, studies
from techduel.studies.micro.settings import EXPERIMENT, composed

from .hydra_flags import Job
from .study import done, helped


def main(arguments: Sequence[str]) -> int:
    """Do one study; the arguments are KEY=VALUE of its `Settings`."""
    if asks_help(arguments):
        return helped(EXPERIMENT, _more_help())
    config = composed(arguments)
    if config["check"]:
        _print_sizes(config)
        return 0
    return done(EXPERIMENT, Job(config, tuple(arguments)))


def _print_sizes(config: Mapping[str, Any]) -> None:
    found = list(sizes_of(worlds_of(config).asked))
    columns = ("rows", "firms", "treated", "missing", "spread")
    print(f"{'finding':<26}" + "".join(f"{name:>10}" for name in columns))
    for finding in protocol(config["version"]).of_study(config["study"]):
        mine = [asdict(size) for size in found if size.finding == finding.name]
        print(f"{finding.name:<26}" + "".join(f"{np.mean([size[name] for size in mine]):10.2f}" for name in columns))
    print(f"Means over {config['worlds']} worlds ({config['worlds'] // RUNS_OF_A_SET} parameter sets)")


def _more_help() -> Iterator[str]:
    yield "Studies:"
    for name, study in studies().items():
        yield f"  {name:<22} {study.question}"
    yield "Switches:"
    for name, switch in protocol().switches.items():
        yield f"  {name:<22} {switch.study}: {switch.meaning}"
