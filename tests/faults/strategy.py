"""Faults in what is made of many cells: equilibria, phases, prices, crossings, records of forecasts."""

from typing import Final


def _game(name: str) -> str:
    return f"test_game.py::test_{name}"


def _oracle(name: str) -> str:
    return f"test_double_oracle.py::test_{name}"


def _backfire(name: str) -> str:
    return f"test_backfire.py::test_{name}"


def _forecast(name: str) -> str:
    return f"test_forecast_record.py::test_{name}"


def _choke(name: str) -> str:
    return f"test_chokepoints.py::test_{name}"


def _life(name: str) -> str:
    return f"test_halflife.py::test_{name}"


def _branch(name: str) -> str:
    return f"test_branch.py::test_{name}"


def _why(name: str) -> str:
    return f"test_why.py::test_{name}"


def _failed(name: str) -> str:
    return f"test_failed_runs.py::test_{name}"


def _luck(name: str) -> str:
    return f"test_luck.py::test_{name}"


BY_FILE: Final = {
    "ensemble/sets.py": [
        (
            "sets = set_of(runs, PRIOR_SETS)\n    order",
            "sets = np.arange(len(runs)) // 2\n    order",
            _failed("a_branch_keeps_runs_in_their_sets"),
        ),
    ],
    "statistics/half_lives.py": [
        (
            "(before - 0.5) / (before - behind)",
            "(0.5 - behind) / (before - behind)",
            "test_half_lives.py::test_half_is_gone_between_two_years_or_at_the_end_of_one",
        ),
    ],
    "statistics/luck.py": [
        (
            "(self.sizes - 1.0).sum() or",
            "self.sizes.sum() or",
            _luck("luck_is_what_two_runs_of_a_set_differ_by"),
        ),
        (
            "self.within * (1.0 / self.sizes).mean()",
            "self.within",
            _luck("means_are_drawn_together_until_they_vary_as_much_as_without_luck"),
        ),
    ],
    "studies/backfire/command.py": [
        (
            "parameters_of(runs.tolist())",
            "parameters_of(range(len(runs)))",
            _failed("a_map_keeps_runs_in_their_sets_and_boxes_know_their_parameters"),
        ),
    ],
    "studies/game/command.py": [
        (
            "parameters_of(game.stakes.runs.tolist())",
            "parameters_of(range(len(game.stakes.runs)))",
            _failed("a_game_keeps_runs_in_their_sets_and_knows_their_parameters"),
        ),
    ],
    "studies/why/ledgers.py": [
        (
            "np.concatenate([first, moved], axis=-2)",
            "np.concatenate([0.0 * first, moved], axis=-2)",
            _why("causes_add_up_to_the_outcome_of_every_year"),
        ),
    ],
    "studies/why/tables.py": [
        (
            "LEAD: entries[:, me] - entries[:, 1 - me]",
            "LEAD: entries[:, me] + entries[:, 1 - me]",
            _why("words_tell_size_side_measure_and_luck"),
        ),
        (
            "mine[frozenset(players)] - mine[frozenset()]",
            "mine[frozenset()] - mine[frozenset(players)]",
            _why("measures_and_causes_add_up_both_ways"),
        ),
    ],
    "studies/why/report.py": [
        (
            '1.0 if state == config["state"] else -1.0,',
            "1.0,",
            _why("words_tell_size_side_measure_and_luck"),
        ),
    ],
    "studies/branch/arms.py": [
        (
            "max(inside[START], date)",
            "min(inside[START], date)",
            _branch("nothing_begins_before_it_is_chosen"),
        ),
        (
            '"base": before[state], "then": chosen_at(policy, date)',
            '"base": chosen_at(policy, date), "then": before[state]',
            _branch("all_arms_are_one_run_to_the_bit_until_their_dates"),
        ),
    ],
    "studies/branch/tables.py": [
        (
            "sets[:, :, me].max(axis=1, keepdims=True) - sets[:, :, me]",
            "sets[:, :, me].max(axis=0, keepdims=True) - sets[:, :, me]",
            _branch("planted_regret_is_found"),
        ),
        (
            "(values[best] - values) / (slopes - slopes[best])",
            "(values[best] - values) / (slopes[best] - slopes)",
            _branch("the_weight_at_which_another_date_is_best"),
        ),
    ],
    "studies/halflife/impulses.py": [
        (
            "np.where(part < 1.0, -years / np.log2(part), np.inf)",
            "np.where(part < 1.0, -years / np.log(part), np.inf)",
            _life("planted_decay_recovers_its_half_life"),
        ),
        (
            "leads[arm][:, *place] - leads[0][:, *place]",
            "leads[arm][:, *place] - leads[-1][:, *place]",
            _life("what_is_left_is_the_lead_of_a_run_with_the_leap_less_that_of_its_twin"),
        ),
    ],
    "studies/halflife/tables.py": [
        (
            "by_run == code, left[:, after], np.nan",
            "by_run != code, left[:, after], np.nan",
            _life("tables_tell_the_band_of_sets_without_luck_and_the_equation_that_moves_it"),
        ),
    ],
    "studies/chokepoints/denials.py": [
        (
            "change[:, last:] /",
            "change[:, last - 1 :] /",
            _choke("a_half_life_is_counted_from_the_last_year_of_the_denial"),
        ),
        (
            "STATES[1 - STATES.index(self.denier)]",
            "STATES[STATES.index(self.denier)]",
            _choke("a_denial_is_compared_with_a_run_that_has_all_else_the_same"),
        ),
        (
            'return {f"{self.target}_cooperating": MORE} if self.cooperating else {}',
            "return {}",
            _choke("a_denial_is_compared_with_a_run_that_has_all_else_the_same"),
        ),
    ],
    "studies/forecast/score.py": [
        (
            "np.where(observed < values, 1.0, 0.0) - levels",
            "levels - np.where(observed < values, 1.0, 0.0)",
            _forecast("scores_from_quantiles_are_those_of_the_whole_distribution"),
        ),
        (
            "1.0 - own / naive[best]",
            "1.0 - naive[best] / own",
            _forecast("skill_is_the_part_of_the_best_rivals_score_that_is_saved"),
        ),
    ],
    "studies/forecast/settings.py": [
        (
            "if key != SHA}",
            'if key != "rows"}',
            _forecast("tampering_is_found"),
        ),
    ],
    "studies/backfire/crossing.py": [
        (
            "before[place] / (before[place] - behind[place])",
            "behind[place] / (behind[place] - before[place])",
            _backfire("the_band_of_a_planted_crossing_covers_it_in_nine_of_ten"),
        ),
        (
            "bool(before[place] > 0.0)",
            "bool(before[place] < 0.0)",
            _backfire("a_crossing_lies_on_the_straight_line_between_places"),
        ),
    ],
    "studies/backfire/places.py": [
        (
            "without |= {} if imposed(config, key)",
            "without |= {} if not imposed(config, key)",
            _backfire("a_twin_has_all_but_the_control"),
        ),
        (
            "np.log(np.cumsum(arm[..., 2, :] * weights, axis=-1))",
            "np.log(np.cumsum(arm[..., 1, :] * weights, axis=-1))",
            _backfire("a_place_is_a_run_with_both_levers_against_one_without_and_a_rerun_extends"),
        ),
    ],
    "studies/backfire/tables.py": [
        (
            "np.mean(changes < -size)",
            "np.mean(changes < size)",
            _backfire("a_share_counts_losses_of_more_than_was_asked_for_and_has_its_size_beside"),
        ),
    ],
    "studies/backfire/box.py": [
        (
            "again = np.concatenate([of_set[place] for place in draws.integers(len(of_set), size=len(of_set))])",
            "again = order[draws.integers(len(order), size=len(order))]",
            _backfire("a_planted_box_is_found_with_its_limits_and_what_tells_few_sets_apart_by_chance_is_not_kept"),
        ),
    ],
    "studies/game/oracle.py": [
        (
            "payoffs if me == 0 else payoffs.swapaxes(1, 2)",
            "payoffs",
            _oracle("a_gain_is_over_what_a_state_plays_and_against_what_its_rival_does"),
        ),
        (
            "errors = gained.std(axis=0, ddof=1) / np.sqrt(len(gained))",
            "errors = gained.std(axis=0, ddof=1)",
            _oracle("a_gain_is_over_what_a_state_plays_and_against_what_its_rival_does"),
        ),
        (
            "if not any(one.added for one in found):",
            "if all(one.added for one in found):",
            _oracle("answers_of_a_planted_game_close_in_on_its_equilibrium"),
        ),
    ],
    "studies/game/search.py": [
        (
            "return self.gain > self.error",
            "return self.gain > 0.0",
            _oracle("answers_of_a_planted_game_close_in_on_its_equilibrium"),
        ),
        (
            'b"".join(line for line in takewhile(_whole, lines))',
            'b"".join(lines)',
            _oracle("a_search_that_was_stopped_goes_on_as_if_it_had_not_been"),
        ),
    ],
    "studies/game/solver.py": [
        (
            "second >= second.max(axis=-1, keepdims=True)",
            "second >= second.max(axis=-2, keepdims=True)",
            _game("swapped_roles_give_the_same_equilibria_transposed"),
        ),
        (
            "payoffs[None, :, :] > payoffs[:, None, :] + TOLERANCE",
            "payoffs[None, :, :] < payoffs[:, None, :] - TOLERANCE",
            _game("a_game_without_ties_has_an_odd_number_of_equilibria_from_which_nobody_gains_by_moving"),
        ),
        (
            "np.where(best, leader, -np.inf).argmax(axis=1)",
            "np.where(best, leader, np.inf).argmax(axis=1)",
            _game("a_leader_and_a_cautious_player"),
        ),
        (
            'first.max(axis=-2, keepdims=True) - first if how == "regret"',
            'first.max(axis=-1, keepdims=True) - first if how == "regret"',
            _game("a_leader_and_a_cautious_player"),
        ),
    ],
    "studies/game/stakes.py": [
        (
            "- weights.incident * incidents",
            "+ weights.incident * incidents",
            _game("incidents_weigh_in_the_price_but_not_in_that_of_income"),
        ),
        ("round(horizon) - self.years[0]", "round(horizon) - self.years[0] + 1", _game("a_horizon_ends_what_counts")),
        (
            "levels - levels[:, :1, :1]",
            "levels - levels[:, :1, :]",
            _game("a_planted_price_of_lead_and_the_weight_at_which_it_flips"),
        ),
    ],
    "studies/game/phases.py": [
        (
            "self.share >= SURE and self.sets >= SETS_FOR_BAND",
            "self.share >= SURE",
            _game("a_phase_that_sets_disagree_on_is_undecided"),
        ),
        (
            "            same = middle\n",
            "            other = middle\n",
            _game("a_planted_price_of_lead_and_the_weight_at_which_it_flips"),
        ),
    ],
    "studies/game/analysis.py": [
        (
            "self.weights.incident * incidents - self",
            "-self.weights.incident * incidents - self",
            _game("incidents_weigh_in_the_price_but_not_in_that_of_income"),
        ),
        (
            "ratio(given, lead, runs), ratio(-income, lead, runs)",
            "ratio(-income, lead, runs), ratio(given, lead, runs)",
            _game("incidents_weigh_in_the_price_but_not_in_that_of_income"),
        ),
    ],
    "studies/game/information.py": [
        (
            "expected.max(axis=1).mean() - expected[:, best].mean()",
            "expected.max(axis=0).mean() - expected[:, best].mean()",
            _game("information_is_worth_something_only_where_the_choice_would_be_another"),
        ),
    ],
    "studies/game/report.py": [
        (
            'first["share"] < SURE',
            'first["share"] > SURE',
            _game("a_game_within_luck_is_called_undecided_and_rival_equations_are_named"),
        ),
    ],
}
"""What stands there, what is put there instead, and which tests must fail, by file of the package."""
