"""The answer of a comparison in sentences: what a scenario does to the lead, at what cost to each side, how surely."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from techduel.ensemble.headlines import INCOME, LEAD, headline
from techduel.model.axes import STATES
from techduel.report.marks import TITLES
from techduel.report.tables import Lines
from techduel.report.words import Change, band, number, open_words, sure
from techduel.studies.compare.comparison import MEMBERS, asked_from

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

    def change(self, outcome: str, state: str) -> Change:
        """The change of a headline."""
        return Change.of(self.rows[outcome, state])

    @property
    def year(self) -> int:
        """In which, or until which, everything is told."""
        return int(next(iter(self.rows.values()))["year"])

    def sentences(self) -> list[str]:
        """Lead, cost to each side and price of the lead; then the outcome asked for."""
        lead = asked_from(self.config).lead
        asked = self._outcome(self.config["outcome"]) if self.config["outcome"] else ""
        return [part for part in (self._lead(lead), self._income(), self._price(lead), asked) if part]

    def _lead(self, name: str) -> str:
        """The lead, from the side that has it in the baseline."""
        row = self.rows[name, STATES[0]]
        ahead = row["baseline_q50"] >= 0.0
        change = Change.of(row) if ahead else Change.of(row).reversed()
        where = f"{LEADERS['us' if ahead else 'china']} in {field(name)} at the end of {self.year}"
        if not change.told:
            return f"{where}: {open_words(change)}."
        way = "larger" if change.middle > 0.0 else "smaller"
        size, without = (number(abs(value), sign=False) for value in (change.middle, row["baseline_q50"]))
        return (
            f"{where} is {way} by {size} {change.unit} (90 % of runs: {band(change)}) "
            f"than the {without} {row['level_unit']} without it, {sure(change)}."
        )

    def _income(self) -> str:
        """Discounted real income of both, in per cent and in dollars."""
        start = self.config[MEMBERS][self.scenario]["start"]
        opening = f"Real income {start}-{self.year}, discounted at {100.0 * self.config['discount_rate']:g} %"
        return f"{opening}: {'; '.join(self._cost(state) for state in STATES)}."

    def _cost(self, state: str) -> str:
        change, cost = self.change(INCOME, state), self.costs[state]
        if not change.told:
            return f"{TITLES[state]}: {open_words(change)}"
        dollars = f"{number(-cost['loss_q50'])} bn USD ({number(-cost['loss_q95'])} to {number(-cost['loss_q05'])})"
        return f"{TITLES[state]} {number(change.middle)} % ({band(change)}) or {dollars}, {sure(change)}"

    def _price(self, lead: str) -> str:
        """What a month of lead costs whoever surely gains it, and the rival's loss beside that."""
        bought = [self._bought(state, lead) for state in STATES]
        theirs = _ratio(self.costs[STATES[0]], "target_sender_cost_ratio", "ratio")
        both = f"China loses {theirs[0]} times as much as the United States ({theirs[1]})" if theirs else ""
        found = "; ".join(part for part in (*bought, both) if part)
        return f"{found}." if found else ""

    def _bought(self, state: str, lead: str) -> str:
        price = _ratio(self.costs[state], "cost_per_month_of_lead", "cost")
        if price is None:
            return ""
        if self.costs[state]["cost_per_month_of_lead"] <= 0.0:
            return f"{TITLES[state]}: more lead and more income at once"
        unit = headline(lead).unit.removesuffix("s")
        return f"Mean loss over mean gain, {TITLES[state]}: {price[0]} bn USD a {unit} ({price[1]})"

    def _outcome(self, name: str) -> str:
        states = [state for state in (*STATES, "") if (name, state) in self.rows]
        return f"{headline(name).title} in {self.year}: {'; '.join(self._told(name, state) for state in states)}."

    def _told(self, name: str, state: str) -> str:
        change, where = self.change(name, state), f"{TITLES[state]} " if state else ""
        if not change.told:
            return f"{where}{open_words(change)}"
        return f"{where}{number(change.middle)} {change.unit} ({band(change)}), {sure(change)}"


def _ratio(row: Mapping[str, Any], name: str, short: str) -> tuple[str, str] | None:
    """A ratio of means and its interval; None where what is divided by is not surely above nothing."""
    if math.isnan(row[name]):
        return None
    value, low, high = (number(row[key], sign=False) for key in (name, f"{short}_low", f"{short}_high"))
    return value, f"{low} to {high}"


def answers(config: Mapping[str, Any], headlines: Lines, costs: Lines) -> Iterator[Answer]:
    """The answer for every scenario but the baseline, from the stored tables."""
    for name in config["scenarios"][1:]:
        yield Answer(
            name,
            config,
            {(row["outcome"], row["state"]): row for row in headlines if row["scenario"] == name},
            {row["state"]: row for row in costs if row["scenario"] == name},
        )


def field(name: str) -> str:
    """Where a lead is."""
    sector = name.partition(".")[2]
    return sector.replace("_", " ") if sector else "frontier fields"


def mirrored(outcome: str, state: str) -> bool:
    """Whether a number says the reverse of another: China's lead."""
    return state == STATES[1] and headline(outcome).needs == headline(LEAD).needs
