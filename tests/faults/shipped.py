"""Faults in what is shipped: a default of ``configs/`` changed, a word or a number."""

from typing import Final

TEST: Final = "test_shipped.py::test_every_shipped_setting_is_the_one_that_has_a_source"
CHANGED: Final = {
    "params/default.yaml": [
        ("crowd_in: 0.5", "crowd_in: 0.6"),
        ("relabelled_share: {us: 0.0, china: 0.24}", "relabelled_share: {us: 0.24, china: 0.0}"),
        ("basic_lag: 10.0", "basic_lag: 8.0"),
    ],
    "config.yaml": [
        ("vintage: article", "vintage: final"),
        ("params: posterior", "params: prior"),
        ("slots: 24", "slots: 20"),
        ("record: full", "record: headline"),
    ],
    "compare.yaml": [("discount_rate: 0.03", "discount_rate: 0.02")],
    "sensitivity.yaml": [("slippage: [0.0, 0.5]", "slippage: [0.0, 0.4]")],
    "sweep.yaml": [("lead_frontier, real_income,", "real_income, lead_frontier,")],
    "sweep/export_controls.yaml": [("breadth: {key: us.control_breadth", "breadth: {key: us.control_depth")],
    "sweep/objectives.yaml": [("policies.us.lookahead=3", "policies.us.lookahead=4")],
    "policy/plan.yaml": [
        ("rd_growth_target: 0.07", "rd_growth_target: 0.08"),
        ("later_growth: 0.02", "later_growth: 0.0"),
    ],
    "policy/status_quo_ante.yaml": [("{us: 0.031, china: 0.08}", "{us: 0.08, china: 0.031}")],
    "events/bill.yaml": [("amount_high: 230.0", "amount_high: 320.0"), ("state: us", "state: china")],
    "scenario/allied_controls.yaml": [("lever: allied_cooperation", "lever: allied_participation")],
    "scenario/talent_restriction.yaml": [("ramp: 1, value: 0.7", "ramp: 1, value: 0.6")],
    "executor/local.yaml": [("shared_disk: true", "shared_disk: false")],
}
"""What stands there and what is put there instead, by file."""
BY_FILE: Final = {file: [(old, new, TEST) for old, new in faults] for file, faults in CHANGED.items()}
"""The same with the test that must fail."""
