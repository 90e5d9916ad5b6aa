"""Bystanders: what third countries know, sell and earn when the two states part; the tables of docs/economics.md 2, 3.

``python -m tests.bystanders [RUNS]`` prints them under the forms as drawn and with one equation as in version 0.1.0;
medians and, where it says so, 5 to 95 % of runs or the share of runs in which a number rises. Same luck in both arms.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.simulation import prepared, worlds
from techduel.model.world import World
from techduel.scenario.scenario import load_scenario
from tests.causes import ALLIES, CHINA, REST, US

type Floats = NDArray[np.float64]
type Change = Callable[[World, World], Floats]
"""Of a number, by run, from the first world to the second."""

FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    "as drawn": (),
    "fringe `mean`": ("forms.fringe=mean",),
    "reallocation `instant`": ("forms.reallocation=instant",),
    "knowledge `common`": ("forms.knowledge=common",),
    "knowledge `own`": ("forms.knowledge=own",),
}
CHIPS: Final = list(load_scenario("baseline_2021").facts().sectors).index("semiconductors")
AFTER: Final = (1, 4, 20, 40)
"""Quarters after which sales that were lost are looked for."""
DISRUPTED: Final[Mapping[str, range]] = {"2027": range(25, 29), "2028": range(29, 33), "2030": range(37, 41)}
"""Quarters of a year; supplies are missing in the first."""


def pairs(scenario: str, quarters: Sequence[int], runs: int, forms: Sequence[str]) -> list[tuple[World, World]]:
    """Worlds of the baseline and of a scenario at some quarters."""
    both = [_at(name, quarters, runs, forms) for name in ("baseline_2021", scenario)]
    return list(zip(*both, strict=True))


def _at(name: str, quarters: Sequence[int], runs: int, forms: Sequence[str]) -> Iterator[World]:
    passed = worlds(prepared(load_scenario(name, *forms), range(runs), 1))
    for world in passed:
        if world.quarter in quarters:
            yield world
        if world.quarter == max(quarters):
            return


def flows(world: World) -> Floats:
    """Receipts, bn USD a year, (run, origin, market, sector)."""
    return world.markets.flows[..., 0]


def relative(of: Callable[[World], Floats]) -> Change:
    """Change of a number in per cent."""
    return lambda before, after: 100.0 * (of(after) / of(before) - 1.0)


def gained(of: Callable[[World], Floats]) -> Change:
    """Change of a log in log points."""
    return lambda before, after: 100.0 * (of(after) - of(before))


def sales(origin: int, sectors: slice | list[int], markets: slice | list[int] = slice(None)) -> Change:
    """Change of what an origin sells in some markets and sectors, %."""
    return relative(lambda world: flows(world)[:, origin][:, markets][:, :, sectors].sum((1, 2)))


def won_back(before: World, after: World) -> Floats:
    """What others win in China's chip market of what the United States loses there, %."""
    change = (flows(after) - flows(before))[:, :, CHINA, CHIPS]
    return -100.0 * change[:, 1:].sum(1) / change[:, US]


def own_income(state: int) -> Change:
    """Change of a state's real income, %."""
    return relative(lambda world: world.states.real_income[:, state, 0, 0])


def third_income(world: World, bloc: int) -> Floats:
    """Log real income of a bloc that the model does not account for: model.md 3.12 with its labour, ideas and prices.

    Pure profit of its makers adds, goods that final users cannot have take; a world whose rest of the economy is an
    account has no labour cost and no price of sector 15.
    """
    base, parameters = world.structure, world.parameters.market
    final = base.demand.final_demand[:, 0, bloc] / base.economy.first_gdp[0, bloc, 0, 0]
    place = bloc - ALLIES
    penalty, shortage = (getattr(world.markets, name)[:, place, :, 0] for name in ("fringe_penalty", "fringe_shortage"))
    dear = (final * world.markets.log_price[:, 0, bloc])[..., :2].sum((1, 2))
    dear += (1.0 - final[..., :2].sum((1, 2))) * world.blocs.rest_price[:, bloc, 0, 0]
    hard = base.links.final_hardness[:, 0, :, 0] * (penalty + shortage)
    lost = (final[..., 0] * np.maximum(hard - penalty - (1.0 - np.exp(-shortage)), 0.0)).sum(1)
    gdp = base.economy.first_gdp[0, bloc, 0, 0] * base.economy.gdp_path[0, bloc, 0, world.quarter]
    profit = parameters.normal_margin.reshape(-1) * flows(world)[:, bloc].sum((1, 2)) / gdp
    ideas = world.blocs.ideas[:, bloc, 0, 0] / (parameters.origin_elasticity.reshape(-1) - 1.0)
    return world.blocs.labour_cost[:, bloc, 0, 0] + ideas - dear - lost + profit


INCOMES: Final[Mapping[str, Change]] = {
    "United States": own_income(US),
    "China": own_income(CHINA),
    "allies": gained(lambda world: third_income(world, ALLIES)),
    "rest": gained(lambda world: third_income(world, REST)),
}
DECOUPLED: Final[Mapping[str, Change]] = {
    "technology of allies, log points": gained(lambda world: world.markets.fringe_technology[:, 0].mean((1, 2))),
    "technology of the rest": gained(lambda world: world.markets.fringe_technology[:, 1].mean((1, 2))),
    "frontier of the United States, log points": gained(lambda world: world.cells.frontier[:, US].mean((1, 2))),
    "frontier of China": gained(lambda world: world.cells.frontier[:, CHINA].mean((1, 2))),
    **{
        f"sales of {name}, {what}, %": sales(origin, sectors)
        for what, sectors in (("all sectors", slice(None)), ("chips", [CHIPS]))
        for origin, name in enumerate(INCOMES)
    },
    **{f"exports of allies to {name}, %": sales(ALLIES, slice(None), [market]) for market, name in enumerate(INCOMES)},
    "lead in chips, log points": gained(lambda world: -np.diff(world.cells.frontier[:, :, CHIPS, 0], axis=1)[:, 0]),
}


def rising(values: Floats) -> str:
    """Median, and the share of runs above 0."""
    return f"{np.median(values):.1f} ({100.0 * np.mean(values > 0.0):.0f})"


def banded(values: Floats, places: int = 2) -> str:
    """Median, and 5 to 95 % of runs."""
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return f"{middle:.{places}f} ({low:.{places}f} to {high:.{places}f})"


def decoupled(runs: int, forms: Sequence[str]) -> dict[str, str]:
    """Full decoupling against the baseline at the end of 2035."""
    ((before, after),) = pairs("full_decoupling", [60], runs, forms)
    return {name: rising(change(before, after)) for name, change in DECOUPLED.items()}


def denied(runs: int, forms: Sequence[str]) -> dict[str, str]:
    """Broad controls: US sales of chips in China that others win, and income of both, by quarters after."""
    found = {}
    for quarters, (before, after) in zip(AFTER, pairs("broad_controls", AFTER, runs, forms), strict=True):
        found[f"won back after {quarters} quarters, %"] = banded(won_back(before, after), 0)
        for name in ("United States", "China"):
            found[f"income of {name} after {quarters}, %"] = banded(INCOMES[name](before, after))
    return found


def disrupted(runs: int, forms: Sequence[str]) -> dict[str, str]:
    """A third of allied chips missing in 2027: real income of all four blocs."""
    quarters = [quarter for year in DISRUPTED.values() for quarter in year]
    met = dict(zip(quarters, pairs("supply_disruption", quarters, runs, forms), strict=True))
    return {
        f"income of {name}, {year}, %": banded(np.mean([change(*met[quarter]) for quarter in DISRUPTED[year]], axis=0))
        for year in DISRUPTED
        for name, change in INCOMES.items()
    }


def main(runs: int = 200) -> None:
    """Print the tables, a column a form."""
    for title, table in (("full_decoupling", decoupled), ("broad_controls", denied), ("supply_disruption", disrupted)):
        columns = [table(runs, forms) for forms in FORMS.values()]
        print(f"\n| {title} | {' | '.join(FORMS)} |\n|{'---|' * (1 + len(FORMS))}")
        for row in columns[0]:
            print(f"| {row} | {' | '.join(column[row] for column in columns)} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
