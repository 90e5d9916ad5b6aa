"""Samples: one world's panel as a table of firms and years, with what a study calls treatment.

Everything that makes a firm treated is measured before the treatment; being listed alone is what happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from techduel.facts.selection import known_sectors
from techduel.model.axes import Numbers
from techduel.studies.micro.laboratory import Arms, Roles
from techduel.studies.micro.panel import Panel
from techduel.studies.micro.protocol import Finding, Study

if TYPE_CHECKING:
    import pandas as pd

SANCTIONED: Final = 0.1
"""Share of a sector's sales by listed firms from which it is a sanctioned field (assumption)."""
FLOW_NAMES: Final = ("sales", "profit", "rd", "filings", "innovations", "discoveries")
STOCK_NAMES: Final = ("productivity", "cash")
CELL_NAMES: Final = ("from_rival", "from_others")

type Tables = "tuple[pd.DataFrame, pd.DataFrame]"
"""One world's table with the treatment and without."""


@dataclass(frozen=True, slots=True)
class Before:
    """What one world looked like before the treatment."""

    study: Study
    world: int
    """Place among the worlds of the panel."""
    roles: Roles
    panel: Panel
    """With the treatment."""

    def firms(self, name: str, state: int) -> Numbers:
        """Mean of a field over the years before, (sector, slot)."""
        return self.panel.firms[name][self.world, state][..., self._years].mean(axis=-1)

    def cells(self, name: str, state: int) -> Numbers:
        """Mean over the years before, (sector,)."""
        return self.panel.cells[name][self.world, state][:, self._years].mean(axis=-1)

    def there(self, state: int) -> NDArray[np.bool_]:
        """Firms that lived through all years before, (sector, slot)."""
        return self.panel.present[self.world, state][..., self._years].all(axis=-1)

    @property
    def listed(self) -> NDArray[np.bool_]:
        """Firms of the target that are on the list in the first whole year after the listings, (sector, slot)."""
        place = self.panel.at([min(self.study.starts, int(self.panel.years[-1]))])[0]
        on = self.panel.firms["listed"][self.world, self.roles.target, ..., place] > 0.0
        before = self.panel.firms["listed"][self.world, self.roles.target, ..., self._years[-1]] > 0.0
        return on & ~before & self.there(self.roles.target)

    @property
    def _years(self) -> NDArray[np.int_]:
        return self.panel.at(self.study.before)


def relative(exposure: Numbers) -> Numbers:
    """Exposures in units of the mean exposure of those that are much exposed: the upper half of the positive ones."""
    positive = exposure[exposure > 0.0]
    if not positive.size:
        return exposure
    return exposure / positive[positive >= np.median(positive)].mean()


def firm_terms(before: Before, state: int) -> dict[str, Numbers]:
    """Columns by firm of a state, (sector, slot) each."""
    sectors, slots = before.there(state).shape

    def wide(values: Numbers) -> Numbers:
        return np.broadcast_to(values[:, None], (sectors, slots))

    terms = {name: before.firms(name, state) for name in ("tied", "owned")}
    terms["size"] = np.log(np.maximum(before.firms("sales", state), 1e-300))
    terms |= {name: wide(values) for name, values in sector_terms(before).items()}
    terms["field_tied"], terms["field_owned"] = terms["field"] * terms["tied"], terms["field"] * terms["owned"]
    if state == before.roles.target:
        terms |= _of_targets(before, terms)
    return terms


def _of_targets(before: Before, terms: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Columns that only the treated state's firms have."""
    listed, there = before.listed.astype(float), before.there(before.roles.target)
    made = before.firms("innovations", before.roles.target)
    usual = np.median(made[before.listed]) if before.listed.any() else 0.0
    stock = (made > usual).astype(float)
    importer = before.firms("dependence", before.roles.target) * terms["foreign"]
    return {
        "dose": relative(np.where(there, importer, 0.0)),
        "listed": listed,
        "stock": stock,
        "listed_tied": listed * terms["tied"],
        "listed_near": listed * terms["near"],
        "listed_stock": listed * stock,
    }


def sector_terms(before: Before) -> dict[str, Numbers]:
    """Columns by sector, (sector,) each: position, use of what is denied, and links to listed firms."""
    panel, (sender, target) = before.panel, (before.roles.sender, before.roles.target)
    denied = np.array([name in before.study.restricted for name in known_sectors().names], dtype=float)
    spent = before.cells("spent", target)
    lead = before.cells("frontier", sender) - before.cells("frontier", target)
    sales = before.firms("sales", target) * before.there(target)
    listed = (sales * before.listed).sum(axis=1)
    share = listed / sales.sum(axis=1)
    bought = panel.input_share @ listed * panel.link_scale[before.world, target]
    home, rival = before.cells("from_home", target) / spent, before.cells("from_rival", target) / spent
    return {
        "maker": denied,
        "foreign": (denied * rival) @ panel.input_share * (1.0 - denied),
        "near": (lead.mean() - lead) / lead.std(),
        "field": (share >= SANCTIONED).astype(float),
        "sanctioned": relative(share),
        "upstream": relative(home * bought / before.cells("cell_sales", target)),
        "downstream": relative((home * share) @ panel.input_share),
        "supplier": relative(rival * bought / before.cells("cell_sales", sender)),
    }


def decoupling(panel: Panel, world: int) -> Numbers:
    """1 less the openness of knowledge, both states' mean, relative to the first year; (sector, year)."""
    openness = panel.cells["open"][world].mean(axis=0)
    return 1.0 - openness / openness[:, :1]


def samples(study: Study, arms: Arms, world: int, roles: Roles) -> dict[str, Tables]:
    """One world's tables, with the treatment and without, for each kind of firms that findings are about.

    Rows are firms and years. Columns: firm, sector, year, the fields of firms, market, and the terms, which are those
    of the treated world in both.
    """
    before = Before(study, world, roles, arms.treated)
    both = (arms.treated, arms.untreated)
    shift = decoupling(arms.treated, world)

    def of_state(state: int) -> Tables:
        terms = firm_terms(before, state)
        first, second = (_table(part, before, state, terms, shift) for part in both)
        return first, second

    inputs = _inputs(arms.treated, before), _inputs(arms.untreated, before)
    return {"target": of_state(roles.target), "sender": of_state(roles.sender), "inputs": inputs}


def chosen(finding: Finding, tables: Mapping[str, Tables]) -> Tables:
    """The tables of a finding, without the firms that it leaves out."""
    first, second = tables[finding.firms]
    if not finding.without:
        return first, second
    return first[~(first[finding.without] > 0.0)], second[~(second[finding.without] > 0.0)]


def _table(panel: Panel, before: Before, state: int, terms: Mapping[str, Numbers], shift: Numbers) -> "pd.DataFrame":
    """Firm-years of the firms that were there before, as long as they live."""
    import pandas as pd

    world = before.world
    last = before.panel.at(before.study.before)[-1]
    same = panel.spell[world, state] == before.panel.spell[world, state][..., last : last + 1]
    there = before.there(state)[..., None]
    sector, slot, year = np.nonzero(panel.present[world, state] & same & there)
    columns = {
        "firm": sector * panel.present.shape[3] + slot,
        "sector": sector,
        "year": panel.years[year],
        "market": np.log(panel.cells["market"][world, state][sector, year]),
        "decoupling": shift[sector, year],
    }
    columns |= {name: panel.firms[name][world, state][sector, slot, year] for name in (*FLOW_NAMES, *STOCK_NAMES)}
    return pd.DataFrame(columns | {name: values[sector, slot] for name, values in terms.items()})


def _inputs(panel: Panel, before: Before) -> "pd.DataFrame":
    """What the target's market buys abroad, sector by sector: each sector is a firm of this table."""
    import pandas as pd

    state, (sectors, years) = before.roles.target, panel.cells["market"].shape[2:]
    sector, year = np.divmod(np.arange(sectors * years), years)
    columns = {"firm": sector, "sector": sector, "year": panel.years[year]}
    columns["market"] = np.log(panel.cells["spent"][before.world, state].reshape(-1))
    columns |= {name: panel.cells[name][before.world, state].reshape(-1) for name in CELL_NAMES}
    columns["maker"] = sector_terms(before)["maker"][sector]
    return pd.DataFrame(columns)
