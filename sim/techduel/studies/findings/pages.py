"""Pages of the evidence: the table of findings, that of parameters, and blocks of hand-written pages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.manifest import read_manifest, write_text, written
from techduel.report.marks import FOLDER as FIGURES
from techduel.scenario.fingerprint import made_here
from techduel.scenario.loader import InvalidInput
from techduel.statistics.tables import write_table
from techduel.studies.backtest.tables import SKILL, read
from techduel.studies.evidence import finding_words
from techduel.studies.evidence.evidence_words import macro
from techduel.studies.evidence.parameter_table import COLUMNS as PARAMETER_COLUMNS
from techduel.studies.evidence.parameter_table import parameter_rows
from techduel.studies.evidence.published import COLUMNS, answers, catalogue
from techduel.studies.evidence.studies import PARAMETERS, Table, labelled, stored
from techduel.studies.findings.parts import BACKTEST, PARTS, Settings, folder_of, origin_of
from techduel.studies.micro.first import FILE as FIRST_VERDICTS
from techduel.studies.micro.first import first_verdicts
from techduel.studies.micro.protocol import protocol, studies
from techduel.studies.micro.tables import read_estimates
from techduel.studies.table import STUDIES

_BLOCK: Final = re.compile(r"<!-- begin (?P<name>[\w-]+) -->\n(?P<body>.*?)<!-- end (?P=name) -->", re.DOTALL)
_MARKER: Final = re.compile(r"<!-- (?:begin|end) [^>]*-->")


def rewritten(page: str, blocks: Mapping[str, str], name: str) -> str:
    """A page with new contents between its markers ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.

    Blocks that are not given keep their contents; a block for which the page has no markers is not shown.

    Parameters
    ----------
    page : str
    blocks : mapping
        Markdown by name of the block.
    name : str
        Of the page, for messages.

    Raises
    ------
    InvalidInput
        If a marker has no partner, or a name comes twice.

    Examples
    --------
    >>> print(rewritten(page, {"some": "new"}, "page.md"))
    <!-- begin some -->
    new
    <!-- end some -->
    """
    parameters = names(page)
    alone = len(_MARKER.findall(page)) - 2 * len(parameters)
    twice = sorted({block for block in parameters if parameters.count(block) > 1})
    if alone or twice:
        raise InvalidInput([f"{name}: markers without a partner, or used twice: {', '.join(twice) or alone}"])
    return _BLOCK.sub(lambda found: _filled(found, blocks), page)


def names(page: str) -> list[str]:
    """Names of the blocks of a page, in its order."""
    return [found["name"] for found in _BLOCK.finditer(page)]


def _filled(match: re.Match[str], blocks: Mapping[str, str]) -> str:
    block = match["name"]
    if block not in blocks:
        return match[0]
    return f"<!-- begin {block} -->\n{blocks[block].rstrip('\n')}\n<!-- end {block} -->"


FINDINGS: Final = "findings.csv"
PARAMETER_TABLE: Final = "parameters.csv"
PAGES: Final = ("evidence.md", "parameters.md", "ten_numbers.md")
UNTOUCHED: Final = "no"
"""Word of the protocol for findings that no parameter had in view."""

type Lines = list[dict[str, Any]]


def write_findings(given: Settings) -> Lines:
    """Every finding whose study is done, as ``findings.csv``; its lines."""
    tables = drawn_tables(given)
    commands = {table: PARTS[study].command for study, paths in finished(given).items() for table in _names(paths)}
    lines = [*micro_findings(given), *answers(tables, commands)]
    table = Table(COLUMNS, tuple(_line(line, COLUMNS) for line in lines))
    write_table(folder_of(given) / FINDINGS, COLUMNS, table.lines)
    if lines:
        from techduel.studies.evidence.figures import draw_findings

        draw_findings(table, folder_of(given), origin_of("findings", given))
    return lines


def micro_findings(given: Settings) -> Lines:
    """Findings of the regressions on firms that are done, in the columns of ``findings.csv``."""
    return [_micro(line, name) for name in studies() for line in estimates(name, given)]


def estimates(name: str, given: Settings) -> Lines:
    """The estimates in a result folder of ``techduel micro``; none if they are not there or of other sources."""
    folder = Path(given["results"]) / "micro" / name
    return read_estimates(folder) if current(folder, "micro") else []


def current(folder: Path, study: str) -> bool:
    """Whether a result of another command is complete and made from these sources and formulas."""
    manifest = read_manifest(folder)
    return manifest is not None and manifest.sealed and made_here(manifest.fingerprint, STUDIES[study].formulas)


def _micro(line: Mapping[str, Any], study: str) -> dict[str, Any]:
    said = "" if line["tuned"] == UNTOUCHED else line["tuned"]
    tuned_by = said or catalogue().in_view.get(line["id"], "")
    return {
        **{"id": line["id"], "finding": line["finding"], "published": line["published"]},
        **{"published_low": line["low"], "published_high": line["high"]},
        **{"model": line["estimate"], "model_se": line["se"], "verdict": line["verdict"]},
        **{"tuned": bool(tuned_by), "command": f"techduel micro study={study}"},
        **{"unit": line["unit"], "share": line["share"], "source": line["source"], "differs": ""},
        **{"kind": line["kind"], "tuned_by": tuned_by, "seen_before": False},
        **{"net": line["corrected"], "net_se": line["corrected_se"], "net_verdict": line["net_verdict"]},
    }


def write_parameters(given: Settings) -> Lines:
    """Every parameter with its direction, as ``parameters.csv``; its lines, none before directions are known."""
    paths = finished(given).get("directions", [])
    lines = [row for path in paths for row in parameter_rows(list(labelled(stored(path))))]
    if lines:
        rows = (_line(line, PARAMETER_COLUMNS) for line in lines)
        write_table(folder_of(given) / PARAMETER_TABLE, PARAMETER_COLUMNS, rows)
    return lines


def finished(given: Settings) -> dict[str, list[Path]]:
    """The tables of all studies that are done with these settings: those that ``finished`` names."""
    done: Mapping[str, Sequence[str]] = given["finished"]
    return {study: [folder_of(given) / f"{name}.csv" for name in names] for study, names in done.items()}


def drawn_tables(given: Settings) -> dict[str, Lines]:
    """Lines about drawn sets of parameters, by table."""
    tables = {path.stem: labelled(stored(path)) for paths in finished(given).values() for path in paths}
    return {name: [line for line in lines if line[PARAMETERS] == given["source"]] for name, lines in tables.items()}


def pages_of(given: Settings) -> list[Path]:
    """The pages whose blocks are to be rewritten; none if none are asked for.

    Raises
    ------
    InvalidInput
        If one is not there or its markers do not fit.
    """
    pages = [Path(given["write"]) / name for name in PAGES] if given["write"] else []
    missing = [f"write: {page.name} is not in {given['write']}" for page in pages if not page.is_file()]
    if missing:
        raise InvalidInput(missing)
    for page in pages:
        rewritten(page.read_text(encoding="utf-8"), {}, page.name)
    return pages


def rewrite(pages: Sequence[Path], given: Settings, findings: Lines, parameters: Lines) -> None:
    """Rewrite the blocks of pages and copy the figures beside them."""
    blocks = dict(_blocks(given, findings, parameters))
    for page in pages:
        write_text(page, rewritten(page.read_text(encoding="utf-8"), blocks, page.name))
    _copy_figures(given)


def _blocks(given: Settings, findings: Lines, parameters: Lines) -> Iterator[tuple[str, str]]:
    """Markdown by name of the block."""
    yield "made", _made(given)
    yield "findings", finding_words.summary(findings, first_verdicts(Path(given["write"]) / FIRST_VERDICTS))
    yield "differences", finding_words.differences(findings)
    yield "left_out", finding_words.left_out({**protocol().left_out, **catalogue().left_out})
    if parameters:
        yield "parameters", finding_words.parameters(parameters)
    for name in finished(given):
        yield name, (folder_of(given) / f"{name}.md").read_text(encoding="utf-8")
    regressions = {name: estimates(name, given) for name in studies()}
    if all(regressions.values()):
        yield "micro", finding_words.regressions(regressions)
        yield "switches", finding_words.switches(switched(given))
    again = {name: estimates(f"{name}-version_2", given) for name in studies()}
    if all(again.values()):
        yield "micro_2", finding_words.regressions(again)
    for path in finished(given).get("decoupling", []):
        yield "macro", macro(list(labelled(stored(path))))
    tested = Path(given["results"]) / "backtest" / BACKTEST
    if current(tested, "backtest"):
        yield "backtest", finding_words.skill(read(tested / SKILL))


def switched(given: Settings) -> dict[str, dict[str, Lines]]:
    """Estimates by study and by what is switched off, ``nothing`` first; without switches that are not done."""
    found = dict[str, dict[str, Lines]]()
    for name, switch in protocol().switches.items():
        parts = found.setdefault(switch.study, {"nothing": estimates(switch.study, given)})
        lines = estimates(f"{switch.study}-{name}", given)
        if lines:
            parts[switch.meaning] = lines
    return found


def _made(given: Settings) -> str:
    origin = origin_of("", given)
    return (
        f"Techduel {origin['version']}, sources `{origin['sources'][:12]}`, {given['draws']} parameter sets from the"
        f" {given['source']}, seed {given['seed']}.\n"
    )


def _copy_figures(given: Settings) -> None:
    for name in ("findings", *finished(given)):
        picture = folder_of(given) / FIGURES / f"{name}.png"
        if picture.is_file():
            with written(Path(given["write"]) / FIGURES / f"evidence_{name}.png") as part:
                part.write_bytes(picture.read_bytes())


def _names(paths: Sequence[Path]) -> list[str]:
    return [path.stem for path in paths]


def _line(line: Mapping[str, Any], columns: Sequence[str]) -> tuple[str | float, ...]:
    return tuple(str(line[name]).lower() if isinstance(line[name], bool) else line[name] for name in columns)
