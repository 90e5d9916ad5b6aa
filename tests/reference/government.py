"""Section 3.1: what of a decision takes effect, for one state."""

from typing import Any

from techduel.model.actions import BUDGETS, LEVERS

INDUSTRY = ("grants", "reshoring_support")
RESEARCH = ("basic_research", "applied_research")


def govern(state: Any) -> None:
    """Turn what was decided, and what laws add, into the levers in force and the money that limits cut."""
    wanted = {name: _with_law(name, value, state.mandate[name]) for name, value in state.chosen.items()}
    in_force, decided = state.levers, dict(state.chosen)
    if state.model.quarter % 4 == 1:
        given, cuts = _given(state, wanted)
        wanted |= given
        decided |= {name: _times(decided[name], cuts[name]) for name in BUDGETS}
        state.planned = state.planning
    else:
        wanted |= {name: in_force[name] for name in BUDGETS}
        decided |= {name: state.decided[name] for name in BUDGETS}
    step = state.model.known.government.screening_speed / 4.0
    kept = in_force["control_end_use"] * _screened_part(state, in_force["control_breadth"], wanted["control_breadth"])
    wanted["control_end_use"] = min(wanted["control_end_use"], kept + step)
    wanted["control_depth"] = [_resisted(state, sector, depth) for sector, depth in enumerate(wanted["control_depth"])]
    state.levers, state.decided = wanted, decided
    state.choice, state.expected_gain = state.notes


def _with_law(name: str, decided: Any, law: Any) -> Any:
    """A lever with what laws add, up to its highest value."""
    high = LEVERS[name].high
    if isinstance(decided, list):
        return [min(value + added, high) for value, added in zip(decided, law, strict=True)]
    return min(decided + law, high)


def _given(state: Any, wanted: dict[str, Any]) -> tuple[dict[str, Any], dict[str, float]]:
    """Budgets of the year and what part of each is left: as far as research can absorb, then industry, then all."""
    known, gdp, index = state.model.known.government, state.gdp, state.index
    asked = {name: wanted[name] for name in BUDGETS}
    most = {name: (1.0 + known.absorption) * state.levers[name] for name in RESEARCH}
    cuts = {name: min(1.0, most[name] / asked[name]) for name in RESEARCH}
    support = sum(sum(asked[name]) for name in INDUSTRY)
    industry = min(1.0, known.support_limit[index] * gdp / support) if support > 0.0 else 1.0
    cuts |= dict.fromkeys(INDUSTRY, industry)
    programme = _programme({name: _times(asked[name], cuts[name]) for name in BUDGETS})
    everything = min(1.0, known.budget_limit[index] * gdp / programme)
    cuts = {name: cut * everything for name, cut in cuts.items()}
    given = {name: _times(asked[name], cuts[name]) for name in BUDGETS}
    state.budget_cut = _programme(asked) - _programme(given)
    return given, cuts


def _times(budget: Any, factor: float) -> Any:
    return [part * factor for part in budget] if isinstance(budget, list) else budget * factor


def _programme(budgets: dict[str, Any]) -> float:
    return sum(budgets[name] for name in RESEARCH) + sum(sum(budgets[name]) for name in INDUSTRY)


def _screened_part(state: Any, before: list[float], now: list[float]) -> float:
    """Part of what is under control now that was so before, by exports to the rival: new rules know no end users."""
    if state.model.known.forms.screening == "kept":
        return 1.0
    exports = [state.model.market(1 - state.index, sector).flows[state.index] for sector in range(len(now))]
    old, new = (sum(one * part for one, part in zip(exports, breadth, strict=True)) for breadth in (before, now))
    return old / new if new > old else 1.0


def _resisted(state: Any, sector: int, wanted: float) -> float:
    """Depth of a control that firms with sales at stake in the rival's market let through."""
    usual = state.status_quo["control_depth"][sector]
    if wanted <= usual:
        return wanted
    abroad = state.model.market(1 - state.index, sector).flows[state.index]
    stake = abroad / state.cells[sector].sales
    return usual + (wanted - usual) * (1.0 - state.model.known.government.lobbying[state.index] * stake)
