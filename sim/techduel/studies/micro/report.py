"""A study in words: README and screen, from the tables on disk."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.manifest import README, write_text
from techduel.report.markdown import cells, head, short
from techduel.studies.micro.protocol import Study
from techduel.studies.micro.tables import read_estimates

RULE: Final = (
    "Verdicts follow studies/micro/protocol.yaml: the sign is right when the mean over worlds, and that less the"
    " placebo, have the published sign beyond 1.645 standard errors over parameter sets; *reproduced* when the mean"
    " lies in the band too."
)


def write_readme(folder: Path, study: Study, config: Mapping[str, Any]) -> None:
    """What was done and what came out."""
    write_text(folder / README, "\n".join(_lines(folder, study, config)) + "\n")


def screen(folder: Path) -> str:
    """The findings, a line each."""
    return "\n".join(
        f"  {line['id']:<24} {line['estimate']:8.2f} ± {1.96 * line['se']:.2f} {line['unit']:<7} {line['verdict']}"
        for line in read_estimates(folder)
    )


def _lines(folder: Path, study: Study, config: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {folder.name}"
    yield ""
    yield study.question
    yield ""
    yield f"{study.paper}."
    yield ""
    if config["mirror"]:
        yield "States swapped: China treats, US firms are treated. Facts of the base year are not swapped."
        yield ""
    if config["switched"]:
        yield f"Switched: {config['switched']}: {config['meaning']} ({_parameters(config['parameters'])})."
        yield ""
    yield (
        f"{config['worlds']} worlds, two a parameter set, base year {study.base_year}, treatment from {study.starts};"
        f" protocol: {config['protocol']}. {RULE}"
    )
    yield ""
    yield from head(
        "finding",
        "says",
        "published",
        "band",
        "model",
        "90 % of worlds",
        "placebo",
        "lead",
        "verdict",
        "first",
        "less placebo",
    )
    for line in read_estimates(folder):
        yield _row(line)
    yield ""
    yield (
        "Numbers in per cent or points, ± 1.96 standard errors. *Less placebo*: the same rule on the estimate less its"
        " placebo, no part of the protocol. Of counts estimates.csv also has the median over worlds and the ratio of"
        " means. figures/: coefficients and event studies."
    )


def _row(line: Mapping[str, Any]) -> str:
    return cells(
        f"`{line['id']}`",
        line["finding"],
        short(line["published"]) or {1.0: "up", -1.0: "down", 0.0: "none"}[line["sign"]],
        f"{short(line['low'])} to {short(line['high'])}" if line["kind"] == "band" else "",
        _with_error(line, "estimate", "se"),
        f"{short(line['q05'])} to {short(line['q95'])}",
        _with_error(line, "placebo", "placebo_se"),
        _with_error(line, "lead", "lead_se"),
        line["verdict"],
        line["first_verdict"],
        line["net_verdict"],
    )


def _with_error(line: Mapping[str, Any], name: str, error: str) -> str:
    return f"{short(line[name])} ± {short(1.96 * line[error])}"


def _parameters(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name}={value:g}" for name, value in values.items())
