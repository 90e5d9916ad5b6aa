"""Only the equations read an Action: each lever acts through those that it names, and through nothing else."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from techduel.ensemble.simulation import simulate
from techduel.model.actions import BUDGETS, LEVERS, Action
from techduel.model.axes import Array
from techduel.model.engine import batch
from techduel.model.world import World
from techduel.policies.fixed import StatusQuo2020
from techduel.scenario.scenario import load_scenario
from tests import uncompiled
from tests.ensembles import different

SIM = Path(__file__).resolve().parents[2] / "sim" / "techduel"
GOVERNING = (
    *("actions", "government", "base_year", "base_accounts", "politics", "fixed", "moves", "stances", "reactions"),
    *("mitigation", "schedule", "variants", "selection", "best_response", "recorded"),
)
"""Modules in which governments choose levers, laws and limits change them, and the base year sets them."""
SHOWN = {"controls", "policy_choice", "budget_cut"}
"""Outcomes that show levers as they are decided or in force."""
STRONG = {
    **{"basic_research": 40.0, "applied_research": 40.0, "grants": 1.0, "reshoring_support": 1.0},
    **{"tax_credit": 0.3, "tariff": 0.6, "listing_pace": 12.0, "stockpiles": 2.0},
}
"""What levers are moved to, budgets by; shares to 0.9."""
PAGE = SIM.parents[1] / "docs" / "levers.md"
STILL = 0.1
"""Value of a lever that does not move."""
SMALL = ("horizon=2022", "slots=8", "forms.screening=kept")
"""A state that takes over another's lever dilutes its own screening, which no equation does."""
"""Without the compiler."""
RUNS, HORIZON = 4, "horizon=2023"


@dataclass(frozen=True)
class Changed:
    """The status quo with one lever moved; a control that refuses nothing would hide what depends on it."""

    lever: str
    moved: bool = True

    def __call__(self, world: World, me: int) -> Action:
        start = StatusQuo2020()(world, me)
        start = replace(start, **{name: np.full((1, 1, 1, 1), 0.5) for name in ("control_breadth", "control_depth")})
        return replace(start, **{self.lever: self.value(getattr(start, self.lever))}) if self.moved else start

    def value(self, before: Array) -> Array:
        if self.lever in BUDGETS:
            return before + STRONG[self.lever]
        return np.full_like(before, STRONG.get(self.lever, 0.9))


def page() -> str:
    """docs/levers.md, from the table in the code."""
    lines = [
        "# Levers",
        "",
        "What a state can do. The same levers serve both states: a denial of minerals by China is the code of a denial",
        "of chips by the United States. 0 is unrestricted, or nothing spent; where the states stood at the end of 2020",
        "is in `sim/techduel/facts/base_2020.csv`, with sources. Equations: [model.md](model.md). A test makes the",
        "functions named here blind to a lever and finds that nothing else reacts. Written by",
        "`python -m tests.model.test_levers`.",
        "",
        "| lever | meaning | unit, range | by sector | who feels it | cost to its own side | equations |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, lever in LEVERS.items():
        reach = f"{lever.unit}, {lever.low:g}-{lever.high:g}"
        equations = ", ".join(f"`{equation}`" for equation in lever.equations)
        sector = "yes" if lever.axis else ""
        lines.append(f"| `{name}` | {lever.meaning} | {reach} | {sector} | {lever.felt} | {lever.cost} | {equations} |")
    return "\n".join(lines) + "\n"


def test_the_page_of_levers_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.model.test_levers"


def test_every_lever_names_its_equations() -> None:
    for name, lever in LEVERS.items():
        assert lever.equations, name
        for equation in lever.equations:
            assert callable(function(equation)), equation
        assert lever.felt
        assert lever.cost


@pytest.mark.parametrize("lever", LEVERS)
@pytest.mark.parametrize("state", ["us", "china"])
def test_a_lever_acts(lever: str, state: str) -> None:
    assert changed_outcomes(lever, state)


@pytest.mark.parametrize("lever", LEVERS)
@pytest.mark.parametrize("state", ["us", "china"])
def test_a_lever_acts_through_its_equations_alone(lever: str, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the equations that it names blind to the lever, effect and cost are exactly zero."""
    Blind(lever, monkeypatch)
    assert changed_outcomes(lever, state, 1, *SMALL) == []


@pytest.mark.parametrize("lever", LEVERS)
def test_nothing_else_in_the_code_reads_a_lever(lever: str) -> None:
    """Also for worlds that no test simulates: the sources name a lever in its equations alone."""
    allowed = set(LEVERS[lever].equations)
    found = {place for place in readers(lever) if place.split(".")[0] not in GOVERNING}
    assert found <= allowed | {"outcomes.measure_cell", "outcomes.measure_state"}, found - allowed


def changed_outcomes(lever: str, state: str, runs: int = RUNS, *changes: str) -> list[str]:
    """Outcomes that differ when a state moves a lever."""
    scenario = load_scenario("baseline_2021", "params=default", *(changes or (HORIZON,)))
    records = []
    for moved in (False, True):
        policies = {**scenario.policies, state: Changed(lever, moved)}
        records.append(simulate(replace(scenario, policies=policies), runs=runs, seed=3).values)
    return [name for name in different(*records) if name not in SHOWN]


def function(equation: str) -> Callable[..., Any]:
    module, name = equation.split(".")
    return getattr(getattr(uncompiled, module), name)  # type: ignore[no-any-return]


class Blind:
    """A quarter without the compiler in which some equations see a lever at a fixed value."""

    def __init__(self, lever: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lever, self.run = lever, None
        monkeypatch.setattr(batch, "COMPILES", False)
        monkeypatch.setattr(batch, "quarters", uncompiled.quarter.quarters)
        monkeypatch.setattr(uncompiled.quarter, "quarter", self._noting(uncompiled.quarter.quarter))
        for equation in LEVERS[lever].equations:
            self._blind(function(equation), monkeypatch)

    def _noting(self, quarter: Callable[..., Any]) -> Callable[..., Any]:
        def noted(run: Any, luck: Any) -> None:
            self.run = run
            quarter(run, luck)

        return noted

    def _blind(self, original: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
        def blinded(*given: Any) -> Any:
            held = [(levers, getattr(levers, self.lever)) for levers in self._levers()]
            for levers, _ in held:
                setattr(levers, self.lever, STILL)
            result = original(*given)
            for levers, value in held:
                setattr(levers, self.lever, value)
            return result

        for name in uncompiled.MECHANISMS:
            module = getattr(uncompiled, name.rpartition(".")[2])
            for inside, value in list(vars(module).items()):
                if value is original:
                    monkeypatch.setattr(module, inside, blinded)

    def _levers(self) -> Iterator[Any]:
        """The levers in force of both states, where they hold the one that is hidden."""
        for state in range(2):
            holders = self.run.cells[state] if LEVERS[self.lever].axis else [self.run.states[state]]
            yield from (holder.levers for holder in holders)


def readers(lever: str) -> Iterator[str]:
    """Functions whose code names the lever as an attribute, ``module.function``."""
    for path in sorted(SIM.glob("[mfp]*/**/*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            target = getattr(node, "target", None)
            inside = getattr(node, "name", getattr(target, "id", "<module>"))
            if any(_reads(part, lever) for part in ast.walk(node)):
                yield f"{path.stem}.{inside}"


def _reads(part: ast.AST, lever: str) -> bool:
    """Whether a piece of code is ``levers.lever``, whatever holds the levers."""
    if not (isinstance(part, ast.Attribute) and part.attr == lever):
        return False
    holder = getattr(part.value, "attr", getattr(part.value, "id", ""))
    return holder in ("levers", "mine", "theirs", "action", "actions", "first", "status_quo", "decided", "wanted")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
