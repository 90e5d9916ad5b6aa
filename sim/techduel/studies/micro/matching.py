"""Controls matched on their path: firms that did as the treated did before anybody was treated."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from techduel.model.axes import Mask, Numbers
from techduel.studies.micro.protocol import Matching

if TYPE_CHECKING:
    import pandas as pd

LOGS: Final = ("sales", "rd")
"""Quantities of a path that count by their ratio."""
WEIGHT: Final = "weight"
"""Column of how much a firm counts."""


def matched(rows: "pd.DataFrame", matching: Matching, years: Sequence[int]) -> "pd.DataFrame":
    """Treated firms and, for each, the untreated whose path lies nearest, with their weights.

    A treated firm counts 1; each of its neighbours one part of that, and as often as it is one. Firms without a whole
    path are left out.

    Parameters
    ----------
    rows : DataFrame
        Firms by year.
    matching : Matching
    years : sequence of int
        Before the treatment.
    """
    path = paths(rows, matching.path, years)
    treated = rows.groupby("firm")[matching.treated].max().reindex(path.index) > 0.0
    weights = _weights(path.to_numpy(), treated.to_numpy(), matching.neighbours)
    kept = dict(zip(path.index.tolist(), weights.tolist(), strict=True))
    weighted = rows.assign(**{WEIGHT: rows["firm"].map(kept).fillna(0.0)})
    return weighted[weighted[WEIGHT] > 0.0]


def paths(rows: "pd.DataFrame", quantities: Sequence[str], years: Sequence[int]) -> "pd.DataFrame":
    """What firms did in the years before, by firm: columns are quantities by year, logs where ratios count."""
    early = rows[rows["year"].isin(years)].pivot(index="firm", columns="year", values=list(quantities))
    logs = [column for column in early.columns if column[0] in LOGS]
    early[logs] = np.log(early[logs].where(early[logs] > 0.0))
    return early.dropna()


def _weights(path: Numbers, treated: Mask, neighbours: int) -> Numbers:
    """How much each firm counts, (firm,)."""
    spread = path.std(axis=0)
    scaled = path / np.where(spread > 0.0, spread, 1.0)
    controls = np.flatnonzero(~treated)
    found = treated.astype(float)
    for firm in np.flatnonzero(treated):
        distance = ((scaled[controls] - scaled[firm]) ** 2).sum(axis=1)
        nearest = controls[np.argsort(distance, kind="stable")[:neighbours]]
        found[nearest] += 1.0 / neighbours
    return found
