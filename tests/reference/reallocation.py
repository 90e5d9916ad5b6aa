"""Section 3.4 where buyers turn slowly: what they are used to, what they have replaced, and what they miss."""

from math import exp, expm1, log
from typing import Any

MOST_UNMET = 0.99
GONE = 1e-4
"""Part of all offers below which buyers see no difference."""


def between_origins(model: Any, sector: int) -> float:
    """Elasticity between origins."""
    known = model.known.market
    if model.known.forms.reallocation == "instant":
        return known.elasticity[sector]
    return min(known.elasticity[sector], known.origin_elasticity)


def way(model: Any) -> float:
    """Part of the way to another maker that a quarter brings."""
    return -expm1(-1.0 / (4.0 * model.known.market.switching_years))


def at_once(model: Any, sector: int) -> float:
    """Elasticity of home sales to support within a quarter."""
    elasticity = between_origins(model, sector)
    return elasticity if model.known.forms.reallocation == "instant" else 1.0 + way(model) * (elasticity - 1.0)


def of_origin(model: Any, sector: int, weight: float) -> float:
    """Attraction of an origin among origins."""
    if model.known.forms.reallocation == "instant":
        return weight
    return weight ** ((between_origins(model, sector) - 1.0) / (model.known.market.elasticity[sector] - 1.0))


def take(
    market: Any, buyer: int, coming: list[float], passed: list[float], withheld: tuple[int, float], by: float
) -> list[float]:
    """Shares of origins for a buyer; sets price, penalty, shortage, and what the rival's control withholds."""
    used, replaced = [exp(value) for value in market.settled[buyer]], market.replaced[buyer]
    kept = [1.0 - part for part in replaced]
    wanted = sum(one * part for one, part in zip(used, kept, strict=True))
    sold = [one * min(part, through) for one, part, through in zip(used, kept, passed, strict=True)]
    unmet = min(max(1.0 - sum(sold) / wanted, 0.0), MOST_UNMET)
    reached = sum(one * part for one, part in zip(coming, kept, strict=True)) * (1.0 - unmet)
    market.log_price[buyer] = (market.log_first[buyer] - log(reached)) / by
    market.penalty[buyer] = log(sum(coming) / reached) / by
    market.missing[buyer] = market.unmet[buyer] = unmet
    market.shortage[buyer] = -log(1.0 - unmet)
    foreign, part = withheld
    market.withheld[buyer] = used[foreign] * part / sum(sold)
    return [part / sum(sold) for part in sold]


def get_used(model: Any, market: Any, buyer: int, coming: list[float], passed: list[float]) -> None:
    """After the market, buyers go part of the way to what is offered and to who can deliver."""
    part, offers = way(model), sum(coming)
    market.replaced[buyer] = [
        before + part * (1.0 - through - before) for before, through in zip(market.replaced[buyer], passed, strict=True)
    ]
    market.settled[buyer] = [
        before + part * (log(max(offer, GONE * offers)) - before) if taste > 0.0 else before
        for before, offer, taste in zip(market.settled[buyer], coming, market.taste, strict=True)
    ]
