"""Faults in what states decide and in what happens to them. Single tests are named: their files take long."""

from typing import Final

from tests.faults.fault import ACCOUNTS, BEST, EVENTS, POLICIES, SCHEDULE

BY_FILE: Final = {
    "policies/fixed": [
        ("np.exp(own(world.states.output_deviation", "np.exp(-own(world.states.output_deviation", ACCOUNTS),
        (
            "1.0 - np.clip(self.slippage - self.slippage_spread",
            "np.clip(self.slippage - self.slippage_spread",
            ACCOUNTS,
        ),
        ("self.basic_share_target * rd / basic) / left", "self.basic_share_target * rd / basic)", ACCOUNTS),
        ("kept * needed, self.catch_up", "needed, self.catch_up", ACCOUNTS),
        ("np.exp(kept * way * np.log", "np.exp(way * np.log", ACCOUNTS),
        ("rd - (basic - budget))", "rd - basic)", ACCOUNTS),
        ("* self._expected(world, me)", "", ACCOUNTS),
        ("self.public_part * (gap / budget - growth)", "gap / budget - growth", ACCOUNTS),
        ("coming_gdp(world, me) * np.exp(drift)", "coming_gdp(world, me)", ACCOUNTS),
        ("budget * (growth + kept * rise)", "budget * (growth - kept * rise)", ACCOUNTS),
        (
            '"basic": own(action.basic_research - decided.planned_basic, me)',
            '"basic": own(0.0 * action.basic_research, me)',
            f"{POLICIES}::test_a_plan_does_not_react_to_what_others_add",
        ),
        (
            '"applied": own(action.applied_research - decided.planned_applied, me)',
            '"applied": own(0.0 * action.applied_research, me)',
            f"{POLICIES}::test_a_plan_does_not_react_to_what_others_add",
        ),
        (
            "own(states.rd_total, me) - sum(added.values())",
            "own(states.rd_total, me)",
            f"{POLICIES}::test_a_plan_does_not_react_to_what_others_add",
        ),
        (
            "sum(self._added(world, me).values()) - budget",
            "sum(self._added(world, me).values())",
            ACCOUNTS,
        ),
        (
            "own(world.decided.planned_basic, me)",
            "own(world.action.basic_research, me)",
            f"{EVENTS}::test_a_bill_leaves_no_trace_in_a_plan_after_its_end",
        ),
    ],
    "policies/reactions": [
        (
            "self.response * np.maximum(own(world.states.threat, me)",
            "self.response * np.maximum(own(world.states.threat, 1 - me)",
            f"{POLICIES}::test_threat_response_answers_only_what_exceeds_its_threshold",
        ),
        (
            "getattr(world.action, name), 1 - me)",
            "getattr(world.action, name), me)",
            f"{POLICIES}::test_tit_for_tat_answers_in_part_and_forgives",
        ),
        (
            "self.speed / 4.0 * (aim - excess)",
            "self.speed / 4.0 * (aim + excess)",
            f"{POLICIES}::test_tit_for_tat_answers_in_part_and_forgives",
        ),
        (
            "Answer(self.gain, self.speed, action, of_state",
            "Answer(self.gain, self.speed, of_state(world.structure.status_quo, me), of_state",
            f"{POLICIES}::test_an_answer_comes_on_top_of_the_restrictions_of_its_base",
        ),
        (
            "lever + (1.0 - lever) * part",
            "lever + lever * part",
            f"{POLICIES}::test_threat_response_answers_only_what_exceeds_its_threshold",
        ),
    ],
    "policies/stances": [
        (
            "coming(world) >= self.start + self.years",
            "coming(world) >= self.start - self.years",
            f"{POLICIES}::test_industrial_policy_comes_step_by_step_and_ends",
        ),
        (
            "self.weights / self.weights.sum() * part",
            "self.weights * part",
            f"{POLICIES}::test_industrial_policy_shares_money_by_weights",
        ),
        (
            'aims["control_end_use"] = np.reshape(self.end_use, (-1, 1, 1, 1))',
            'aims["control_end_use"] = np.reshape(1.0 - self.end_use, (-1, 1, 1, 1))',
            f"{POLICIES}::test_controls_only_add_and_choose_their_aim",
        ),
        (
            "eased(action, LISTING, 0.0)",
            "eased(action, LISTING, 1.0)",
            f"{POLICIES}::test_status_quo_ante_has_the_tariffs_of_before_the_trade_war",
        ),
    ],
    "policies/moves": [
        (
            "(elapsed + span) / years",
            "elapsed / years",
            f"{POLICIES}::test_a_ramp_is_a_straight_line_that_acts_at_once",
        ),
        (
            "np.maximum(getattr(action, name), floor)",
            "np.minimum(getattr(action, name), floor)",
            f"{POLICIES}::test_controls_only_add_and_choose_their_aim",
        ),
    ],
    "policies/variants": [
        (
            "self.base if coming(world) < self.at else self.then",
            "self.base if coming(world) <= self.at else self.then",
            f"{POLICIES}::test_a_switched_policy_is_the_first_until_its_date_and_then_the_second",
        ),
        (
            "1.0 - 1.0 / self.quarters",
            "1.0 / self.quarters",
            f"{POLICIES}::test_a_delayed_policy_covers_what_is_left_of_its_way",
        ),
        (
            "(1.0 - self.cap) * rises[name]",
            "self.cap * rises[name]",
            f"{POLICIES}::test_a_cap_holds_rises_and_lets_falls_pass",
        ),
        ("np.expm1(self.spread *", "np.expm1(-self.spread *", f"{POLICIES}::test_noise_goes_with_the_error_of_sight"),
    ],
    "policies/mitigation": [
        (
            "self.limit + self.multiple *",
            "self.limit + 0.0 * self.multiple *",
            f"{POLICIES}::test_a_limit_in_multiples_is_that_of_each_runs_own_risk",
        ),
        (
            "np.where(enough, low, middle), np.where(enough, middle, high)",
            "np.where(enough, middle, low), np.where(enough, high, middle)",
            f"{POLICIES}::test_the_least_restriction_keeps_risk_at_its_limit",
        ),
        (
            "np.maximum(own(world.cells.stock, me), action.stockpiles)",
            "own(world.cells.stock, me) + 0.0 * action.stockpiles",
            f"{POLICIES}::test_stocks_that_a_state_wants_count_as_filled",
        ),
    ],
    "policies/best_response": [
        ("gains.argmax(axis=1)", "gains.argmin(axis=1)", f"{BEST}::test_the_best_of_the_menu_is_chosen"),
        (
            "np.exp(-ahead / 4.0 / horizon)",
            "np.exp(ahead / 4.0 / horizon)",
            f"{BEST}::test_worth_is_the_discounted_objective",
        ),
        (
            "objectives.incidents * (cost / 4.0)",
            "objectives.incidents * cost",
            f"{BEST}::test_incidents_are_priced_in_multiples_of_what_they_cost",
        ),
        (
            "own(-states.rival_lead, me)",
            "own(states.rival_lead, me)",
            f"{BEST}::test_the_objective_weighs_income_lead_and_risk",
        ),
        (
            "- own(price_of_incident(world), me)",
            "+ own(price_of_incident(world), me)",
            f"{BEST}::test_the_objective_weighs_income_lead_and_risk",
        ),
        (
            "Imagined.of(world, 1 - me, self",
            "Imagined.of(world, me, self",
            f"{BEST}::test_an_alternative_is_tried_against_the_rivals_own_course",
        ),
        (
            "draws.mirrored() if me else draws",
            "draws",
            f"{BEST}::test_each_state_imagines_the_luck_of_the_other_in_its_place",
        ),
    ],
    "policies/schedule": [
        ("self.start <= coming(world))", "self.start < coming(world))", SCHEDULE),
        ("there | (before >= self.quarters)", "there", SCHEDULE),
        ("seen < self.limit if", "seen > self.limit if", SCHEDULE),
        ("place = action.signals, len(waiting(self.base))", "place = action.signals, 0", SCHEDULE),
        ("world.year - years", "world.year + years", SCHEDULE),
        ("else before * self.amount", "else before / self.amount", SCHEDULE),
        ("1.0 if self.lever in BUDGETS else 0.25", "0.25", SCHEDULE),
    ],
    "policies/events": [
        (
            "replace(world, outside=QUIET)",
            "replace(world)",
            f"{EVENTS}::test_the_outside_is_quiet_again_in_the_next_quarter",
        ),
        (
            "for name in sorted(events)",
            "for name in events",
            f"{EVENTS}::test_the_order_of_a_configuration_does_not_matter",
        ),
    ],
    "policies/shocks": [
        ("np.exp(-elapsed / fade)", "np.exp(elapsed / fade)", f"{EVENTS}::test_a_demand_shock_fades"),
        (
            "1.0 - (1.0 - world.outside.disruption) * (1.0 - missing)",
            "world.outside.disruption + missing",
            f"{EVENTS}::test_disruptions_take_their_part_of_what_is_left",
        ),
        (
            "technology + rise * world.firms.alive",
            "technology + rise",
            f"{EVENTS}::test_a_leap_lifts_all_makers_of_a_state_once",
        ),
        (
            "year - self.start) * place(self.state, STATES)",
            "year - self.start) * place(self.state, STATES[::-1])",
            f"{EVENTS}::test_a_breakthrough_fades_where_it_came",
        ),
    ],
    "policies/politics": [
        ("self.days / 365.0", "self.days / 36.5", f"{EVENTS}::test_a_review_reports_once_and_its_remedies_stay"),
        (
            "(share > self.threshold) & reviewed",
            "(share > self.threshold)",
            f"{EVENTS}::test_a_review_remedies_what_it_finds_in_each_run",
        ),
        (
            "self.amount_high, amount) / self.years",
            "self.amount_high, amount)",
            f"{EVENTS}::test_a_bill_spends_its_sum_evenly_over_its_years",
        ),
        (
            "passes, amount, when = fate[..., :1]",
            "passes, amount, when = fate[..., 1:2]",
            f"{EVENTS}::test_the_luck_of_a_bill_spreads_evenly",
        ),
        (
            "comes & (place(self.state",
            "comes | (place(self.state",
            f"{EVENTS}::test_a_new_government_wants_something_else_in_its_runs",
        ),
    ],
    "policies/event": [
        (
            "(when <= year) & ((when > year - 0.25)",
            "(when < year) & ((when > year - 0.25)",
            f"{EVENTS}::test_a_review_reports_once_and_its_remedies_stay",
        ),
    ],
}
"""What stands there, what is put there instead, and which tests must fail, by file of the package."""
