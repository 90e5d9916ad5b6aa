"""The table of directions: what each cause does, whatever the parameters; and where that fails, and why.

Goods, money and security are looked at over 2021-2022; what firms may expect to find in 2021, as long as luck has not
led the two worlds to different technologies; start-ups, incidents and basic research over the years that they need.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.causes import ALL, ALLIES, CHINA, REST, US, Measure, added, each_listed, seen
from tests.treatments import CHIPS, CONTROLLED, LICENSED, MINERALS, STATUS_QUO, WHO

UP, DOWN = 1, -1
FIRST: Final = (2021, 2021)
DEVICES: Final = ("devices_networks",)


@dataclass(frozen=True)
class Direction:
    """One sentence, and how to find out whether it is true."""

    sentence: str
    treatment: str
    measure: Measure
    sign: int
    against: str = STATUS_QUO


@dataclass(frozen=True)
class Failure:
    """Why a direction does not hold in 95 % of the sets."""

    share: float
    """Part of the sets in which it does."""
    why: str


type Row = Callable[..., Direction]


def row_of(me: int) -> Row:
    """Directions of one state: sentence, treatment, measure, sign, and a treatment to compare with."""

    def row(sentence: str, treatment: str, measure: Measure, sign: int, against: str = "") -> Direction:
        other = f"{WHO[me]}: {against}" if against else STATUS_QUO
        return Direction(f"{WHO[me]}: {sentence}", f"{WHO[me]}: {treatment}", measure, sign, other)

    return row


def controls(me: int, rival: int) -> Iterator[Direction]:
    """Denial of one kind of goods."""
    row, goods = row_of(me), CONTROLLED[me]
    price, hidden = seen("log_price", rival, goods=goods), seen("embodied", rival, goods=goods)
    yield row("stricter control lowers the target's imports of the goods", "denial", sold(me, rival, goods), DOWN)
    yield row("stricter control raises the target's prices of them", "denial", price, UP)
    yield row("stricter control raises the target's price level", "denial", seen("price_index", rival), UP)
    yield row("stricter control lowers the target's real income", "denial", seen("real_income", rival), DOWN)
    yield row("stricter control raises the target's self-sufficiency in them", "denial", home(rival, goods), UP)
    yield row("stricter control lowers the sender's exports of them", "denial", seen("exports", me, goods=goods), DOWN)
    yield row("stricter control lowers the sender's R&D in them", "denial", seen("rd", me, goods=goods), DOWN)
    yield row("stricter control raises the target's R&D in them", "denial", seen("rd", rival, goods=goods), UP)
    yield row("stricter control lowers the target's sales of devices made of them", "denial", devices(rival), DOWN)
    yield row("stricter control lets allies sell more to the target", "denial", sold(ALLIES, rival, goods), UP)
    yield row("stricter control parts the two markets", "denial", seen("decoupling_goods"), UP)
    yield row("stricter control hides the knowledge in goods", "denial", hidden, DOWN)
    yield from how_controlled(me, rival)


def how_controlled(me: int, rival: int) -> Iterator[Direction]:
    """What enforcement, aim, allies and stocks make of a denial."""
    row, goods = row_of(me), CONTROLLED[me]
    ours, theirs = sold(me, rival, goods), sold(ALLIES, rival, goods)
    price, hidden = seen("log_price", rival, goods=goods), seen("embodied", rival, goods=goods)
    leak, money = seen("leakage", me, goods=goods), seen("public_spending", me)
    yield row("enforcement lowers the leak", "denial, enforced", leak, DOWN, "denial")
    yield row("enforcement lowers the target's imports", "denial, enforced", ours, DOWN, "denial")
    yield row("enforcement costs public money", "denial, enforced", money, UP, "denial")
    yield row("denying listed users alone leaves more trade", "denial to listed users", ours, UP, "denial")
    yield row("denying listed users alone leaves knowledge open", "denial to listed users", hidden, UP, "denial")
    yield row("allies that join deny the target their goods too", "denial with allies", theirs, DOWN, "denial")
    yield row("allies that join make the goods dearer for the target", "denial with allies", price, UP, "denial")
    friendly = ("denial with friendly allies", theirs, DOWN, "denial with allies")
    yield row("cooperation makes allies more willing to join", *friendly)
    last, stocked, bare = (2022, 2022), "denial from 2022 of one with stocks", "denial from 2022"
    felt, made = seen("felt", rival, goods=goods, years=last), seen("sales", rival, goods=DEVICES, years=last)
    yield row("stocks spare the target's users what is denied", stocked, felt, DOWN, bare)
    yield row("stocks keep up the target's sales of devices", stocked, made, UP, bare)


def broad_controls(me: int, rival: int) -> Iterator[Direction]:
    """Denial of everything; licences that refuse nothing; lists."""
    row, broad, full = row_of(me), "broad controls", "listing with full denial"
    yield row("broad controls make users at the rival miss more", broad, seen("penalty", rival), UP)
    yield row("broad controls lower the rival's real income", broad, seen("real_income", rival), DOWN)
    yield row("broad controls slow the rival's progress", broad, progress(rival), DOWN)
    yield row("broad controls lower the sender's exports", broad, seen("exports", me), DOWN)
    yield row("broad controls lower the sender's sales", broad, seen("sales", me), DOWN)
    yield row("broad controls lower the sender's R&D", broad, seen("rd", me), DOWN)
    yield row("broad controls lower the sender's innovations to be expected", broad, found(me), DOWN)
    yield row("broad controls lower the rival's trust", broad, seen("trust", rival), DOWN)
    yield row("licences lower exports to the rival", "licences", sold(me, rival, LICENSED[me]), DOWN)
    yield row("listing puts more of the rival's firms on the list", "listing", seen("firms_listed", rival), UP)
    yield row("listing lowers exports of chips to the rival", "listing", sold(me, rival, CHIPS), DOWN)
    innovation = each_listed(rival, FIRST)
    yield row("full denial lowers a listed firm's innovations to be expected", full, innovation, DOWN, "listing")
    yield row("full denial lowers sales of listed firms", full, seen("listed_sales", rival), DOWN, "listing")


def protection(me: int, rival: int) -> Iterator[Direction]:
    """Procurement and tariffs."""
    row, local = row_of(me), "localised procurement"
    yield row("localised procurement lowers the rival's sales there", local, sold(rival, me), DOWN)
    yield row("localised procurement raises sales of home firms there", local, sold(me, me), UP)
    yield row("localised procurement raises sales of allies there", local, sold(ALLIES, me), UP)
    yield row("tariffs raise prices", "tariffs", seen("price_index", me), UP)
    yield row("tariffs lower imports from the rival", "tariffs", sold(rival, me), DOWN)
    yield row("tariffs raise self-sufficiency", "tariffs", home(me), UP)
    yield row("tariffs bring revenue", "tariffs", seen("tariff_revenue", me), UP)
    yield row("tariffs lower the rival's real income", "tariffs", seen("real_income", rival), DOWN)
    yield row("tariffs lower one's own real income", "tariffs", seen("real_income", me), DOWN)
    yield row("tariffs lower dependence", "tariffs", seen("dependence", me), DOWN)
    yield row("tariffs hide the knowledge in the rival's goods", "tariffs", seen("embodied", me), DOWN)
    yield row("tariffs lower the rival's trust", "tariffs", seen("trust", rival), DOWN)


def supply(me: int, rival: int) -> Iterator[Direction]:
    """Stockpiles, production at home, standards, allies."""
    row, wanted, money = row_of(me), CONTROLLED[rival], seen("public_spending", me)
    yield row("stockpiles lower dependence", "stockpiles", seen("dependence", me), DOWN)
    yield row("stockpiles lower the risk", "stockpiles", seen("risk", me), DOWN)
    yield row("stockpiles cost public money", "stockpiles", money, UP)
    yield row("stockpiles sell more of the rival's goods while they fill", "stockpiles", sold(rival, me, wanted), UP)
    yield row("reshoring raises self-sufficiency", "reshoring", home(me, CHIPS), UP)
    yield row("reshoring costs public money", "reshoring", money, UP)
    yield row("reshoring makes the goods cheaper at home", "reshoring", seen("log_price", me, goods=CHIPS), DOWN)
    yield row("reshoring lowers the rival's sales there", "reshoring", sold(rival, me, CHIPS), DOWN)
    yield row("standards raise exports to third markets", "standards", abroad(me), UP)
    yield row("standards lower the rival's exports there", "standards", abroad(rival), DOWN)
    yield row("standards raise influence", "standards", seen("leadership_index", me), UP)
    yield row("cooperation sells more of the allies' goods", "cooperation", sold(ALLIES, me), UP)
    yield row("cooperation lowers self-sufficiency", "cooperation", home(me), DOWN)
    yield row("cooperation makes goods cheaper", "cooperation", seen("price_index", me), DOWN)
    yield row("cooperation raises public knowledge", "cooperation", seen("knowledge_stock", me), UP)
    yield row("cooperation raises the innovations to be expected", "cooperation", found(me), UP)
    yield row("cooperation costs public money", "cooperation", money, UP)


def research_money(me: int, rival: int) -> Iterator[Direction]:
    """Basic and applied research, grants, tax credits."""
    row, money = row_of(me), seen("public_spending", me)
    basic, applied = "basic research until 2030", "applied research"
    at_first, after = (2021, 2023), (2036, 2040)
    spread, risen = seen("knowledge_stock", rival, years=(2030, 2030)), seen("expected_innovations", me, years=after)
    yield row("basic research raises R&D", basic, seen("rd_total", me), UP)
    yield row("basic research costs public money", basic, money, UP)
    yield row("basic research makes researchers dear while it is paid", basic, seen("research_price", me), UP)
    yield row("basic research lets a given firm find less at first", basic, fertility(me, at_first), DOWN)
    yield row("basic research lets a given firm find more after its lag", basic, fertility(me, after), UP)
    lasting = ("basic research for good", fertility(me, after), UP)
    yield row("lasting basic research lets a given firm find more after its lag", *lasting)
    yield row("basic research raises the innovations to be expected after its lag", basic, risen, UP)
    yield row("basic research raises the rival's knowledge too", basic, spread, UP)
    yield row("applied research raises R&D", applied, seen("rd_total", me), UP)
    yield row("applied research raises public knowledge", applied, seen("knowledge_stock", me), UP)
    yield row("applied research is seen by the rival", applied, seen("seen_rd", rival), UP)
    yield row("applied research alarms the rival", applied, seen("threat", rival), UP)
    yield row("grants raise the sector's R&D", "grants", seen("rd", me, goods=CHIPS), UP)
    yield row("grants raise total R&D", "grants", seen("rd_total", me), UP)
    yield row("grants cost public money", "grants", money, UP)
    yield row("grants raise the sector's innovations to be expected", "grants", found(me, CHIPS), UP)
    adjusted = seen("expected_innovations", me, years=(2022, 2022))
    yield row("a tax credit raises business R&D", "tax credit", seen("rd_business", me), UP)
    yield row("a tax credit costs public money", "tax credit", money, UP)
    yield row("a tax credit raises the innovations to be expected", "tax credit", adjusted, UP)


def channels(me: int, rival: int) -> Iterator[Direction]:
    """People, co-invention, science, investment, espionage."""
    row, capital = row_of(me), seen("decoupling_capital")
    for closed in ("visa limits", "collaboration limits", "science limits", "outbound screening"):
        yield row(f"own progress slows with {closed}", closed, progress(me), DOWN)
    for closed in ("visa limits", "collaboration limits", "science limits", "inbound screening"):
        yield row(f"the rival's progress slows with {closed}", closed, progress(rival), DOWN)
    yield row("visa limits lower the number of own researchers", "visa limits", seen("researchers", me), DOWN)
    yield row("visa limits end the exchange of researchers", "visa limits", seen("decoupling_talent"), UP)
    yield row("recruitment raises the number of own researchers", "recruitment", seen("researchers", me), UP)
    yield row("recruitment lowers the number of the rival's", "recruitment", seen("researchers", rival), DOWN)
    yield row("recruitment speeds own progress", "recruitment", progress(me), UP)
    shared = seen("decoupling_knowledge")
    yield row("collaboration limits part co-inventors", "collaboration limits", shared, UP)
    yield row("science limits lower own public knowledge", "science limits", seen("knowledge_stock", me), DOWN)
    yield row("science limits lower the rival's", "science limits", seen("knowledge_stock", rival), DOWN)
    yield row("science limits lower own innovations to be expected", "science limits", found(me), DOWN)
    yield row("science limits lower the rival's innovations to be expected", "science limits", found(rival), DOWN)
    yield row("inbound screening lowers the number of start-ups", "inbound screening", startups(me), DOWN)
    yield row("inbound screening parts capital", "inbound screening", capital, UP)
    yield row("outbound screening lowers the rival's start-ups", "outbound screening", startups(rival), DOWN)
    yield row("outbound screening parts capital", "outbound screening", capital, UP)
    yield row("acquisition speeds own progress", "acquisition", progress(me), UP)
    yield row("counter-intelligence slows the rival's progress", "counter-intelligence", progress(rival), DOWN)
    yield row("counter-intelligence costs public money", "counter-intelligence", seen("public_spending", me), UP)


def security(me: int, rival: int) -> Iterator[Direction]:
    """Trust and risk."""
    row, risk = row_of(me), seen("risk", rival)
    for closed in ("visa limits", "collaboration limits", "science limits", "inbound screening", "outbound screening"):
        yield row(f"the rival's trust falls with {closed}", closed, seen("trust", rival), DOWN)
    yield row("visa limits raise the rival's risk", "visa limits", risk, UP)
    yield row("visa limits count as a restriction", "visa limits", seen("restriction", me), UP)
    yield row("acquisition raises the rival's risk", "acquisition", risk, UP)
    yield row("counter-intelligence lowers one's own risk", "counter-intelligence", seen("risk", me), DOWN)


def governments() -> Iterator[Direction]:
    """Limits, lobbying, screening, sight, incidents: cases that need parameters or years of their own."""
    tight, loose, loud = "much money, tight limit", "much money, loose limit", "loud firms"
    yield Direction("a tighter limit cuts more of a budget", tight, seen("budget_cut", US), UP, loose)
    yield Direction("a tighter limit leaves less public R&D", tight, seen("rd_public", US), DOWN, loose)
    yield Direction("lobbying softens a control", loud, seen("controls", US), DOWN, "quiet firms")
    yield Direction("lobbying leaves more trade", loud, sold(US, CHINA), UP, "quiet firms")
    traded, swift = sold(CHINA, US, MINERALS), "swift screening"
    yield Direction("swift screening of users leaves more trade", swift, traded, UP, "slow screening")
    late = ("late sight", seen("seen_rd", US), DOWN, "quick sight")
    yield Direction("late sight sees less of a rival's new research", *late)
    lost = seen("researchers", US)
    yield Direction("China: visa limits lower the number of US researchers", "China: visa limits", lost, DOWN)
    spies, none, years = "espionage until 2030", "no espionage until 2030", (2021, 2030)
    yield Direction("espionage brings incidents", spies, seen("incidents", US, years=years), UP, none)
    yield Direction("incidents shake trust", spies, seen("trust", US, years=years), DOWN, none)
    yield Direction("incidents raise the threat that is felt", spies, seen("threat", US, years=years), UP, none)
    yield Direction("incidents lower real income", spies, seen("real_income", US, years=years), DOWN, none)


def happenings() -> Iterator[Direction]:
    """Events."""
    for state, who in WHO.items():
        price, missed = seen("log_price", state, goods=CHIPS), seen("penalty", state, goods=CHIPS)
        yield Direction(f"{who}: a boom raises sales", "demand shock", seen("sales", state, goods=CHIPS), UP)
        yield Direction(f"{who}: a boom raises R&D", "demand shock", seen("rd", state, goods=CHIPS), UP)
        yield Direction(f"{who}: missing chips of allies make chips dear", "disruption", price, UP)
        yield Direction(f"{who}: missing chips of allies are missed", "disruption", missed, UP)
        yield Direction(f"{who}: missing chips lower real income", "disruption", seen("real_income", state), DOWN)
        yield Direction(f"{who}: missing chips lower sales of devices", "disruption", devices(state), DOWN)
        ideas = found(state, ("ai",))
        yield Direction(f"{who}: a breakthrough raises the innovations to be expected", "breakthrough", ideas, UP)
    yield Direction("a bill raises public spending", "bill", seen("public_spending", US), UP)
    yield Direction("a bill raises basic research", "bill", seen("rd_basic", US), UP)
    yield Direction("a bill raises R&D", "bill", seen("rd_total", US), UP)
    yield Direction("a review lays up stocks", "review", seen("stock", US), UP)
    yield Direction("a review raises self-sufficiency", "review", home(US, MINERALS), UP)
    yield Direction("a review lowers dependence", "review", seen("dependence", US), DOWN)
    yield Direction("a review lowers the risk", "review", seen("risk", US), DOWN)


def sold(origin: int, market: int, goods: tuple[str, ...] = ALL) -> Measure:
    """What an origin's firms receive in a market."""
    return seen("flows", origin, market, goods=goods)


def abroad(state: int) -> Measure:
    """Exports to third markets."""
    return added(sold(state, ALLIES), sold(state, REST))


def home(state: int, goods: tuple[str, ...] = ALL) -> Measure:
    """Self-sufficiency."""
    return seen("self_sufficiency", state, goods=goods)


def devices(state: int) -> Measure:
    """Sales of those who need chips and minerals most."""
    return seen("sales", state, goods=DEVICES)


def progress(state: int) -> Measure:
    """Expected rise of firms' technology by innovation and imitation."""
    return seen("expected_progress", state, years=FIRST)


def found(state: int, goods: tuple[str, ...] = ALL) -> Measure:
    """Expected innovations."""
    return seen("expected_innovations", state, goods=goods, years=FIRST)


def fertility(state: int, years: tuple[int, int]) -> Measure:
    """What a given firm finds with given money."""
    return seen("fertility", state, years=years)


def startups(state: int) -> Measure:
    """Firms that enter or would."""
    years = (2021, 2028)
    return added(seen("firms_entered", state, years=years), seen("entrants_turned_away", state, years=years))


_OF_EITHER: Final = (
    *(controls, broad_controls, protection, supply),
    *(research_money, channels, security),
)
ALL_DIRECTIONS: Final = (
    *(told for table in _OF_EITHER for me, rival in ((US, CHINA), (CHINA, US)) for told in table(me, rival)),
    *governments(),
    *happenings(),
)
_LUCK: Final = "the effect is smaller than that of single discoveries by leading firms"
_FINISHED: Final = (
    "market.burden: without the rival's inputs its finished goods become dearer; "
    "the sender sells more of those, at home and in third markets"
)
_FRINGE: Final = (
    "market.fringe_growth: makers in third countries do not feel what they miss; the two states' makers compare"
)
_INDUCED: Final = (
    "research.log_incentive and inducement: home makers that sell more and must replace inputs do more R&D"
)
_SAFER: Final = "security.hazard: who buys less from its rival has fewer incidents, and incidents lower trust as well"
_SEARCH: Final = "ideas.prospects: who can imitate less spends less effort on imitation, so finds more of its own"
_LAG: Final = (
    "ideas.discoveries: a rise of 2-3 % in the mean of the sets is lost in the luck of 15 years (8 % in a set); "
    "once the programme has ended, a given firm does find more"
)
_SCARCE: Final = (
    "research.research_price: more pay brings no more researchers; while it is paid, "
    "their price takes most of what knowledge gives"
)
_GAP: Final = (
    "perception.threat: dear researchers cost the spender discoveries at first, and a smaller gap calms the rival"
)
_LABELS: Final = "research.log_effectiveness: money is relabelled and researchers are dear at once, R&D follows later"
_ALLIED: Final = (
    "knowledge.allied_knowledge: what is learnt from allies makes home firms better, whose share rises again"
)

FAILED: Final[dict[str, Failure]] = {
    "China: stricter control lowers the target's real income": Failure(0.91, _LUCK + "; two hundredths of a percent"),
    "China: stricter control lowers the sender's R&D in them": Failure(0.90, _LUCK),
    "China: stricter control lowers the target's sales of devices made of them": Failure(0.93, _LUCK),
    "United States: broad controls slow the rival's progress": Failure(0.83, _INDUCED),
    "China: broad controls slow the rival's progress": Failure(0.77, _INDUCED),
    "United States: broad controls lower the sender's exports": Failure(0.93, _FINISHED),
    "United States: broad controls lower the sender's sales": Failure(0.80, _FINISHED),
    "United States: broad controls lower the sender's R&D": Failure(0.88, _FINISHED),
    "United States: broad controls lower the sender's innovations to be expected": Failure(0.93, _FINISHED),
    "China: broad controls lower the rival's real income": Failure(
        0.83, "accounts.output: home makers' sales in place of imports outweigh the users' costs"
    ),
    "United States: broad controls lower the rival's trust": Failure(0.76, _SAFER),
    "China: broad controls lower the rival's trust": Failure(0.86, _SAFER),
    "China: full denial lowers a listed firm's innovations to be expected": Failure(
        0.94, "research.inducement: US firms use little from China, and replacing it adds more R&D than its lack costs"
    ),
    "China: full denial lowers sales of listed firms": Failure(0.70, _LUCK + "; US firms use little from China"),
    "United States: localised procurement raises sales of allies there": Failure(0.94, _LUCK),
    "United States: tariffs lower the rival's real income": Failure(0.88, _LUCK),
    "United States: tariffs lower one's own real income": Failure(
        0.66, "accounts.output: home makers' sales in place of imports weigh as much as dearer goods"
    ),
    "United States: cooperation makes goods cheaper": Failure(0.80, _LUCK),
    "China: cooperation makes goods cheaper": Failure(0.89, _LUCK),
    "China: cooperation lowers self-sufficiency": Failure(0.89, _ALLIED),
    "United States: basic research raises the innovations to be expected after its lag": Failure(0.65, _LAG),
    "China: basic research raises the innovations to be expected after its lag": Failure(0.64, _LAG),
    "United States: lasting basic research lets a given firm find more after its lag": Failure(0.62, _SCARCE),
    "China: lasting basic research lets a given firm find more after its lag": Failure(0.89, _SCARCE),
    "United States: applied research alarms the rival": Failure(0.88, _GAP),
    "China: applied research alarms the rival": Failure(0.93, _GAP),
    "United States: a tax credit raises the innovations to be expected": Failure(0.90, _LABELS),
    "China: a tax credit raises the innovations to be expected": Failure(0.89, _LABELS),
    "United States: own progress slows with outbound screening": Failure(0.92, _SEARCH),
    "China: the rival's progress slows with inbound screening": Failure(0.92, _SEARCH),
    "United States: science limits lower own innovations to be expected": Failure(
        0.50, _SEARCH + "; Chinese science adds one percent to US public knowledge"
    ),
    "China: science limits lower the rival's innovations to be expected": Failure(
        0.49, _SEARCH + "; Chinese science adds one percent to US public knowledge"
    ),
    "United States: science limits lower the rival's innovations to be expected": Failure(0.94, _SEARCH),
    "China: science limits lower own innovations to be expected": Failure(0.94, _SEARCH),
    "China: visa limits lower the number of own researchers": Failure(
        0.0, "talent.researchers: five thousand a year left China for the United States and one came; limits keep both"
    ),
    "China: visa limits raise the rival's risk": Failure(
        0.93, "security.exposure: China's firms learn less, sell less digital goods, and so offer less to espionage"
    ),
    "incidents lower real income": Failure(
        0.68, "access.openness: what the spy learns makes goods cheaper for both sides; and " + _LUCK
    ),
    "United States: missing chips of allies make chips dear": Failure(0.91, _LUCK),
    "United States: missing chips lower real income": Failure(
        0.39, "accounts.output: US chip makers sell in place of the allies' and gain as much as users lose"
    ),
    "United States: missing chips lower sales of devices": Failure(0.11, _FRINGE),
    "China: missing chips lower sales of devices": Failure(0.88, _FRINGE),
}
