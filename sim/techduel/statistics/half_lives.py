"""Half-lives: when half of something is gone."""

import numpy as np

from techduel.model.axes import Numbers


def half_gone(left: Numbers) -> Numbers:
    """Years after which courses from 1 come down to a half, between two of them, (...) from (..., year).

    Infinite where a course never does, NaN where it does not begin.
    """
    below = left <= 0.5
    first = below.argmax(axis=-1)[..., None]
    before, behind = (np.take_along_axis(left, np.maximum(place, 0), axis=-1) for place in (first - 1, first))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = (first - 1.0 + (before - 0.5) / (before - behind))[..., 0]
    return np.where(np.isnan(left[..., 0]), np.nan, np.where(below.any(axis=-1), found, np.inf))
