"""Arms: the run as it was, and the same run in which a state turns to another policy at each of some dates.

All have the same luck, so that they are one run to the bit until the first of their dates.
"""

from collections.abc import Mapping
from typing import Any, Final

from techduel.ensemble.designs import AS_CONFIGURED, Placed, Space, identity
from techduel.ensemble.stock import Stock
from techduel.ensemble.sweep import Sweep
from techduel.scenario.words import worded
from techduel.studies.game.stakes import OUTCOMES, Stakes

NEVER: Final = "never"
"""The run as it was."""
STAY: Final = "stay"
START: Final = "start"
"""Option of policies, steps and ramps: nothing begins before it is chosen."""


def name_of(date: float) -> str:
    """Of the arm that turns at a date."""
    return f"{date:g}"


def sweep_from(config: Mapping[str, Any]) -> Sweep:
    """The run as it was, then one arm a date."""
    variants = {
        NEVER: worded(config["base"], "arm", config["title"]),
        **{name_of(date): turned(config, date) for date in config["at"]},
    }
    return Sweep(
        name=config.get("name") or config["scenario"],
        settings=dict(config),
        space=Space((), {AS_CONFIGURED: variants[NEVER], **variants}),
        designed=(),
        runs=config["runs"],
        seed=config["seed"],
        outcomes=OUTCOMES,
        years=tuple(range(config["base"]["start"], config["base"]["horizon"] + 1)),
        given=tuple(Placed(identity(variant), label, (), ()) for label, variant in variants.items()),
    )


def turned(config: Mapping[str, Any], date: float) -> dict[str, Any]:
    """The configuration of an arm."""
    before = config["base"]["policies"]
    policies = {
        state: {"kind": "switched", "base": before[state], "then": chosen_at(policy, date), "at": date}
        for state, policy in config["policies"].items()
    }
    return worded({**config["base"], "policies": {**before, **policies}}, "arm", config["title"])


def chosen_at(policy: Any, date: float) -> Any:
    """A policy, and those inside it, of which nothing begins before a date."""
    if not isinstance(policy, Mapping):
        return policy
    inside = {name: chosen_at(value, date) for name, value in policy.items()}
    return inside | ({START: max(inside[START], date)} if isinstance(inside.get(START), int | float) else {})


def stakes(sweep: Sweep, stock: Stock) -> Stakes:
    """What the runs of all arms hold, the run as it was first; a run that failed in any arm is left out of all."""
    values, runs = sweep.in_common(stock)
    flows = {name: values[:, None, :, spot].transpose(2, 0, 1, 3, 4) for spot, name in enumerate(OUTCOMES)}
    return Stakes(tuple(one.label for one in sweep.placed), (STAY,), sweep.years, runs, flows)
