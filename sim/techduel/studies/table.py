"""The table of studies: for each its name, what it does, and what every command asks of it.

A study's folder holds a module `settings` with what `Asked` says, and a module `command` with the functions of `Home`.
Commands that compute, draw, reproduce and list results know studies from this table only; a stored configuration says
under ``experiment`` which one it belongs to.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from techduel.scenario.fingerprint import POSTERIOR, Formulas
from techduel.scenario.loader import InvalidInput, unknown_key

if TYPE_CHECKING:
    from techduel.ensemble.compute import Options
    from techduel.report.marks import Album
    from techduel.report.story import Story
    from techduel.scenario.problems import Strict

EXPERIMENT: Final = "experiment"
"""Key of a stored configuration that names its study."""
DONE, SOME_FAILED = 0, 5
"""Exit codes of a study that has been computed."""

type Config = Mapping[str, Any]


class Home(Protocol):
    """What the module `command` of a study offers, and perhaps `following`, a command that is worth typing next."""

    def header(self, config: Config, options: "Options") -> str:
        """The line that a command opens with, without the version."""
        ...

    def compute(self, config: Config, folder: Path, options: "Options") -> int:
        """Have a result folder filled, from a composed or a stored configuration; `DONE` or `SOME_FAILED`."""
        ...

    def album(self, config: Config, folder: Path) -> "Album":
        """Every figure of a stored result; of studies that are told in reports."""
        ...

    def draw(self, config: Config, folder: Path) -> None:
        """Draw the figures of a stored result anew, with the tables that are made with them.

        Raises
        ------
        InvalidInput
            If results of this study have no figures.
        """
        ...

    def screen(self, folder: Path) -> str:
        """What a command prints of a finished result."""
        ...


class Asked(Protocol):
    """What the module `settings` of a study offers."""

    @property
    def Settings(self) -> "type[Strict]":  # noqa: N802 - a class
        """The model of the settings that only this study has."""
        ...

    @property
    def Result(self) -> "type[Strict]":  # noqa: N802 - a class
        """The model of what its result stores."""
        ...

    def composed(self, arguments: Sequence[str]) -> dict[str, Any]:
        """The whole plain configuration of a command line, checked."""
        ...


@dataclass(frozen=True, slots=True)
class Study:
    """One study."""

    name: str
    """Of its command and of the folder of its results."""
    meaning: str
    root: str | None = None
    """The file of ``configs/`` that its settings are composed from by Hydra; None for KEY=VALUE settings of its own."""
    room: str | None = None
    """Folder of its module `command`, where it is not its name."""
    chunks_are_runs: bool = False
    """As of its `formulas`."""
    makes: str = ""
    """As of its `formulas`."""

    @property
    def home(self) -> Home:
        """Its module `command`, read when it is first needed."""
        return cast(Home, import_module(f"techduel.studies.{self.folder_name}.command"))

    @property
    def folder_name(self) -> str:
        """Folder of its module `command`, from where its formulas are found."""
        return self.room or self.name

    @property
    def formulas(self) -> Formulas:
        """Its formulas, for the fingerprint of its results."""
        return Formulas(self.folder_name, self.chunks_are_runs, self.makes)

    @property
    def settings(self) -> Asked:
        """Its module `settings`, read when it is first needed."""
        return cast(Asked, import_module(f"techduel.studies.{self.name}.settings"))

    @property
    def told_in(self) -> str:
        """Name of its module `story`, whether there is one or not."""
        return f"techduel.studies.{self.folder_name}.story"

    @property
    def story(self) -> "Callable[[Config, Path], Story]":
        """What a stored result says, for a report.

        Raises
        ------
        InvalidInput
            If results of this study are not told in reports.
        """
        module = self.told_in
        if find_spec(module) is None:
            told = ", ".join(one for one, study in STUDIES.items() if find_spec(study.told_in) is not None)
            raise InvalidInput([f"report: results of {self.name} have none; allowed: {told}"])
        return cast("Callable[[Config, Path], Story]", import_module(module).story)

    def following(self, config: Config, folder: Path, overrides: Sequence[str]) -> str:
        """A command that is worth typing next: what the study says, or its report; empty if it has neither."""
        rule = getattr(self.home, "following", None)
        if rule:
            return str(rule(config, folder, overrides))
        return f"techduel report {folder}" if find_spec(self.told_in) else ""

    def wrong_with(self, config: Config) -> list[str]:
        """Everything that is wrong with a stored configuration, one line each."""
        from techduel.scenario.problems import wrong_with

        return wrong_with(self.settings.Result, config)

    def folder(self, config: Config) -> Path:
        """Where a composed configuration says that the result lies."""
        return Path(config["results"], *filter(None, (self.name, config.get("name"))))


_STUDIES: Final = (
    Study("run", "one scenario, many runs: tables, figures, scorecard", "config", chunks_are_runs=True),
    Study("compare", "several scenarios paired run by run with the first one named", "compare"),
    Study("overview", "the title's question on one page: every scenario against the baseline, and rival equations"),
    Study("calibrate", "parameter sets under which the model lives through the record since 2010", makes=POSTERIOR),
    Study(
        "sweep",
        "a design over levers, parameters and scenarios: resumable, on processes or a cluster",
        "sweep",
        chunks_are_runs=True,
    ),
    Study(
        "sensitivity",
        "which uncertainty drives which outcome: Morris screening, Sobol indices, luck apart",
        "sensitivity",
    ),
    Study(
        "game",
        "which policies two reacting states hold to, what a lead costs them, and what would flip that",
        chunks_are_runs=True,
    ),
    Study(
        "backfire",
        "where a control hurts the state that imposes it: lead, own frontier, income, each with its size",
        chunks_are_runs=True,
    ),
    Study(
        "chokepoints",
        "which input one state can deny the other, at what loss to either side, and for how long",
        chunks_are_runs=True,
    ),
    Study(
        "branch",
        "policies from a common past: when a choice is worth most, and the regret of early or late",
        chunks_are_runs=True,
    ),
    Study(
        "halflife",
        "how long a lead lasts by sector, from an impulse with the same luck, beside what is published",
        chunks_are_runs=True,
    ),
    Study("why", "what moved a lead, cause by cause, and which measure of another scenario moves it by which cause"),
    Study(
        "evidence",
        "what the model says to published findings: backtest, firms, decoupling, controls, stylised facts",
        room="findings",
    ),
    Study("backtest", "the calibrated ensemble and naive forecasts against what came: outcomes=FILE.csv"),
    Study(
        "hindcast",
        "errors of forecasts from 2010 on, and what the model misses beyond parameters and luck",
        makes="discrepancy",
    ),
    Study("micro", "regressions of published papers on firms of simulated worlds, by a protocol fixed beforehand"),
)
STUDIES: Final[Mapping[str, Study]] = {study.name: study for study in _STUDIES}
"""By name, in the order in which commands are listed."""


def study_of(config: Config) -> Study:
    """The study that a stored configuration belongs to.

    Raises
    ------
    InvalidInput
        If it names none.
    """
    name = config.get(EXPERIMENT)
    if not isinstance(name, str) or name not in STUDIES:
        raise InvalidInput([f"{EXPERIMENT}: {unknown_key(str(name), STUDIES)}"])
    return STUDIES[name]
