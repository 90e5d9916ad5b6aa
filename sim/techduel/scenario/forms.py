"""Forms in configurations: which of rival equations hold in a run, named or drawn by their prior weights."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.parameters.forms import RIVALS, Codes, Forms, code
from techduel.scenario.prior import stream

SEED: Final = 1
"""As of parameters: no seed of a scenario changes what is believed."""
DRAWN: Final = "prior"
"""The word for a form that is drawn, set by set, by the weights of the table."""


def words(mechanism: str) -> tuple[str, ...]:
    """What a configuration may say of a mechanism's form."""
    return (*RIVALS[mechanism].forms, DRAWN)


def filled_forms(given: Any) -> Any:
    """A configuration's forms with all that it does not name drawn; what is no mapping is left for the check."""
    return {**dict.fromkeys(RIVALS, DRAWN), **given} if isinstance(given, Mapping) else given


def forms(known: Forms, chosen: Mapping[str, str], sets: Sequence[int] | NDArray[np.int_] | None = None) -> Forms:
    """Codes of checked words.

    Parameters
    ----------
    known : Forms
        Of mechanisms that are not among the chosen.
    chosen : mapping
        Words by mechanism.
    sets : sequence of int, optional
        The parameter set of each run; the form of the largest weight stands for what is drawn when left out.
    """
    return replace(known, **{name: _codes(name, word, sets) for name, word in chosen.items()})


def _codes(mechanism: str, word: str, sets: Sequence[int] | NDArray[np.int_] | None) -> Codes:
    """One for all runs where nothing is left to chance, (1 or run, 1, 1, 1)."""
    if word != DRAWN:
        return np.full((1, 1, 1, 1), code(mechanism, word))
    weights = _weights(mechanism)
    if sets is None or np.count_nonzero(weights) == 1:
        return np.full((1, 1, 1, 1), np.argmax(weights))
    return _drawn(mechanism, np.asarray(sets), weights).reshape(-1, 1, 1, 1)


def _weights(mechanism: str) -> NDArray[np.float64]:
    return np.array([form.weight for form in RIVALS[mechanism].forms.values()])


def _drawn(mechanism: str, sets: NDArray[np.int_], weights: NDArray[np.float64]) -> NDArray[np.int_]:
    """Which form each set draws; a draw depends on the mechanism's name and on the set alone."""
    luck, bounds = stream(f"forms.{mechanism}", SEED).random(sets.max() + 1)[sets], np.cumsum(weights)
    return np.searchsorted(bounds, luck * bounds[-1], side="right")
