"""The regressions: differences in differences with fixed effects, their event study, and local projections."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from techduel.studies.micro import matching, poisson
from techduel.studies.micro.protocol import POISSON, Finding, Study

if TYPE_CHECKING:
    import pandas as pd

LOG, COUNT, POINTS = "log", "count", "points"
"""Scales: coefficients on logs become per cent, on counts per cent of the treated's own before, others points."""
MULTIPLE: Final = 10.0
"""Years of profit in the value proxy (assumption: a usual ratio of price to earnings)."""
LAGS: Final = 3
"""Years of earlier changes beside a shock: as many as the longest horizon."""
TAILS: Final = 0.01
"""Part cut off at either end of ratios, as studies of accounts do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an outcome is made from the columns of a sample."""

    meaning: str
    scale: str
    made: "Callable[[pd.DataFrame], pd.Series[float]]"
    ratio: bool = False
    """Whether its tails are cut off."""


@dataclass(frozen=True, slots=True)
class Fit:
    """An estimate from one world, in per cent."""

    effect: float = float("nan")
    se: float = float("nan")
    """Clustered."""
    treated: int = 0
    control: int = 0
    base: float = float("nan")
    """What the treated had before, of counts; 1 where an effect needs no base."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Coefficients of a Poisson regression by column, named as those of the library of least squares."""

    params: "pd.Series[float]"
    std_errors: "pd.Series[float]"


NOTHING: Final = Fit()
HORIZONS: Final = (-2, 0, 1, 2, 3)
"""Years after a shock that the event study of a local projection shows; -1 is what changes are measured from."""

type Path = dict[int, Fit]
"""Estimates by years from the last year before the treatment; those below 0 are leads."""


def _log(name: str) -> "Callable[[pd.DataFrame], pd.Series[float]]":
    return lambda rows: _logged(rows[name])


def _logged(values: "pd.Series[float]") -> "pd.Series[float]":
    return values.where(values > 0.0).transform(np.log)


def _of_own_before(rows: "pd.DataFrame", values: "pd.Series[float]", norm: str) -> "pd.Series[float]":
    """Values relative to a firm's own mean of a column before the treatment; none where that is not positive."""
    usual = rows[norm].where(rows["early"]).groupby(rows["firm"]).transform("mean")
    return values / usual.where(usual > 0.0)


def _profit(rows: "pd.DataFrame") -> "pd.Series[float]":
    return _of_own_before(rows, rows["profit"], "sales")


def _value(rows: "pd.DataFrame") -> "pd.Series[float]":
    worth = rows["cash"] + MULTIPLE * rows["profit"]
    return _of_own_before(rows.assign(worth=worth), worth, "worth")


OUTCOMES: Final[Mapping[str, Outcome]] = {
    "rd": Outcome("log of own R&D", LOG, _log("rd")),
    "filings": Outcome("log of patent filings, which R&D pays for", LOG, _log("filings")),
    "sales": Outcome("log of sales", LOG, _log("sales")),
    "intensity": Outcome("log of R&D over sales", LOG, lambda rows: _logged(rows["rd"]) - _logged(rows["sales"])),
    "productivity": Outcome("technology less log unit cost", LOG, lambda rows: rows["productivity"]),
    "discoveries": Outcome("number of innovations", COUNT, lambda rows: rows["discoveries"]),
    "innovations": Outcome("innovations weighted by quality", COUNT, lambda rows: rows["innovations"]),
    "research_productivity": Outcome(
        "innovations weighted by quality per R&D", COUNT, lambda rows: rows["innovations"] / rows["rd"], ratio=True
    ),
    "profit": Outcome("profit over own sales before, points", POINTS, _profit, ratio=True),
    "value": Outcome("cash and ten years of profit over own mean before", POINTS, _value, ratio=True),
    "from_rival": Outcome("log of imports from the sender", LOG, _log("from_rival")),
    "from_others": Outcome("log of imports from others", LOG, _log("from_others")),
}


def prepared(rows: "pd.DataFrame", finding: Finding, study: Study) -> "pd.DataFrame":
    """A sample with its outcome in column ``outcome``; rows without one are dropped."""
    outcome = OUTCOMES[finding.outcome]
    rows = rows.assign(early=rows["year"].isin(study.before))
    rows = rows if finding.matching is None else matching.matched(rows, finding.matching, study.before)
    if "path" in finding.controls:
        rows = _with_path(rows, study)
    values = outcome.made(rows)
    if outcome.ratio:
        values = values.clip(*values.quantile([TAILS, 1.0 - TAILS]))
    return rows.assign(outcome=values).dropna(subset=["outcome"])


def _with_path(rows: "pd.DataFrame", study: Study) -> "pd.DataFrame":
    """Rows with a firm's log sales in each year before as columns, without firms that lack one."""
    before = matching.paths(rows, ("sales",), study.before)["sales"]
    columns = {f"path_{year}": rows["firm"].map(before[year]) for year in study.before}
    return rows.assign(**columns).dropna(subset=list(columns))


def difference(rows: "pd.DataFrame", finding: Finding, study: Study) -> Fit:
    """Difference in differences: the years of the finding against the years before, firm and other effects held."""
    kept = rows[rows["early"] | rows["year"].between(*finding.years)]
    later = ~kept["early"]
    exog = {name: kept[name] * later for name in (finding.term, *finding.beside)}
    result = _fitted(kept, exog | _controls(kept, finding), finding)
    return _fit(result, finding, kept)


def event_study(rows: "pd.DataFrame", finding: Finding, study: Study) -> Path:
    """Difference in differences year by year, by distance from the last year before the treatment.

    Where it is a local projection, its horizons: -2 is the change in the year before the last before the shock.
    """
    if finding.projected:
        return {horizon: projection(rows, finding, study, (horizon,)) for horizon in HORIZONS}
    reference = study.before[-1]
    kept = rows[rows["early"] | (rows["year"] >= study.starts)]
    years = [int(year) for year in np.unique(kept["year"]) if year != reference]
    exog = {
        f"{name}_{year}": kept[name] * (kept["year"] == year)
        for name in (finding.term, *finding.beside)
        for year in years
    }
    result = _fitted(kept, exog | _controls(kept, finding), finding)
    return {year - reference: _fit(result, finding, kept, name=f"{finding.term}_{year}") for year in years}


def projection(rows: "pd.DataFrame", finding: Finding, study: Study, horizons: Sequence[int]) -> Fit:
    """Local projection (Jorda 2005): change of the outcome on the change of decoupling, mean over some horizons.

    The outcome's change is from the year before the shock to so many years after it. Firm and year effects; the changes
    of decoupling in the years before stand beside, 0 before the panel begins, since levers stood still then. Only rows
    with all horizons count, so that one sample serves them.
    """
    import pandas as pd

    table = rows.pivot(index="firm", columns="year", values=["outcome", "decoupling"])
    outcome, level = table["outcome"], table["decoupling"]
    shock = level - level.shift(1, axis=1)
    ahead = sum(outcome.shift(-horizon, axis=1) for horizon in horizons) / len(horizons)
    columns = {"outcome": ahead - outcome.shift(1, axis=1), "decoupling": shock}
    columns |= {f"earlier_{by}": shock.shift(by, axis=1).fillna(0.0) for by in range(1, LAGS + 1)}
    long = pd.concat({name: part.stack(future_stack=True) for name, part in columns.items()}, axis=1)
    long = long.dropna().reset_index()
    long["sector"] = long["firm"].map(rows.groupby("firm")["sector"].first())
    result = _fitted(long, {name: long[name] for name in list(columns)[1:]}, finding)
    return _fit(result, finding, long, study.shock)


def _controls(rows: "pd.DataFrame", finding: Finding) -> "dict[str, pd.Series[float]]":
    """Size or sales of each year before, with a coefficient for each year but the first; spending on the sector."""
    found: dict[str, pd.Series[float]] = {}
    sizes = ["size"] if "size" in finding.controls else []
    sizes += [str(name) for name in rows.columns if str(name).startswith("path_")] if "path" in finding.controls else []
    for name in sizes:
        years = np.unique(rows["year"])[1:]
        found |= {f"{name}_{year}": rows[name] * (rows["year"] == year) for year in years}
    if "market" in finding.controls:
        found["market"] = rows["market"]
    return found


def _fitted(rows: "pd.DataFrame", exog: "Mapping[str, pd.Series[float]]", finding: Finding) -> Any:
    """The fitted regression; None where it cannot be estimated."""
    import pandas as pd

    table = pd.DataFrame(dict(exog), dtype=float)
    table = table.loc[:, table.std() > 0.0]
    period = rows["year"] if finding.effects == "year" else rows["sector"] * 10000 + rows["year"]
    if by_poisson(finding):
        return _counted(rows, table, period, finding)
    return _absorbed(rows, table, period, finding)


def by_poisson(finding: Finding) -> bool:
    """Whether a finding is about counts that are regressed by Poisson."""
    return finding.counts == POISSON and OUTCOMES[finding.outcome].scale == COUNT


def _counted(rows: "pd.DataFrame", table: "pd.DataFrame", period: "pd.Series[int]", finding: Finding) -> Any:
    """Poisson with effects of firms, those of periods as columns; without periods in which nobody has any."""
    import pandas as pd

    some = (rows["outcome"].groupby(period).transform("sum") > 0.0) & (
        rows["outcome"].groupby(rows["firm"]).transform("sum") > 0.0
    )
    if finding.term not in " ".join(map(str, table.columns)) or not some.any():
        return None
    rows, table, period = rows[some], table[some], period[some]
    effects = pd.get_dummies(period, prefix="period", drop_first=True, dtype=float)
    exog = pd.concat([table, effects], axis=1)
    weight = np.asarray(rows.get(matching.WEIGHT, pd.Series(1.0, index=rows.index)), dtype=float)
    firm, cluster = (pd.factorize(rows[name])[0] for name in ("firm", finding.cluster))
    counted = poisson.Counted(rows["outcome"].to_numpy(), exog.to_numpy(), firm, weight)
    found = poisson.fitted(counted, cluster)
    return Counts(*(pd.Series(part, index=exog.columns) for part in (found.coefficients, found.errors)))


def _absorbed(rows: "pd.DataFrame", table: "pd.DataFrame", period: "pd.Series[int]", finding: Finding) -> Any:
    """Least squares with effects of firms and periods."""
    import pandas as pd
    from linearmodels.iv.absorbing import AbsorbingLS
    from linearmodels.panel.utility import AbsorbingEffectError

    weights = rows.get(matching.WEIGHT)
    method: Literal["hdfe", "lsmr"] = "hdfe" if weights is None else "lsmr"  # the former knows no weights
    effects = pd.DataFrame({"firm": pd.Categorical(rows["firm"]), "period": pd.Categorical(period)}, index=rows.index)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # columns that effects absorb: those are dropped, and looked for afterwards
        try:
            model = AbsorbingLS(rows["outcome"], table, absorb=effects, weights=weights, drop_absorbed=True)
            clusters = rows[finding.cluster].rename("cluster")
            return model.fit(cov_type="clustered", clusters=clusters, debiased=True, method=method)
        except (AbsorbingEffectError, ValueError, ZeroDivisionError, np.linalg.LinAlgError):
            return None


def _fit(result: Any, finding: Finding, rows: "pd.DataFrame", times: float = 1.0, name: str = "") -> Fit:
    """A coefficient in per cent: that of the term, or of another column by `name`."""
    column = name or finding.term
    if result is None or column not in result.params.index:
        return NOTHING
    coefficient, error = (float(part[column]) * times for part in (result.params, result.std_errors))
    scale = LOG if by_poisson(finding) else OUTCOMES[finding.outcome].scale
    base = 1.0 if scale == LOG else _base(rows, finding)
    if base == 0.0:  # who is treated had nothing before, of which nothing can be said in per cent
        return NOTHING
    effect = _per_cent(coefficient, scale, base)
    slope = 100.0 + effect if scale == LOG else 100.0 / base
    many, firms = treated(rows, finding.term), rows["firm"].nunique()
    return Fit(effect, error * abs(slope), many, firms - many, base)


def treated(rows: "pd.DataFrame", term: str) -> int:
    """Firms in the upper half of those with any treatment at some time."""
    most = rows[term].abs().groupby(rows["firm"]).max()
    positive = most[most > 0.0]
    return int((positive >= positive.median()).sum()) if len(positive) else 0


def _base(rows: "pd.DataFrame", finding: Finding) -> float:
    """What the treated had before, weighted by their treatment; 1 where coefficients need no base."""
    if OUTCOMES[finding.outcome].scale != COUNT:
        return 1.0
    early = rows[rows["early"]]
    weight = early[finding.term].abs()
    return float((early["outcome"] * weight).sum() / weight.sum())


def _per_cent(coefficient: float, scale: str, base: float) -> float:
    return 100.0 * float(np.expm1(coefficient)) if scale == LOG else 100.0 * coefficient / base
