"""A batch of runs that passes quarters: records that change in place, and the World that policies see in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.actions import Action
from techduel.model.engine.compiler import COMPILES, entry
from techduel.model.engine.record import Origin, copied, forecasts, ledger_type, shown, write, write_levers
from techduel.model.engine.tables import CARRIED, GIVEN
from techduel.model.ledger.book import copy_ledger, open_ledgers
from techduel.model.noise import Draws, Noise, draw
from techduel.model.outcomes import details_type, measure, measure_details, measure_totals, totals_type
from techduel.model.quarter import foresee, quarter, quarters
from techduel.model.world import World


@dataclass(frozen=True, slots=True)
class Room:
    """Where the outcomes of some quarters go, as `techduel.model.outcomes.measure` takes them."""

    totals: NDArray[Any]
    """By (quarter, run); none when nothing is measured."""
    details: NDArray[Any]
    """By (place, run)."""
    places: NDArray[np.int64]
    """Of each quarter in `details`, negative where none is kept."""
    ledgers: NDArray[Any]
    """By (quarter, run); none where none is kept."""


NOWHERE: Final = Room(
    np.zeros((0, 0), totals_type(1)),
    np.zeros((0, 0), details_type(1)),
    np.full(4, -1),
    np.zeros((0, 0), ledger_type(1)),
)


@entry
def pass_in_rows(  # noqa: PLR0913, PLR0917 - arrays of records, each of a type of its own
    runs: Any, forecasts: Any, streams: Any, room: Any, totals: Any, details: Any, ledgers: Any
) -> None:
    """Some quarters of every run with luck from its own stream, measured where there is room.

    All quarters of a run are passed before the next run's, so that its numbers stay at hand. Arguments are a batch's
    records, `forecasts` by (quarter, run), `Noise.streams`, `Noise.room()`, and what a `Room` holds.
    """
    for place in range(len(runs)):
        for ahead in range(len(forecasts)):
            foresee(runs[place], forecasts[ahead, place])
            draw(streams[place], room[0].luck, room[0].layers)
            quarter(runs[place], room[0].luck)
            if len(totals) > 0:
                measure_totals(runs[place], totals[ahead, place])
            if forecasts[ahead, place].detail >= 0:
                measure_details(runs[place], details[forecasts[ahead, place].detail, place])
            if len(ledgers) > 0:
                copy_ledger(runs[place], ledgers[ahead, place])


class Batch:
    """Runs that step together.

    Parameters
    ----------
    world : World
        Where they begin; it is left as it is.
    ledger : bool
        Whether each quarter enters why frontiers, sales and real income move; in a base year as it was founded.

    Raises
    ------
    ValueError
        If a ledger is to be kept of a world that is none of a base year.

    Attributes
    ----------
    world : World
        Views on the runs as they are now: what it shows changes with every quarter that passes.
    """

    def __init__(self, world: World, ledger: bool = False) -> None:
        self.records = copied(world)
        self.records["now"]["ledger"] = ledger
        if ledger:
            if not self.records["markets"]["share"].any():
                raise ValueError("a ledger opens in a base year as it was founded")
            open_ledgers(self.records)
        self.world = shown(self.records, world)

    def step(self, decided: Action, luck: Draws, year: float, world: World | None = None) -> None:
        """Pass a quarter.

        Parameters
        ----------
        decided : Action
            What both states have decided; budgets take effect at the start of a year.
        luck : Draws
            The quarter's, one a run or one for all.
        year : float
            Start of the new quarter, 2021.0 for the first.
        world : World, optional
            What events have made of `world`.
        """
        quarters(self.records, self._opened(decided, [year], world)[0], luck.records)
        self._arrived([year])

    def pass_quarters(
        self, decided: Action, noise: Noise, years: Sequence[float], world: World, room: Room = NOWHERE
    ) -> None:
        """Pass some quarters under the same decision, with luck from its source; arguments as of `step`."""
        ahead = self._opened(decided, years, world)
        ahead["detail"] = room.places[: len(years), None]
        if COMPILES and type(noise) is Noise:
            pass_in_rows(self.records, ahead, noise.streams, noise.room(), room.totals, room.details, room.ledgers)
        else:
            self._pass_one_by_one(ahead, noise, room)
        self._arrived(years)

    def _pass_one_by_one(self, ahead: NDArray[Any], noise: Noise, room: Room) -> None:
        """What `pass_in_rows` does, quarter by quarter: without the compiler, or with luck of another kind."""
        for place, forecast in enumerate(ahead):
            quarters(self.records, forecast, noise.passing().records)
            detail = room.places[place]
            if len(room.totals):
                details = room.details[detail] if detail >= 0 else room.details[0, :0]
                measure(self.records, room.totals[place], details)
            if len(room.ledgers):
                room.ledgers[place] = self.records["ledger"]

    def _opened(self, decided: Action, years: Sequence[float], world: World | None) -> NDArray[Any]:
        """Forecasts of the coming quarters, once what is decided and what events have changed is written down."""
        if world is not None and world is not self.world:
            self._heed(world)
        write_levers(self.records, "proposed", decided)
        return forecasts(self.world.structure.economy, self.world.quarter + 1, years, len(self.records))

    def _arrived(self, years: Sequence[float]) -> None:
        self.world = replace(self.world, quarter=self.world.quarter + len(years), year=years[-1])

    def _heed(self, world: World) -> None:
        """Write the parts that are no longer those of the records."""
        parts = self.world.origin.parts
        for name in (*CARRIED, *GIVEN):
            if getattr(world, name) is not parts[name]:
                write(self.records, name, getattr(world, name))
        given = {name: getattr(world, name) for name in GIVEN}
        origin = Origin(self.records, {**parts, **given})
        self.world = replace(self.world, **given, origin=origin)
