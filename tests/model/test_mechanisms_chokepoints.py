"""Choke points: single inputs that are denied, and controls that hold everywhere; by hand and at limits."""

from math import exp, log
from pathlib import Path
from shutil import copy
from typing import Any

import numpy as np
import pytest

from techduel.facts import FactsError, load_facts, read_facts
from techduel.model.axes import CHOKEPOINTS
from techduel.model.parameters.forms import code
from tests.hand import ALLIES, CHINA, REST, US, base_world, cleared, duel, opened, put
from tests.uncompiled import access, accounts, market, reallocation, run_of

TOOLS, DESIGN, FOUNDRY, EARTHS, METALS = range(5)
SHIPPED = Path(__file__).resolve().parents[2] / "sim" / "techduel" / "facts"
SLOW = code("reallocation", "slow")


def needing(good: int, rival: float = 0.4, allies: float = 0.2, form: int = 0) -> Any:
    """A run of one sector that needs one good, of which the rival and allies make these parts; elasticity 3."""
    run = duel()
    run.parameters.market.elasticity[0], run.parameters.market.origin_elasticity = 3.0, 3.0
    run.parameters.forms.reallocation = form
    run.sectors[0].inputs_share[good], run.sectors[0].inputs_weight[good] = 0.1, 0.5
    for s in (US, CHINA):
        run.states[s].inputs_from_rival[good], run.states[s].inputs_from_allies[good] = rival, allies
        run.cells[s, 0].sales = 200.0
    return run


@pytest.mark.parametrize(
    ("lever", "goods"),
    [
        ("tool_denial", [TOOLS, DESIGN]),
        ("foundry_denial", [FOUNDRY]),
        ("mineral_denial", [EARTHS, METALS]),
    ],
)
def test_a_lever_denies_its_goods_less_what_leaks_and_allies_join_in_part(lever: str, goods: list[int]) -> None:
    run = put(duel(), **{lever: (0.8, 0.0)}, control_enforcement=(0.5, 0.0))
    run.parameters.access.evasion, run.parameters.access.evasion_slope = 0.1, 0.1
    run.sectors[0].inputs_share = [0.1] * 5
    run.cells[US, 0].joined = 0.5
    access.deny_inputs(run, US)
    withheld = 0.8 * (1.0 - 0.5 * 0.18)
    expected = [part for good in range(5) for part in (withheld * (good in goods), 0.5 * withheld * (good in goods))]
    assert run.states[CHINA].inputs_denied == pytest.approx(expected)
    assert run.states[US].inputs_denied == [0.0] * 10


def test_allies_join_as_they_do_where_the_users_are() -> None:
    run = put(duel(sectors=2), foundry_denial=(1.0, 0.0))
    run.parameters.access.evasion = run.parameters.access.evasion_slope = 0.0
    run.sectors[0].inputs_share[FOUNDRY], run.sectors[1].inputs_share[FOUNDRY] = 0.3, 0.1
    run.cells[US, 0].joined, run.cells[US, 1].joined = 0.2, 0.6
    access.deny_inputs(run, US)
    assert run.states[CHINA].inputs_denied[2 * FOUNDRY : 2 * FOUNDRY + 2] == pytest.approx([1.0, 0.3])


def test_where_buyers_turn_at_once_only_the_price_of_variety_is_felt() -> None:
    run = needing(FOUNDRY)
    run.states[CHINA].inputs_denied[2 * FOUNDRY : 2 * FOUNDRY + 2] = [0.5, 0.25]
    reallocation.use_single_inputs(run, CHINA)
    assert run.states[CHINA].inputs_felt[FOUNDRY] == pytest.approx(-log(1.0 - 0.4 * 0.5 - 0.2 * 0.25) / 2.0)
    assert run.states[US].inputs_forgone == pytest.approx(20.0 * (0.4 - 0.4 * 0.5 / 0.75))


def test_where_they_turn_slowly_what_is_missing_is_felt_first_and_replaced_over_years() -> None:
    run = needing(METALS, form=SLOW)
    run.states[CHINA].inputs_denied[2 * METALS] = 0.5
    part = 1.0 - exp(-0.25 / run.parameters.market.switching_years)
    reallocation.use_single_inputs(run, CHINA)
    scarce = -log(1.0 - 0.2)
    assert run.states[CHINA].inputs_felt[METALS] == pytest.approx(scarce / 2.0 + scarce)
    assert run.states[US].inputs_forgone == pytest.approx(20.0 * 0.2)
    replaced = 0.5 * part
    assert run.states[CHINA].inputs_replaced[2 * METALS] == pytest.approx(replaced)
    reallocation.use_single_inputs(run, CHINA)
    wanted = 1.0 - 0.4 * replaced
    scarce = -log(1.0 - 0.4 * (0.5 - replaced) / wanted)
    assert run.states[CHINA].inputs_felt[METALS] == pytest.approx((scarce - log(wanted)) / 2.0 + scarce)
    for _ in range(400):
        reallocation.use_single_inputs(run, CHINA)
    assert run.states[CHINA].inputs_felt[METALS] == pytest.approx(-log(0.8) / 2.0)


def test_what_allies_deny_is_missing_by_their_part_of_supplies() -> None:
    run = needing(METALS, form=SLOW)
    run.states[CHINA].inputs_denied[2 * METALS : 2 * METALS + 2] = [0.5, 0.25]
    reallocation.use_single_inputs(run, CHINA)
    scarce = -log(1.0 - 0.4 * 0.5 - 0.2 * 0.25)
    assert run.states[CHINA].inputs_felt[METALS] == pytest.approx(scarce / 2.0 + scarce)


def test_tools_bite_later_than_chips_as_plants_age() -> None:
    felt = {}
    for good in (TOOLS, FOUNDRY):
        run = needing(good)
        run.states[CHINA].inputs_denied[2 * good] = 0.5
        felt[good] = []
        for _ in range(2):
            reallocation.use_single_inputs(run, CHINA)
            felt[good].append(run.states[CHINA].inputs_felt[good])
    full = -log(0.8) / 2.0
    assert felt[FOUNDRY] == pytest.approx([full, full])
    assert felt[TOOLS] == pytest.approx([full / 32.0, full * (1.0 - (31.0 / 32.0) ** 2)])


def test_users_carry_what_is_felt_by_their_weight_of_it() -> None:
    run = needing(FOUNDRY)
    run.states[CHINA].inputs_felt[FOUNDRY] = 0.3
    market.costs(run, CHINA)
    market.costs(run, US)
    assert run.cells[CHINA, 0].burden == pytest.approx([0.15, 0.15])
    assert run.cells[US, 0].burden == [0.0, 0.0]


def test_the_owner_loses_what_the_rest_of_its_economy_does_not_make_instead() -> None:
    run = duel()
    run.states[US].inputs_forgone = 10.0
    assert accounts.lost_sales_of_inputs(run.states[US], 0.8) == pytest.approx(0.2 * 0.5 * 10.0)


def test_what_the_rest_loses_to_an_industry_is_all_but_pure_profit_where_it_is_a_sector() -> None:
    run = run_of(base_world())
    assert accounts.drawn_from_rest(run, US, 100.0) == run.parameters.accounts.crowding_out
    run.parameters.forms.price_block = code("price_block", "sector")
    profit = run.parameters.market.normal_margin * sum(cell.sales for cell in run.cells[US])
    assert accounts.drawn_from_rest(run, US, 10.0 * profit) == pytest.approx(0.9)


def test_nothing_is_felt_where_nothing_is_denied() -> None:
    for form in (0, SLOW):
        run = needing(EARTHS, rival=0.58, allies=0.08, form=form)
        reallocation.use_single_inputs(run, CHINA)
        assert run.states[CHINA].inputs_felt == [0.0] * 5
        assert run.states[US].inputs_forgone == 0.0


def test_a_control_that_holds_everywhere_leaks_less_and_closes_third_markets() -> None:
    def selling(everywhere: float) -> Any:
        run = opened(
            control_breadth=(0.8, 0.0), control_depth=(0.5, 0.0), destinations=(everywhere, 0.0), willing=(0.0, 0.0)
        )
        return cleared(run, [1.0, 1.0, 1.0, 1.0])

    rival, part, everywhere = (selling(value) for value in (0.0, 0.5, 1.0))
    assert part.cells[US, 0].leak == pytest.approx(0.5 * rival.cells[US, 0].leak)
    assert everywhere.cells[US, 0].leak == 0.0
    for m in (ALLIES, REST):
        assert rival.markets[m, 0].share[0, US] == pytest.approx(0.25)
        assert part.markets[m, 0].share[0, US] == pytest.approx(0.8 / 3.8)
        assert everywhere.markets[m, 0].share[0, US] == pytest.approx(0.6 / 3.6)
        assert everywhere.markets[m, 0].share[0, CHINA] == pytest.approx(1.0 / 3.6)


def test_owners_add_up_and_users_spend_what_is_on_record() -> None:
    base, sectors = load_facts().base, load_facts().sectors
    np.testing.assert_allclose(base.chokepoint_owner.sum(axis=0), 1.0)
    chips = sectors.index("semiconductors")
    assert base.chokepoint_share[TOOLS, chips] * base.market_size[chips] == pytest.approx(71.2)
    assert np.count_nonzero(base.chokepoint_share[EARTHS]) == 3
    assert base.chokepoint_owner[CHINA, METALS] == 0.75


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("chip_tools,owner,us,0.44", "chip_tools,owner,us,0.54", "owners of chip_tools sum to 1.100, not 1"),
        ("foundry,user,semi", "foundri,user,semi", "unknown good 'foundri'; known: chip_tools"),
        ("foundry,user,semiconductors", "foundry,user,chips", "unknown user 'chips'; known: "),
        ("foundry,hardness,,3", "foundry,hardness,,9", "value 9 is out of range; allowed 1 to 4"),
        ("foundry,hardness,,3", "foundry,softness,,3", "unknown kind 'softness'; known: owner, user, hardness"),
        ("design_tools,hardness,,3", "foundry,hardness,,3", "second value (first at chokepoints.csv:"),
    ],
)
def test_a_damaged_table_is_told_by_its_line(old: str, new: str, problem: str, tmp_path: Path) -> None:
    for path in [*SHIPPED.glob("*.csv"), *SHIPPED.glob("*.yaml")]:
        copy(path, tmp_path / path.name)
    table = tmp_path / "chokepoints.csv"
    text = table.read_text(encoding="utf-8")
    assert text.count(old) == 1
    table.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(FactsError) as refused:
        read_facts(tmp_path)
    assert any(problem in line for line in refused.value.problems)
    assert len(CHOKEPOINTS) == 5
