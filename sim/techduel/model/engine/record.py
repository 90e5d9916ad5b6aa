"""Runs as records: what the equations read and write, one record a run, and the World as views on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from techduel.model.actions import MEMORY, NARROW, WIDE, Action
from techduel.model.axes import N_BLOCS, N_BUYERS, N_STATES
from techduel.model.engine.tables import (
    CARRIED,
    CAUSES,
    DECISIONS,
    FORECAST,
    FORMER,
    GIVEN,
    INCOME,
    KINDS,
    NOTES,
    PATHS,
    SALES,
    SEEN,
    TAGS,
    WITHIN,
    quantity,
)
from techduel.model.parameters import schema
from techduel.model.parameters.forms import RIVALS
from techduel.model.structure import Economy, Quantity, Structure, Tags
from techduel.model.world import World

type Records = NDArray[Any]
"""One a run, of `run_type`."""


def _fields(group: str) -> dict[str, Quantity]:
    """All fields of one kind of record."""
    seen = {name: quantity(path) for name, path in SEEN.get(group, {}).items()}
    return seen | dict(WITHIN.get(group, {}))


def _kind(quantities: Mapping[str, Quantity], **more: Any) -> np.dtype[Any]:
    ordered = sorted(quantities.items(), key=lambda item: item[1].kind == "?")  # truth values last: no gaps
    plain = [(name, q.kind, q.length) if q.length else (name, q.kind) for name, q in ordered]
    return np.dtype([*plain, *((name, kind) for name, kind in more.items())], align=True)


def named(names: Sequence[str]) -> np.dtype[Any]:
    """Numbers by name, and as `each` by place: the same memory twice."""
    width = np.dtype("f8").itemsize
    return np.dtype(
        {
            "names": [*names, "each"],
            "formats": [*["f8"] * len(names), ("f8", (len(names),))],
            "offsets": [*(width * place for place in range(len(names))), 0],
            "itemsize": width * len(names),
        }
    )


def _parameters(sectors: int) -> np.dtype[Any]:
    groups: dict[str, list[Any]] = {}
    for full, parameter in schema.described().items():
        group, name = full.split(".")
        length = {None: 0, "state": N_STATES, "sector": sectors}[parameter.axis]
        groups.setdefault(group, []).append((name, "f8", (length,)) if length else (name, "f8"))
    groups["forms"] = [(name, "i8") for name in RIVALS]
    return np.dtype([(group, np.dtype(members, align=True)) for group, members in groups.items()], align=True)


def ledger_type(sectors: int) -> np.dtype[Any]:
    """Why the numbers of a run have moved in a quarter. Equation: model.md 9."""
    cells = (N_STATES, sectors)
    return np.dtype(
        [("frontier", named(CAUSES), cells), ("sales", named(SALES), cells), ("income", named(INCOME), (N_STATES,))]
    )


def _former_type(sectors: int) -> np.dtype[Any]:
    """What a ledger remembers of the quarter before."""
    sizes = {"sectors": (sectors,), "markets": (N_BLOCS, sectors), "states": (N_STATES,)}
    return np.dtype([(group, _kind(FORMER[group]), size) for group, size in sizes.items()], align=True)


def run_type(sectors: int, slots: int, links: int) -> np.dtype[Any]:
    """The record of one run."""
    decisions = {
        group: dict.fromkeys(DECISIONS, named(names)) for group, names in (("cells", WIDE), ("states", NARROW))
    }
    share = np.dtype(("f8", (N_BUYERS, N_BLOCS)))
    link = [("user", "i8"), ("source", "i8"), ("share", "f8"), ("hardness", "f8"), ("cost_share", "f8", (N_STATES,))]
    return np.dtype(
        [
            ("firms", _kind(_fields("firms")), (N_STATES, sectors, slots)),
            ("cells", _kind(_fields("cells"), **decisions["cells"]), (N_STATES, sectors)),
            ("states", _kind(_fields("states"), **decisions["states"]), (N_STATES,)),
            ("markets", _kind(_fields("markets"), share=share), (N_BLOCS, sectors)),
            ("blocs", _kind(_fields("blocs")), (N_BLOCS,)),
            ("sectors", _kind(_fields("sectors") | {tag: Quantity("?", "", f"tag {tag}") for tag in TAGS}), (sectors,)),
            ("links", np.dtype(link, align=True), (links,)),
            ("parameters", _parameters(sectors)),
            ("now", _kind(_fields("now"))),
            ("next_rules", "f8", (slots,)),
            ("notes", _kind(NOTES), (N_STATES, sectors, slots)),
            ("former", _former_type(sectors)),
            ("ledger", ledger_type(sectors)),
        ],
        align=True,
    )


def empty(runs: int, sectors: int, slots: int, links: Any) -> Records:
    """Records of runs that hold nothing yet; no price and no rule keeps any goods away."""
    records = np.zeros(runs, run_type(sectors, slots, links))
    records["markets"]["admitted"] = 1.0
    return records


def packed(world: World) -> Records:
    """A World as new records."""
    runs, _, sectors, slots = world.firms.alive.shape
    records = empty(runs, sectors, slots, np.count_nonzero(world.structure.links.input_share))
    for part in (*CARRIED, *GIVEN):
        write(records, part, getattr(world, part))
    records["now"]["cash_limited"], records["now"]["firm_quarters"] = world.cash_limited, world.firm_quarters
    set_time(records, world.structure.economy, world.quarter, world.year)
    return records


def forecast_type() -> np.dtype[Any]:
    """What is forecast of a quarter, in the fields of the records that hold it; and where its details are kept."""
    now = [("quarter", "i8"), ("year", "f8"), ("detail", "i8")]
    states = np.dtype([(name, "f8") for name in FORECAST])
    blocs = [(name, "f8", (N_BLOCS,)) for name in ("gdp", "forecast_gdp")]
    return np.dtype([*now, *blocs, ("states", states, (N_STATES,))])


def forecasts(economy: Economy, first: int, years: Sequence[float], runs: int) -> NDArray[Any]:
    """What is forecast of the quarters from `first` on, which start at `years`, (quarter, run)."""
    ahead = np.zeros((len(years), runs), forecast_type())
    for place, year in enumerate(years):
        quarter, now = first + place, ahead[place]
        now["quarter"], now["year"] = quarter, year
        now["gdp"] = _along(economy.gdp_path, quarter)
        now["forecast_gdp"] = economy.first_gdp[:, :, 0, 0] * now["gdp"]
        for name, path in PATHS.items():
            now["states"][name] = _along(getattr(economy, path), quarter)
        now["states"]["knowledge_expected"] = _along(economy.knowledge_path, max(quarter - 1, 0))
    return ahead


def set_time(records: Records, economy: Economy, quarter: int, year: float) -> None:
    """The quarter, and what forecasts say of it; paths end with their last value."""
    forecast = forecasts(economy, quarter, [year], len(records))[0]
    for name in ("quarter", "year", "gdp", "forecast_gdp"):
        records["now"][name] = forecast[name]
    for name in FORECAST:
        records["states"][name] = forecast["states"][name]
    records["states"]["currency"] = economy.currency_path[:, :, 0, 0]


def _along(path: NDArray[np.float64], quarter: int) -> NDArray[np.float64]:
    return np.asarray(path[:, :, 0, min(quarter, path.shape[-1] - 1)])


def write(records: Records, part: str, values: Any) -> None:
    """Write one part of a World into records."""
    if part in ("action", "decided", "mandate"):
        write_levers(records, "levers" if part == "action" else part, values)
    elif part == "parameters":
        write_parameters(records, values)
    else:
        for group, name, path in _of_part(part):
            inner = attrgetter(path.partition(".")[2])(values)
            records[group][name] = _stored(np.asarray(inner), group, quantity(path).length)
    if part == "structure":
        _write_structure(records, values)


def _of_part(part: str) -> Iterator[tuple[str, str, str]]:
    for group, names in SEEN.items():
        yield from ((group, name, path) for name, path in names.items() if path.partition(".")[0] == part)


def _write_structure(records: Records, structure: Structure) -> None:
    write_links(records, structure.links.input_share, structure.links.hardness, structure.links.cost_share)
    write_tags(records, structure.tags)
    records["now"]["first_exchange"] = structure.demand.first_exchange.reshape(-1)


def write_links(
    records: Records, share: NDArray[np.float64], hardness: NDArray[np.float64], cost_share: NDArray[np.float64]
) -> None:
    """Write who buys inputs from whom, by user; arguments as the fields of `Links`."""
    users, sources = np.nonzero(share.T)
    stored, cells, sectors = records["links"], records["cells"], np.arange(len(share))
    stored["user"], stored["source"] = users, sources
    stored["share"], stored["hardness"] = share[sources, users], hardness[sources, users]
    stored["cost_share"] = cost_share[:, :, sources, users, 0].transpose(0, 2, 1)
    cells["first_link"] = np.searchsorted(users, sectors)
    cells["last_link"] = np.searchsorted(users, sectors, side="right")
    cells["input_total"] = share.sum(axis=0)


def write_tags(records: Records, tags: Tags) -> None:
    """Write what sectors are."""
    for tag in TAGS:
        records["sectors"][tag] = tags[tag]


def write_parameters(records: Records, parameters: Any) -> None:
    """Write all parameters."""
    for full, parameter in schema.described().items():
        group, name = full.split(".")
        values = getattr(getattr(parameters, group), name)
        axis = {
            None: (slice(None), 0, 0, 0),
            "state": (slice(None), slice(None), 0, 0),
            "sector": (slice(None), 0, slice(None), 0),
        }
        records["parameters"][group][name] = values[axis[parameter.axis]]
    for name in RIVALS:
        records["parameters"]["forms"][name] = getattr(parameters.forms, name)[:, 0, 0, 0]


def write_levers(records: Records, decision: str, action: Action) -> None:
    """Write the levers of both states."""
    for name in WIDE:
        records["cells"][decision][name] = getattr(action, name)[..., 0]
    for name in NARROW:
        records["states"][decision][name] = getattr(action, name)[:, :, 0, 0]
    if decision == "proposed":
        records["states"][MEMORY] = getattr(action, MEMORY)[:, :, 0]


def _stored(values: NDArray[Any], group: str, length: int | tuple[int, int]) -> NDArray[Any]:
    """From the axes of a World to those of a record."""
    match group, bool(length):
        case ("firms", _) | ("cells", True):
            stored = values
        case ("cells", False) | ("markets", False):
            stored = values[..., 0]
        case (("states" | "blocs"), True):
            stored = values[:, :, 0]
        case (("states" | "blocs"), False):
            stored = values[:, :, 0, 0]
        case "sectors", True:
            stored = values[..., 0].transpose(0, 2, 1)
        case "sectors", False:
            stored = values[:, 0, :, 0]
        case _ if isinstance(length, tuple):
            stored = values.transpose(0, 2, 3, 4, 1)
        case _:
            stored = values[:, 0] if length == N_BUYERS else values[..., 0].transpose(0, 2, 3, 1)
    return stored


def _shown(values: NDArray[Any], group: str, length: int | tuple[int, int]) -> NDArray[Any]:
    """From the axes of a record to those of a World, the same memory, read-only."""
    match group, bool(length):
        case ("firms", _) | ("cells", True):
            view = values[...]
        case ("cells", False) | ("markets", False):
            view = values[..., None]
        case (("states" | "blocs"), True):
            view = values[:, :, None]
        case (("states" | "blocs"), False):
            view = values[:, :, None, None]
        case "sectors", True:
            view = values.transpose(0, 2, 1)[..., None]
        case "sectors", False:
            view = values[:, None, :, None]
        case _ if isinstance(length, tuple):
            view = values.transpose(0, 4, 1, 2, 3)
        case _:
            view = values[:, None] if length == N_BUYERS else values.transpose(0, 3, 1, 2)[..., None]
    view.flags.writeable = False
    return view


def part(records: Records, name: str) -> Any:
    """One part of a World as read-only views on records."""
    if name in ("action", "decided"):
        return _action(records, "levers" if name == "action" else name)
    return KINDS[name](
        **{
            path.rpartition(".")[2]: _shown(records[group][inner], group, quantity(path).length)
            for group, inner, path in _of_part(name)
        }
    )


def fixed(records: Records, name: str) -> dict[str, NDArray[np.float64]]:
    """What records hold of one part of a Structure, by field, in memory of its own."""
    return {
        path.rpartition(".")[2]: _shown(records[group][inner], group, quantity(path).length).copy()
        for group, names in SEEN.items()
        for inner, path in names.items()
        if path.rpartition(".")[0] == name
    }


def _action(records: Records, decision: str) -> Action:
    wide = {name: _shown(records["cells"][decision][name], "cells", 0) for name in WIDE}
    narrow = {name: _shown(records["states"][decision][name], "states", 0) for name in NARROW}
    return Action(**wide, **narrow)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a World comes from: records, and the parts as they stand in them."""

    records: Records
    parts: Mapping[str, Any]

    def holds(self, world: World, names: tuple[str, ...]) -> bool:
        """Whether some parts of a World are still those of the records."""
        return all(getattr(world, name) is self.parts[name] for name in names)


def shown(records: Records, world: World) -> World:
    """A World whose changing parts are views on records; the rest is that of another World."""
    parts = {name: part(records, name) for name in CARRIED}
    now = records["now"]
    counts = {name: _shown(now[name], "firms", 0) for name in ("cash_limited", "firm_quarters")}
    origin = Origin(records, parts | {name: getattr(world, name) for name in GIVEN})
    changes: dict[str, Any] = {**parts, **counts, "origin": origin}
    return replace(world, **changes)


def records_of(world: World) -> Records:
    """The records that a World is a view on, or new ones with its content: to read, not to change."""
    origin = world.origin
    if origin is not None and origin.holds(world, (*CARRIED, "structure", "parameters")):
        return origin.records
    return packed(world)


def copied(world: World) -> Records:
    """New records with the content of a World."""
    records = records_of(world)
    if world.origin is None or records is not world.origin.records:
        return records
    records = records.copy()
    for name in ("mandate", "outside"):
        if getattr(world, name) is not world.origin.parts[name]:
            write(records, name, getattr(world, name))
    return records
