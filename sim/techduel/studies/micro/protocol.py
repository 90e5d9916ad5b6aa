"""The protocol: samples, regressions and acceptance bands of published findings, fixed before the first estimate."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from techduel.scenario.loader import strict_yaml

BAND, SIGN, NONE = "band", "sign", "none"
VERSIONS: Final = (1, 2)
PROTOCOLS: Final = {1: "protocol.yaml", 2: "protocol_2.yaml"}
"""What was fixed, by version; the second says in what it differs from the first."""
COMMITS: Final = {1: "protocol_commit.txt", 2: "protocol_2_commit.txt"}
"""Two lines: the commit in which the protocol was fixed, and the SHA-256 of the protocol in it."""
POISSON: Final = "poisson"
NOT_YET: Final = "none"
"""What stands in place of a commit until the protocol has one."""


@dataclass(frozen=True, slots=True)
class Plans:
    """Controls whose year and breadth are drawn for each sector, in several ways."""

    number: int
    years: tuple[int, int]
    """First and last year in which a sector may be hit."""
    breadth: tuple[float, float]
    depth: float


@dataclass(frozen=True, slots=True)
class Study:
    """A treatment and the years around it."""

    name: str
    question: str
    paper: str
    base_year: int
    before: tuple[int, ...]
    """Years without treatment; the last is what others are compared with."""
    until: int
    treatment: tuple[Mapping[str, Any], ...] = ()
    """Changes of the sender's levers, as in a schedule."""
    throughout: tuple[Mapping[str, Any], ...] = ()
    """Changes with and without the treatment."""
    restricted: tuple[str, ...] = ()
    """Sectors whose goods are denied."""
    plans: Plans | None = None
    shock: float = float("nan")
    """Rise of decoupling that estimates refer to."""

    @property
    def starts(self) -> int:
        """First year of treatment."""
        return self.before[-1] + 1


@dataclass(frozen=True, slots=True)
class Matching:
    """How the firms are chosen with which treated ones are compared."""

    neighbours: int
    treated: str
    """Column; firms for which it is positive are treated."""
    path: tuple[str, ...]
    """Columns whose values before the treatment are a firm's path."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A published finding and the regression that looks for it."""

    name: str
    study: str
    finding: str
    kind: str
    sign: int
    source: str
    tuned: str
    firms: str
    """Whose: `target`, `sender`, or `inputs` for what the target's sectors buy."""
    outcome: str
    term: str
    """Column whose coefficient is wanted, after the treatment against before."""
    effects: str
    """Beside firm effects: `year`, or `sector_year`."""
    cluster: str
    """`firm` or `sector`."""
    published: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    interval: str = ""
    without: str = ""
    """Column; firms for which it is positive are left out."""
    beside: tuple[str, ...] = ()
    """Columns that stand in the regression beside the term."""
    controls: tuple[str, ...] = ()
    """`size`: log mean sales before, by year; `path`: log sales in each year before, by year; `market`: log world
    spending on the sector."""
    years: tuple[int, int] = (0, 0)
    """First and last year after the treatment that count."""
    horizons: tuple[int, int] = (0, 0)
    """The same of a local projection, years after the shock."""
    matching: Matching | None = None
    """None where all firms are compared."""
    counts: str = ""
    """`poisson`, or nothing: counts are regressed as they are."""

    @property
    def projected(self) -> bool:
        """Whether it is looked for by a local projection."""
        return self.horizons[0] > 0


@dataclass(frozen=True, slots=True)
class Switch:
    """A study with a channel of the model switched off."""

    study: str
    meaning: str
    parameters: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Protocol:
    """Everything that is fixed."""

    worlds: int
    seed: int
    posterior: int
    """Base year of the posterior whose parameter sets are used."""
    studies: Mapping[str, Study]
    findings: Mapping[str, Finding]
    switches: Mapping[str, Switch]
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Findings of the papers that the panel has no counterpart of, and why."""

    def of_study(self, name: str) -> tuple[Finding, ...]:
        """Findings that a study looks for."""
        return tuple(finding for finding in self.findings.values() if finding.study == name)


def studies() -> Mapping[str, Study]:
    """The studies of the protocol by name, the same in all versions."""
    return protocol().studies


@cache
def protocol(version: int = 1) -> Protocol:
    """The protocol of a version: ``protocol.yaml``, for the second with what ``protocol_2.yaml`` changes."""
    first = parsed(strict_yaml(files("techduel.studies.micro") / PROTOCOLS[1]))  # type: ignore[arg-type]
    if version == 1:
        return first
    changed: Mapping[str, Any] = strict_yaml(files("techduel.studies.micro") / PROTOCOLS[version])  # type: ignore[arg-type]
    return replace(first, findings={name: second(finding, changed) for name, finding in first.findings.items()})


def second(finding: Finding, changed: Mapping[str, Any]) -> Finding:
    """A finding as the second version looks for it: against firms of the same path, counts by Poisson."""
    if finding.projected or finding.firms == "inputs":
        return finding
    matched, path = changed["matched"], tuple(changed["path"])
    found = replace(finding, counts=changed["counts"])
    if finding.term in matched["terms"]:
        beside = tuple(matched["beside"].get(finding.name, finding.beside))
        matching = Matching(matched["neighbours"], matched["treated"], path)
        return replace(found, effects="year", beside=beside, controls=("market",), matching=matching)
    controls = ("path" if name == "size" else name for name in finding.controls)
    return replace(found, controls=tuple(controls))


def parsed(plain: Mapping[str, Any]) -> Protocol:
    """The protocol in plain values.

    Raises
    ------
    ValueError
        If a finding's kind, sign and band do not fit each other.
    TypeError
        If something is missing, or not known.
    """
    findings = {name: Finding(name, **_tuples(given)) for name, given in plain["findings"].items()}
    for finding in findings.values():
        _check(finding, plain["studies"])
    return Protocol(
        plain["worlds"],
        plain["seed"],
        plain["posterior"],
        {name: _study(name, given, plain["treatments"]) for name, given in plain["studies"].items()},
        findings,
        {name: Switch(**given) for name, given in plain["switches"].items()},
        plain["left_out"],
    )


def _study(name: str, given: Mapping[str, Any], treatments: Mapping[str, Any]) -> Study:
    plans = given.get("plans")
    made = {"plans": Plans(**_tuples(plans)) if plans else None}
    return Study(name, **_tuples({**given, **made, "treatment": treatments.get(str(given.get("treatment")), [])}))


def _tuples(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}


def _check(finding: Finding, studies: Sequence[str]) -> None:
    fits = {
        BAND: finding.low < finding.published < finding.high and finding.sign * finding.published > 0.0,
        SIGN: finding.sign != 0 and finding.published != finding.published,
        NONE: finding.sign == 0,
    }
    if not fits.get(finding.kind, False) or finding.study not in studies:
        raise ValueError(f"{finding.name}: kind, sign, band or study do not fit each other")


def digest() -> str:
    """SHA-256 of the protocol and of all code that carries it out, in the order of their names.

    Code may be put better after the protocol was fixed, so this is printed, not guarded; `mark` guards the protocol.
    """
    found = hashlib.sha256()
    for path in sorted(files("techduel.studies.micro").iterdir(), key=lambda path: path.name):
        if path.name.endswith((".py", ".yaml")):
            content = path.read_bytes()
            found.update(f"{path.name} {len(content)}\n".encode())
            found.update(content)
    return found.hexdigest()


def commit(version: int) -> str:
    """The commit in which a version of the protocol was fixed; `NOT_YET` as long as there is none."""
    return _fixed(version)[0]


def mark(version: int) -> str:
    """The commit for tables and screen, with a word if the protocol is not, byte by byte, the one of that commit."""
    fixed = _fixed(version)
    content = (files("techduel.studies.micro") / PROTOCOLS[version]).read_bytes()
    same = fixed[1:] == [hashlib.sha256(content).hexdigest()]
    return fixed[0] if same or fixed[0] == NOT_YET else f"changed since {fixed[0]}"


def _fixed(version: int) -> list[str]:
    """The commit and the SHA-256 of the protocol in it."""
    return (files("techduel.studies.micro") / COMMITS[version]).read_text(encoding="utf-8").split()
