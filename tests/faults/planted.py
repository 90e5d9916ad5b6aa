"""The faults to plant: for each equation file what stands there, what is put there instead, and which tests must fail.

Signs, indices, axes, dropped terms, states exchanged, wrong parameters. Most must fail a test that was worked out by
hand; where only the slow reference sees a fault, it is named.
"""

from typing import Final, NamedTuple


class Fault(NamedTuple):
    """A line of code that is wrong."""

    path: str
    """Of the file, from the root of the repository."""
    old: str
    """What stands there, once."""
    new: str
    tests: str
    """Test files, without their folder, of which one must fail."""


ACCOUNTS: Final = "test_mechanisms_accounts.py"
BASE: Final = "test_mechanisms_base_year.py"
FIRMS: Final = "test_mechanisms_firms.py"
GOVERNMENT: Final = "test_mechanisms_government.py"
LEVERS: Final = "test_mechanisms_levers.py"
MARKET: Final = "test_mechanisms_market.py"
RESEARCH: Final = "test_mechanisms_research.py"
SECURITY: Final = "test_mechanisms_security.py"
BEST: Final = "test_best_response.py"
EVENTS: Final = "test_events.py"
OUTCOMES: Final = "test_outcomes.py"
POLICIES: Final = "test_policies.py"
REFERENCE: Final = "test_reference.py"
SCHEDULE: Final = "test_schedule.py"

BY_FILE: Final = {
    "access": [
        ("evaded * (1.0 - actions.control_enforcement)", "evaded * (1.0 + actions.control_enforcement)", MARKET),
        ("withheld = rival(broad(", "withheld = (broad(", MARKET),
        ("(1.0 - rival(at_home)) * (1.0 - abroad)", "(1.0 - at_home) * (1.0 - abroad)", MARKET),
        ("(1.0 - rival(actions.counter_intelligence))", "(1.0 - actions.counter_intelligence)", MARKET),
        ("0.5 * (1.0 + actions.talent_recruitment)", "0.5 * (1.0 - actions.talent_recruitment)", MARKET),
        ("(1.0 - rival(actions.outbound_screening))", "(1.0 - actions.outbound_screening)", LEVERS),
        ("(leadership - rival(leadership))", "(rival(leadership) - leadership)", LEVERS),
        ("pull - parameters.allied_stake * stake", "pull + parameters.allied_stake * stake", LEVERS),
        ("np.broadcast_arrays(rival(actions.tariff), support)", "np.broadcast_arrays(actions.tariff, support)", MARKET),
        ("placed[:, state, state] = -support", "placed[:, state, state] = support", LEVERS),
        ("(1.0 + rate) ** (1.0 - elasticity)", "(1.0 + rate) ** -elasticity", MARKET),
        ("1 - state] -= own(licences", "1 - state] += own(licences", LEVERS),
        ("log_price[:, _ALLIES, state] += own(facilitated", "log_price[:, state, _ALLIES] += own(facilitated", LEVERS),
        ("_between_rivals(rival(actions.procurement", "_between_rivals((actions.procurement", MARKET),
        ("(1.0 - actions.listing_denial * (1.0 - leak))", "(1.0 - actions.listing_denial)", LEVERS),
        (
            "everybody, everybody, _with_allies(listed, joining)",
            "everybody, _with_allies(listed, joining), everybody",
            MARKET,
        ),
        ("joining = actions.allied_participation * willing", "joining = actions.allied_participation", LEVERS),
        ("placed[:, _ALLIES, 1 - origin]", "placed[:, _ALLIES, origin]", MARKET),
        ("known.standards_speed / 4.0 *", "known.standards_speed *", LEVERS),
    ],
    "support": [
        ("home_sales * (1.0 - rate)", "home_sales", LEVERS),
        ("(1.0 - rate) ** (elasticity - 1.0)", "(1.0 - rate) ** (1.0 - elasticity)", LEVERS),
        ("np.exp((1.0 - elasticity) * fall)", "np.exp((elasticity - 1.0) * fall)", LEVERS),
    ],
    "market": [
        ("PRIVATE, None] - markets.penalty[..., :1]", "PRIVATE, None] - markets.felt[..., :1]", MARKET),
        ("by_user(hard, markets.felt[..., 1:])", "by_user(hard, markets.felt[..., :1])", MARKET),
        ('"...jk,...j->...k"', '"...kj,...j->...k"', MARKET),
        ("firms.dependence * (1.0 - firms.substituted)", "firms.dependence * (1.0 + firms.substituted)", MARKET),
        ("pull *= elasticity - 1.0", "pull *= elasticity", BASE),
        ("0.5 * (change[:, :1] + change[:, 1:])", "0.5 * (change[:, :1] - change[:, 1:])", MARKET),
        ("* ((1.0 - access.denied) * delivered)", "* (1.0 - access.denied)", LEVERS),
        ("lost / (market + lost)", "lost / market", LEVERS),
        ("withheld / rival(market[:, 0, :N_STATES])", "withheld / market[:, 0, :N_STATES]", MARKET),
        ("np.exp((1.0 - elasticity) * clearing.log_price)", "np.exp((elasticity - 1.0) * clearing.log_price)", MARKET),
        ("total(clearing.share * spent, BUYER) / (1.0 + duty)", "total(clearing.share * spent, BUYER)", MARKET),
        ("rival(sold[:, :N_STATES]) / total(sold, STATE)", "sold[:, :N_STATES] / total(sold, STATE)", LEVERS),
        ("access.leak / (1.0 - access.leak)", "access.leak", MARKET),
        ("third, (first + second) / 2.0)", "third, first)", MARKET),
        ("np.exp(0.25 * np.log(known.appeal_persistence))", "known.appeal_persistence", MARKET),
        ("(now - trend) / (4.0 * known.trend_years)", "(now - trend) / known.trend_years", REFERENCE),
    ],
    "stocks": [
        (
            "np.maximum(action.stockpiles - stock, 0.0) * (1.0 - need)",
            "np.maximum(action.stockpiles - stock, 0.0)",
            LEVERS,
        ),
        ("known.stock_decay / 4.0) - cover * need", "known.stock_decay / 4.0)", LEVERS),
        ("cleared.penalty * (1.0 - cover)", "cleared.penalty", LEVERS),
        ("filled * (ordinary + listed)", "filled * ordinary", LEVERS),
        ("cleared.missing[..., 1:] * listed", "cleared.missing[..., :1] * listed", LEVERS),
    ],
    "research": [
        ("listed = by_user(eased, markets.felt[..., 1:])", "listed = by_user(eased, markets.felt[..., :1])", RESEARCH),
        ("(frontier - rival(frontier)), 0.0)", "(rival(frontier) - frontier), 0.0)", RESEARCH),
        ("np.log1p(value / step) - np.log1p(base / step)", "np.log1p(base / step) - np.log1p(value / step)", RESEARCH),
        ("- parameters.user_cost_elasticity *", "+ parameters.user_cost_elasticity *", RESEARCH),
        ("(1.0 + support) * real / world.states.research_price", "(1.0 + support) * real", RESEARCH),
        (
            "first.rd_total * first.researchers / researchers",
            "first.rd_total * researchers / first.researchers",
            RESEARCH,
        ),
        ("profit[seen] > profit[lookers] + MARGIN", "profit[seen] < profit[lookers] - MARGIN", RESEARCH),
        ("np.maximum(frontier[:, :1], frontier[:, 1:])", "np.minimum(frontier[:, :1], frontier[:, 1:])", RESEARCH),
    ],
    "ideas": [
        ("gap += reach * np.maximum(lead, 0.0)", "gap += reach * np.maximum(-lead, 0.0)", RESEARCH),
        ("log_hazard -= known.imitation_cost * effort", "log_hazard += known.imitation_cost * effort", RESEARCH),
        ("risen *= partners", "risen *= 1.0", RESEARCH),
        ("size + known.difficulty * gain", "size - known.difficulty * gain", RESEARCH),
        ("dearness = dearness - world.outside.ease", "dearness = dearness + world.outside.ease", LEVERS),
        ("- known.basic_elasticity * basic", "+ known.basic_elasticity * basic", RESEARCH),
        ("(1.0 - flat(substituted)[hits]) * gained", "gained", REFERENCE),
        ("np.sqrt(able)", "able", RESEARCH),
        ("-np.log(np.maximum(luck, LEAST_LUCK))", "-np.log1p(-luck)", RESEARCH),
    ],
    "knowledge": [
        ("later[..., -1:] + actions.applied_research / 4.0", "later[..., -1:]", REFERENCE),
        ("known.basic_spillover * science * rival(own)", "known.basic_spillover * science * own", RESEARCH),
        ("gdp[:, N_STATES : N_STATES + 1]", "gdp[:, N_STATES + 1 :]", LEVERS),
        ("usable / (growth + known.basic_depreciation)", "usable / known.basic_depreciation", RESEARCH),
        (
            "known.listing_closure * rival(actions.listing_denial)",
            "known.listing_closure * actions.listing_denial",
            LEVERS,
        ),
        ("known.tie_replaceable * (1.0 - openness), listed", "known.tie_replaceable * openness, listed", LEVERS),
        ("np.minimum(openness + replaced, 1.0)", "openness", LEVERS),
    ],
    "talent": [
        (
            "rival(states.research_price) / states.research_price",
            "states.research_price / rival(states.research_price)",
            RESEARCH,
        ),
        ("- leaving + rival(leaving)", "- leaving", RESEARCH),
        ("known.supply_elasticity * np.log", "-known.supply_elasticity * np.log", REFERENCE),
        ("np.exp(-years / known.graduates_decay)", "np.exp(years / known.graduates_decay)", RESEARCH),
    ],
    "finance": [
        ("balance = profit / 4.0", "balance = profit * 1.0", FIRMS),
        ("rd * (1.0 - actions.tax_credit)", "rd * (1.0 + actions.tax_credit)", FIRMS),
        (
            "np.maximum(balance - known.cash_target * sales, 0.0)",
            "np.maximum(balance - known.debt_limit * sales, 0.0)",
            FIRMS,
        ),
        ("flat(firms.cash)[places] < -limit", "flat(firms.cash)[places] < limit", FIRMS),
    ],
    "entry": [
        ("places, parameters.finance) & ~owned)", "places, parameters.finance) & owned)", FIRMS),
        ("goes & (sales < at_firms(largest", "goes & (sales <= at_firms(largest", FIRMS),
        ("np.log(ecosystem / world", "-np.log(ecosystem / world", FIRMS),
        (
            "(BASE_CAPITAL + capital(actions)) / (BASE_CAPITAL + capital(first))",
            "(BASE_CAPITAL + capital(actions))",
            LEVERS,
        ),
        ("links.input_share.sum(axis=0), 1e-12", "links.input_share.sum(axis=1), 1e-12", FIRMS),
        ("newcomer.technology - known.entrant_gap", "newcomer.technology + known.entrant_gap", FIRMS),
        (
            "written_off = by_cell(gone, flat(firms.cash)[gone], shape)",
            "written_off = by_cell(gone, 0.0 * gone, shape)",
            FIRMS,
        ),
    ],
    "paradigm": [
        ("np.exp(-known.diffusion_speed * years", "np.exp(known.diffusion_speed * years", ACCOUNTS),
        ("known.forecast_trust * excess_growth, excess_growth", "excess_growth, excess_growth", ACCOUNTS),
        ("worn * (common - technology)", "worn * (technology - common)", ACCOUNTS),
        ("0.5 * (mean + rival(mean))", "mean", ACCOUNTS),
    ],
    "accounts": [
        ("growth_shock_persistence * world.states.growth_deviation", "growth_shock_persistence * 0.0", ACCOUNTS),
        ("surprise) * (1.0 - loss)", "surprise) * (1.0 + loss)", SECURITY),
        ("log_price) - known.expected_decline * years", "log_price)", ACCOUNTS),
        ("rest - known.crowding_out * won", "rest + known.crowding_out * won", ACCOUNTS),
        ("known.other_rd_limit * first / previous", "known.other_rd_limit * previous / first", ACCOUNTS),
        (
            "(1.0 - links.other_inputs) - links.use * before",
            "(1.0 - links.other_inputs) + links.use * before",
            ACCOUNTS,
        ),
        ("budgets + total(cells.grants, SECTOR)", "budgets", ACCOUNTS),
        ("credit + support + stocked + programmes", "credit + support + programmes", LEVERS),
        ("actions.tariff * rival(to_rival(flows))", "actions.tariff * to_rival(flows)", LEVERS),
        ("SECTOR) / actions.standards_push.shape[SECTOR]", "SECTOR)", LEVERS),
        (
            "(gdp - known.cost_of_funds * extra) / price_index",
            "(gdp + known.cost_of_funds * extra) / price_index",
            LEVERS,
        ),
        ("- money.tariff_revenue - usual * gdp", "- usual * gdp", LEVERS),
        ("(total(cells.rd, SECTOR) + other_business)", "total(cells.rd, SECTOR)", LEVERS),
    ],
    "government": [
        ("quarter % 4 == 1", "quarter % 4 == 0", GOVERNMENT),
        ("_within(known.support_limit * gdp", "_within(known.budget_limit * gdp", GOVERNMENT),
        ("budget_cut=_programme(action, PROGRAMME)", "budget_cut=_programme(supported, PROGRAMME)", GOVERNMENT),
        ("before + known.screening_speed / 4.0", "before + known.screening_speed", GOVERNMENT),
        ("start + (wanted - start) * kept", "wanted * kept", GOVERNMENT),
        ("_of_the_year(decided, world.decided)", "_of_the_year(decided, world.action)", GOVERNMENT),
    ],
    "listing": [
        ("actions.control_breadth[:, ::-1]", "actions.control_breadth[:, :]", LEVERS),
        ("(firms.alive & ~firms.listed)", "firms.alive", LEVERS),
        ("np.argsort(-line", "np.argsort(line", LEVERS),
        ("left = np.maximum(whole - due, 0.0)", "left = np.maximum(whole, 0.0)", LEVERS),
        ("= at_firms(replaced, places, listed.shape)", "= 0.0", LEVERS),
    ],
    "security": [
        ("_happens(expected.disruption, draws.disruption)", "_happens(expected.disruption, draws.espionage)", SECURITY),
        ("states.incident_memory * (1.0 - known.forgetting / 4.0)", "states.incident_memory", SECURITY),
        ("rival_share(flows) * np.exp(-stock)", "rival_share(flows) * np.exp(stock)", SECURITY),
        ("rival(actions.technology_acquisition) *", "actions.technology_acquisition *", SECURITY),
        ("dependent * (1.0 - trusted)", "dependent * trusted", SECURITY),
        ("(1.0 - rival(closed) - states.trust)", "(1.0 - closed - states.trust)", SECURITY),
        ("followed - known.trust_shock * incidents", "followed + known.trust_shock * incidents", SECURITY),
        ("(incidents - first_risk / 4.0)", "incidents", SECURITY),
    ],
    "perception": [
        (
            "fresh = np.sqrt(1.0 - known.persistence * known.persistence)",
            "fresh = np.sqrt(1.0 - known.persistence)",
            SECURITY,
        ),
        ("(rival(frontier) - frontier) * fields", "(frontier - rival(frontier)) * fields", SECURITY),
        ("(now - before) / (4.0 * known.lag)", "(now - before) / known.lag", SECURITY),
        ("np.log(rival(rd_total) / rd_total)", "np.log(rd_total / rival(rd_total))", SECURITY),
        ("known.weight_rd * _logistic", "known.weight_gap * _logistic", SECURITY),
        ("rd_of_rival(rd_total) + error", "rd_of_rival(rd_total)", SECURITY),
    ],
    "quarter": [
        ("learning.tie_replaced)\n    cells =", "world.cells.tie_replaced)\n    cells =", REFERENCE),
        ("trading.markets.flows, cells.stock, draws", "trading.markets.flows, world.cells.stock, draws", REFERENCE),
        ("perceive(world, cells.frontier", "perceive(world, world.cells.frontier", REFERENCE),
        ("inputs + burden, elasticity", "inputs - burden, elasticity", REFERENCE),
        ("effective -= known.denial_drag", "effective += known.denial_drag", REFERENCE),
        ("np.exp(world.states.output_deviation)", "np.exp(-world.states.output_deviation)", REFERENCE),
        ("intensity * made.rest * np.exp(-user_cost)", "intensity * made.rest * np.exp(user_cost)", REFERENCE),
        ("world.structure.links, sales, cells.sales", "world.structure.links, sales, sales", REFERENCE),
        ("age=firms.age + 0.25", "age=firms.age + 1.0", REFERENCE),
        ("listed_total(world.firms, trading.sales)", "listed_total(firms, trading.sales)", REFERENCE),
    ],
    "base_year": [
        ("institutes - public),\n        grants", "institutes),\n        grants", ACCOUNTS),
        ("position_scale * np.log(by_state", "position_scale * -np.log(by_state", BASE),
        ("log_idea_cost=np.log(world_rd / world_sales)", "log_idea_cost=np.log(world_sales / world_rd)", BASE),
        ("np.log(world_sales / total(count, STATE))", "np.log(world_sales)", BASE),
        ("support=action.grants / spent", "support=action.grants / sales", BASE),
        ("lag = parameters.market.trend_years * trade.growth", "lag = 0.0 * trade.growth", BASE),
    ],
    "base_accounts": [
        ("expected / known.trust_speed", "expected * known.trust_speed", SECURITY),
        ("memory = risk / known.forgetting", "memory = risk * known.forgetting", SECURITY),
        ("+ leaving - leaving[:, ::-1]", "- leaving + leaving[:, ::-1]", RESEARCH),
        ("states.gdp * ours - digital -", "states.gdp * ours -", ACCOUNTS),
        ("knots[:, 1:] += log_levels - np.log(means)", "knots[:, 1:] += 0.0 * means", BASE),
    ],
    "base_trade": [
        ("known[0, 1], known[1, 0] =", "known[1, 0], known[0, 1] =", BASE),
        (
            "base.input_share[None, None, ..., None] / (1.0 - margin",
            "base.input_share[None, None, ..., None] / (1.0 + margin",
            BASE,
        ),
        ("growth_forecast - inflation - economy[:, None]", "growth_forecast - economy[:, None]", BASE),
    ],
    "policies": [
        ("np.exp(own(world.states.output_deviation", "np.exp(-own(world.states.output_deviation", ACCOUNTS),
        (
            "1.0 - np.clip(self.slippage - self.slippage_spread",
            "np.clip(self.slippage - self.slippage_spread",
            ACCOUNTS,
        ),
        ("self.basic_share_target / share) / left", "self.basic_share_target / share)", ACCOUNTS),
        ("kept * needed, 0.0, self.largest_rise", "needed, 0.0, self.largest_rise", ACCOUNTS),
        ("budget * (growth + kept * rise)", "budget * (growth - kept * rise)", ACCOUNTS),
    ],
    "reactions": [
        (
            "self.response * np.maximum(own(world.states.threat, me)",
            "self.response * np.maximum(own(world.states.threat, 1 - me)",
            POLICIES,
        ),
        ("getattr(world.action, name), 1 - me)", "getattr(world.action, name), me)", POLICIES),
        ("self.speed / 4.0 * (aim - excess)", "self.speed / 4.0 * (aim + excess)", POLICIES),
        ("lever + (1.0 - lever) * part", "lever + lever * part", POLICIES),
    ],
    "stances": [
        ("coming(world) >= self.start + self.years", "coming(world) >= self.start - self.years", POLICIES),
        ("self.weights / self.weights.sum() * part", "self.weights * part", POLICIES),
        (
            'aims["control_end_use"] = np.full((1, 1, 1, 1), self.end_use)',
            'aims["control_end_use"] = np.full((1, 1, 1, 1), 1.0 - self.end_use)',
            POLICIES,
        ),
        ("eased(action, LISTING, 0.0)", "eased(action, LISTING, 1.0)", POLICIES),
    ],
    "moves": [
        ("(elapsed + span) / years", "elapsed / years", POLICIES),
        ("np.maximum(getattr(action, name), floor)", "np.minimum(getattr(action, name), floor)", POLICIES),
    ],
    "variants": [
        ("1.0 - 1.0 / self.quarters", "1.0 / self.quarters", POLICIES),
        ("(1.0 - self.cap) * rises[name]", "self.cap * rises[name]", POLICIES),
        ("np.expm1(self.spread *", "np.expm1(-self.spread *", POLICIES),
    ],
    "mitigation": [
        (
            "np.where(enough, low, middle), np.where(enough, middle, high)",
            "np.where(enough, middle, low), np.where(enough, high, middle)",
            POLICIES,
        ),
        ("side_by_side(mine, own(values, 1 - me), me)", "side_by_side(mine, own(values, 1 - me), 1 - me)", POLICIES),
    ],
    "best_response": [
        ("gains.argmax(axis=1)", "gains.argmin(axis=1)", BEST),
        ("np.exp(-ahead / 4.0 / horizon)", "np.exp(ahead / 4.0 / horizon)", BEST),
        ("lead = -lead_of_rival", "lead = lead_of_rival", BEST),
        ("- own(known.security, me)", "+ own(known.security, me)", BEST),
        ("Imagined.of(world, 1 - me, self", "Imagined.of(world, me, self", BEST),
    ],
    "schedule": [
        ("self.start <= coming(world) < self.until", "self.start < coming(world) < self.until", SCHEDULE),
        ("else before * self.amount", "else before / self.amount", SCHEDULE),
        ("1.0 if self.lever in BUDGETS else 0.25", "0.25", SCHEDULE),
    ],
    "events": [
        ("replace(world, outside=QUIET)", "replace(world)", EVENTS),
        ("for name in sorted(events)", "for name in events", EVENTS),
    ],
    "shocks": [
        ("np.exp(-elapsed / fade)", "np.exp(elapsed / fade)", EVENTS),
        ("1.0 - (1.0 - world.outside.disruption) * (1.0 - missing)", "world.outside.disruption + missing", EVENTS),
        ("place(self.state, STATES) * chosen", "place(self.state, STATES[::-1]) * chosen", EVENTS),
    ],
    "politics": [
        ("self.days / 365.0", "self.days / 36.5", EVENTS),
        ("(share > self.threshold) & reviewed", "(share > self.threshold)", EVENTS),
        ("self.amount_high, amount) / self.years", "self.amount_high, amount)", EVENTS),
        ("passes, amount, when = fate[..., :1]", "passes, amount, when = fate[..., 1:2]", EVENTS),
        ("comes & (place(self.state", "comes | (place(self.state", EVENTS),
    ],
    "event": [
        ("(when <= year) & ((when > year - 0.25)", "(when < year) & ((when > year - 0.25)", EVENTS),
    ],
    "outcomes": [
        ("world.cells.sales - market.home_sales", "world.cells.sales + market.home_sales", OUTCOMES),
        (
            "total(flows, ORIGIN)[:, 0, :N_STATES] - market.home_sales",
            "total(flows, ORIGIN)[:, 0, :N_STATES] + market.home_sales",
            OUTCOMES,
        ),
        ("weight = firms.sales * firms.alive", "weight = 1.0 * firms.alive", OUTCOMES),
        ("market.cell_total(share * share)", "market.cell_total(share)", OUTCOMES),
        ("world.cells.ecosystem - entry.BASE_BREADTH", "world.cells.ecosystem", OUTCOMES),
        (
            "1.0 - market.exchange(world.markets.flows) / first",
            "market.exchange(world.markets.flows) / first",
            OUTCOMES,
        ),
        ("return wide[:, :1] + wide[:, 1:]", "return wide[:, :1]", OUTCOMES),
        ("flows[:, :N_STATES] / total(flows, ORIGIN)", "flows[:, :N_STATES] / total(flows, MARKET)", OUTCOMES),
        ("world.states.rd_total - world.states.rd_other", "world.states.rd_total", OUTCOMES),
        (
            '_tagged(world, "digital_core"), SECTOR) + world.states.other_digital',
            '_tagged(world, "digital_core"), SECTOR)',
            OUTCOMES,
        ),
        (
            '"strategic_emerging"), SECTOR)\n    return tagged + world.states.other_emerging',
            '"strategic_emerging"), SECTOR)\n    return tagged',
            OUTCOMES,
        ),
        ("of_quarter(economy.currency_path, 0)", "of_quarter(economy.currency_path, world.quarter)", OUTCOMES),
        ("4.0 * world.firms.innovation", "world.firms.innovation", OUTCOMES),
        ("market.exposure(world.firms) * rival_input_share", "rival_input_share", OUTCOMES),
    ],
    "record": [
        ("levels[..., 5:] / levels[..., 1:-4]", "levels[..., 1:-4] / levels[..., 5:]", ACCOUNTS),
        ("np.where(gap >= 0.0, pace, pace[:, ::-1])", "np.where(gap <= 0.0, pace, pace[:, ::-1])", ACCOUNTS),
    ],
}

FAULTS: Final = tuple(Fault(f"sim/{file}.py", *fault) for file, faults in BY_FILE.items() for fault in faults)
