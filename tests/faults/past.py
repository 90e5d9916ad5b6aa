"""Faults in what the past is made of: back-cast base years, outlooks on record, what both states did."""

from typing import Final

HISTORY: Final = "test_history.py"
SCORES: Final = "test_backtest_scores.py"
SERIES: Final = "test_series.py"
BACKTEST: Final = "test_backtest.py"

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
        ("world.quarter // 4, recorded.years", "world.quarter // 4 + 1, recorded.years", HISTORY),
    ],
    "studies/backtest/primitives": [
        ("np.exp(-values)", "np.exp(values)", SERIES),
        ("ahead - self.drifts_after, 0.0", "ahead, 0.0", SCORES),
        ("LONGEST_DRIFT)\n", "np.inf)\n", SCORES),
        ("private - history.at", "HUNDRED - history.at", SERIES),
        ("history.at(name, state, year) / _real_gdp", "history.at(name, state, year) * _real_gdp", SERIES),
    ],
    "studies/backtest/splice": [
        ("line[:, gap] - line[:, 0]", "line[:, 0] - line[:, gap]", SERIES),
        ("start += broken_denominator", "start -= broken_denominator", SERIES),
        ("surprise if abs(surprise) > BROKEN", "surprise if abs(surprise) < BROKEN", SERIES),
        ("value / implied", "implied / value", SERIES),
    ],
    "studies/backtest/counterparts": [
        ('(1.0 - parts["public"]) * (1.0', '(1.0 - parts["public"]) + (1.0', SERIES),
        ("amount(parts) / parts", "amount(parts) * parts", SERIES),
    ],
    "studies/backtest/discrepancy": [
        ("self.step[place] * steps[place]", "steps[place]", SCORES),
        ("self.root[:, place, None]", "self.root[place, :, None]", SCORES),
        ("self.drift[place] + self.drift_sd", "self.drift[place] - self.drift[place] + self.drift_sd", SCORES),
        ("calendar > starts[key]", "calendar >= 0", SCORES),
    ],
    "studies/backtest/estimation": [
        ("years / (years + PRIOR_YEARS)", "1.0", SCORES),
        ("errors.less(mean * _weight(errors.years))", "errors.error", SCORES),
        ("around / (years + PRIOR_YEARS)", "around", SCORES),
        ("drift=one.mean * _weight(years)", "drift=-one.mean * _weight(years)", SCORES),
        ("(miss.origin, miss.year): value", "(0, miss.year): value", SCORES),
    ],
    "studies/backtest/study": [
        ("if one.year <= origin)", "if one.year <= until)", BACKTEST),
    ],
    "studies/micro/poisson": [
        ("coefficients + step, -LARGEST", "coefficients - step, -LARGEST", "test_micro.py"),
        ("within - between", "within", "test_micro.py"),
        ("np.where(told, coefficients, np.nan)", "coefficients", "test_micro.py"),
    ],
    "studies/micro/matching": [
        ("controls[np.argsort(distance", "controls[np.argsort(-distance", "test_micro.py"),
        ("+= 1.0 / neighbours", "+= 1.0", "test_micro.py"),
    ],
    "studies/backtest/rivals": [
        ("if year <= origin)])", "if year <= 0)])", SCORES),
        ("0.5 - band / 2.0, 0.5", "0.5 - band, 0.5", SCORES),
    ],
    "studies/backtest/comparison": [
        ("below + ties / 2.0", "1.0 - below", BACKTEST),
    ],
    "scenario/origin": [
        ("(1.0 - plan.slippage) * (plan.intensity - now)", "plan.intensity - now", HISTORY),
    ],
}
"""What stands there, what is put there instead, and which tests must fail, by file of the package."""
