"""The table of levers: what follows from a lever's own declaration."""

import pytest

from techduel.model.actions import BARRIERS, CHANNELS, KINDS, LEVERS, REFUSALS, RESTRICTIONS, Lever

RESTRICTION = "security.restriction"


def test_what_closes_a_state_to_its_rival_is_what_its_restriction_is_made_of() -> None:
    assert [name for name, lever in LEVERS.items() if RESTRICTION in lever.equations] == list(BARRIERS)


def test_restriction_has_one_part_for_controls_one_for_duties_and_one_for_each_refusal() -> None:
    assert {*REFUSALS, "control_breadth", "control_depth", "tariff"} == set(BARRIERS)
    assert [LEVERS[name].unit for name in REFUSALS] == ["share"] * len(REFUSALS)


def test_restrictions_are_barriers_and_the_entity_list() -> None:
    assert set(RESTRICTIONS) == {name for name, lever in LEVERS.items() if lever.closes is not None}
    assert set(RESTRICTIONS) - set(BARRIERS) == {"listing_pace", "listing_denial"}


@pytest.mark.parametrize(("name", "lever"), LEVERS.items())
def test_a_lever_belongs_to_a_kind_and_a_channel_that_are_listed(name: str, lever: Lever) -> None:
    assert lever.kind in KINDS, name
    assert lever.channel in CHANNELS, name
    assert lever.budget == (lever.kind == "public money" and name != "tax_credit"), name
