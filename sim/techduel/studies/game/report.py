"""A finished game in words: phase, price and what flips it, from its tables."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.folder import settings
from techduel.model.axes import STATES
from techduel.report.marks import TITLES
from techduel.report.words import number, per_cent, sized
from techduel.statistics.directions import sets_of
from techduel.statistics.parameter_bands import SETS_FOR_BAND
from techduel.studies import frame
from techduel.studies.game import rounds
from techduel.studies.game.added import ADDED, TRIALS
from techduel.studies.game.analysis import LEADER, PURE
from techduel.studies.game.information import ALL
from techduel.studies.game.phases import SURE
from techduel.studies.game.rounds import WORDS
from techduel.studies.game.tables import (
    COMPONENT,
    EQUILIBRIA,
    FLIPS,
    INFORMATION,
    PAYOFF,
    PRICES,
    REGRET,
    ROUNDS,
    Tables,
)

AXES_IN_WORDS: Final = {
    "lead": "worth of lead to both, % of income a log point",
    "lead_us": "worth of lead to the U.S., % of income a log point",
    "lead_china": "worth of lead to China, % of income a log point",
    "incident": "price of an incident, % of a year's income",
    "cost": "multiplier on both incomes",
    "cost_us": "multiplier on U.S. income",
    "cost_china": "multiplier on China's income",
    "horizon": "last year that counts",
    "discount_rate": "discount rate a year",
}
"""Settings that a game is looked through by."""
UNIT: Final = "in equivalents of % of income"
"""Of a payoff, which weighs leads and incidents into it."""
LETTERS: Final = 12
WIDTH: Final = 13
"""Of a column on the screen."""


def sentences(tables: Tables, config: Mapping[str, Any]) -> list[str]:
    """What was added, the phase, its size, the price, what flips it, a cautious choice, what knowing more is worth."""
    return [
        *rounds.sentences(tables.rounds, config),
        *_phase(tables, config),
        *_sizes(tables, config),
        *_prices(tables),
        _flips(tables),
        _cautious(tables, config),
        _information(tables),
    ]


def screen(folder: Path) -> str:
    """What the command prints."""
    found, config = Tables(folder), settings(folder)
    files = (COMPONENT, PAYOFF, EQUILIBRIA, PRICES, REGRET, INFORMATION, FLIPS, *searched(config), "figures/ (3)")
    return frame.told(folder, config, sentences(found, config), _matrix(found), files)


def write_readme(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``README.md`` of a folder that has its tables."""
    tables = Tables(folder)
    names = {state: ", ".join(policies) for state, policies in tables.policies.items()}
    frame.write_readme(folder, config, sentences(tables, config), names=names, more=searched(config))


def searched(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Files that a game has beside the others where policies were looked for."""
    return (ROUNDS, TRIALS, ADDED) if config.get("oracle") else ()


def short(name: str) -> str:
    """A policy for a narrow column; the number of one that was added stays."""
    abbreviated = {
        "targeted_controls": "targeted",
        "broad_controls": "broad",
        "full_decoupling": "decouple",
        "cooperation": "cooperate",
        "industrial_policy": "industry",
        "status_quo_2020": "status quo",
    }
    stem, _, digits = name.rpartition("_")
    if stem and digits.isdigit() and name not in abbreviated:
        return f"{short(stem)[: LETTERS - 1 - len(digits)].rstrip()} {digits}"
    return abbreviated.get(name, name.replace("_", " "))[:LETTERS]


def _phase(tables: Tables, config: Mapping[str, Any]) -> Iterator[str]:
    weights = config["weights"]
    yield (
        f"A log point of lead is worth {number(weights['lead_us'], sign=False)} % of income to the United States and "
        f"{number(weights['lead_china'], sign=False)} % to China, an incident "
        f"{number(weights['incident'], sign=False)} % of a year's income. {_held(tables, config)}"
    )


def _held(tables: Tables, config: Mapping[str, Any]) -> str:
    """Which pairs hold, or that it is not decided."""
    sets, (first, *_) = sets_of(config["runs"]), _solved(tables)
    pure = [line for line in _solved(tables) if line["kind"] == PURE]
    words = " or ".join(f"{line['us']} / {line['china']} (U.S. / China)" for line in pure)
    resamples = f"{per_cent(first['share'])} of resamples of {sets} parameter sets"
    if not pure:
        mixed = f"{first['us']} against {first['china']}"
        return f"No pair of policies holds: states would mix ({mixed}); the same policies in {resamples}."
    margins = "; ".join(_margin(tables, config, first, state) for state in STATES)
    if sets < SETS_FOR_BAND:
        few = f"{sets} parameter sets, {SETS_FOR_BAND} at least"
        return f"Too few runs to decide ({few}); on average neither gains by leaving {words} alone; {margins}."
    if first["share"] < SURE:
        return f"Undecided: neither gains by leaving {words} alone on average, but only in {resamples}; {margins}."
    return f"Neither gains by leaving {words} alone, in {resamples}; {margins}."


def _margin(tables: Tables, config: Mapping[str, Any], line: Mapping[str, Any], state: str) -> str:
    """What a state would lose by its next best policy, as a whole and by component."""
    row, column = played(tables)
    other = _next_best(tables, state, row, column)
    if line["kind"] != PURE or other == (row, column)[STATES.index(state)]:
        return f"changing would cost {WORDS[state]} {_equal_to(line, state)}"
    cell = (other, column) if state == "us" else (row, other)
    parts = {
        name: worth - _worths(tables, config, state, cell)[name]
        for name, worth in _worths(tables, config, state, (row, column)).items()
    }
    return (
        f"changing to {other} would cost {WORDS[state]} {_equal_to(line, state)}, of which income "
        f"{number(parts['income'])}, lead {number(parts['lead'])} at the assumed weight, incidents "
        f"{number(parts['incidents'])}"
    )


def _equal_to(line: Mapping[str, Any], state: str) -> str:
    ends = f"{number(line[f'margin_{state}_q05'])} to {number(line[f'margin_{state}_q95'])}"
    return f"{number(line[f'margin_{state}'], sign=False)} of payoff, {UNIT} (90 %: {ends})"


def _worths(tables: Tables, config: Mapping[str, Any], state: str, cell: tuple[str, str]) -> dict[str, float]:
    """What each component of a cell is worth to a state by its weights; together they are its payoff."""
    weights = config["weights"]
    by = {"income": weights[f"cost_{state}"], "lead": weights[f"lead_{state}"], "incidents": -weights["incident"]}
    lines = (x for x in tables.components if (x["us"], x["china"], x["state"]) == (*cell, state))
    return {line["component"]: by[line["component"]] * line["mean"] for line in lines}


def _sizes(tables: Tables, config: Mapping[str, Any]) -> Iterator[str]:
    """What the first equilibrium brings each state, with band and part of luck."""
    row, column = played(tables)
    first = [next(iter(config["policies"][state])) for state in STATES]
    if [row, column] == first:
        yield f"That is the pair all are compared with, {row} / {column}."
        return
    lines = {(x["state"], x["component"]): x for x in tables.components if (x["us"], x["china"]) == (row, column)}
    parts = []
    for state in STATES:
        income, lead = lines[state, "income"], lines[state, "lead"]
        parts.append(f"{TITLES[state]}: income {sized(income, '%')}, lead {sized(lead, 'log points')}")
    yield f"{row} / {column} against {' / '.join(first)}: {'; '.join(parts)}."


def _prices(tables: Tables) -> Iterator[str]:
    """What lead costs each state: its policy of the equilibrium against the next best."""
    row, column = played(tables)
    for state, own, theirs in (("us", row, column), ("china", column, row)):
        other = _next_best(tables, state, row, column)
        line = next(
            (
                line
                for line in tables.prices
                if (line["state"], line["against"]) == (state, theirs)
                and {own, other} == {line["policy"], line["instead_of"]}
            ),
            None,
        )
        if line is None:
            yield f"Price of lead to {WORDS[state]}: none, {own} and {other} bring the same lead."
        else:
            yield f"Price of lead to {WORDS[state]}, {line['policy']} instead of {line['instead_of']}: {_priced(line)}."


def _priced(line: Mapping[str, Any]) -> str:
    gained = f"{number(line['lead_gained'])} log points"
    if math.isnan(line["income_price"]):
        return f"none, since {gained} are within luck"
    ends = f"{number(line['income_price_q05'])} to {number(line['income_price_q95'])}"
    pays = "pays at any worth of lead" if line["price_q95"] < 0.0 else f"pays above {number(line['price'])} %"
    return (
        f"{gained} for {number(line['income_price'])} % of income each (90 %: {ends}), or "
        f"{number(line['usd_per_log_point'])} bn USD a log point, {number(line['usd_per_month'])} a month; with "
        f"incidents weighed in it {pays}"
    )


def _next_best(tables: Tables, state: str, row: str, column: str) -> str:
    """A state's best policy but that of the equilibrium, against that of its rival."""
    mine, theirs = ("us", "china") if state == "us" else ("china", "us")
    own, other = (row, column) if state == "us" else (column, row)
    lines = [line for line in tables.payoffs if line["state"] == state and line[theirs] == other and line[mine] != own]
    return str(max(lines, key=lambda line: line["payoff"])[mine]) if lines else own


def _flips(tables: Tables) -> str:
    """The assumption that flips the game nearest to what is assumed, with its value, and rival equations that do."""
    moved = [line for line in tables.flips if not math.isnan(line["distance"])]
    rivals = [f"{line['assumption']} ({line['after']})" for line in tables.flips if math.isnan(line["distance"])]
    also = f" Under rival equations it is another: {', '.join(rivals)}." if rivals else ""
    if not moved:
        return f"No single assumption, moved to 0, to a 64th or to 64 times, flips it.{also}"
    first, *others = moved
    rest = ", ".join(f"{line['assumption']} {_value(line['value'])} (from {_value(line['at'])})" for line in others[:3])
    more = f" Others further off: {rest}." if others else ""
    return (
        f"What flips it first: {AXES_IN_WORDS[first['assumption']]} ({first['assumption']}), at "
        f"{_value(first['value'])} instead of {_value(first['at'])}; then {first['after']}.{more}{also}"
    )


def _value(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000.0 else f"{value:.0f}"


def _cautious(tables: Tables, config: Mapping[str, Any]) -> str:
    how = config["robust"]
    parts = []
    for state in STATES:
        line = next(x for x in tables.regret if x["state"] == state and how in x["chosen_by"].split())
        size = (
            f"regret at most {number(line['regret'], sign=False)}"
            if how == "regret"
            else f"at least {number(line['maximin'])}"
        )
        parts.append(f"{WORDS[state]} {line['policy']} ({size})")
    opening = "By smallest regret" if how == "regret" else "By the best of the worst"
    return f"{opening} of payoff, {UNIT}, whatever the rival does: {', '.join(parts)}."


def _information(tables: Tables) -> str:
    parts = []
    for state in STATES:
        lines = [line for line in tables.information if line["state"] == state]
        whole = next(line for line in lines if line["theme"] == ALL)
        best = max((line for line in lines if line["theme"] != ALL), key=lambda line: line["gain"], default=None)
        most = (
            f", most of it of {best['theme']} ({number(best['gain'], sign=False)})" if best and best["gain"] > 0 else ""
        )
        parts.append(
            f"{WORDS[state]} {number(whole['gain'], sign=False)} (standard error "
            f"{number(whole['se'], sign=False)}){most}"
        )
    return f"Knowing all parameters before the choice would be worth, {UNIT}, to {'; to '.join(parts)}."


def _solved(tables: Tables) -> list[dict[str, Any]]:
    """Equilibria as configured, without those of a leader."""
    return [line for line in tables.solutions if not line["form"] and not line["kind"].startswith(LEADER)]


def played(tables: Tables) -> tuple[str, str]:
    """The pair of policies of the first equilibrium, of a mixture the likeliest ones."""
    first = _solved(tables)[0]
    return _likeliest(first["us"]), _likeliest(first["china"])


def _likeliest(mixture: str) -> str:
    parts = [part.split(" ") for part in mixture.split(" + ")]
    return max(parts, key=lambda part: float(part[0]) if len(part) > 1 else 1.0)[-1]


def _matrix(tables: Tables) -> Iterator[str]:
    """Payoffs of both states in every cell; a star where both answer best."""
    rows, columns = (tables.policies[state] for state in STATES)
    by_cell = {(x["us"], x["china"], x["state"]): x for x in tables.payoffs}
    yield "Payoffs U.S., China, equivalents of % of income; * equilibrium"
    for shown in (columns[first : first + 5] for first in range(0, len(columns), 5)):
        yield f" {'U.S. / China':<{LETTERS}}" + "".join(f"{short(name):>{WIDTH}}" for name in shown)
        for row in rows:
            yield f" {short(row):<{LETTERS}}" + "".join(_cell(by_cell, row, column) for column in shown)


def _cell(by_cell: Mapping[Any, Any], row: str, column: str) -> str:
    us, china = (by_cell[row, column, state] for state in STATES)
    star = "*" if us["pure"] else " "
    return f"{us['payoff'] + 0.0:+.1f},{china['payoff'] + 0.0:+.1f}{star}".rjust(WIDTH)


def in_tables(tables: Tables) -> Sequence[tuple[str, ...]]:
    """Rows of the equilibria for a report."""
    return [
        (line["form"] or "as configured", line["kind"], line["us"], line["china"], per_cent(line["share"]))
        for line in tables.solutions
    ]
