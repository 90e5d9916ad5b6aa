"""Faults in what is shown of results: tables, figures, words and pages with the wrong state, column, end or target."""

from typing import Final

FILE: Final = "test_shown.py"


def _of(name: str) -> str:
    return f"{FILE}::test_{name}"


STATISTICS: Final = _of("each_statistic_stands_under_its_name")
HEADLINES: Final = _of("levels_and_changes_of_headlines_are_the_records")
COSTS: Final = _of("costs_stand_under_their_names")
POINT: Final = _of("a_point_of_a_sweep_has_the_mean_deviation_and_error_of_its_runs")
LEVELS: Final = _of("words_about_a_sweep_go_from_the_first_level_to_the_last")
FACTOR: Final = _of("purchasing_power_takes_each_state_by_its_own_factor")
PAST: Final = _of("records_of_the_past_are_those_of_the_state")
TARGETS: Final = _of("targets_are_the_plans")
LEADS: Final = _of("leads_are_those_of_the_united_states")
BARS: Final = _of("bars_of_the_lead_have_the_colour_of_who_leads")
LARGEST: Final = _of("the_largest_firm_is_that_of_its_state")
PLANE: Final = _of("a_plane_has_losses_up_and_the_lead_of_the_united_states_across")
COLOUR: Final = _of("colour_is_full_where_all_runs_agree_and_none_where_they_tell_nothing")
COURSES: Final = _of("changes_over_time_are_those_of_the_state")
SCORECARD: Final = _of("the_scorecard_has_article_and_official_number_in_their_columns")
COMPARED: Final = _of("a_readme_of_a_comparison_has_each_state_at_its_place")
SCREEN: Final = _of("the_screen_of_a_comparison_has_ends_of_bands_in_order")
PAGES: Final = _of("pages_tell_rows_runs_and_years_apart")
BEHIND: Final = _of("a_page_of_a_backtest_names_what_is_behind_the_best_naive_forecast")

BY_FILE: Final = {
    "ensemble/summary.py": [
        ("part[:, 0], part[:, 1] = _moments(block", "part[:, 1], part[:, 0] = _moments(block", STATISTICS),
        ('"q05": 0.05, "q25": 0.25', '"q05": 0.25, "q25": 0.05', STATISTICS),
        ("present - 1, np.nan)", "present, np.nan)", STATISTICS),
        ("where[place] = label", "where[-1 - place] = label", STATISTICS),
    ],
    "statistics/tables.py": [
        ("{cell + 0.0:.{digits}g}", "{cell:.{digits}g}", "test_tables.py"),
        ('keep_default_na=False, na_values=[""]', "keep_default_na=True", "test_tables.py"),
    ],
    "studies/run/courses.py": [
        ("_scaled(one, float(factor[state]))", "_scaled(one, float(factor[1 - state]))", FACTOR),
        (
            "quantiles=factor * series.quantiles, past=factor * series.past",
            "quantiles=factor * series.quantiles",
            FACTOR,
        ),
        ("facts.base.currency_per_usd[state]", "facts.base.currency_per_usd[1 - state]", PAST),
        ("quantiles(values[:, place]), *past(place))", "quantiles(values[:, place]), *past(1 - place))", PAST),
        ("year) / _prices(facts, STATES[state], year)", "year)", PAST),
        ('_target(facts, "F2")', '_target(facts, "F3")', TARGETS),
    ],
    "studies/run/figures.py": [
        ("_ranked(record.snapshots[name][:, place])", "_ranked(record.snapshots[name][:, 1 - place])", LARGEST),
    ],
    "studies/run/lead_figures.py": [
        ('[:, STATES.index("us")]', '[:, STATES.index("china")]', LEADS),
        ('"us" if value >= 0 else "china"', '"china" if value >= 0 else "us"', BARS),
        ("Dot(spread.runs[2, :, 0], GREY", "Dot(spread.runs[2, :, -1], GREY", BARS),
    ],
    "studies/run/tables.py": [
        (
            "count, of, count / of, None",
            "count, of, of / count, None",
            _of("shares_of_bounds_are_counts_over_what_they_are_counted_of"),
        ),
    ],
    "studies/run/scorecard.py": [
        ("(of_year[:, US] / of_year[:, CHINA])", "(of_year[:, CHINA] / of_year[:, US])", "test_scorecard.py"),
        ("ratio * factor[US] / factor[CHINA]", "ratio * factor[CHINA] / factor[US]", "test_scorecard.py"),
    ],
    "studies/compare/tables.py": [
        ('"baseline", "level", "level_unit"', '"level", "baseline", "level_unit"', HEADLINES),
        ("cost.loss, cost.loss_se, *losses", "cost.loss_se, cost.loss, *losses", COSTS),
        ('"loss_q05", "loss_q50", "loss_q95"', '"loss_q95", "loss_q50", "loss_q05"', COSTS),
        ("for part in (contrast.first, contrast.level)]", "for part in (contrast.level, contrast.first)]", HEADLINES),
        ("for of in (np.median, np.mean))", "for of in (np.mean, np.median))", HEADLINES),
    ],
    "studies/compare/report.py": [
        ("{number(change.low)}..{number(change.high)}", "{number(change.high)}..{number(change.low)}", SCREEN),
        ('for state in (*STATES, "") if', 'for state in (*STATES[::-1], "") if', SCREEN),
    ],
    "studies/compare/answer.py": [
        (
            "{'; '.join(self._cost(state) for state in STATES)}",
            "{'; '.join(map(self._cost, STATES[:1] * 2))}",
            COMPARED,
        ),
        ("{number(-cost['loss_q50'])} bn", "{number(cost['loss_q50'])} bn", COMPARED),
    ],
    "report/words.py": [
        ("{number(change.low)} to {number(change.high)}", "{number(change.high)} to {number(change.low)}", COMPARED),
    ],
    "studies/compare/figures.py": [
        ("_ends(by_key[name, one, STATES[0]])", "_ends(by_key[name, one, STATES[1]])", PLANE),
        ('0.0 - row["q50"], 0.0 - row["q95"], 0.0 - row["q05"]', '0.0 - row["q50"], row["q05"], row["q95"]', PLANE),
        ("(2.0 * change.share - 1.0) if", "change.share if", COLOUR),
        (
            "quantiles(values[:, place]), runs",
            "quantiles(values[:, 1 - place]), runs",
            COURSES,
        ),
    ],
    "studies/sweep/tables.py": [
        ("error = sd / math.sqrt(runs)", "error = sd / runs", POINT),
        ("mean, sd, *quantiles = numbers", "sd, mean, *quantiles = numbers", POINT),
    ],
    "studies/sweep/effects.py": [
        ('changes={key: rows["change_q50"]', 'changes={key: rows["q50"]', LEVELS),
        (
            "key=lambda effect: -effect.weight)",
            "key=lambda effect: effect.weight)",
            _of("what_moves_a_sweep_more_is_named_first"),
        ),
    ],
    "studies/sweep/report.py": [
        (
            "first, last = largest.levels[0], largest.levels[-1]",
            "last, first = largest.levels[0], largest.levels[-1]",
            LEVELS,
        ),
    ],
    "studies/sensitivity/tables.py": [
        (
            "*_numbers(estimated.first, spot), *_numbers(estimated.total, spot)",
            "*_numbers(estimated.total, spot), *_numbers(estimated.first, spot)",
            "test_sensitivity_command.py",
        ),
        (
            "float(estimate.low[spot]), float(estimate.high[spot])",
            "float(estimate.high[spot]), float(estimate.low[spot])",
            "test_sensitivity_command.py",
        ),
    ],
    "studies/backtest/tables.py": [
        (
            "one.observed, one.forecast, one.error",
            "one.forecast, one.observed, one.error",
            _of("a_miss_is_observed_against_forecast"),
        ),
        (
            "([one.alone for one in errors], [one.whole",
            "([one.whole for one in errors], [one.alone",
            "test_backtest.py",
        ),
    ],
    "studies/evidence/finding_words.py": [
        ('(line["id"] in untouched) == apart', '(line["id"] in untouched) != apart', "test_evidence_pages.py"),
    ],
    "studies/evidence/published.py": [
        ('line["net_verdict"] or line["verdict"]', 'line["verdict"] or line["net_verdict"]', "test_evidence_pages.py"),
        ("share >= AGREEING and sign * middle > 0.0", "share >= AGREEING", "test_evidence_findings.py"),
    ],
    "studies/micro/verdicts.py": [
        ("and abs(summary.corrected) > NORMAL_95", "and abs(summary.corrected) < NORMAL_95", "test_micro.py"),
    ],
    "studies/backtest/report.py": [
        ('frame["converts"] == ""', 'frame["converts"] != ""', BEHIND),
        ('("nominal", 1), ("real", 0)', '("nominal", 0), ("real", 1)', "test_backtest.py"),
        ('skills[skills["skill"] <= 0]', 'skills[skills["skill"] >= 0]', BEHIND),
    ],
    "studies/calibrate/tables.py": [
        (
            'else "weak" if ratio < WEAKLY else "no"',
            'else "no" if ratio < WEAKLY else "weak"',
            "test_calibration.py::test_only_what_the_record_narrows_counts_as_identified",
        ),
    ],
    "report/pages.py": [
        ('low: str = "q05", high: str = "q95"', 'low: str = "q95", high: str = "q05"', "test_pages.py"),
        ('("<", "&lt;")', '("<", "<")', "test_pages.py"),
    ],
    "report/templates/scorecard.md.j2": [
        ('published(row, "article")', 'published(row, "official" if row.official else "article")', SCORECARD),
    ],
    "report/templates/sensitivity.md.j2": [
        ("{{ config.points }} rows, {{ config.runs }} runs", "{{ config.runs }} rows, {{ config.points }} runs", PAGES),
        ("{{ uncertainties }} uncertainties", "{{ config.points }} uncertainties", PAGES),
    ],
    "report/templates/sweep.md.j2": [
        ("{{ points }} points", "{{ runs }} points", PAGES),
        (
            "{{ config.base.start }} to {{ config.base.horizon }}",
            "{{ config.base.horizon }} to {{ config.base.start }}",
            PAGES,
        ),
    ],
    "report/templates/backtest.md.j2": [
        ("{{ config.runs }} runs, seed {{ config.seed }}", "{{ config.seed }} runs, seed {{ config.runs }}", BEHIND),
    ],
}
"""What stands there, what is put there instead, and which tests must fail, by file of the package."""
