"""Backfire: over two settings, how likely and how much a control hurts the state that imposes it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from techduel.ensemble.compute import Options
from techduel.ensemble.manifest import write_text
from techduel.ensemble.sets import Runs, numbered
from techduel.ensemble.stock import Stock
from techduel.model.axes import STATES
from techduel.scenario.prior import drawn_parameters
from techduel.scenario.scenario import scenario_from
from techduel.scenario.words import worded
from techduel.studies.backfire import box, report, tables
from techduel.studies.backfire.figures import album
from techduel.studies.backfire.places import MEANINGS, Field, field_of, sweep_from
from techduel.studies.backfire.settings import FREE
from techduel.studies.frame import drawing, fill, opening

draw = drawing(album)


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and workers."""
    sweep = sweep_from(config)
    size = (
        f"{' x '.join(config['axes'])} · {len(sweep.distinct)} points x {sweep.runs} runs x {sweep.quarters} quarters"
    )
    return opening(sweep.name, size, sweep.seed, options)


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute the places that are missing and write tables, figures and README."""
    sweep = sweep_from(config)

    def write(stock: Stock) -> None:
        found = field_of(sweep, stock, config)
        tables.write_map(folder, found, config["sizes"])
        tables.write_crossings(folder, found)
        tables.write_by_year(folder, found, config["sizes"])
        write_boxes(folder, found, config)
        draw(config, folder)
        report.write_readme(folder, config)

    return fill(sweep, config, folder, options, write, FREE)


def write_boxes(folder: Path, field: Field, config: Mapping[str, Any]) -> None:
    """The box of every meaning, or why there is none."""
    boxes: dict[str, Any] = {}
    if config["resamples"] and box.installed():
        parameters = parameters_by_set(config, field.runs)
        for meaning in MEANINGS:
            cases = tables.cases_of(field, meaning, config["sizes"][meaning], parameters)
            boxes[meaning] = box.box(cases, config["resamples"])
    else:
        boxes["why"] = box.MISSING if config["resamples"] else "no box: resamples=0"
    write_text(folder / tables.BOX, json.dumps(boxes, indent=1) + "\n")


def parameters_by_set(config: Mapping[str, Any], runs: Runs) -> dict[str, Any]:
    """Values of every drawn parameter by parameter set, that of the state that acts and of its first sector."""
    drawn = scenario_from(worded(config["base"], "place", config["title"])).parameters_of(runs.tolist())
    found, (places, _) = {}, numbered(runs)
    for name in drawn_parameters():
        group, _, short = name.partition(".")
        values = np.asarray(getattr(getattr(drawn, group), short), dtype=float)
        if values.ndim > 1 and len(values) == len(runs):
            me = min(STATES.index(config["state"]), values.shape[1] - 1)
            found[name] = values[places, me].reshape(len(places), -1)[:, 0]
    return found


def screen(folder: Path) -> str:
    """Chance and size of each meaning, where it turns, and the box."""
    return report.screen(folder)
