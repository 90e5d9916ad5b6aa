"""The answer of a comparison in sentences: what a scenario does to the lead, at what cost to each side, how surely."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from techduel.ensemble.headlines import INCOME, headline, told_by
from techduel.ensemble.paired import in_months
from techduel.model.axes import STATES
from techduel.report.leads import TITLES_OF_MEANS, parameters_in_words
from techduel.report.marks import TITLES
from techduel.report.words import band, number, open_words, per_cent, sure
from techduel.statistics.directions import Change
from techduel.statistics.tables import Lines
from techduel.studies.compare.comparison import MEMBERS, asked_from
from techduel.studies.compare.equations import turned

LEADERS = {"us": "The U.S. lead", "china": "China's lead"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one scenario of a comparison does."""

    scenario: str
    config: Mapping[str, Any]
    """Of the comparison."""
    rows: Mapping[tuple[str, str], Mapping[str, Any]]
    """Of ``headlines.csv``, by outcome and state."""
    costs: Mapping[str, Mapping[str, Any]]
    """Of ``costs.csv``, by state."""
    by_form: Lines
    """Of ``by_form.csv``."""

    def change(self, outcome: str, state: str) -> Change:
        """The change of a headline."""
        return Change.of(self.rows[outcome, state])

    @property
    def year(self) -> int:
        """In which, or until which, everything is told."""
        return int(next(iter(self.rows.values()))["year"])

    def sentences(self) -> list[str]:
        """Lead, how far it is known, costs, price of the lead, what a rival form turns round; the outcome asked for."""
        lead, outcome = asked_from(self.config).lead, self.config["outcome"]
        leader = STATES[0] if self.rows[lead, STATES[0]]["baseline_q50"] >= 0.0 else STATES[1]
        asked = self._outcome(outcome) if outcome else ""
        parts = (
            self._lead(lead, leader),
            self._spread(lead, leader),
            self._income(),
            self._price(),
            turned(self.scenario, self.rows, self.by_form),
            asked,
        )
        return [part for part in parts if part]

    def _lead(self, name: str, leader: str) -> str:
        """The lead in both units, from the side that has it in the baseline."""
        points, months = self.change(name, leader), self.change(in_months(name), leader)
        where = f"{LEADERS[leader]} in {field(name)} at the end of {self.year}"
        if not points.told:
            return f"{where}: {open_words(points)}."
        way = "larger" if points.middle > 0.0 else "smaller"
        size = " or ".join(f"{number(abs(one.middle), sign=False)} {one.unit}" for one in (points, months))
        without = " or ".join(
            number(self.rows[one, leader]["baseline_q50"], sign=False) for one in (name, in_months(name))
        )
        return f"{where} is {size} {way} at the median ({without} without it), {way} {sure(points)}."

    def _spread(self, name: str, leader: str) -> str:
        """How far the change of a lead is known, and in how many runs there is one."""
        points, months, row = self.change(name, leader), self.change(in_months(name), leader), self.rows[name, leader]
        alone = parameters_in_words(*(row[f"parameters_{end}"] for end in ("q05", "q95", "se")))
        ahead, without = (per_cent(row[f"{arm}_ahead"]) for arm in ("level", "baseline"))
        return (
            f"90 % of runs: {band(points)} {points.unit} or {band(months)} {months.unit}; {alone}. "
            f"{TITLES[leader]} ahead: in {ahead} of runs, without it in {without}."
        )

    def _income(self) -> str:
        """Discounted real income of both, in per cent and in dollars."""
        start = self.config[MEMBERS][self.scenario]["start"]
        opening = (
            f"Real income {start}-{self.year}, discounted at {100.0 * self.config['discount_rate']:g} %, prices of 2020"
        )
        return f"{opening}: {'; '.join(self._cost(state) for state in STATES)}."

    def _cost(self, state: str) -> str:
        change, cost = self.change(INCOME, state), self.costs[state]
        if not change.told:
            return f"{TITLES[state]}: {open_words(change)}"
        dollars = f"{number(-cost['loss_q50'])} bn USD ({number(-cost['loss_q95'])} to {number(-cost['loss_q05'])})"
        return f"{TITLES[state]} {number(change.middle)} % ({band(change)}) or {dollars}, {sure(change)}"

    def _price(self) -> str:
        """What a lead costs whoever surely gains it, and the rival's loss beside that."""
        bought = [self._bought(state) for state in STATES]
        theirs = _ratio(self.costs[STATES[0]], "target_sender_cost_ratio", "ratio")
        both = f"China loses {theirs[0]} times as much as the United States ({theirs[1]})" if theirs else ""
        found = "; ".join(part for part in (*bought, both) if part)
        return f"{found}." if found else ""

    def _bought(self, state: str) -> str:
        prices = [(unit, _ratio(self.costs[state], name, short)) for name, short, unit in PRICES]
        told = " or ".join(f"{price[0]} bn USD a {unit} ({price[1]})" for unit, price in prices if price)
        if told and self.costs[state]["loss"] <= 0.0:
            return f"{TITLES[state]}: more lead and more income at once"
        return told and f"Mean loss over mean gain of lead, {TITLES[state]}: {told}"

    def _outcome(self, name: str) -> str:
        """An outcome in words; of a lead both units, and China's is the reverse."""
        states = STATES[:1] if headline(name).is_lead else (*STATES, "")
        told = [self._told(one, state) for state in states for one in told_by(name) if (one, state) in self.rows]
        return f"{headline(told_by(name)[0]).title} in {self.year}: {'; '.join(told)}."

    def _told(self, name: str, state: str) -> str:
        change, where = self.change(name, state), f"{TITLES[state]} " if state else ""
        if not change.told:
            return f"{where}{open_words(change)}"
        return f"{where}{number(change.middle)} {change.unit} ({band(change)}), {sure(change)}"


PRICES: Final = (("cost_per_log_point_of_lead", "point_cost", "log point"), ("cost_per_month_of_lead", "cost", "month"))
"""What a lead costs: the ratio in ``costs.csv``, how its interval is named there, and its unit."""


def _ratio(row: Mapping[str, Any], name: str, short: str) -> tuple[str, str] | None:
    """A ratio of means and its interval; None where what is divided by is not surely above nothing."""
    if math.isnan(row[name]):
        return None
    value, low, high = (number(row[key], sign=False) for key in (name, f"{short}_low", f"{short}_high"))
    return value, f"{low} to {high}"


def answers(config: Mapping[str, Any], headlines: Lines, costs: Lines, by_form: Lines) -> Iterator[Answer]:
    """The answer for every scenario but the baseline, from the stored tables."""
    for name in config["scenarios"][1:]:
        yield Answer(
            name,
            config,
            {(row["outcome"], row["state"]): row for row in headlines if row["scenario"] == name},
            {row["state"]: row for row in costs if row["scenario"] == name},
            by_form,
        )


def field(name: str) -> str:
    """Where a lead in log points is."""
    return TITLES_OF_MEANS.get(name) or name.partition(".")[2].replace("_", " ")


def mirrored(outcome: str, state: str) -> bool:
    """Whether a number says the reverse of another: China's lead."""
    return state == STATES[1] and headline(outcome).is_lead
