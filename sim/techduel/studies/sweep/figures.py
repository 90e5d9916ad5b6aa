"""Figures of a sweep: main effects, one interaction, points as lines, lead against cost."""

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.headlines import INCOME
from techduel.ensemble.paired import LEAD
from techduel.model.axes import STATES
from techduel.report.marks import (
    COLOURS,
    GREEN,
    GREY,
    LEVEL_COLOURS,
    TITLES,
    Album,
    Axis,
    Curve,
    Dots,
    Fan,
    Ink,
    Map,
    Picture,
    Plane,
    Scale,
    Threads,
    dot,
)
from techduel.studies import frame
from techduel.studies.sweep.effects import (
    Effect,
    Key,
    Level,
    Points,
    classes,
    effects,
    pair,
    read_points,
    readable,
    strongest,
    title,
)

MOST_FACTORS: Final = 6
"""Columns that a page has room for."""
MOST_LINES: Final = 300
"""Points as lines; of more, every so many-th."""
ERRORS: Final = 1.64
"""Standard errors on either side: 90 % of a normal distribution."""
LONGEST: Final = 14
"""Letters of a name on an axis."""
SOURCE: Final = "Own computation. Change against everything as configured"


def album(_config: Mapping[str, Any], folder: Path) -> Album:
    """Every figure of a sweep's tables."""
    points = read_points(folder)
    config = points.config
    more = {"design": config["design"], "points": len(points.places), "runs": points.runs}
    size = f"{more['design']}, {more['points']} points, {more['runs']} runs each"
    rest = f"; to {config['base']['horizon']}. Dollars of 2020"
    return frame.album(config, folder, pictures(points), size, rest, **more)


def pictures(points: Points) -> Iterator[tuple[str, Picture]]:
    """Every figure that a sweep allows, by the name of its files."""
    ranked = strongest(points)
    if not ranked:
        return
    yield "main_effects", main_effects(points, ranked[:MOST_FACTORS])
    both = pair(points)
    if both is not None:
        yield "interaction", interaction(points, both)
    yield "parallel", parallel(points, ranked[:MOST_FACTORS])
    if {(LEAD, STATES[0]), *((INCOME, state) for state in STATES)} <= points.changes.keys():
        yield "lead_and_cost", lead_and_cost(points, ranked[0])


def main_effects(points: Points, factors: Sequence[str]) -> Picture:
    """Change of each outcome along each of the strongest factors."""
    by_place = {
        (key, effect.factor): effect
        for key in points.changes
        for effect in effects(points, key)
        if effect.factor in factors
    }
    shown = [name for name in factors if any(factor == name for _, factor in by_place)]
    most = 3 if len(shown) <= 4 else 2
    return Picture(
        title="What each factor does",
        source=f"{SOURCE}.",
        panels=[
            _course(points, key, name, by_place.get((key, name)), most) for key in points.changes for name in shown
        ],
        columns=("outcome", "state", "factor", "level", "value", "mean", "se", "points", "share_of_variance", "unit"),
        rows=[
            (*key, factor, level.title, *_numbers(level), effect.share, points.units[key])
            for (key, factor), effect in by_place.items()
            for level in effect.levels
        ],
        height=1.75 * len(points.changes) + 1.2,
        note="Means over points of medians over runs; bars: 1.64 standard errors over points; per cent: part of the "
        "variance over points.",
        side_by_side=len(shown),
        same="table",
    )


def _numbers(level: Level) -> tuple[float, ...]:
    return level.middle, level.mean, level.error, level.points


def _course(points: Points, key: Key, factor: str, effect: Effect | None, most: int) -> Fan:
    up, across = Axis(_label(key, points.units[key]), zero=True), _wrapped(factor, 12)
    if effect is None:
        return Fan([], "", Axis(across), up)
    values, means, errors, _ = np.array([_numbers(level) for level in effect.levels]).T
    reach = ERRORS * np.nan_to_num(errors)
    curve = Curve(
        values, means, Ink(COLOURS.get(key[1], GREEN), marker="o", size=3), errors=(means - reach, means + reach)
    )
    named = any(level.title.isidentifier() for level in effect.levels)
    names = [_short(level.title) for level in effect.levels]
    side = Axis(across, ticks=values, names=names, upright=True) if named else Axis(across, most=most)
    return Fan([curve], "" if math.isnan(effect.share) else f"{100 * effect.share:.0f} %", side, up)


def interaction(points: Points, both: tuple[str, str]) -> Picture:
    """Means of outcomes by two factors at once."""
    (first, titles, _), (second, other_titles, _) = (classes(points, points.factor(name)) for name in both)
    cells = {}
    for key, values in points.changes.items():
        cells[key] = np.full((len(titles), len(other_titles)), math.nan)
        for one, other in np.ndindex(cells[key].shape):
            part = values[(first == one) & (second == other)]
            cells[key][one, other] = np.nanmean(part) if np.isfinite(part).any() else math.nan
    columns, rows = ([_short(name.removeprefix("about ")) for name in names] for names in (titles, other_titles))
    return Picture(
        title=f"{both[0]} and {both[1]} together",
        source=f"{SOURCE}: medians over runs, means over points.",
        panels=[
            Map(
                table.T,
                rows if place == 0 else [""] * len(rows),
                columns,
                LEVEL_COLOURS,
                title=_label(key, ""),
                across=both[0],
                up=both[1] if place == 0 else "",
                scale=_unit(points.units[key]),
                upright=True,
                rising=True,
            )
            for place, (key, table) in enumerate(cells.items())
        ],
        columns=("outcome", "state", *both, "mean", "unit"),
        rows=[
            (*key, titles[one], other_titles[other], value, points.units[key])
            for key, table in cells.items()
            for (one, other), value in np.ndenumerate(table)
        ],
        height=3.6,
        note="White: no point.",
        side_by_side=len(cells),
    )


def parallel(points: Points, factors: Sequence[str]) -> Picture:
    """Every point as a line through its factors and outcomes."""
    step = -(-len(points.places) // MOST_LINES)
    chosen = slice(None, None, step)
    places = [points.factor(name) for name in factors]
    names: list[tuple[str, ...]] = [_names(points, place) for place in places] + [()] * len(points.changes)
    titles = [
        *factors,
        *(f"{title(outcome)}, {TITLES[state]}" if state else title(outcome) for outcome, state in points.changes),
    ]
    columns = [points.places[chosen, place] for place in places]
    lines = np.stack([*columns, *(values[chosen] for values in points.changes.values())], axis=1)
    low, high = np.nanmin(lines, axis=0), np.nanmax(lines, axis=0)
    own = len(factors)
    units = (_unit(points.units[key]) for key in points.changes)
    panel = Threads(
        lines,
        [*factors, *(f"{name}, {unit}" for name, unit in zip(titles[len(factors) :], units, strict=True))],
        [_ends(*ends) for ends in zip(low, high, names, strict=True)],
        own,
        scale=textwrap.fill(f"{titles[own]} ({points.units[next(iter(points.changes))]})", 30),
    )
    return Picture(
        title="Points as lines",
        source="Own computation. Outcomes: change against everything as configured.",
        panels=[panel],
        columns=titles,
        rows=[
            tuple(_told(value, own_names) for value, own_names in zip(line, names, strict=True))
            for line in lines.tolist()
        ],
        height=3.8,
        note=f"One point in {step} is shown." if step > 1 else "",
    )


def _ends(low: float, high: float, names: Sequence[str]) -> tuple[str, str]:
    """What stands at the lower and the upper end of an axis."""
    if names:
        return _short(names[int(low)]), _short(names[int(high)])
    least = 1e-3 * (high - low)
    below, above = (readable(end if abs(end) > least else 0.0) for end in (low, high))
    return below, above


def lead_and_cost(points: Points, factor: str) -> Picture:
    """What every point costs each state against the lead that it brings the United States."""
    place = points.factor(factor)
    gain, values, names = points.changes[LEAD, STATES[0]], points.places[:, place], _names(points, place)
    losses = [0.0 - points.changes[INCOME, state] for state in STATES]
    across = "log points of lead that the\nUnited States gain"
    return Picture(
        title="What a lead costs",
        source="Own computation. Medians over runs, against everything as configured, with the same luck.",
        panels=[
            Plane(
                [Dots(gain, loss, dot(GREY, 3), values=values)],
                TITLES[state],
                Axis(across, zero=True),
                Axis("discounted real income lost, %" if state == STATES[0] else "", zero=True),
            )
            for state, loss in zip(STATES, losses, strict=True)
        ],
        columns=(factor, "lead_gained_us_log_points", *(f"income_lost_{state}_percent" for state in STATES)),
        rows=[(_told(value, names), *rest) for value, *rest in zip(values.tolist(), gain, *losses, strict=True)],
        height=3.7,
        scale=Scale(factor, float(np.nanmin(values)), float(np.nanmax(values)), [_short(name) for name in names]),
    )


def _names(points: Points, place: int) -> tuple[str, ...]:
    """Names of a factor's values where it chooses files; none where they are numbers."""
    factor = points.factors[place]
    return tuple(map(str, factor.values)) if factor.chooses else ()


def _told(value: float, names: Sequence[str]) -> Any:
    return names[int(value)] if names and not math.isnan(value) else value


def _label(key: Key, unit: str) -> str:
    outcome, state = key
    words = title(outcome) + (f", {TITLES[state]}" if state else "")
    return textwrap.fill(words, 20) + (f"\n({_unit(unit)})" if unit else "")


def _unit(unit: str) -> str:
    """Short enough for a panel; the caption has the price year."""
    return unit.replace(" of 2020", "")


def _wrapped(name: str, width: int) -> str:
    words = name if len(name) <= width else name.replace("_", " ")
    return textwrap.fill(words, width, break_long_words=False)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
