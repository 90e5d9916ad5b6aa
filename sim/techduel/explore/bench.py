"""Bench: runs that pages ask for, computed in this process and shared between pages that ask for the same."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import simulate
from techduel.explore.view import MOST_RUNS, RUNS, View
from techduel.face.compared import Compared, question
from techduel.scenario.scenario import Scenario, load_scenario
from techduel.studies.compare.comparison import READ

PARTS: Final = (0, RUNS, 74, 116, 158, MOST_RUNS)
"""Runs are computed from one of these to the next, so that a page that moves on is not waited for."""
KEPT: Final = 60
"""Parts in memory, some 3 MB each."""


class Superseded(Exception):
    """A page has moved on while its last question was computed."""


class Bench:
    """Computes views; safe to use from several threads."""

    def __init__(self) -> None:
        self._parts: OrderedDict[tuple[str, int, int], Record] = OrderedDict()
        self._lock = threading.Lock()

    def compared(self, view: View, runs: int, stale: Callable[[], bool] = lambda: False) -> Compared:
        """What a view shows.

        Parameters
        ----------
        view : View
        runs : int
            Of each scenario: one of `PARTS`.
        stale : callable
            Whether nobody waits for it any longer.

        Raises
        ------
        InvalidInput
            If the levers cannot be moved in this scenario.
        Superseded
            If it has become stale.
        """
        shelf = view.shelf
        other = load_scenario(view.content) if view.moves else shelf.scenario(view.scenario)
        members = dict(zip(view.names, (shelf.scenario(view.baseline), other), strict=True))
        asked = {"year": view.year, "sector": view.sector or None, "outcome": None}
        config = question(members, runs, shelf.seed, asked)
        if view.stored:
            found = [shelf.record(name, runs) for name in (view.baseline, view.scenario)]
        else:
            found = [self._record(one, runs, shelf.seed, stale) for one in members.values()]
        return Compared(dict(zip(members, found, strict=True)), config)

    def _record(self, scenario: Scenario, runs: int, seed: int, stale: Callable[[], bool]) -> Record:
        parts = [self._part(scenario, first, last, seed, stale) for first, last in pairwise(PARTS) if last <= runs]
        return Record.concat(parts)

    def _part(self, scenario: Scenario, first: int, last: int, seed: int, stale: Callable[[], bool]) -> Record:
        key = _key(scenario), seed, first
        with self._lock:
            if key in self._parts:
                self._parts.move_to_end(key)
                return self._parts[key]
        if stale():
            raise Superseded
        found = _lean(simulate(scenario, range(first, last), seed, "headline"))
        with self._lock:
            self._parts[key] = found
            while len(self._parts) > KEPT:
                self._parts.popitem(last=False)
        return found


def _key(scenario: Scenario) -> str:
    """All that decides the numbers of a run."""
    without: Mapping[str, Any] = dict.fromkeys(("name", "title", "question", "sources", "scenario"))
    return json.dumps({**scenario.config, **without}, sort_keys=True, default=str)


def _lean(record: Record) -> Record:
    """Without what no page shows."""
    values = {name: numbers for name, numbers in record.values.items() if name in READ}
    return replace(record, values=values, firms={}, ledger={}, snapshots={}, diagnostics={})
