"""Faults in what the past is made of: back-cast base years, outlooks on record, what both states did."""

from typing import Final

HISTORY: Final = "test_history.py"

BY_FILE: Final = {
    "facts/backcast": [
        ("nominal / output * real", "nominal * output * real", HISTORY),
        ("later not in skipped", "later in (*skipped, later)", HISTORY),
        ('_each(history, "gdp_ppp", year) / (', '_each(history, "gdp_ppp", year) * (', HISTORY),
        ("if at <= year]", "if at >= 0]", HISTORY),
        ("high * np.exp(growth * (year - at))", "high", HISTORY),
    ],
    "facts/proxies": [
        ("np.log(last.position) + POSITION_ELASTICITY", "np.log(last.position) - POSITION_ELASTICITY", HISTORY),
        ("np.exp(-np.array(size))", "np.exp(np.array(size))", HISTORY),
        ("(1.0 - ours.sum(axis=0))", "ours.sum(axis=0)", HISTORY),
        (" - np.log(proxies.reached) / SPAN", " + np.log(proxies.reached) / SPAN", HISTORY),
    ],
    "facts/outlook_past": [
        ("nominal / (1.0 + _growth(history, state, years)) - 1.0", "nominal - 1.0", HISTORY),
    ],
    "facts/decisions": [
        ("np.stack(rates, axis=1) / prices", "np.stack(rates, axis=1) * prices", HISTORY),
        ("granted / first[:, None]", "first[:, None] / granted", HISTORY),
    ],
    "policies/recorded": [
        ("public - granted - basic", "public - basic", HISTORY),
        ("own(structure.economy.basic_private, me) * business", "0.0 * business", HISTORY),
        ("min(world.quarter + 1, 4 * year + 1)", "world.quarter + 1", HISTORY),
        ("world.quarter // 4, known.years", "world.quarter // 4 + 1, known.years", HISTORY),
    ],
    "scenario/origin": [
        ("(1.0 - plan.slippage) * (plan.intensity - now)", "plan.intensity - now", HISTORY),
    ],
}
"""What stands there, what is put there instead, and which tests must fail, by file of the package."""
