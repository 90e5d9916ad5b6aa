"""Figures of a game: the phase diagram, payoffs with best answers, what information is worth."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.model.axes import STATES
from techduel.report.marks import (
    CHANGE_COLOURS,
    COLOURS,
    PALETTE,
    TITLES,
    Album,
    Axis,
    Bar,
    Bars,
    Grid,
    Key,
    Map,
    Picture,
    Whisker,
    dot,
)
from techduel.statistics.normal import NORMAL_90
from techduel.studies import frame
from techduel.studies.game.added import stored_stakes
from techduel.studies.game.analysis import Analysis, weights_from
from techduel.studies.game.phases import SURE, diagram
from techduel.studies.game.report import AXES_IN_WORDS, short
from techduel.studies.game.stakes import Stakes
from techduel.studies.game.tables import BETWEEN, Tables, in_words

PHASE_COLOURS: Final = (PALETTE[4], *PALETTE[1:4])
"""Without those of the states."""
REST: Final = "#BDBDBD"
OTHERS: Final = "others"
TICKS: Final = 6


def album(config: Mapping[str, Any], folder: Path, stakes: Stakes | None = None) -> Album:
    """All figures of a game, from its stakes where they are known already."""
    stakes = stakes or stored_stakes(config, folder)
    policies = {"us": list(stakes.rows), "china": list(stakes.columns)}
    pictures, size = _pictures(config, folder, stakes), f"{config['runs']} runs a cell"
    return frame.album(config, folder, pictures, size, policies=policies, weights=config["weights"])


def _pictures(config: Mapping[str, Any], folder: Path, stakes: Stakes) -> Iterator[tuple[str, Picture]]:
    found = Tables(folder)
    yield "phases", phases(config, stakes)
    yield "payoffs", payoffs(Analysis(stakes, weights_from(config["weights"])))
    yield "information", worth_of_information(found)


def phases(config: Mapping[str, Any], stakes: Stakes) -> Picture:
    """The field of equilibria over two settings; hatched where luck and doubt about parameters leave it open."""
    axes = (config["across"], config["up"])
    weights = weights_from(config["weights"])
    across, up, field = diagram(stakes, weights, axes, config["places"])
    names = [[in_words(one.cells, stakes) for one in row] for row in field]
    ranked = _ranked([name for row in names for name in row])
    codes = np.array([[ranked.index(name) if name in ranked else len(ranked) for name in row] for row in names], float)
    colours = [*PHASE_COLOURS[: len(ranked)], REST]
    return Picture(
        title="Which policies both states hold to",
        source=f"Assumed: {AXES_IN_WORDS[axes[0]]} {_of(weights, axes[0])}, {AXES_IN_WORDS[axes[1]]} "
        f"{_of(weights, axes[1])}.",
        panels=[
            Map(
                codes,
                _ticks(up),
                _ticks(across),
                colours,
                (0.0, float(len(ranked))),
                across=AXES_IN_WORDS[axes[0]],
                up=AXES_IN_WORDS[axes[1]],
                rising=True,
                hatched=np.array([[not one.decided for one in row] for row in field]),
            )
        ],
        columns=(axes[0], axes[1], "equilibria", "share", "decided"),
        rows=[
            (float(a), float(b), name, one.share, one.decided)
            for b, row, words in zip(up, field, names, strict=True)
            for a, one, name in zip(across, row, words, strict=True)
        ],
        height=5.2,
        note=f"Pure equilibria, U.S. / China; hatched: not the same in {100 * SURE:.0f} % of resampled parameter sets",
        keys=_keys(ranked, len({name for row in names for name in row})),
        side_by_side=1,
    )


def payoffs(game: Analysis) -> Picture:
    """A table for each state: what every pair of policies is worth to it; stars where it answers best."""
    rows, columns = game.stakes.rows, game.stakes.columns
    better = game.gains()
    panels = []
    for me, state in enumerate(STATES):
        values = game.mean[..., me]
        size = max(float(np.abs(values).max()), 1e-12)
        best = better[me] <= 0.0
        panels.append(
            Grid(
                values / size,
                [short(name) for name in rows],
                [short(name) for name in columns],
                [[f"{value:+.2f}" for value in line] for line in values],
                [["best answer" if one else "" for one in line] for line in best],
                CHANGE_COLOURS,
                title=f"{TITLES[state]}, equivalents of % of income",
            )
        )
    return Picture(
        title="What every pair of policies is worth to either state",
        source="Mean payoff against the first policies of both: income, lead and incidents by the assumed weights.",
        panels=panels,
        columns=("us", "china", "payoff_us", "payoff_china", "best_us", "best_china"),
        rows=[
            (rows[i], columns[j], *game.mean[i, j].tolist(), bool(better[0][i, j] <= 0.0), bool(better[1][i, j] <= 0.0))
            for i in range(len(rows))
            for j in range(len(columns))
        ],
        height=1.4 + 2 * (0.9 + 0.36 * len(rows)),
        note="Rows: United States, columns: China. Green: gain, purple: loss, the deeper the larger. Where both answer "
        "best is a pure equilibrium",
        side_by_side=1,
    )


def worth_of_information(tables: Tables) -> Picture:
    """A row a theme of parameters: what knowing it before the choice would be worth."""
    themes = list(dict.fromkeys(line["theme"] for line in tables.information))
    by_key = {(line["state"], line["theme"]): line for line in tables.information}
    layers: list[Bar | Whisker] = []
    panels = []
    for state in STATES:
        gains = np.array([by_key[state, theme]["gain"] for theme in themes])
        errors = np.nan_to_num(np.array([by_key[state, theme]["se"] for theme in themes]))
        layers = [
            Bar(gains, COLOURS[state]),
            Whisker(np.maximum(gains - NORMAL_90 * errors, 0.0), gains + NORMAL_90 * errors, COLOURS[state], width=1.0),
        ]
        nothing = "" if gains.any() else "no set changes the choice"
        panels.append(Bars(themes, layers, TITLES[state], Axis("equivalents of % of income", most=4), empty=nothing))
    return Picture(
        title="What knowing parameters before the choice would be worth",
        source="Expected value of perfect and partial information against the rival's policy in equilibrium.",
        panels=panels,
        columns=("state", "theme", "gain", "se", "share_other_choice"),
        rows=[
            (line["state"], line["theme"], line["gain"], line["se"], line["share_other_choice"])
            for line in tables.information
        ],
        height=1.3 + 0.3 * len(themes),
        note="Lines: 90 % over resampled parameter sets",
        same="up",
    )


def _ranked(names: Sequence[str]) -> list[str]:
    """Phases by the room that they take, as many as there are colours."""
    counted = sorted(set(names), key=lambda name: (-names.count(name), name))
    return counted[: len(PHASE_COLOURS)]


def _keys(ranked: Sequence[str], phases: int) -> list[Key]:
    """Colours of the phases, and of those that have none of their own."""
    named = [*map(_keyed, ranked), *([OTHERS] if phases > len(ranked) else [])]
    return [Key(name, dot(colour, 6, "s")) for name, colour in zip(named, [*PHASE_COLOURS, REST], strict=False)]


def _keyed(name: str) -> str:
    first, *more = name.split(BETWEEN)
    return "/".join(map(short, first.split(" / "))) + (f" +{len(more)}" if more else "")


def _ticks(values: Any) -> list[str]:
    """Names of the places along an axis, of which a few are shown."""
    every = max(round((len(values) - 1) / (TICKS - 1)), 1)
    return [f"{value:.3g}" if place % every == 0 or value > 1000 else "" for place, value in enumerate(values.tolist())]


def _of(weights: Any, axis: str) -> str:
    return f"{weights.at(axis):.3g}"
