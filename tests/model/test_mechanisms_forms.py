"""Forms: rival equations by their codes, which may differ by run; what the logistic form of imitation does."""

from dataclasses import fields, replace

import numpy as np
import pytest

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import prepared, simulate, worlds
from techduel.model.parameters.forms import RIVALS, Forms, Rivals, code
from techduel.scenario.scenario import Scenario, load_scenario
from tests.ensembles import different
from tests.model.test_reference import advance_together, unchanged
from tests.uncompiled import ideas

GAP, LOGISTIC = (code("imitation", name) for name in ("gap", "logistic"))
LATE = ("baseline_2021", "params=default", "horizon=2030")


@pytest.mark.parametrize(("mechanism", "known"), RIVALS.items())
def test_every_form_says_what_it_is_and_where_it_was_published(mechanism: str, known: Rivals) -> None:
    assert len(known.forms) > 1, mechanism
    assert all(form.meaning and form.source and form.weight >= 0.0 for form in known.forms.values())
    assert sum(form.weight for form in known.forms.values()) > 0.0


def test_the_first_form_stands_where_none_is_chosen() -> None:
    assert [getattr(Forms(), item.name).item() for item in fields(Forms)] == [0] * len(RIVALS)
    assert GAP == 0


def test_a_success_gains_the_gap_or_what_is_missing_to_the_source() -> None:
    gaps = [0.0, 1e-6, 0.5, np.log(4.0), 50.0]
    assert [ideas.learnable(gap, LOGISTIC) for gap in gaps] == pytest.approx(
        [0.0, 1e-6, 1.0 - np.exp(-0.5), 0.75, 1.0], rel=1e-6
    )
    assert [ideas.learnable(gap, GAP) for gap in gaps] == gaps


@pytest.mark.parametrize("seed", [1, 2])
def test_the_logistic_form_equals_the_reference(seed: int) -> None:
    """The oracle knows the form by its name and the equation by its own words."""
    seen, reference = advance_together(load_scenario("baseline_2021", "forms.imitation=logistic"), seed, unchanged)
    assert reference.known.forms.imitation == "logistic"
    assert seen[-1].parameters.forms.imitation.item() == LOGISTIC


RIVAL_FORMS = (
    {"knowledge": "own"},
    {"paradigm": "base", "fringe": "own", "knowledge": "own"},
    {"paradigm": "base", "screening": "diluted"},
    {"public_knowledge": "estimate", "crowd_in": "sample"},
    {"public_knowledge": "sceptical", "crowd_in": "sample", "imitation": "logistic", "knowledge": "own"},
)


@pytest.mark.parametrize("chosen", RIVAL_FORMS, ids=lambda chosen: "-".join(chosen.values()))
def test_rival_forms_equal_the_reference(chosen: dict[str, str]) -> None:
    named = [f"forms.{mechanism}={form}" for mechanism, form in chosen.items()]
    seen, reference = advance_together(load_scenario("article_plan", "params=prior", *named), 1, unchanged)
    assert {name: getattr(reference.known.forms, name) for name in chosen} == chosen
    assert {name: getattr(seen[-1].parameters.forms, name).item() for name in chosen} == {
        name: code(name, form) for name, form in chosen.items()
    }


def test_diluted_screening_equals_the_reference_and_falls_when_a_control_gets_broader() -> None:
    options = ("policies.us.end_use=0.9", "params.government.screening_speed=0.1", "forms.screening=diluted")
    seen, _ = advance_together(load_scenario("broad_controls", *options), 1, unchanged)
    screened = [world.action.control_end_use[0, 0, 0, 0] for world in seen]
    assert min(screened) < 0.4, "0.7 in 2020"
    assert screened[-1] > min(screened)


def test_runs_of_two_forms_in_one_batch_are_the_bits_of_runs_of_one() -> None:
    alone = [
        load_scenario("baseline_2021", "horizon=2022", f"forms.imitation={name}") for name in RIVALS["imitation"].forms
    ]
    mixed = np.array([GAP, LOGISTIC, LOGISTIC, GAP]).reshape(-1, 1, 1, 1)
    known = alone[0].parameters_of(range(4))
    together = prepared(alone[0], range(4), 1, replace(known, forms=replace(known.forms, imitation=mixed)))
    last = list(worlds(together))[-1].firms.technology
    for form, scenario in enumerate(alone):
        apart = list(worlds(prepared(scenario, range(4), 1)))[-1].firms.technology
        ours = mixed.ravel() == form
        assert np.array_equal(last[ours], apart[ours])
        assert not np.array_equal(last[~ours], apart[~ours])


@pytest.fixture(scope="module")
def pair() -> tuple[Record, Record]:
    """The same runs under both forms."""
    found = [simulate(load_scenario(*LATE, f"forms.imitation={name}"), runs=24, seed=2) for name in ("gap", "logistic")]
    return found[0], found[1]


def test_firms_end_lower_where_diffusion_is_logistic(pair: tuple[Record, Record]) -> None:
    """One form, one sign: every success gains less, and the more less the wider the gap."""
    gap, logistic = (record["technology_mean"][..., -1] for record in pair)
    change = (logistic - gap).mean(axis=(1, 2))
    assert change.mean() < -5.0 * change.std(ddof=1) / np.sqrt(len(change))


def test_the_present_form_is_the_baseline(baseline: Scenario) -> None:
    named = load_scenario("baseline_2021", "params=default", "horizon=2021", "forms.imitation=gap")
    usual = load_scenario("baseline_2021", "params=default", "horizon=2021")
    assert different(simulate(named, runs=2).values, simulate(usual, runs=2).values) == []
