"""Search: settings of a policy proposed one after another by Optuna, and a journal of what each has brought.

The journal holds one JSON object a line, and nothing else is read from it. It lies in the folder of a result while that
is computed, so that a command which was ended goes on; runs are in the store of the folder, not here.
"""

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from techduel.ensemble.manifest import written
from techduel.studies.game.family import Ranges, Settings, corners, inside

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial

JOURNAL: Final = "search.journal"
MISSING: Final = "double_oracle: optuna is not installed; allowed: true after pip install 'techduel[strategy]'"
ERROR: Final = "error"
"""Attribute of a trial."""
LARGEST_JOURNAL: Final = 2**26
"""Bytes; a longer one is not read."""
CORNERS: Final = 0.5
"""Part of the trials that corners of the ranges may take."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that have been tried."""

    settings: Settings
    gain: float
    """Of the state that would have the policy, per cent of income."""
    error: float
    """Standard error."""

    @property
    def gains(self) -> bool:
        """Whether that is more than luck and the sets drawn would bring."""
        return self.gain > self.error


class Search:
    """The best settings of one policy: corners of its ranges first, then by a tree-structured Parzen estimator.

    What is proposed follows from the seed and from what earlier trials have brought, so that it is the same whether a
    command was ended between them or not. Source: Bergstra et al. (2011), Algorithms for hyper-parameter optimization.

    Parameters
    ----------
    storage : BaseStorage
        Of `journal`.
    name : str
        Of the search, unique in the journal: it holds all that decides what a trial brings.
    ranges : Ranges
    seed : sequence of int
    trials : int
    """

    def __init__(self, storage: "BaseStorage", name: str, ranges: Ranges, seed: Sequence[int], trials: int) -> None:
        from optuna import create_study
        from optuna.distributions import FloatDistribution

        self._study = create_study(storage=storage, study_name=name, direction="maximize", load_if_exists=True)
        self._within: dict[str, BaseDistribution] = {
            key: FloatDistribution(low, high) for key, (low, high) in ranges.items()
        }
        self._ranges, self._trials, self._seed = ranges, trials, seed
        self._corners = corners(ranges)[: max(int(CORNERS * trials), 1)]

    @property
    def tried(self) -> list[Trial]:
        """What has been tried, in that order."""
        return [
            Trial(inside(one.params, self._ranges), one.values[0], one.user_attrs[ERROR]) for one in self._finished()
        ]

    @property
    def best(self) -> Trial:
        """The trial that gains most, the first of equals."""
        return max(self.tried, key=lambda one: one.gain)

    def proposed(self) -> Settings | None:
        """What to try next; None when enough has been tried."""
        done = self._finished()
        if len(done) >= self._trials:
            return None
        if len(done) < len(self._corners):
            return self._corners[len(done)]
        ahead = self._beside(done)
        return inside(ahead.ask(self._within).params, self._ranges)

    def keep(self, trial: Trial) -> None:
        """Remember what settings have brought."""
        from optuna.trial import create_trial

        self._study.add_trial(
            create_trial(
                params=trial.settings,
                distributions=self._within,
                value=trial.gain,
                user_attrs={ERROR: trial.error},
            )
        )

    def _beside(self, done: "list[FrozenTrial]") -> "Study":
        """A study in memory with the same trials: what is asked there leaves no trace where a command is ended."""
        from optuna import create_study
        from optuna.samplers import TPESampler

        seed = int(np.random.SeedSequence([*self._seed, len(done)]).generate_state(1)[0])
        sampler = TPESampler(seed=seed, multivariate=True, n_startup_trials=len(self._corners))
        ahead = create_study(sampler=sampler, direction="maximize")
        ahead.add_trials(done)
        return ahead

    def _finished(self) -> "list[FrozenTrial]":
        """Trials as this class has kept them; anything else in the journal counts for nothing."""
        return [trial for trial in self._study.get_trials(deepcopy=False) if self._sound(trial)]

    def _sound(self, trial: "FrozenTrial") -> bool:
        """Whether a trial has settings of these ranges, a gain and its error."""
        numbers: list[Any] = [*(trial.values or [None]), trial.user_attrs.get(ERROR)]
        return trial.distributions == self._within and all(
            isinstance(number, float) and math.isfinite(number) for number in numbers
        )


def installed() -> bool:
    """Whether the library is there."""
    return find_spec("optuna") is not None


@contextmanager
def journal(folder: Path) -> Iterator["BaseStorage"]:
    """The journal of a result folder that this process holds, which goes when the block ends well.

    Lines that are not whole go first. The file is made anew for that, so that what is written into is no second name
    of a file elsewhere. One that cannot be read is begun again: what was computed for its trials is in the store.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    path = folder / JOURNAL
    forget(folder, keep=path.is_file() and path.stat().st_size <= LARGEST_JOURNAL)
    try:
        storage = _opened(path)
    except Exception:  # whatever a made-up line brings about
        forget(folder)
        storage = _opened(path)
    yield storage
    forget(folder)


def forget(folder: Path, keep: bool = False) -> None:
    """Remove the journal and what locks it; or keep of it the lines before the first that is no JSON object."""
    path = folder / JOURNAL
    lines: list[bytes] = path.read_bytes().splitlines(keepends=True) if keep else []
    for left in folder.glob(f"{JOURNAL}*"):
        left.unlink()
    if keep:
        with written(path) as part:
            part.write_bytes(b"".join(line for line in takewhile(_whole, lines)))


def _whole(line: bytes) -> bool:
    """Whether a line of a journal is a whole JSON object."""
    try:
        return line.endswith(b"\n") and isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _opened(path: Path) -> "BaseStorage":
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    # A lock that is a link, as usual there, would make a folder one that leads elsewhere if a command is ended.
    return JournalStorage(JournalFileBackend(str(path), JournalFileOpenLock(str(path))))
