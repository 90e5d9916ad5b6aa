"""Faults in firms: money, entry and exit, lists, and the ledger of what moved their technology."""

from typing import Final

from tests.faults.fault import FIRMS, LEDGER, LEVERS, PARADIGM

BY_FILE: Final = {
    "model/finance": [
        ("balance = firm.cash + firm.profit / 4.0", "balance = firm.cash + firm.profit", FIRMS),
        ("rd * (1.0 - tax_credit)", "rd * (1.0 + tax_credit)", FIRMS),
        ("max(before_tax, 0.0) * state.corporate_tax", "before_tax * state.corporate_tax", FIRMS),
        (
            "max(balance - parameters.cash_target * firm.sales, 0.0)",
            "max(balance - parameters.debt_limit * firm.sales, 0.0)",
            FIRMS,
        ),
        ("parameters.equity_limit / 4.0 * firm.sales", "parameters.equity_limit * firm.sales", FIRMS),
        ("cell.raised += equity - payout", "cell.raised += equity", FIRMS),
        ("firm.cash < -parameters.debt_limit", "firm.cash < parameters.debt_limit", FIRMS),
    ],
    "model/entry": [
        ("and not firm.state_owned", "and firm.state_owned", FIRMS),
        ("if firm.sales >= largest:", "if firm.sales > largest:", FIRMS),
        ("exit_size * cell.booked / cell.firms", "exit_size * cell.booked", FIRMS),
        ("parameters.ecosystem * log(cell", "-parameters.ecosystem * log(cell", FIRMS),
        (
            "parameters.foreign_capital * log_capital(run, s)",
            "-parameters.foreign_capital * log_capital(run, s)",
            FIRMS,
        ),
        ("(BASE_CAPITAL + now) / (BASE_CAPITAL + first)", "(BASE_CAPITAL + now)", LEVERS),
        ("supplied / max(cell.input_total, 1e-12)", "supplied", FIRMS),
        ("cell.mean_technology - entry.entrant_gap", "cell.mean_technology + entry.entrant_gap", FIRMS),
        ("- cell.cost - cell.burden[ORDINARY])", "- cell.cost)", FIRMS),
        ("cell.written_off += firm.cash", "cell.written_off += 0.0 * firm.cash", FIRMS),
        ("if firms[i].place_was_free:", "if not firms[i].alive:", FIRMS),
        ("cell.turned_away = knocking - cell.entered", "cell.turned_away = knocking", FIRMS),
        (
            "smoothed(firm.log_scale, log_sales, parameters)",
            "smoothed(firm.log_scale, firm.log_scale, parameters)",
            FIRMS,
        ),
        ("entry.entrant_gap * (1.0 - run.sectors[k].nearer)", "entry.entrant_gap", PARADIGM),
        ("firm.age += 0.25", "firm.age += 1.0", FIRMS),
    ],
    "model/listing": [
        ("run.cells[s, k].levers.control_breadth", "run.cells[1 - s, k].levers.control_breadth", LEVERS),
        ("firms[i].alive and not firms[i].listed", "firms[i].alive", LEVERS),
        ("firms[i].sales * covered > most", "firms[i].sales > most", LEVERS),
        ("max(quota - due, 0.0)", "max(quota, 0.0)", LEVERS),
        ("state.levers.listing_pace / 4.0", "state.levers.listing_pace", LEVERS),
        ("firm.tie_replaced = run.cells[1 - s, sector].tie_replaced", "firm.tie_replaced = 0.0", LEVERS),
    ],
    "model/ledger/frontier": [
        ("return firm.alive and not (when == STAYING and", "return firm.alive and not (when == LIVING and", LEDGER),
        ("noted, weight = notes[i], 0.5 * (was + is_now)", "noted, weight = notes[i], was", LEDGER),
        ("free = dragged - noted.denied", "free = dragged + noted.denied", LEDGER),
        ("dragged = with_induced - ideas.curvature * noted.induced", "dragged = with_induced - noted.induced", LEDGER),
        ("a_unit * weights.embodied * cell.embodied", "a_unit * weights.science * cell.embodied", LEDGER),
        ("cell.inflow > cell.reach * max(cell.lead, 0.0)", "cell.inflow < cell.reach * max(cell.lead, 0.0)", LEDGER),
        ("entry.membership += left", "entry.exit = left", LEDGER),
    ],
    "model/ledger/sales": [
        ("firm.technology + firm.appeal)", "firm.technology)", LEDGER),
        ("by_price * (1.0 + REALLOCATION) * gained", "by_price * gained", LEDGER),
        ("(former.log_duty[s] if slow else now)", "now", LEDGER),
        ("price += weight * change.moved[PRICE, origin]", "price += change.moved[PRICE, origin]", LEDGER),
        ("entry.duty += size * (duty - former.duty_risen[s])", "entry.duty += size * duty", LEDGER),
        ("size * (change.log_paid - change.log_wanted)", "size * change.log_paid", LEDGER),
        ("if min(now, before) > least else 0.0", "if min(now, before) > 1.0 else 0.0", LEDGER),
        ("former.users[PUBLIC] = run.cells[m, k].stock_bought - former.stocked", "pass", LEDGER),
    ],
    "model/ledger/income": [
        ("former.drawn - state.drawn", "state.drawn - former.drawn", LEDGER),
        ("dearer(run, s) - bloc.labour_cost)", "dearer(run, s))", LEDGER),
        ("a_unit = real / log_mean(money", "a_unit = 1.0 / log_mean(money", LEDGER),
        ("real * (former.of_sectors - of_sectors)", "real * (of_sectors - former.of_sectors)", LEDGER),
        ("state.first_tariff_revenue / state.first_gdp * state.gdp", "state.first_tariff_revenue", LEDGER),
    ],
}
"""What stands there, what is put there instead, and which tests must fail, by file of the package."""
