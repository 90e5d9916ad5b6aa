"""Figures of a study on firms: its coefficients beside the published bands, and its event studies."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.report.marks import (
    BLUE,
    GREY,
    PALE,
    Album,
    Axis,
    Bar,
    Bars,
    Curve,
    Dot,
    Fan,
    Ink,
    Key,
    Picture,
    Whisker,
    dot,
    rows_of,
)
from techduel.scenario.fingerprint import version
from techduel.statistics.tables import Lines, column
from techduel.studies.evidence.figures import COLOUR_OF
from techduel.studies.evidence.published import LARGEST
from techduel.studies.micro.protocol import Study
from techduel.studies.micro.tables import COLUMNS, EVENT_COLUMNS, read_estimates, read_events

TICKS: Final = (-300, -100, -30, -10, -5, 0, 5, 10, 30, 100, 300)
A_ROW: Final = 3
"""Event studies side by side."""


def draw_study(folder: Path, study: Study, config: Mapping[str, Any]) -> None:
    """Draw both figures of a stored study into its ``figures/``."""
    from techduel.report.page import save_all

    made = f"Techduel {version()}, {config['worlds']} worlds, seed {config['seed']}."
    save_all(Album(_pictures(folder, study), made, dict(config)), folder)


def _pictures(folder: Path, study: Study) -> Iterator[tuple[str, Picture]]:
    estimates, events = read_estimates(folder), read_events(folder)
    name = folder.name.replace("_", " ")
    yield "coefficients", coefficients(f"{name}: published and in the model", study.paper, estimates)
    yield "event_studies", event_studies(f"{name}: year by year", study, estimates, events)


def coefficients(title: str, paper: str, estimates: Lines) -> Picture:
    """Estimates with two standard errors, placebos and published bands."""
    colours = [COLOUR_OF.get(one["net_verdict"], GREY) for one in estimates]
    estimate, error, low, high, placebo = (
        column(estimates, name) for name in ("estimate", "se", "low", "high", "placebo")
    )
    ends = [*(column(estimates, name) for name in ("q05", "q95")), estimate, placebo, low, high]
    reach = min(1.2 * float(np.nanmax(np.abs(ends))), LARGEST)
    panel = Bars(
        rows=[f"{one['id']} ({one['unit']})" for one in estimates],
        layers=[
            Bar(high, PALE, starts=np.nan_to_num(low)),
            Whisker(estimate - 2.0 * error, estimate + 2.0 * error, colours),
            Dot(estimate, colours),
            Dot(placebo, GREY, size=14**0.5, hollow=True),
        ],
        # Linear around 0, logarithmic beyond, so that bands of hundreds and of single per cents can both be seen.
        across=Axis(
            "per cent or points, as beside each name; logarithmic beyond 10",
            -reach,
            reach,
            scale="symlog",
            ticks=[tick for tick in TICKS if abs(tick) <= reach],
            zero=True,
        ),
    )
    return Picture(
        title=title,
        source=paper,
        panels=[panel],
        columns=COLUMNS,
        rows=[tuple(one[name] for name in COLUMNS) for one in estimates],
        height=0.24 * len(estimates) + 1.4,
        note="Grey: published band; dots: mean over worlds, lines: two standard errors; rings: placebo; colours: the"
        " verdict less the placebo.",
        keys=[Key(name, Ink(colour, marker="o", size=4)) for name, colour in COLOUR_OF.items()],
    )


def event_studies(title: str, study: Study, estimates: Lines, events: Lines) -> Picture:
    """Effects year by year, a panel a finding."""
    first_of_last_row = max(0, len(estimates) - A_ROW)
    panels = [
        _course(one, [event for event in events if event["id"] == one["id"]], study, place >= first_of_last_row)
        for place, one in enumerate(estimates)
    ]
    return Picture(
        title=title,
        source=study.paper,
        panels=panels,
        columns=EVENT_COLUMNS,
        rows=[tuple(event[name] for name in EVENT_COLUMNS) for event in events],
        height=1.5 * rows_of(len(panels), A_ROW) + 1.1,
        note="Dots: mean over worlds, lines: two standard errors; ring: the year that others are compared with.",
        side_by_side=A_ROW,
    )


def _course(one: Mapping[str, Any], points: Lines, study: Study, last: bool) -> Fan:
    """The event study of one finding."""
    years, effect, error = (column(points, name) for name in EVENT_COLUMNS[1:])
    reference = _reference(study)
    reach = range(int(min(*years, reference)), int(max(*years, reference)) + 1)
    curves = [
        Curve(years, effect, dot(BLUE, 2.5), errors=(effect - 2.0 * error, effect + 2.0 * error)),
        Curve(np.array([float(reference)]), np.zeros(1), dot(BLUE, hollow=True)),
    ]
    across = Axis(_since(study) if last else "", ticks=list(reach))
    return Fan(curves, one["id"], across, Axis(one["unit"], zero=True, most=4))


def _reference(study: Study) -> int:
    """The year that others are compared with: the last before the treatment, or the one before a shock."""
    return 0 if study.plans is None else -1


def _since(study: Study) -> str:
    return f"years from {study.before[-1]}" if study.plans is None else "years from the shock"
