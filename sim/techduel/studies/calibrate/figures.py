"""Figures of a calibration, from its tables: moments beside the record before and after, how far parameters narrowed.

Moments take a page each for either state, for the ratio of both, and for firms, so that their names can be read.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.report.marks import AMBER, BLUE, GREY, TITLES, Album, Area, Axis, Bars, Dot, Key, Picture, Whisker, line
from techduel.statistics.tables import Lines, column, read_lines
from techduel.studies.calibrate.tables import IDENTIFIED, MAKING, MOMENTS, PARAMETERS, WEAKLY

BEFORE, AFTER = AMBER, BLUE
WIDEST: Final = 8.0
"""Standard deviations at which bands are cut off in the picture; the table has them all."""
SHOWN: Final = 40
"""Parameters in the picture, the most narrowed first."""
ROW: Final = 0.19
"""Inches of a line of a picture."""
RATIO: Final = "China over United States"
WORDS: Final[Mapping[str, str]] = {
    "gdp_lcu": "GDP",
    "gerd_pct_gdp": "R&D over GDP",
    "rd_bus_funded_pct_gdp": "R&D that business pays, over GDP",
    "basic_share": "basic research, share of R&D",
    "basic_share_2018": "basic research, share of R&D (article)",
    "researchers_per_million": "researchers per head",
    "digital_value_added": "digital industries, share of value added",
    "digital_core_2020": "digital core, share of GDP (article)",
    "electronics_shares": "electronics, share of value added",
    "software_shares": "software, share of value added",
    "pharma_shares": "drugs, share of value added",
    "electrical_shares": "electrical equipment, share of value added",
    "patents": "PCT applications",
    "chip_self_sufficiency": "chips made at home, share of the market",
    "sei_share": "strategic emerging industries, share of GDP",
    "frontier_pace": "pace of frontiers",
    "price_fall": "fall of digital prices",
    "chip_lead": "lead in chips",
    "entry_rate": "entry of firms",
    "exit_rate": "exit of firms",
    "size_tail": "tail of firms' sizes",
    "size_tail_panel": "tail of sizes, largest in R&D",
    "top_ten": "share of the ten largest in R&D",
    "rd_growth_spread": "spread of growth of R&D",
    "growth_shape": "shape of growth of firms",
    "panel_intensity": "R&D over sales, largest in R&D",
    "dominance": "dominance of one firm",
}
"""Of moments."""
BANDS: Final = (
    "Bands: 5-95 % of sets, in standard deviations of error, miss and luck; 0 is the record. "
    f"Grey: not fitted. Cut off at {WIDEST:g}."
)


@dataclass(frozen=True, slots=True)
class MomentPage:
    """Which moments a page shows."""

    title: str
    state: str | None
    """Statistics of this state; without one, all that are of firms or of the article."""

    def holds(self, moment: Mapping[str, Any]) -> bool:
        """Whether it shows a moment."""
        if self.state is None:
            return bool(moment["kind"] != "history")
        return (moment["kind"], moment["state"]) == ("history", self.state)

    def name(self, moment: Mapping[str, Any]) -> str:
        """What it calls a moment."""
        state = f", {TITLES.get(moment['state'], RATIO)}" if self.state is None else ""
        return f"{WORDS[moment['moment']]}{state} {moment['year']}"


PAGES: Final[Mapping[str, MomentPage]] = {
    **{f"moments_{state}": MomentPage(title, state) for state, title in TITLES.items()},
    "moments_ratios": MomentPage(RATIO, "china/us"),
    "moments_firms": MomentPage("firms, and figures of the article", None),
}
"""By name of the figure."""


def draw_calibration(folder: Path) -> None:
    """All figures of a result folder that has its tables, into its ``figures/``."""
    from techduel.report.page import save_all

    making = json.loads((folder / MAKING).read_text(encoding="utf-8"))
    made = f"Techduel {making['version']}, record until {making['until']}, {making['members']} sets."
    origin = {name: making[name] for name in ("version", "config", "sources", "until", "members", "steps", "seed")}
    save_all(Album(_pictures(folder, making["chance"]), made, origin), folder)


def _pictures(folder: Path, chance: Sequence[float]) -> Iterator[tuple[str, Picture]]:
    for name, page in PAGES.items():
        yield name, moments([*filter(page.holds, read_lines(folder / MOMENTS))], page)
    yield "parameters", parameters(read_lines(folder / PARAMETERS), chance)


def moments(shown: Lines, page: MomentPage) -> Picture:
    """Moments less the record, before and after."""
    panel = Bars(
        rows=[page.name(moment) for moment in shown],
        layers=[*_band(shown, "prior", BEFORE, -0.2), *_band(shown, "posterior", AFTER, 0.2)],
        across=Axis("model less record, standard deviations", -WIDEST, WIDEST, zero=True),
    )
    keys = [Key("prior", line(BEFORE)), Key("posterior", line(AFTER))]
    title = f"Moments beside the record: {page.title}"
    return _listed(title, "Records: docs/calibration.md.", panel, shown, BANDS, keys)


def _band(shown: Lines, name: str, colour: str, shift: float) -> tuple[Whisker, Dot]:
    scale = np.hypot(column(shown, "tolerance"), column(shown, "luck"))
    record = column(shown, "observed")
    low, middle, high = (
        np.clip((column(shown, f"{name}_{part}") - record) / scale, -WIDEST, WIDEST)
        for part in ("q05", "median", "q95")
    )
    colours = [colour if moment["fitted"] == "yes" or name == "prior" else GREY for moment in shown]
    return Whisker(low, high, colours, shift, 1.8, 0.6), Dot(middle, colours, shift, size=8**0.5)


def parameters(lines: Lines, chance: Sequence[float]) -> Picture:
    """How far the record narrows each parameter, the most narrowed first."""
    ranked = sorted(lines, key=lambda parameter: float(parameter["sd_ratio"]))
    shown = ranked[:SHOWN]
    panel = Bars(
        rows=[parameter["parameter"] for parameter in shown],
        layers=[Dot(column(shown, "sd_ratio"), AFTER, size=12**0.5)],
        across=Axis("standard deviation after over before", 0.0, 1.15),
        lines=[(IDENTIFIED, "dashed", "identified"), (WEAKLY, "dashed", "weakly")],
        areas=[Area(*chance)],
    )
    note = (
        "Standard deviation of scores after over before; grey: what chance does to columns without meaning. The "
        f"{len(shown)} most narrowed of {len(ranked)} parameters, the others are in the table."
    )
    return _listed("What the record tells of parameters", "Own computation.", panel, ranked, note)


def _listed(title: str, source: str, panel: Bars, table: Lines, note: str, keys: Sequence[Key] = ()) -> Picture:
    """A page with a line for each name, and its table."""
    return Picture(
        title=title,
        source=source,
        panels=[panel],
        columns=list(table[0]),
        rows=[tuple(row.values()) for row in table],
        height=ROW * len(panel.rows) + 1.3,
        note=note,
        keys=keys,
    )
