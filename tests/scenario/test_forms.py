"""Forms in configurations: named, drawn by weight, refused; what is drawn follows the parameter set of a run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.__main__ import main
from techduel.ensemble.simulation import simulate
from techduel.model.parameters import schema
from techduel.model.parameters.forms import RIVALS, Rivals, code
from techduel.scenario.composition import composed
from techduel.scenario.forms import less_likely
from techduel.scenario.loader import InvalidInput
from techduel.scenario.posteriors import posterior
from techduel.scenario.prior import with_values
from techduel.scenario.scenario import load_scenario, numbers, scenario_from
from techduel.scenario.staleness import remarks
from techduel.studies.compare.decomposition import GROUPS, PARAMETERS, Game

LOGISTIC = "forms.imitation=logistic"
ALLOWED = ", ".join([*RIVALS["imitation"].forms, "drawn"])


def weighed(monkeypatch: pytest.MonkeyPatch, **weights: float) -> None:
    """Other prior weights of the forms of imitation, none for those left out."""
    known = RIVALS["imitation"].forms
    forms = {name: replace(form, weight=weights.get(name, 0.0)) for name, form in known.items()}
    monkeypatch.setitem(RIVALS, "imitation", Rivals("test", forms))


def test_all_forms_are_drawn_unless_named() -> None:
    assert composed([])["forms"] == dict.fromkeys(RIVALS, "drawn")
    assert composed([LOGISTIC])["forms"]["imitation"] == "logistic"


def test_all_weight_on_one_form_is_that_form_for_all_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed(monkeypatch, gap=1.0)
    found = load_scenario("baseline_2021", "params=prior").parameters_of(range(5)).forms.imitation
    assert found.shape == (1, 1, 1, 1)
    assert found.item() == code("imitation", "gap")
    assert load_scenario("baseline_2021", LOGISTIC).parameters_of(range(5)).forms.imitation.item() == 1


def test_a_form_is_drawn_by_its_weight_with_the_set_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed(monkeypatch, gap=1.0, logistic=3.0)
    scenario = load_scenario("baseline_2021", "params=prior")
    found = scenario.parameters_of(range(512)).forms.imitation[:, 0, 0, 0]
    assert np.array_equal(found[::2], found[1::2])
    assert found.mean() == pytest.approx(0.75, abs=0.08)
    both = np.broadcast_to(scenario.parameters_of([9, 300]).forms.imitation.ravel(), 2)
    assert np.array_equal(both, found[[9, 300]])
    assert np.array_equal(scenario.parameters_of([512 + 9]).forms.imitation.ravel(), found[[9]])
    assert scenario.parameters.forms.imitation.item() == code("imitation", "logistic")


IDLE = tuple(name for name, known in schema.described().items() if known.under)


@pytest.mark.ensembles
def test_a_number_that_acts_only_under_a_form_without_weight_moves_no_bit() -> None:
    tools = "{kind: schedule, base: {kind: full_decoupling}, steps: {t: {lever: tool_denial, start: 2021, value: 0.5}}}"
    scenario = load_scenario("baseline_2021", "params=prior", "horizon=2022", f"policies.us={tools}")
    usual = simulate(scenario, runs=8, seed=1).values
    for name in IDLE:
        known = schema.described()[name]
        for value in (known.low, known.high):
            moved = replace(scenario, parameters=with_values(scenario.parameters, {name: value}))
            found = simulate(moved, runs=8, seed=1).values
            assert all(np.array_equal(found[key], usual[key], equal_nan=True) for key in usual), name


def test_a_number_under_a_form_is_drawn_as_soon_as_that_has_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    (name, known) = next((name, known) for name, known in schema.described().items() if known.under)
    group = name.partition(".")[0]
    assert (schema.is_drawn(group, known), schema.words_of(group, known)) == (False, ())
    mechanism, _, form = known.under.partition("=")
    forms = RIVALS[mechanism].forms
    monkeypatch.setitem(RIVALS, mechanism, Rivals("test", forms | {form: replace(forms[form], weight=1.0)}))
    assert (schema.is_drawn(group, known), schema.words_of(group, known)) == (True, schema.WORDS)
    with pytest.raises(InvalidInput, match=r"params\.accounts\.crowding_out"):
        composed(["params.accounts.crowding_out=posterior"])


def test_a_drawn_form_moves_no_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_scenario().parameters_of(range(8)).ideas.step
    weighed(monkeypatch, gap=1.0, logistic=1.0)
    assert np.array_equal(load_scenario().parameters_of(range(8)).ideas.step, before)


def test_a_set_of_the_posterior_keeps_the_form_that_it_was_fitted_under(monkeypatch: pytest.MonkeyPatch) -> None:
    table = posterior(2020).forms["knowledge"]
    assert set(table.tolist()) == {0, 1}
    weighed(monkeypatch, gap=1.0)
    found = load_scenario().parameters_of(range(512)).forms
    assert np.array_equal(found.knowledge[::2, 0, 0, 0], table)
    assert np.array_equal(found.imitation[1::2, 0, 0, 0], posterior(2020).forms["imitation"]), "weights decide nothing"
    named = load_scenario("baseline_2021", "forms.knowledge=common").parameters_of(range(8)).forms.knowledge
    assert named.ravel().tolist() == [code("knowledge", "common")]


def test_without_sets_the_likeliest_form_holds() -> None:
    found = load_scenario("baseline_2021", "params=default").parameters_of(range(8)).forms
    assert {name: getattr(found, name).shape for name in RIVALS} == dict.fromkeys(RIVALS, (1, 1, 1, 1))
    assert found.knowledge.item() == code("knowledge", "own")


def test_a_form_that_sets_were_not_fitted_under_is_told_in_one_line() -> None:
    (line,) = (told for told in remarks(composed(["forms.knowledge=common"])) if told.startswith("forms."))
    assert line.startswith("forms.knowledge=common holds in every run; ")
    others = 100.0 * (posterior(2020).forms["knowledge"] != code("knowledge", "common")).mean()
    assert f"{others:.0f} % of the sets of the posterior of 2020 were fitted under another form" in line
    usual = remarks(composed([]))  # such as that the posterior has been fitted under other equations
    assert line not in usual
    assert remarks(composed(["forms.fringe=own"])) == usual
    assert remarks(composed(["forms.fringe=mean", "params=prior"])) == ()


def test_less_likely_are_forms_with_some_weight_beside_the_likeliest() -> None:
    assert less_likely("knowledge") == ["common"]
    assert less_likely("public_knowledge") == ["sceptical"], "a form without weight is not drawn"
    assert less_likely("reallocation") == []


def test_a_form_gives_a_result_a_name_of_its_own() -> None:
    usual, other = composed([]), composed([LOGISTIC])
    assert other["name"].startswith("baseline_2021-")
    assert numbers(usual) != numbers(other)
    assert scenario_from(other).parameters.forms.imitation.item() == 1


def test_a_scenario_file_names_forms(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("title: t\nquestion: q?\nforms:\n  imitation: logistic\n", encoding="utf-8")
    assert composed([f"scenario_file={path}"])["forms"]["imitation"] == "logistic"
    assert composed([f"scenario_file={path}", "forms.imitation=gap"])["forms"]["imitation"] == "gap"


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("forms.imitation=logisic", ["forms.imitation", ALLOWED, "did you mean logistic"]),
        ("forms.imitation=1", ["forms.imitation", ALLOWED]),
        ("forms.imitation={gap: 1}", ["forms.imitation", ALLOWED]),
        ("forms.imitatoin=gap", ["forms.imitatoin", "did you mean forms.imitation"]),
        ("forms=gap", ["forms: 'gap' given"]),
    ],
)
def test_wrong_forms_are_refused_in_one_line(override: str, words: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        composed([override])
    line = "\n".join(refused.value.problems)
    assert [word for word in words if word not in line] == [], line
    assert len(refused.value.problems) == 1


def test_a_form_that_acts_under_another_alone_is_refused_without_it() -> None:
    with pytest.raises(InvalidInput) as refused:
        composed(["forms.trade_ideas=imports", "forms.price_block=account"])
    (line,) = map(str, refused.value.problems)
    assert [word for word in ["forms.trade_ideas", "price_block=sector"] if word not in line] == [], line
    assert composed(["forms.trade_ideas=imports"])["forms"]["trade_ideas"] == "imports"


def test_a_comparison_takes_forms_apart_with_the_parameters() -> None:
    game = Game(load_scenario(), load_scenario("baseline_2021", LOGISTIC), GROUPS["levers"])
    assert game.players(seed=1) == (PARAMETERS,)
    assert game.mixed([PARAMETERS]).parameters.forms.imitation.item() == 1
    assert game.mixed([]).parameters.forms.imitation.item() == 0


def test_the_list_shows_weights_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "forms"]) == 0
    shown = capsys.readouterr().out
    for known in RIVALS["imitation"].forms.values():
        assert known.source in shown
    assert "forms.imitation=gap" in shown
    assert "weight 1;" in shown
