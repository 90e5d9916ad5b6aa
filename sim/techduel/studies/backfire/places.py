"""Places of a map: what is imposed at each, what it is compared with, and what that does to the state that imposes it.

Every place has a twin without the control but with all else the same: other parameters, facts and forms are moved in
both, and so are levers that are held. Both have the same luck.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.designs import AS_CONFIGURED, Point, Space, label
from techduel.ensemble.factor_moves import Move
from techduel.ensemble.factors import Factor, factors_from
from techduel.ensemble.headlines import DISCOUNT_RATE
from techduel.ensemble.paired import LEAD
from techduel.ensemble.sets import Runs
from techduel.ensemble.stock import Stock
from techduel.ensemble.sweep import Sweep
from techduel.facts import load_facts
from techduel.facts.base_year import status_quo
from techduel.facts.selection import chosen
from techduel.model.axes import HUNDRED, STATES, Numbers
from techduel.scenario.words import worded

HORIZON: Final = "horizon"
"""An axis that needs no run: the last year that counts."""
POLICY: Final = "policy"
"""Factor that chooses what is imposed."""
MEANINGS: Final = ("lead", "frontier", "income")
UNITS: Final = {"lead": "log points", "frontier": "log points", "income": "%"}
FIRST: Final = 3
"""Years before the first that a horizon may be, so that something can have happened."""


@dataclass(frozen=True)
class Field:
    """Changes at every place."""

    axes: tuple[str, str]
    across: tuple[Any, ...]
    up: tuple[Any, ...]
    years: tuple[int, ...]
    changes: Mapping[str, Numbers]
    """By meaning: (up, across, run, year)."""
    last: NDArray[np.intp]
    """Place of the last year that counts, (up, across)."""
    runs: Runs
    """Indices of those that came to their end at every place."""

    def at_the_end(self, meaning: str) -> Numbers:
        """Changes in the last year that counts, (up, across, run)."""
        values = self.changes[meaning]
        return np.take_along_axis(values, self.last[:, :, None, None], axis=3)[..., 0]


def factors_of(config: Mapping[str, Any]) -> tuple[list[Factor], list[str]]:
    """Both axes but a horizon as factors, behind them levers that are held, and what is wrong with them."""
    given = {f"axis{place}": spec for place, (key, spec) in enumerate(config["axes"].items()) if key != HORIZON}
    held = {f"held{place}": spec for place, spec in enumerate(config["held"].values())}
    factors, problems = factors_from(given | held, config["base"])
    names = {f"axes.axis{place}": key for place, key in enumerate(config["axes"])}
    names |= {f"axes.held{place}": f"held.{key}" for place, key in enumerate(config["held"])}
    return factors, [_plain(line.replace("factors.", "axes.", 1), names) for line in problems]


def _plain(line: str, names: Mapping[str, str]) -> str:
    for name, key in names.items():
        line = line.replace(name, key)
    return line


def imposed(config: Mapping[str, Any], key: str) -> bool:
    """Whether a setting is part of the control: a lever of the state, or an option of its policy."""
    return key.startswith((f"{config['state']}.", f"policies.{config['state']}."))


def nothing_imposed(config: Mapping[str, Any]) -> list[str]:
    """A line where there is nothing to compare."""
    if config["acting"] is not None or any(imposed(config, key) for key in config["axes"]):
        return []
    state = config["state"]
    return [f"policy: stay given, and no axis moves a lever of {state}; allowed: a policy, or an axis {state}.LEVER"]


def variants_of(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Configurations by the choices of a point: with and without the policy, under each form."""
    base = config["base"]
    forms = [factor for factor in factors_of(config)[0] if factor.chooses]
    found = {AS_CONFIGURED: base}
    for values in product(*(factor.values for factor in forms)):
        point: Point = {factor.name: value for factor, value in zip(forms, values, strict=True)}
        keys = {factor.moves[0].key.partition(".")[2]: str(value) for factor, value in zip(forms, values, strict=True)}
        formed = {**base, "forms": {**base["forms"], **keys}}
        found[label(_all(config), point)] = formed
        if config["acting"] is not None:
            policies = {**base["policies"], config["state"]: config["acting"]}
            found[label(_all(config), {**point, POLICY: config["policy"]})] = {**formed, "policies": policies}
    return found


def _all(config: Mapping[str, Any]) -> tuple[Factor, ...]:
    policy = Factor(POLICY, (Move(f"policy@policies.{config['state']}"),), 0.0, 1.0, (config["policy"],))
    return (policy, *factors_of(config)[0])


def sweep_from(config: Mapping[str, Any]) -> Sweep:
    """Every place and its twin as points of a sweep."""
    base, places = config["base"], places_of(config)
    variants = {key: worded(one, "place", config["title"]) for key, one in variants_of(config).items()}
    what = config["sector"] or "frontier"
    return Sweep(
        name=config.get("name") or config["scenario"],
        settings=dict(config),
        space=Space(_all(config), variants),
        designed=tuple(point for pair in places for point in pair),
        runs=config["runs"],
        seed=config["seed"],
        outcomes=(f"lead.{what}" if config["sector"] else LEAD, f"technology_frontier.{what}", "real_income"),
        years=tuple(range(base["start"], base["horizon"] + 1)),
    )


def axes_of(config: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Values along both axes."""
    factors = iter(factors_of(config)[0])
    base, found = config["base"], dict[str, tuple[Any, ...]]()
    for key in config["axes"]:
        if key == HORIZON:
            first = min(base["start"] + FIRST, base["horizon"])
            found[key] = tuple(range(first, base["horizon"] + 1))
        else:
            found[key] = next(factors).on_grid()
    return found


def places_of(config: Mapping[str, Any]) -> list[tuple[Point, Point]]:
    """With the control and without, by (up, across)."""
    across, up = axes_of(config).values()
    return [_pair(config, first, second) for second in up for first in across]


def _pair(config: Mapping[str, Any], first: Any, second: Any) -> tuple[Point, Point]:
    without: Point = {f"held{place}": spec["values"][0] for place, spec in enumerate(config["held"].values())}
    with_it = {**without, **({} if config["acting"] is None else {POLICY: config["policy"]})}
    for place, (key, value) in enumerate(zip(config["axes"], (first, second), strict=True)):
        if key != HORIZON:
            with_it[f"axis{place}"] = value
            without |= {} if imposed(config, key) else {f"axis{place}": value}
    return with_it, without


def field_of(sweep: Sweep, stock: Stock, config: Mapping[str, Any]) -> Field:
    """What the control does at every place, from the stored runs; runs that failed anywhere are left out."""
    axes = axes_of(config)
    across, up = axes.values()
    values, runs = sweep.in_common(stock)
    own = values[:, :, :, STATES.index(config["state"])]
    pairs = own.reshape(len(up), len(across), 2, *own.shape[1:])
    ends = {key: np.array(axes[key]) - sweep.years[0] for key in axes if key == HORIZON}
    last = np.full((len(up), len(across)), len(sweep.years) - 1)
    for number, key in enumerate(axes):
        if key in ends:
            last = np.broadcast_to(ends[key][None, :] if number == 0 else ends[key][:, None], last.shape)
    keys = tuple(axes)
    return Field((keys[0], keys[1]), across, up, sweep.years, _changes(pairs), np.asarray(last, dtype=np.intp), runs)


def _changes(pairs: Numbers) -> dict[str, Numbers]:
    """By meaning (up, across, run, year), from (up, across, arm, run, outcome, year)."""
    acting, twin = pairs[:, :, 0], pairs[:, :, 1]
    weights = (1.0 + DISCOUNT_RATE) ** -np.arange(float(pairs.shape[-1]))
    incomes = [np.log(np.cumsum(arm[..., 2, :] * weights, axis=-1)) for arm in (acting, twin)]
    return {
        "lead": acting[..., 0, :] - twin[..., 0, :],
        "frontier": HUNDRED * (acting[..., 1, :] - twin[..., 1, :]),
        "income": HUNDRED * (incomes[0] - incomes[1]),
    }


def in_force(config: Mapping[str, Any], key: str) -> float | None:
    """The status quo of a lever on an axis or held, the mean over sectors; None of what is no lever."""
    first, _, lever = key.partition(".")
    if first not in STATES or "." in lever:
        return None
    facts = load_facts(
        config["base"]["facts"]["base_year"], config["base"]["facts"]["vintage"], config["base"]["facts"]["outlook"]
    )
    values = np.asarray(getattr(status_quo(facts), lever))[0, STATES.index(first), :, 0]
    if values.size > 1:
        spec = {**config["axes"], **config["held"]}[key]
        values = values[chosen(tuple(spec.get("sectors") or ["all"])).reshape(-1) > 0.0]
    return float(values.mean())
