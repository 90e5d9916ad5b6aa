"""The regressions of the papers, on panels made by hand with planted effects; no test sees an effect in the model."""

import hashlib
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from techduel.studies.micro import matching, regressions
from techduel.studies.micro.estimates import Estimate, estimate
from techduel.studies.micro.protocol import PROTOCOLS, Finding, Matching, Study, parsed, protocol
from techduel.studies.micro.regressions import OUTCOMES
from techduel.studies.micro.verdicts import (
    NOT_ESTIMABLE,
    NOT_REPRODUCED,
    REPRODUCED,
    SIGN_ONLY,
    Summary,
    event_study,
    mean_of_sets,
    net_verdict,
    ratio_of_means,
    summary,
    verdict,
)

STUDY = Study("made", "", "", 2010, (2011, 2012, 2013), 2017, shock=0.1)
FINDING = Finding(
    "X1",
    "made",
    "something rises",
    "band",
    1,
    "",
    "no",
    "target",
    "rd",
    "treated",
    "sector_year",
    "firm",
    published=20.0,
    low=10.0,
    high=30.0,
    years=(2014, 2017),
)

SIZED = replace(FINDING, controls=("size",))


def firms(seed: int, effect: float = 0.0, trend: float = 0.0, number: int = 200) -> pd.DataFrame:
    """Firms of ten sectors; half are treated from 2014 on; own levels, sectors with years of their own, noise."""
    luck = np.random.default_rng(seed)
    firm, year = (part.reshape(-1) for part in np.meshgrid(np.arange(number), np.arange(2011, 2018), indexing="ij"))
    sector, treated = firm % 10, (firm // 10) % 2
    level, shocks = luck.normal(size=number)[firm], luck.normal(size=(10, 7))[sector, year - 2011]
    size = luck.normal(size=number)[firm]
    rise = treated * (effect * (year >= 2014) + trend * (year - 2013))
    log = level + shocks + rise + 0.1 * size * (year - 2013) + luck.normal(0.0, 0.2, firm.size)
    count = 3.0 * (1.0 + 0.1 * (firm % 7)) * (1.0 + effect * treated * (year >= 2014)) + luck.normal(
        0.0, 0.5, firm.size
    )
    columns = {"firm": firm, "sector": sector, "year": year, "treated": treated, "size": size, "market": shocks}
    columns |= {"rd": np.exp(log), "sales": np.exp(log) * 5.0, "discoveries": count, "cash": np.exp(level)}
    columns |= {"profit": np.exp(level) * (1.0 + rise), "innovations": count, "moderator": (firm % 3 == 0) * 1}
    return pd.DataFrame(columns | {"treated_moderator": columns["treated"] * columns["moderator"]})


def fitted(rows: pd.DataFrame, finding: Finding = FINDING) -> regressions.Fit:
    return regressions.difference(regressions.prepared(rows, finding, STUDY), finding, STUDY)


@pytest.mark.parametrize("controls", [(), ("size",)])
@pytest.mark.parametrize("outcome", ["rd", "discoveries"])
def test_a_planted_effect_is_found(outcome: str, controls: tuple[str, ...]) -> None:
    finding = replace(FINDING, outcome=outcome, controls=controls)
    fit = fitted(firms(1, effect=0.2), finding)
    planted = 100.0 * np.expm1(0.2) if outcome == "rd" else 20.0
    assert abs(fit.effect - planted) < 3.0 * fit.se < planted
    assert (fit.treated, fit.control) == (100, 100)
    assert fit.base == (1.0 if outcome == "rd" else pytest.approx(3.9, abs=0.2))


def test_most_intervals_hold_the_planted_effect_and_few_placebos_reject() -> None:
    planted = [fitted(firms(seed, effect=0.2, number=60)) for seed in range(20)]
    nothing = [fitted(firms(seed, number=60)) for seed in range(100, 140)]
    inside = np.mean([abs(fit.effect - 100.0 * np.expm1(0.2)) < 1.96 * fit.se for fit in planted])
    rejected = np.mean([abs(fit.effect) > 1.96 * fit.se for fit in nothing])
    assert inside > 0.8
    assert rejected < 0.18


def test_year_effects_alone_leave_common_years_out_and_sector_years_leave_sectors_out() -> None:
    rows = firms(2)
    rows["rd"] *= np.exp(0.5 * (rows["year"] >= 2014))
    assert abs(fitted(rows, replace(FINDING, effects="year")).effect) < 15.0
    rows["rd"] *= np.exp(5.0 * (rows["sector"] == 3) * (rows["year"] >= 2014))
    fit = fitted(rows)
    assert abs(fit.effect) < 3.0 * fit.se


def test_an_effect_of_some_treated_firms_is_told_from_that_of_the_others() -> None:
    rows = firms(3, effect=0.1)
    rows["rd"] *= np.exp(0.3 * rows["treated_moderator"] * (rows["year"] >= 2014))
    finding = replace(FINDING, term="treated_moderator", beside=("treated", "moderator"), controls=("size",))
    fit = fitted(rows, finding)
    assert abs(fit.effect - 100.0 * np.expm1(0.3)) < 3.0 * fit.se
    assert fit.se < 10.0


def test_an_event_study_finds_a_trend_before_and_no_trend_where_there_is_none() -> None:
    ratios = []
    for trend in (0.0, 0.1):
        rows = regressions.prepared(firms(4, effect=0.2, trend=trend), SIZED, STUDY)
        path = regressions.event_study(rows, SIZED, STUDY)
        assert sorted(path) == [-2, -1, 1, 2, 3, 4]
        ratios.append(max(abs(path[year].effect / path[year].se) for year in (-2, -1)))
    assert ratios[0] < 3.0 < ratios[1]
    assert path[3].effect > path[1].effect > 0.0 > path[-1].effect > path[-2].effect


def test_firm_and_year_effects_are_those_of_the_panel_estimator() -> None:
    from linearmodels.panel import PanelOLS

    rows = regressions.prepared(firms(9, effect=0.2, number=60), replace(FINDING, effects="year"), STUDY)
    table = rows.assign(later=rows["treated"] * ~rows["early"]).set_index(["firm", "year"])
    other = PanelOLS(table["outcome"], table[["later"]].astype(float), entity_effects=True, time_effects=True)
    known = other.fit(cov_type="clustered", cluster_entity=True, group_debias=True)
    fit = regressions.difference(rows, replace(FINDING, effects="year"), STUDY)
    assert np.log1p(fit.effect / 100.0) == pytest.approx(known.params["later"], rel=1e-9)
    assert fit.se / (100.0 + fit.effect) == pytest.approx(known.std_errors["later"], rel=1e-6)


def shifted(seed: int, effect: float) -> pd.DataFrame:
    """Firms whose sector's decoupling rises once by 0.1 to 0.5; their outcome moves by `effect` a year later."""
    rows, luck = firms(seed), np.random.default_rng(seed)
    when, size = luck.integers(2013, 2016, 10), luck.uniform(0.1, 0.5, 10)
    sector, year = rows["sector"].to_numpy(), rows["year"].to_numpy()
    rows["decoupling"] = size[sector] * (year >= when[sector])
    later = size[sector] * (year >= when[sector] + 1)
    level = luck.normal(size=200)[rows["firm"].to_numpy()]
    return rows.assign(rd=np.exp(level + 0.3 * (year - 2011) + effect * later + luck.normal(0.0, 0.02, len(rows))))


def test_a_projection_finds_when_an_effect_comes() -> None:
    finding = replace(FINDING, term="decoupling", effects="year", cluster="sector", horizons=(1, 1))
    rows = regressions.prepared(shifted(5, effect=2.0), finding, STUDY)
    at_once, later = (regressions.projection(rows, finding, STUDY, (horizon,)) for horizon in (0, 1))
    planted = 100.0 * np.expm1(2.0 * STUDY.shock)
    assert abs(at_once.effect) < 0.2 * planted
    assert abs(later.effect - planted) < 0.2 * planted
    path = regressions.event_study(rows, finding, STUDY)
    assert sorted(path) == [-2, 0, 1, 2, 3]
    assert abs(path[-2].effect) < 0.2 * planted


def test_what_cannot_be_estimated_is_said_and_breaks_nothing() -> None:
    rows = firms(6).assign(treated=0)
    assert np.isnan(fitted(rows).effect)
    assert np.isnan(fitted(firms(6).assign(treated=lambda table: table["sector"])).effect)
    one = estimate(FINDING, STUDY, (rows, rows), 0)
    assert np.isnan(one.effect)
    assert all(np.isnan(effect) for effect in one.path.values())
    assert verdict(FINDING, summary(FINDING, [one, one])) == NOT_ESTIMABLE


def test_the_placebo_is_the_world_without_the_treatment() -> None:
    one = estimate(FINDING, STUDY, (firms(7, effect=0.2), firms(7)), 3)
    assert one.run == 3
    assert one.effect > 15.0
    assert abs(one.placebo) < 10.0


def test_profit_and_value_are_relative_to_what_a_firm_had_before() -> None:
    rows = firms(8, effect=0.2)
    for outcome in ("profit", "value"):
        values = regressions.prepared(rows, replace(FINDING, outcome=outcome), STUDY)
        early = values[values["early"]].groupby("firm")["outcome"].mean()
        assert (early.max() - early.min() < 1e-9) == (outcome == "value")
    made = regressions.prepared(rows.assign(profit=-1.0, cash=0.0), replace(FINDING, outcome="value"), STUDY)
    assert made.empty


def test_ratios_lose_a_hundredth_at_either_end_and_no_more() -> None:
    finding, rows = replace(FINDING, outcome="profit"), firms(8)
    made = OUTCOMES["profit"].made(rows.assign(early=rows["year"].isin(STUDY.before)))
    kept = regressions.prepared(rows, finding, STUDY)["outcome"]
    assert (kept.min(), kept.max()) == pytest.approx(tuple(np.quantile(made, (0.01, 0.99))))
    inside = made.between(kept.min(), kept.max())
    assert 0.97 < inside.mean() < 0.99
    assert np.array_equal(kept[inside], made[inside])


def estimates(effects: Sequence[float], placebos: Sequence[float] | None = None) -> list[Estimate]:
    return [
        Estimate(
            "X1",
            run,
            effect,
            1.0,
            0.0 if placebos is None else placebos[run],
            10,
            20,
            {-2: 5.0 + run % 3, -1: 0.1, 1: effect},
        )
        for run, effect in enumerate(effects)
    ]


def around(middle: float, spread: float = 2.0) -> list[float]:
    return (middle + spread * np.linspace(-1.0, 1.0, 32)).tolist()


def judged(found: list[Estimate], **changes: Any) -> str:
    finding = replace(FINDING, **changes)
    return verdict(finding, summary(finding, found))


def test_the_verdict_follows_the_rule() -> None:
    assert judged(estimates(around(20.0))) == REPRODUCED
    assert judged(estimates(around(5.0))) == SIGN_ONLY
    assert judged(estimates(around(35.0))) == SIGN_ONLY
    assert judged(estimates(around(-20.0))) == NOT_REPRODUCED
    assert judged(estimates(around(0.3, 20.0))) == NOT_REPRODUCED
    assert judged(estimates(around(20.0)), kind="sign", published=float("nan")) == SIGN_ONLY
    assert judged(estimates(around(5.0, 20.0)), kind="none", sign=0) == REPRODUCED
    assert judged(estimates(around(20.0)), kind="none", sign=0) == NOT_REPRODUCED


def test_no_effect_asks_for_the_middle_nine_tenths_of_worlds_not_for_all() -> None:
    nothing: dict[str, Any] = {"kind": "none", "sign": 0, "published": float("nan")}
    others = around(20.0)
    assert judged(estimates([-1.0, *others[1:]]), **nothing) == NOT_REPRODUCED
    assert judged(estimates([-1.0, -1.0, -1.0, *others[3:]]), **nothing) == REPRODUCED
    assert np.isnan(summary(replace(FINDING, **nothing), estimates(others)).share)


def test_a_world_with_hardly_a_base_weighs_hardly_anything() -> None:
    usual = [replace(one, base=2.0) for one in estimates(around(20.0), placebos=[5.0] * 32)]
    found = [replace(usual[0], effect=1e4, base=1e-3), *usual[1:]]
    seen = summary(FINDING, found)
    assert seen.mean > 300.0
    assert seen.ratio == pytest.approx(20.0, abs=0.5)
    assert seen.net_ratio == pytest.approx(15.0, abs=0.5)
    assert seen.median == pytest.approx(20.0, abs=0.5)
    assert seen.near_zero == 1 / 32
    plain = estimates(around(20.0))
    mean, se = mean_of_sets(np.array(around(20.0)), np.arange(32) // 2)
    assert ratio_of_means(plain, net=False) == pytest.approx((mean, se))
    assert summary(FINDING, plain).near_zero == 0.0


def test_what_the_placebo_shows_too_is_no_effect() -> None:
    assert judged(estimates(around(20.0), placebos=around(20.0))) == NOT_REPRODUCED
    assert judged(estimates(around(20.0), placebos=around(5.0))) == REPRODUCED


def test_without_the_placebo_a_size_may_be_gone() -> None:
    selected = summary(FINDING, estimates(around(20.0), placebos=around(15.0)))
    assert (verdict(FINDING, selected), net_verdict(FINDING, selected)) == (REPRODUCED, SIGN_ONLY)
    hidden = summary(FINDING, estimates(around(35.0), placebos=around(15.0)))
    assert (verdict(FINDING, hidden), net_verdict(FINDING, hidden)) == (SIGN_ONLY, REPRODUCED)
    nothing = replace(FINDING, kind="none", sign=0)
    same = summary(nothing, estimates(around(20.0, 1.0), placebos=around(20.0, 1.0)))
    assert (verdict(nothing, same), net_verdict(nothing, same)) == (NOT_REPRODUCED, REPRODUCED)
    apart = summary(nothing, estimates(around(-1.0, 3.0), placebos=around(-3.0, 3.0)))
    assert apart.q05 - apart.placebo < 0.0 < apart.q95 - apart.placebo
    assert (verdict(nothing, apart), net_verdict(nothing, apart)) == (REPRODUCED, NOT_REPRODUCED)


def test_a_mean_that_a_few_worlds_rule_is_no_estimate_with_or_without_the_placebo() -> None:
    ruled = summary(FINDING, estimates([1e6, *around(20.0)[1:]], placebos=[1e6, *around(1.0)[1:]]))
    assert abs(ruled.corrected) < 100.0
    assert verdict(FINDING, ruled) == net_verdict(FINDING, ruled) == NOT_ESTIMABLE


def test_worlds_without_an_estimate_do_not_count_unless_they_are_many() -> None:
    some = around(20.0)[:17] + [float("nan")] * 15
    few = around(20.0)[:15] + [float("nan")] * 17
    assert judged(estimates(some)) == REPRODUCED
    assert judged(estimates(few)) == NOT_ESTIMABLE


def test_two_worlds_of_a_parameter_set_are_one_draw() -> None:
    values = np.repeat([1.0, 2.0, 3.0, 4.0], 2)
    mean, se = mean_of_sets(values, np.arange(8) // 2)
    assert mean == 2.5
    assert se == pytest.approx(np.std([1, 2, 3, 4], ddof=1) / 2.0)
    assert np.isnan(mean_of_sets(np.full(2, np.nan), np.zeros(2, dtype=int))[0])


def test_every_finding_can_be_looked_for() -> None:
    known = protocol()
    assert {finding.study for finding in known.findings.values()} == set(known.studies)
    assert {switch.study for switch in known.switches.values()} <= set(known.studies)
    for finding in known.findings.values():
        study = known.studies[finding.study]
        assert finding.outcome in OUTCOMES, finding.name
        assert finding.projected == (study.plans is not None), finding.name
        assert finding.projected or study.before[-1] < finding.years[0] <= finding.years[1] <= study.until, finding.name
        assert study.base_year < study.before[0], finding.name
        assert study.before == tuple(range(study.before[0], study.starts)), finding.name
        assert set(finding.controls) <= {"size", "market"}, finding.name
        assert finding.term not in finding.beside, finding.name


@pytest.mark.parametrize(
    "changes",
    [{"sign": -1}, {"low": 60.0}, {"kind": "sign"}, {"kind": "none"}, {"kind": "other"}, {"study": "unknown"}],
)
def test_a_finding_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    given = {
        **{"study": "made", "finding": "", "kind": "band", "published": 20.0, "low": 10.0, "high": 30.0, "sign": 1},
        **{"source": "", "tuned": "no", "firms": "target", "outcome": "rd", "term": "dose", "effects": "year"},
        "cluster": "firm",
    }
    made = {"question": "", "paper": "", "base_year": 2010, "before": [2011], "until": 2012}
    whole = {
        "worlds": 4,
        "seed": 1,
        "posterior": 2020,
        "switches": {},
        "left_out": {},
        "treatments": {},
        "studies": {"made": made},
    }
    assert parsed(whole | {"findings": {"X1": given}}).findings["X1"].published == 20.0
    with pytest.raises(ValueError, match="X1"):
        parsed(whole | {"findings": {"X1": given | changes}})


def test_measured_numbers_are_within_their_own_columns() -> None:
    found = summary(FINDING, estimates(around(20.0)))
    assert isinstance(found, Summary)
    assert found.q05 < found.mean < found.q95
    assert (found.share, found.within_se, found.treated, found.control, found.worlds) == (1.0, 1.0, 10.0, 20.0, 32)
    assert 5.0 < found.lead < 7.0
    assert event_study(estimates(around(20.0)))[1][0] == found.mean


def counts(seed: int, effect: float, number: int = 150) -> pd.DataFrame:
    """Firms with Poisson counts around a mean of their own; half of them are treated from 2014 on."""
    luck = np.random.default_rng(seed)
    firm, year = np.divmod(np.arange(number * 7), 7)
    year, sector = year + 2011, firm // 2 % 4
    treated = (firm % 2).astype(float)
    mean = 0.3 * (1 + firm % 9) * np.exp(0.1 * sector * (year - 2011) + effect * treated * (year >= 2014))
    columns = {"firm": firm, "sector": sector, "year": year, "treated": treated, "size": np.log(1.0 + firm % 9)}
    columns |= {"discoveries": luck.poisson(mean).astype(float), "rd": 1.0 + firm % 9, "market": 0.1 * sector}
    return pd.DataFrame(columns | {"sales": columns["rd"], "productivity": luck.normal(size=firm.size)})


POISSON = replace(FINDING, outcome="discoveries", counts="poisson", controls=("size",))


def test_poisson_finds_a_planted_effect_with_honest_errors() -> None:
    found = [fitted(counts(seed, effect=-0.3), POISSON) for seed in range(12)]
    planted = 100.0 * np.expm1(-0.3)
    assert np.mean([fit.effect for fit in found]) == pytest.approx(planted, abs=4.0)
    assert np.mean([abs(fit.effect - planted) < 1.96 * fit.se for fit in found]) > 0.7
    assert np.std([fit.effect for fit in found]) == pytest.approx(np.mean([fit.se for fit in found]), rel=0.6)
    assert {fit.base for fit in found} == {1.0}, "a ratio needs no base"


def test_poisson_is_the_estimator_of_statsmodels_with_a_dummy_for_each_firm() -> None:
    import statsmodels.api as sm

    rows = regressions.prepared(counts(3, effect=0.4, number=40), replace(POISSON, effects="year", controls=()), STUDY)
    rows = rows[rows.groupby("firm")["outcome"].transform("sum") > 0]
    parts = (("firm", False), ("year", True))
    exog = pd.concat(
        [pd.get_dummies(rows[name], prefix=name, drop_first=drop, dtype=float) for name, drop in parts], axis=1
    )
    exog["term"] = rows["treated"] * ~rows["early"]
    known = sm.GLM(rows["outcome"], exog, family=sm.families.Poisson()).fit(tol=1e-12)
    fit = regressions.difference(rows, replace(POISSON, effects="year", controls=()), STUDY)
    assert fit.effect == pytest.approx(100.0 * np.expm1(known.params["term"]), rel=1e-4)


def test_a_treated_world_with_hardly_any_counts_is_a_per_cent_like_others() -> None:
    rows = counts(4, effect=0.0)
    rows.loc[(rows["treated"] > 0) & (rows["year"] >= 2014), "discoveries"] = 0.0
    assert -100.0 <= fitted(rows, POISSON).effect < -99.0
    rows["discoveries"] = 0.0
    assert np.isnan(fitted(rows, POISSON).effect)
    rows = counts(4, effect=0.3)
    rows["sector"] = rows["firm"] % 2
    assert np.isnan(fitted(rows, POISSON).effect), "whole sectors are treated: sector years take it up"


MATCHING = Matching(2, "treated", ("sales", "rd", "productivity"))


def test_controls_are_the_firms_whose_path_lies_nearest() -> None:
    """Ten firms on one line; two treated at its ends take the neighbours there."""
    year = np.tile([2011, 2012, 2013, 2014], 10)
    firm = np.repeat(np.arange(10), 4)
    rows = pd.DataFrame({"firm": firm, "year": year, "treated": (firm % 9 == 0) * 1.0})
    rows = rows.assign(sales=np.exp(0.5 * firm), rd=np.exp(0.5 * firm), productivity=0.1 * firm)
    rows.loc[rows["year"] == 2014, ["sales", "rd", "productivity"]] = 1.0
    found = matching.matched(rows, MATCHING, (2011, 2012, 2013))
    weights = found.groupby("firm")["weight"].first().to_dict()
    assert weights == {0: 1.0, 1: 0.5, 2: 0.5, 7: 0.5, 8: 0.5, 9: 1.0}
    rows.loc[(rows["firm"] == 1) & (rows["year"] == 2012), "rd"] = 0.0
    again = matching.matched(rows, MATCHING, (2011, 2012, 2013)).groupby("firm")["weight"].first()
    assert set(again.index) == {0, 2, 3, 7, 8, 9}, "a path with a gap is no path"


def test_matching_takes_out_what_large_firms_lose_anyway() -> None:
    """The largest fall back by themselves; against firms as large, nothing is left."""
    rows = firms(5, number=400)
    large = rows["size"] > rows["size"].quantile(0.8)
    rows["treated"] = (large & (rows["firm"] % 2 == 0)) * 1.0
    rows["rd"] *= np.exp(-1.0 * large * (rows["year"] >= 2014))
    rows["productivity"] = rows["size"]
    finding = replace(FINDING, effects="year", controls=("market",))
    plain = regressions.difference(regressions.prepared(rows, finding, STUDY), finding, STUDY)
    assert plain.effect < -10.0
    fair = replace(finding, matching=replace(MATCHING, path=("productivity",)))
    fit = regressions.difference(regressions.prepared(rows, fair, STUDY), fair, STUDY)
    assert abs(fit.effect) < min(3.0 * fit.se, 0.5 * abs(plain.effect))


def test_the_second_protocol_changes_paths_and_counts_and_nothing_else() -> None:
    first, again = protocol(1), protocol(2)
    assert (again.worlds, again.seed, again.posterior) == (first.worlds, first.seed, first.posterior)
    assert (again.studies.keys(), again.switches) == (first.studies.keys(), first.switches)
    for name, finding in again.findings.items():
        before = first.findings[name]
        free = {"effects", "beside", "controls", "matching", "counts"}
        assert all(
            repr(getattr(finding, item.name)) == repr(getattr(before, item.name))
            for item in fields(finding)
            if item.name not in free
        )
        assert "size" not in finding.controls
        assert (finding.matching is not None) == finding.term.startswith("listed")
        assert (repr(finding) == repr(before)) == (finding.projected or finding.firms == "inputs")


def test_the_second_protocol_names_the_first_it_stands_on() -> None:
    folder = Path(regressions.__file__).parent
    digest = hashlib.sha256((folder / PROTOCOLS[1]).read_bytes()).hexdigest()
    assert f"of: {digest}\n" in (folder / PROTOCOLS[2]).read_text(encoding="utf-8")
