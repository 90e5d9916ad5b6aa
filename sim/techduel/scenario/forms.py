"""Forms in configurations: which of rival equations hold in a run, named or drawn.

Drawn are those that a set of the posterior was fitted under, and by prior weights where nothing was fitted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.parameters.forms import RIVALS, Codes, Forms, code
from techduel.scenario.prior import stream

SEED: Final = 1
"""As of parameters: no seed of a scenario changes what is believed."""
DRAWN: Final = "drawn"
"""The word for a form that differs between sets."""


def words(mechanism: str) -> tuple[str, ...]:
    """What a configuration may say of a mechanism's form."""
    return (*RIVALS[mechanism].forms, DRAWN)


def possible(mechanism: str, word: str) -> tuple[str, ...]:
    """Forms that a word for a mechanism's form can stand for."""
    if word != DRAWN:
        return (word,)
    return tuple(name for name, form in RIVALS[mechanism].forms.items() if form.weight > 0.0)


def filled_forms(given: Any) -> Any:
    """A configuration's forms with all that it does not name drawn; what is no mapping is left for the check."""
    return {**dict.fromkeys(RIVALS, DRAWN), **given} if isinstance(given, Mapping) else given


def forms(
    configured: Forms,
    chosen: Mapping[str, str],
    sets: Sequence[int] | NDArray[np.int_] | None = None,
    fitted: Mapping[str, NDArray[np.int64]] | None = None,
) -> Forms:
    """Codes of checked words.

    Parameters
    ----------
    configured : Forms
        Of mechanisms that are not among the chosen.
    chosen : mapping
        Words by mechanism.
    sets : sequence of int, optional
        The parameter set of each run; the form of the largest weight stands for what is drawn when left out.
    fitted : mapping, optional
        By mechanism: the codes of runs whose sets were fitted under a form, which no weight decides again.
    """
    found = {name: _codes(name, word, sets) for name, word in chosen.items()}
    settled = {name: codes for name, codes in (fitted or {}).items() if chosen.get(name) == DRAWN}
    return replace(configured, **(found | {name: _shared(codes) for name, codes in settled.items()}))


def by_weight(mechanism: str, sets: Sequence[int] | NDArray[np.int_]) -> NDArray[np.int64]:
    """Code of the form that each set draws, (set,); a draw depends on the mechanism's name and on the set alone."""
    bounds = np.cumsum(_weights(mechanism))
    luck = stream(f"forms.{mechanism}", SEED).random(max(sets) + 1)[np.asarray(sets)]
    return np.searchsorted(bounds, luck * bounds[-1], side="right")


def less_likely(mechanism: str) -> list[str]:
    """Forms that are drawn beside the likeliest, which stands for all where none is drawn."""
    forms, likeliest = RIVALS[mechanism].forms, np.argmax(_weights(mechanism))
    return [name for place, (name, form) in enumerate(forms.items()) if form.weight and place != likeliest]


def _codes(mechanism: str, word: str, sets: Sequence[int] | NDArray[np.int_] | None) -> Codes:
    if word != DRAWN:
        return np.full((1, 1, 1, 1), code(mechanism, word))
    if sets is None:
        return np.full((1, 1, 1, 1), np.argmax(_weights(mechanism)))
    return _shared(by_weight(mechanism, sets))


def _shared(codes: NDArray[np.int64]) -> Codes:
    """One for all runs where they agree, (1 or run, 1, 1, 1)."""
    return (codes[:1] if (codes == codes[0]).all() else codes).reshape(-1, 1, 1, 1)


def _weights(mechanism: str) -> NDArray[np.float64]:
    return np.array([form.weight for form in RIVALS[mechanism].forms.values()])
