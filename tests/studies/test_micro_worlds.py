"""Worlds, panels and samples of the papers' regressions, and the command; estimates are made up, never the model's."""

import csv
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments import micro
from techduel.ensemble.simulation import prepared, worlds
from techduel.facts.selection import known_sectors
from techduel.model.axes import STATES
from techduel.scenario.loader import InvalidInput
from techduel.scenario.posteriors import posterior
from techduel.studies.micro import command, first, panel, samples
from techduel.studies.micro import protocol as rules
from techduel.studies.micro.estimates import Asked, Estimate, sizes_of
from techduel.studies.micro.laboratory import AS_PUBLISHED, MIRRORED, Arms, Roles, arms, laboratory, planned
from techduel.studies.micro.protocol import NOT_YET, Plans, protocol, studies
from techduel.studies.micro.samples import Before, firm_terms, relative, sector_terms
from techduel.studies.micro.settings import composed

LISTED = studies()["entity_list"]
RULE = studies()["china_rule"]


@pytest.fixture(scope="module")
def listing() -> Arms:
    return next(arms(LISTED, laboratory(LISTED, {}), range(4), 1, AS_PUBLISHED))


def quarters(alive: list[list[bool]]) -> Iterator[Any]:
    """Worlds of one run, two states, one sector; the places of the first state are alive as told."""
    for quarter, living in enumerate(alive):
        there = np.array([[[living], [[True] * len(living)]]])
        firms = SimpleNamespace(alive=there, innovation=quarter * there.astype(float))
        scale = np.ones((1, 2, 1, 1))
        links = SimpleNamespace(input_share=np.ones((1, 1)), link_scale=scale)
        yield SimpleNamespace(quarter=quarter, year=2009.75, firms=firms, structure=SimpleNamespace(links=links))


def made(alive: list[list[bool]], monkeypatch: pytest.MonkeyPatch) -> panel.Panel:
    monkeypatch.setattr(panel, "firm_panel", lambda world: {"innovations": world.firms.innovation})
    monkeypatch.setattr(panel, "PANEL", ("innovations",))
    monkeypatch.setattr(panel, "FLOWS", ("innovations", "discoveries"))
    monkeypatch.setattr(panel, "STOCKS", {"age": lambda world: world.firms.innovation})
    monkeypatch.setattr(panel, "CELLS", {"market": lambda world: np.full((1, 2, 1, 1), float(world.quarter))})
    return panel.panel(quarters(alive))


def test_who_enters_a_place_that_another_left_is_another_firm(monkeypatch: pytest.MonkeyPatch) -> None:
    stays, leaves, comes = [True] * 9, [True] * 4 + [False] * 1 + [True] * 4, [False] * 2 + [True] * 7
    found = made([list(places) for places in zip(stays, leaves, comes, strict=True)], monkeypatch)
    assert found.years.tolist() == [2010, 2011]
    assert found.spell[0, 0, 0].tolist() == [[1, 1], [1, 2], [1, 1]]
    assert found.present[0, 0, 0].tolist() == [[True, True], [False, True], [False, True]]


def test_a_year_holds_the_mean_of_its_quarters_and_the_stock_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    found = made([[True]] * 9, monkeypatch)
    assert found.firms["innovations"][0, 0, 0, 0].tolist() == [2.5, 6.5]
    assert found.firms["age"][0, 0, 0, 0].tolist() == [4.0, 8.0]
    assert found.cells["market"][0, 1, 0].tolist() == [2.5, 6.5]


def test_the_arms_are_the_same_until_the_treatment_and_differ_by_it(listing: Arms) -> None:
    before = listing.treated.at(LISTED.before)
    for name, values in listing.treated.firms.items():
        assert np.array_equal(values[..., before], listing.untreated.firms[name][..., before]), name
    after = listing.treated.at([2020])
    target = AS_PUBLISHED.target
    assert not listing.untreated.firms["listed"].any()
    assert not listing.treated.firms["listed"][:, AS_PUBLISHED.sender].any()
    assert (listing.treated.firms["listed"][:, target][..., after].sum(axis=(1, 2, 3)) >= 12).all()


def test_parameters_are_those_of_the_posterior_and_what_is_switched_is_fixed() -> None:
    scenario = laboratory(RULE, {"research.inducement": 0.0})
    found = prepared(scenario, range(4), 1).world.parameters
    assert found.research.inducement.item() == 0.0
    step = found.ideas.step.reshape(-1)
    assert step[0] == step[1] != step[2] == step[3]
    assert np.isin(step, posterior(protocol().posterior).values).all()
    assert (scenario.base_year, scenario.start, scenario.horizon) == (2010, 2011, RULE.until)


@pytest.mark.parametrize("name", protocol().switches)
def test_every_switch_can_be_set(name: str) -> None:
    switch = protocol().switches[name]
    parameters = laboratory(studies()[switch.study], switch.parameters).parameters
    for full, value in switch.parameters.items():
        group, _, single = full.partition(".")
        assert (getattr(getattr(parameters, group), single) == value).all()


def test_mirrored_the_other_state_treats() -> None:
    found = next(arms(LISTED, laboratory(LISTED, {}), range(2), 1, MIRRORED))
    listed = found.treated.firms["listed"]
    assert listed[:, MIRRORED.target].any()
    assert not listed[:, MIRRORED.sender].any()


def test_levers_stand_still_without_treatment() -> None:
    start = prepared(laboratory(RULE, {}), range(2), 1)
    seen = [world.action for world in worlds(start)]
    for name in ("control_breadth", "tariff", "visa_limits", "collaboration_limits", "listing_pace"):
        assert all(np.all(getattr(action, name) == getattr(seen[0], name)) for action in seen), name


def test_a_plan_puts_every_sector_under_control_once_and_plans_differ() -> None:
    plans = Plans(8, (2013, 2016), (0.0, 1.0), 0.5)
    found = [planned(plans, number) for number in range(8)]
    for plan in found:
        assert sorted(step["sectors"][0] for step in plan) == sorted(2 * known_sectors().names)
        assert all(2013 <= step["start"] <= 2016 and 0.0 <= step["value"] <= 1.0 for step in plan)
    starts = {tuple(step["start"] for step in plan) for plan in found}
    assert len(starts) == 8
    assert planned(plans, 3) == found[3]


def test_exposures_are_in_units_of_the_much_exposed() -> None:
    assert relative(np.array([0.0, 1.0, 2.0, 4.0])).tolist() == [0.0, 1.0 / 3.0, 2.0 / 3.0, 4.0 / 3.0]
    assert relative(np.zeros(3)).tolist() == [0.0, 0.0, 0.0]


def test_treatment_is_measured_before_it_happens(listing: Arms) -> None:
    before = Before(LISTED, 0, AS_PUBLISHED, listing.treated)
    terms = firm_terms(before, AS_PUBLISHED.target)
    without = firm_terms(Before(LISTED, 0, AS_PUBLISHED, listing.untreated), AS_PUBLISHED.target)
    for name in ("tied", "owned", "size", "near"):
        assert np.array_equal(terms[name], without[name]), name
    assert terms["listed"].any()
    assert not without["listed"].any()
    sectors = sector_terms(before)
    assert (sectors["field"] > 0.0).sum() >= 4
    assert sectors["supplier"][list(known_sectors().names).index("semiconductors")] > 0.0


def test_importers_use_the_denied_input_and_makers_sell_it() -> None:
    found = next(arms(RULE, laboratory(RULE, {}), range(2), 1, AS_PUBLISHED))
    before = Before(RULE, 0, AS_PUBLISHED, found.treated)
    terms, names = firm_terms(before, AS_PUBLISHED.target), list(known_sectors().names)
    makers = terms["maker"][:, 0]
    assert [names[place] for place in np.flatnonzero(makers)] == list(RULE.restricted)
    used = found.treated.input_share[names.index(RULE.restricted[0])]
    for place in range(len(names)):
        assert terms["dose"][place].any() == (used[place] > 0.0 and not makers[place])
    iot, there = names.index("iot"), before.there(AS_PUBLISHED.target)
    dose, dependence = terms["dose"][iot], before.firms("dependence", AS_PUBLISHED.target)[iot]
    ratio = dose[there[iot]] / dependence[there[iot]]
    assert np.ptp(ratio) < 1e-9 * ratio.mean()


def test_tables_of_both_arms_have_the_same_firms_before_and_no_other_ones_later(listing: Arms) -> None:
    tables = samples.samples(LISTED, listing, 1, AS_PUBLISHED)
    for kind in ("target", "sender"):
        treated, untreated = tables[kind]
        early = [table[table["year"].isin(LISTED.before)] for table in (treated, untreated)]
        assert early[0].reset_index(drop=True).equals(early[1].reset_index(drop=True))
        assert set(treated["firm"]) == set(early[0]["firm"])
        assert (treated["firm"].value_counts() >= len(LISTED.before)).all()
        assert not treated.duplicated(["firm", "year"]).any()


def test_a_finding_may_leave_firms_out(listing: Arms) -> None:
    tables = samples.samples(LISTED, listing, 0, AS_PUBLISHED)
    kept, _ = samples.chosen(protocol().findings["T3.no_ties"], tables)
    assert (kept["tied"] == 0.0).all()
    assert 0 < len(kept) < len(tables["target"][0])


@pytest.mark.parametrize("name", studies())
@pytest.mark.parametrize("roles", [AS_PUBLISHED, MIRRORED])
def test_every_sample_has_treated_firms_and_others(name: str, roles: Roles) -> None:
    for size in sizes_of(Asked(studies()[name], (0,), 1, roles)):
        if roles == MIRRORED and protocol().findings[size.finding].term == "field_owned":
            assert size.treated == 0  # no firm of the United States is state-owned
            continue
        assert 0 < size.treated < size.firms, size.finding
        assert size.spread > 0.0, size.finding


def made_up(config: dict[str, Any], *_: Any) -> list[Estimate]:
    luck = np.random.default_rng(1)
    return [
        Estimate(finding.name, run, *luck.normal(size=3), 10, 20, {-1: luck.normal(), 1: luck.normal()})
        for run in range(config["worlds"])
        for finding in protocol().of_study(config["study"])
    ]


@pytest.fixture
def committed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A protocol that is fixed, a place for first verdicts, and made-up estimates."""
    path = tmp_path / "docs" / first.FILE
    path.parent.mkdir()
    monkeypatch.setattr(command, "commit", lambda version: "abcdef0")
    for module in ("command", "settings"):
        monkeypatch.setattr(f"techduel.studies.micro.{module}.mark", lambda version: "changed since abcdef0")
    monkeypatch.setattr(command, "first_file", lambda version: path)
    monkeypatch.setattr(command, "_estimates", made_up)
    monkeypatch.chdir(tmp_path)
    return path


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("version", rules.VERSIONS)
def test_a_protocol_that_was_changed_after_its_commit_says_so(
    version: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert rules.mark(version) == rules.commit(version) != NOT_YET
    name, commit = rules.PROTOCOLS[version], rules.COMMITS[version]
    for file in (name, commit):
        (tmp_path / file).write_bytes((Path(rules.__file__).parent / file).read_bytes())
    monkeypatch.setattr(rules, "files", lambda package: tmp_path)
    assert rules.mark(version) == rules.commit(version)
    with (tmp_path / name).open("a") as stream:
        stream.write("# a comment\n")
    assert rules.mark(version) == f"changed since {rules.commit(version)}"
    (tmp_path / commit).write_text("0123456\n")
    assert rules.mark(version) == "changed since 0123456"
    (tmp_path / commit).write_text(f"{NOT_YET}\n")
    assert rules.mark(version) == rules.commit(version) == NOT_YET


def test_a_study_writes_its_tables_words_and_figures_and_the_first_verdicts(
    committed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert micro.main(["study=supplier", "quiet=true"]) == 0
    folder = Path("results/micro/supplier")
    found = lines(folder / "estimates.csv")
    assert [line["id"] for line in found] == [finding.name for finding in protocol().of_study("supplier")]
    assert {line["protocol"] for line in (*found, *lines(committed))} == {"changed since abcdef0"}
    assert "protocol changed since abcdef0" in capsys.readouterr().out
    assert "protocol: changed since abcdef0." in (folder / "README.md").read_text(encoding="utf-8")
    assert {line["id"]: line["verdict"] for line in found} == {line["id"]: line["verdict"] for line in lines(committed)}
    assert "S1.revenue" in (folder / "README.md").read_text(encoding="utf-8")
    assert (folder / "figures" / "coefficients.png").is_file()
    assert (folder / "figures" / "event_studies.png").is_file()
    assert len(lines(folder / "worlds.csv")) == protocol().worlds * len(found)
    again = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert micro.main(["study=supplier", "quiet=true"]) == 0
    assert all(path.read_bytes() == content for path, content in again.items())


def test_first_verdicts_are_never_changed_and_stand_beside_later_ones(
    committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "draw", lambda config, folder: None)
    micro.main(["study=supplier", "quiet=true"])
    before = committed.read_bytes()
    always = [{"S1.revenue": -8.0}.get(finding.name, 5.0) for finding in protocol().of_study("supplier")]
    monkeypatch.setattr(
        command,
        "_estimates",
        lambda config, *_: [
            Estimate(finding.name, run, effect + 0.1 * (run % 7), 1.0, 0.01 * (run % 7), 9, 9)
            for run in range(config["worlds"])
            for finding, effect in zip(protocol().of_study("supplier"), always, strict=True)
        ],
    )
    micro.main(["study=supplier", "quiet=true", "fresh=true"])
    assert committed.read_bytes() == before
    found = {line["id"]: line for line in lines(Path("results/micro/supplier/estimates.csv"))}
    assert found["S1.revenue"]["verdict"] == "reproduced"
    assert (
        found["S1.revenue"]["first_verdict"] == {line["id"]: line["verdict"] for line in lines(committed)}["S1.revenue"]
    )
    assert micro.main(["study=supplier", "quiet=true", "mirror=true", "worlds=8"]) == 0
    assert committed.read_bytes() == before
    assert Path("results/micro/supplier-mirror").is_dir()


def test_the_first_run_is_the_protocols_own(committed: Path) -> None:
    for other in ("worlds=8", "seed=2", "mirror=true"):
        with pytest.raises(InvalidInput, match="first run"):
            micro.main(["study=upstream", other, "quiet=true"])
    with pytest.raises(InvalidInput, match="first run"):
        micro.main(["study=china_rule", "switched=no_drag", "quiet=true"])
    assert not committed.exists()


def test_nothing_is_estimated_before_the_protocol_is_committed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "commit", lambda *_: NOT_YET)
    monkeypatch.setattr(command, "_estimates", lambda config, *_: pytest.fail("estimated"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match="not committed"):
        micro.main(["study=upstream", "quiet=true"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (["study=chinarule"], "study: 'chinarule' given; allowed: one of china_rule"),
        ([], "study: missing; allowed: one of china_rule"),
        (["study=", "worlds=3"], "study: '' given; allowed: one of china_rule"),
        (["worlds=3"], "worlds: 3 given"),
        (["study=null"], "study: 'null' given; allowed: one of china_rule"),
        (["study=upstream", "seed=9999999999"], "seed: 9999999999 given"),
        (["study=upstream", "worlds=3"], "worlds: 3 given; allowed: whole number, 4 to 512"),
        (["study=upstream", "mirror=maybe"], "mirror: 'maybe' given; allowed: true or false"),
        (["study=upstream", "switched=no_dragg"], "switched: no_dragg: unknown; did you mean no_drag?"),
        (["study=upstream", "switched=no_drag"], "switched: no_drag belongs to study=china_rule"),
        (["study=upstream", "wrlds=9"], "wrlds: unknown; did you mean worlds?"),
        (["upstream"], "upstream: not understood; allowed: KEY=VALUE"),
    ],
)
def test_wrong_settings_are_told_in_a_line(given: list[str], line: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        composed(given)
    assert any(problem.startswith(line) for problem in refused.value.problems)


def test_a_check_prints_sizes_and_no_estimate(capsys: pytest.CaptureFixture[str]) -> None:
    assert micro.main(["study=talent_limits", "worlds=4", "check=true"]) == 0
    said = capsys.readouterr().out
    assert "treated" in said
    assert "estimate" not in said
    assert STATES[0] == "us"
