"""Settings of the evidence: which parts are done, from how many parameter sets, and which pages are rewritten."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, create_model

from techduel.scenario.arguments import Luck, Writing, read
from techduel.scenario.problems import Allowed, Strict
from techduel.scenario.settings import Name
from techduel.studies.evidence.studies import STUDIES

EXPERIMENT: Final = "evidence"
PARTS: Final = ("backtest", "micro", *STUDIES)
"""Everything that can be done, in its order."""
MOST_DRAWS: Final = 1024
"""All runs of an arm step together; more would not fit into memory."""
_PART: Any = Literal[PARTS]
_PARTS: Any = Annotated[
    list[_PART],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    Field(min_length=1),
    Allowed(f"a list of {', '.join(PARTS)}"),
]


class _Numbers(Strict):
    """What decides the tables."""

    source: Literal["posterior", "prior"] = Field("posterior", description="where parameter sets come from")
    draws: Annotated[int, Field(ge=2, le=MOST_DRAWS)] = Field(
        64, description="parameter sets of each study that simulates arms"
    )
    seed: Luck = Field(1, description="luck")


class _Shared(_Numbers, Writing):
    """Settings of all parts."""

    workers: Annotated[int, Field(ge=0, le=64)] = Field(0, description="processes; 0 for all cores")
    write: Annotated[str, Field(min_length=1), Allowed("a folder such as docs")] | None = Field(
        None, description="folder of the pages whose tables are rewritten"
    )


_STUDIES: Any = {"studies": (_PARTS | None, Field(None, description="parts to do; all when left out"))}
Settings: Final = create_model("Settings", __base__=_Shared, **_STUDIES)
"""What the command line takes."""
_STORED: Any = {"experiment": (Literal[EXPERIMENT], ...), "name": (Name | None, None), "studies": (list[_PART], ...)}
Result: Final = create_model("Result", __base__=_Numbers, **_STORED)
"""What a result stores."""


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The settings of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem, one line each.
    """
    given = read(arguments, Settings)
    executor = {"kind": "local", "workers": given["workers"] or None}
    chosen = {"name": None, "studies": given["studies"] or list(PARTS), "executor": executor}
    return {**given, "experiment": EXPERIMENT, **chosen}
