"""Tables of a game: components, payoffs, equilibria, prices, cautious choices, information, and what flips it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.paired import MEDIAN, Row
from techduel.ensemble.sets import by_set
from techduel.ensemble.summary import statistics
from techduel.model.axes import STATES
from techduel.statistics.luck import luck
from techduel.statistics.tables import Lines, read_lines, write_table
from techduel.studies.game.analysis import ENDS, ROBUST, Analysis, Price
from techduel.studies.game.information import Worth
from techduel.studies.game.phases import Cells, Flip
from techduel.studies.game.stakes import COMPONENTS, UNITS, Stakes

COMPONENT, PAYOFF, EQUILIBRIA = "components.csv", "payoffs.csv", "equilibria.csv"
PRICES, REGRET, INFORMATION, FLIPS = "price_of_lead.csv", "regret.csv", "information.csv", "flips.csv"
ROUNDS: Final = "rounds.csv"
CELL: Final = ("us", "china")
COMPONENT_COLUMNS: Final = (*CELL, "state", "component", "mean", "se", "q05", "q50", "q95", "luck", "runs", "unit")
PAYOFF_COLUMNS: Final = (*CELL, "state", "payoff", "se", "payoff_q05", "payoff_q95", "gain", "pure", "share")
EQUILIBRIUM_COLUMNS: Final = (
    *("form", "lead_us", "lead_china", "incident", "kind", *CELL, "payoff_us", "payoff_china"),
    *(f"{what}_{state}{end}" for what in ("regret", "margin") for state in STATES for end in ("", "_q05", "_q95")),
    "share",
)
PRICE_COLUMNS: Final = (
    *("state", "against", "policy", "instead_of", "lead_gained", "price", "price_q05", "price_q95"),
    *("income_price", "income_price_q05", "income_price_q95"),
    *("usd_per_log_point", "usd_per_month"),
)
REGRET_COLUMNS: Final = ("state", "policy", "regret", "regret_any_weights", "maximin", "chosen_by")
INFORMATION_COLUMNS: Final = ("state", "theme", "gain", "se", "usd", "share_other_choice")
FLIP_COLUMNS: Final = ("assumption", "at", "value", "after", "distance")
TEXTS: Final = (
    *("us", "china", "state", "component", "unit", "form", "kind", "against", "policy", "instead_of", "theme"),
    *("assumption", "after", "chosen_by", "settings", "at_an_end", "added"),
)
BETWEEN: Final = " or "
"""Between pure equilibria of a phase."""
NONE: Final = "mixtures only"


def write_components(folder: Path, stakes: Stakes, components: Any) -> None:
    """One line a cell, state and component: the change against the first policies of both, run by run."""
    write_table(folder / COMPONENT, COMPONENT_COLUMNS, _components(stakes, components))


def _components(stakes: Stakes, components: Any) -> Iterator[Row]:
    statistic = statistics(components).reshape(*components.shape[1:], -1)
    sets = by_set(components, stakes.runs)
    errors = sets.std(axis=0, ddof=1) / np.sqrt(len(sets)) if len(sets) > 1 else np.full(components.shape[1:], np.nan)
    lucks = luck(components, stakes.runs)
    means = components.mean(axis=0)
    for place in np.ndindex(means.shape):
        row, column, me, part = place
        ends = [statistic[place][MEDIAN + shift] for shift in (-2, 0, 2)]
        opening = (stakes.rows[row], stakes.columns[column], STATES[me], COMPONENTS[part])
        numbers = (means[place], errors[place], *ends, lucks[place])
        yield (*opening, *map(float, numbers), len(stakes.runs), UNITS[COMPONENTS[part]])


def write_payoffs(folder: Path, game: Analysis) -> None:
    """One line a cell and state, with what its best answer would gain, and how surely the cell is an equilibrium."""
    write_table(folder / PAYOFF, PAYOFF_COLUMNS, _payoffs(game))


def _payoffs(game: Analysis) -> Iterator[Row]:
    errors = game.many.std(axis=0, ddof=1)
    low, high = np.quantile(game.many, ENDS, axis=0)
    better = game.gains()
    pure = game.phase.cells
    for place in np.ndindex(game.mean.shape):
        row, column, me = place
        names = (game.stakes.rows[row], game.stakes.columns[column], STATES[me])
        is_pure, share = float((row, column) in pure), float(game.shares[row, column])
        numbers = (game.mean[place], errors[place], low[place], high[place], better[me][row, column])
        yield (*names, *map(float, numbers), is_pure, share)


def write_equilibria(folder: Path, games: Mapping[str, Analysis]) -> None:
    """One line an equilibrium, as configured and under each rival equation, and where either state leads."""
    write_table(
        folder / EQUILIBRIA, EQUILIBRIUM_COLUMNS, (row for form, game in games.items() for row in _solved(form, game))
    )


def _solved(form: str, game: Analysis) -> Iterator[Row]:
    weights = (game.weights.lead_us, game.weights.lead_china, game.weights.incident)
    for one in game.solutions:
        regrets = [end for regret in (*one.regrets, *one.margins) for end in (regret.value, regret.low, regret.high)]
        played = (mixture(one.rows, game.stakes.rows), mixture(one.columns, game.stakes.columns))
        yield (form, *weights, one.kind, *played, *one.payoffs, *regrets, one.share)


def mixture(chances: Any, names: Sequence[str]) -> str:
    """A policy, or several with their probabilities."""
    played = [(name, chance) for name, chance in zip(names, chances.tolist(), strict=True) if chance > 0.0]
    return played[0][0] if len(played) == 1 else " + ".join(f"{chance:.3f} {name}" for name, chance in played)


def write_prices(folder: Path, game: Analysis) -> None:
    """One line a state, policy of its rival, and pair of its policies of which one gains lead."""
    write_table(folder / PRICES, PRICE_COLUMNS, map(_price, game.prices()))


def _price(price: Price) -> Row:
    ends = (end for of in (price.price, price.income) for end in (of.value, of.low, of.high))
    return (price.state, price.against, price.policy, price.instead, price.lead, *ends, price.usd, price.usd_month)


def write_regret(folder: Path, game: Analysis) -> None:
    """One line a policy of a state: its largest regret, also over weights, and its worst payoff."""
    write_table(folder / REGRET, REGRET_COLUMNS, _regret(game))


def _regret(game: Analysis) -> Iterator[Row]:
    for me, state in enumerate(STATES):
        names = (game.stakes.rows, game.stakes.columns)[me]
        regret, anywhere = game.cautious(me, ROBUST[0]), game.cautious(me, ROBUST[0], anywhere=True)
        worst = game.cautious(me, ROBUST[1])
        for place, name in enumerate(names):
            chosen = [how for how, of in zip(ROBUST, (regret, worst), strict=True) if of.argmin() == place]
            yield (state, name, regret[place], anywhere[place], -worst[place], " ".join(chosen))


def write_information(folder: Path, worths: Sequence[Worth], values: Any) -> None:
    """One line a state and theme."""
    rows = (
        (w.state, w.theme, w.gain, w.error, w.gain / 100.0 * values[STATES.index(w.state)], w.changes) for w in worths
    )
    write_table(folder / INFORMATION, INFORMATION_COLUMNS, rows)


def write_flips(
    folder: Path, flips: Sequence[Flip], stakes: Stakes, rivals: Mapping[str, Cells], before: Cells
) -> None:
    """One line an assumption that flips the game, the nearest first; rival equations last, at no distance."""
    numbers: list[Row] = [(f.axis, f.at, f.value, in_words(f.after, stakes), f.distance) for f in flips]
    words: list[Row] = [
        (form, np.nan, np.nan, in_words(after, stakes), np.nan) for form, after in rivals.items() if after != before
    ]
    write_table(folder / FLIPS, FLIP_COLUMNS, [*numbers, *words])


def in_words(cells: Cells, stakes: Stakes) -> str:
    """Pure equilibria by the names of policies."""
    return BETWEEN.join(f"{stakes.rows[row]} / {stakes.columns[column]}" for row, column in cells) or NONE


class Tables:
    """All tables, read back."""

    def __init__(self, folder: Path) -> None:
        self.components, self.payoffs, self.solutions, self.prices, self.regret, self.information, self.flips = (
            _read(folder / name) for name in (COMPONENT, PAYOFF, EQUILIBRIA, PRICES, REGRET, INFORMATION, FLIPS)
        )
        self.rounds = _read(folder / ROUNDS) if (folder / ROUNDS).exists() else []
        """Empty where no policies were looked for."""

    @property
    def policies(self) -> dict[str, list[str]]:
        """Names of the policies by state, those that were added last."""
        return {state: list(dict.fromkeys(line[state] for line in self.payoffs)) for state in CELL}


def _read(path: Path) -> Lines:
    return read_lines(path, TEXTS)
