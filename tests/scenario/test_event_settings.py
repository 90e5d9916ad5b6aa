"""Events in a configuration: names of their own, defaults by kind, layers, and one clear line for every mistake."""

from pathlib import Path

import pytest

from techduel.policies.event import Choice
from techduel.policies.events import EVENTS, described, event
from techduel.scenario.composition import composed
from techduel.scenario.kinds import event_options
from techduel.scenario.layers import choices, config_folder
from techduel.scenario.loader import InvalidInput, strict_yaml
from techduel.scenario.scenario import load_scenario, scenario_from


def test_every_kind_has_a_file_of_defaults_with_one_event_of_its_name() -> None:
    assert set(choices("events")) == {"none", *EVENTS}
    for kind in EVENTS:
        content = strict_yaml(config_folder() / "events" / f"{kind}.yaml")
        assert list(content) == [kind]
        assert list(content[kind]) == ["kind", *described(kind)]


@pytest.mark.parametrize("kind", EVENTS)
def test_every_kind_composes_and_serves_either_state(kind: str) -> None:
    config = composed([f"events={kind}"])
    assert config["events"] == {kind: event_options(kind)}
    assert scenario_from(config).events == {kind: event(**event_options(kind))}
    for name, option in described(kind).items():
        for word in option.allowed if isinstance(option, Choice) else ():
            built = load_scenario("baseline_2021", f"events={kind}", f"events.{kind}.{name}={word}")
            assert getattr(built.events[kind], name) == word


def test_events_of_a_scenario_file_have_names_of_their_own(tmp_path: Path) -> None:
    path = scenario_file(
        tmp_path,
        "events:\n"
        "  first_slump: {kind: demand_shock, start: 2023}\n"
        "  second_slump: {kind: demand_shock, size: -0.5, sectors: semiconductors}\n",
    )
    events = composed([f"scenario_file={path}", "events=bill", "events.second_slump.fade=3"])["events"]
    assert events["first_slump"] == {**event_options("demand_shock"), "start": 2023.0}
    assert events["second_slump"] == {
        **event_options("demand_shock"),
        "size": -0.5,
        "fade": 3.0,
        "sectors": ["semiconductors"],
    }
    assert events["bill"] == event_options("bill")


def test_an_event_of_another_kind_is_another_event(tmp_path: Path) -> None:
    path = scenario_file(tmp_path, "events: {crisis: {kind: demand_shock, size: -0.5, start: 2024}}")
    changes = ["events.crisis.size=0.4", "events.crisis.kind=supply_disruption"]
    for ordered in (changes, changes[::-1]):
        assert composed([f"scenario_file={path}", *ordered])["events"]["crisis"] == {
            **event_options("supply_disruption"),
            "size": 0.4,
        }


def test_an_event_can_be_taken_away(tmp_path: Path) -> None:
    path = scenario_file(tmp_path, "events: {a: {kind: bill}, b: {kind: bill}}")
    assert set(composed([f"scenario_file={path}", "events.a=null"])["events"]) == {"b"}
    assert composed(["events=bill", "events.bill=null"])["name"] == "baseline_2021"


def test_whole_numbers_of_events_are_numbers() -> None:
    one, other = (composed(["events=bill", f"events.bill.years={years}"]) for years in ("4", "4.0"))
    assert one["name"] == other["name"] != composed(["events=bill"])["name"]


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["events.hack=1"], ["events.hack", "1 given", "demand_shock"]),
        (["events.x.kind=bil"], ["events.x.kind", "'bil' given", "did you mean bill?"]),
        (["events.x.kind=[bill]"], ["events.x.kind", "allowed: supply_chain_review, bill"]),
        (["events.bill.years=3"], ["events.bill.kind: missing", "did you mean bill?"]),
        (["events=bill", "events.bil.years=3"], ["events.bil.kind: missing", "did you mean bill?"]),
        (["events=bill", "events.bill.year=3"], ["events.bill.year", "did you mean events.bill.years?"]),
        (["events=bill", "events.bill.years=0"], ["events.bill.years: 0 given; allowed: one number, 1 to 20 (years)"]),
        (["events=bill", "events.bill.years=nan"], ["events.bill.years: nan given", "1 to 20"]),
        (["events=bill", "events.bill.years=true"], ["events.bill.years: True given", "1 to 20"]),
        (["events=bill", "events.bill.years=null"], ["events.bill.years: None given", "1 to 20"]),
        (["events=bill", "events.bill.years.us=3"], ["events.bill.years", "one number"]),
        (["events=bill", "events.bill.probability=1.5"], ["events.bill.probability", "0 to 1"]),
        (["events=bill", "events.bill.state=usa"], ["events.bill.state: 'usa' given; allowed: us, china"]),
        (["events=bill", "events.bill.state=[us]"], ["events.bill.state", "allowed: us, china"]),
        (
            ["events=bill", "events.bill.amount_high=50"],
            ["events.bill.amount_low: 100", "at most amount_high = 50"],
        ),
        (["events=bill", "events.bill.delay_low=9"], ["events.bill.delay_low: 9 given", "delay_high = 8"]),
        (["events=bill", "events.bill.grants_share=0.9"], ["grants_share + reshoring_share = 1.1", "at most 1"]),
        (["events=bill", "events.bill.sectors=[chips]"], ["events.bill.sectors.0: 'chips' given", "allowed: all, "]),
        (["events=bill", "events.bill.sectors=[frontiers]"], ["did you mean frontier?"]),
        (["events=bill", "events.bill.sectors=[]"], ["events.bill.sectors", "a list of names of sectors"]),
        (["events=bill", "events.bill.sectors=3"], ["events.bill.sectors: 3 given"]),
        (["events=bill", "events.bill.sectors={ai: 1}"], ["events.bill.sectors", "a list"]),
        (["events=demand_shock", "events.demand_shock.market=uk"], ["all, us, china, allies, rest"]),
        (["events=supply_disruption", "events.supply_disruption.size=1"], ["0 to 0.95"]),
        (["events=billl"], ["did you mean bill?"]),
        (["events.a-b.kind=bill"], ["events.a-b", "letters, digits and _"]),
        (["events={}", "events=3"], ["events", "known: bill"]),
    ],
    ids=" ".join,
)
def test_wrong_events_have_one_clear_line_each(overrides: list[str], words: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        composed(overrides)
    assert [word for word in words if word not in str(refused.value)] == [], refused.value


def test_all_that_is_wrong_with_events_is_said_at_once() -> None:
    wrong = ["events.bill.years=0", "events.bill.stat=us", "events.bill.sectors=[x]", "events.y=1"]
    with pytest.raises(InvalidInput) as refused:
        composed(["events=bill", *wrong])
    assert len(refused.value.problems) == len(wrong)


def test_the_schema_for_editors_knows_every_option() -> None:
    from techduel.scenario.settings import scenario_schema

    parts = scenario_schema()["$defs"]
    known = parts["Event"]["discriminator"]["mapping"]
    assert set(known) == set(EVENTS)
    shown = {kind: parts[place.rpartition("/")[2]] for kind, place in known.items()}
    assert all(set(part["properties"]) == {"kind", *described(kind)} for kind, part in shown.items())
    assert all(part["required"] == ["kind"] for part in shown.values())
    assert shown["bill"]["properties"]["state"]["enum"] == ["us", "china"]


def scenario_file(folder: Path, content: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(f"title: mine\nquestion: and then?\n{content}\n", encoding="utf-8")
    return path
