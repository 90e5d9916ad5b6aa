"""Faults in the order of a quarter and what is measured of it; the slow reference is named where it is alone."""

from typing import Final

from tests.faults.fault import ACCOUNTS, LEADS, LEVERS, OUTCOMES, REFERENCE, RESEARCH

STRONG: Final = f"{REFERENCE}::test_strong_levers_equal_the_reference"

BY_FILE: Final = {
    "model/engine/record": [
        ("economy.knowledge_path, max(quarter - 1, 0)", "economy.knowledge_path, quarter", ACCOUNTS),
        ("= economy.currency_path[:, :, 0, 0]", "= _along(economy.currency_path, quarter)", OUTCOMES),
    ],
    "model/quarter": [
        (
            "exp(run.states[s].output_deviation + dearer(run, s))",
            "exp(dearer(run, s) - run.states[s].output_deviation)",
            STRONG,
        ),
        ("            copy_rules(run, luck, s, k)\n", "            pass\n", STRONG),
        ("                stock_up(run, m, k)\n", "                pass\n", LEVERS),
        ("            wear(run, s, k)\n", "            pass\n", STRONG),
        ("        cooperate(run, s)\n", "        pass\n", RESEARCH),
        ("        set_standards(run, s)\n", "        pass\n", STRONG),
        ("            hand_on(run, s, k)\n", "            pass\n", STRONG),
        ("mean_technology /= run.cells[s, k].firms", "mean_technology /= 1.0", STRONG),
        ("spend(run, cell, firm, log_sales)", "spend(run, cell, firm, 0.0)", STRONG),
    ],
    "model/outcomes": [
        ("cell.sales - market.flows[s]", "cell.sales + market.flows[s]", OUTCOMES),
        ("received(market) - market.flows[s]", "received(market) + market.flows[s]", OUTCOMES),
        ("firm.technology * firm.sales", "firm.technology", OUTCOMES),
        ("squares += firm.sales * firm.sales", "squares += firm.sales", OUTCOMES),
        ("run.cells[s, k].ecosystem - BASE_BREADTH", "run.cells[s, k].ecosystem", OUTCOMES),
        ("1.0 - exchange(run) / run.now", "exchange(run) / run.now", OUTCOMES),
        ("1.0 - (us.talent + china.talent)", "1.0 - us.talent", OUTCOMES),
        ("flows[s] / received(run.markets[m, k])", "flows[s]", OUTCOMES),
        ("state.rd_total - state.rd_other", "state.rd_total", OUTCOMES),
        ("digital, emerging = state.other_digital, state", "digital, emerging = 0.0, state", OUTCOMES),
        (
            "digital, emerging = state.other_digital, state.other_emerging",
            "digital, emerging = state.other_digital, 0.0",
            OUTCOMES,
        ),
        ("4.0 * firm.innovation", "firm.innovation", OUTCOMES),
        ("exposure(firm) * rival_input_share", "rival_input_share", OUTCOMES),
    ],
    "ensemble/record": [
        ("levels[..., 5:] / levels[..., 1:-4]", "levels[..., 1:-4] / levels[..., 5:]", ACCOUNTS),
        ("HUNDRED * (frontier - frontier[:, ::-1])", "HUNDRED * (frontier + frontier[:, ::-1])", LEADS),
        ("* lead / pace[:, None]", "* lead * pace[:, None]", LEADS),
    ],
}
"""What stands there, what is put there instead, and which tests must fail, by file of the package."""
