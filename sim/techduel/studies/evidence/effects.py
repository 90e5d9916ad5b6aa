"""What a treatment does to groups of firms: the comparisons that the literature makes, on `panels`."""

from collections.abc import Callable
from typing import Final

import numpy as np

from techduel.facts.selection import known_sectors
from techduel.studies.evidence.arms import CHINA, US, Numbers
from techduel.studies.evidence.panels import Group, Pair

type Effect = Callable[[Pair], Numbers]
"""Log effect by run."""
FAR: Final = 0.005
"""Share of an input in sales up to which its user counts as untreated."""
USES: Final = 0.03
"""Share of an input in sales from which its user counts as treated."""


def place(name: str) -> int:
    """Place of a sector on its axis."""
    return known_sectors().names.index(name)


def of_state(found: Pair, state: int) -> Group:
    """Firms of a state."""
    group = np.zeros_like(found.there)
    group[:, state] = True
    return group


def chinese(found: Pair) -> Group:
    """All Chinese firms."""
    return of_state(found, CHINA)


def in_sector(found: Pair, state: int, name: str) -> Group:
    """Firms of a cell."""
    group = np.zeros_like(found.there)
    group[:, state, place(name)] = True
    return group


def users(found: Pair, name: str) -> Group:
    """Chinese firms whose sector buys much of an input, those of the input itself left out."""
    return _buying(found, name, found.treated.first.structure.links.input_share[place(name)] >= USES)


def others(found: Pair, name: str) -> Group:
    """Chinese firms whose sector hardly buys an input, those of the input itself left out."""
    return _buying(found, name, found.treated.first.structure.links.input_share[place(name)] <= FAR)


def dependent(found: Pair) -> Group:
    """Firms that use more of the rival's inputs than the mean of their sector."""
    return found.treated.first.firms.dependence > 1.0


def tied(found: Pair) -> Group:
    """Firms that co-invent with the rival from the start."""
    return found.treated.first.firms.tie > 0.5


def owned(found: Pair) -> Group:
    """State-owned firms."""
    return found.treated.first.firms.state_owned


def far(found: Pair) -> Group:
    """Firms farther from the home frontier than the middle of their sector's firms at the start."""
    world = found.treated.first
    behind = np.where(world.firms.alive, world.cells.frontier - world.firms.technology, np.nan)
    return behind > np.nanmedian(behind, axis=-1, keepdims=True)


def newly_listed(found: Pair) -> Group:
    """Firms that are listed with the treatment and not without it."""
    return found.treated.listed & ~found.untreated.listed


def listed_with_ties(found: Pair) -> Group:
    """Newly listed firms that co-invent with the rival."""
    return newly_listed(found) & tied(found)


def unlisted(found: Pair) -> Group:
    """Firms that neither arm lists."""
    return ~found.treated.listed & ~found.untreated.listed


def _buying(found: Pair, name: str, sectors: np.ndarray) -> Group:
    group = of_state(found, CHINA) & sectors[None, None, :, None]
    group[:, :, place(name)] = False
    return group


def on_users(field_name: str, name: str = "cloud", year: int = 5) -> Effect:
    """Users of an input against firms that hardly buy it."""

    def effect(found: Pair) -> Numbers:
        measure = _measure(found, field_name)
        return measure(field_name, users(found, name), year) - measure(field_name, others(found, name), year)

    return effect


def on_dependent(field_name: str, name: str = "cloud") -> Effect:
    """Users that depend on the rival's inputs against the other users."""

    def effect(found: Pair) -> Numbers:
        measure = _measure(found, field_name)
        group, much = users(found, name), dependent(found)
        return measure(field_name, group & much) - measure(field_name, group & ~much)

    return effect


def on_cell(field_name: str, state: int, name: str, year: int = 5) -> Effect:
    """A cell's total, firms that enter included."""
    return lambda found: found.cell(field_name, state, (place(name),), year)


def on_firms(field_name: str, state: int, name: str, year: int = 5) -> Effect:
    """The firms of a cell that live on."""

    def effect(found: Pair) -> Numbers:
        return found.sum(field_name, in_sector(found, state, name), year)

    return effect


def on_tied(field_name: str) -> Effect:
    """Chinese firms with ties against those without."""

    def effect(found: Pair) -> Numbers:
        measure, home = _measure(found, field_name), of_state(found, CHINA)
        return measure(field_name, home & tied(found)) - measure(field_name, home & ~tied(found))

    return effect


def on_untied(field_name: str) -> Effect:
    """Chinese firms without ties."""

    def effect(found: Pair) -> Numbers:
        measure = _measure(found, field_name)
        return measure(field_name, of_state(found, CHINA) & ~tied(found))

    return effect


def on_listed(field_name: str) -> Effect:
    """Newly listed firms against those that neither arm lists."""

    def effect(found: Pair) -> Numbers:
        measure, home = _measure(found, field_name), of_state(found, CHINA)
        return measure(field_name, home & newly_listed(found)) - measure(field_name, home & unlisted(found))

    return effect


def intensity(effect: Callable[[str], Effect]) -> Effect:
    """What happens to R&D over sales."""
    return lambda found: effect("rd")(found) - effect("sales")(found)


def near_against_far(group: Callable[[Pair], Group]) -> Effect:
    """Innovations of a group's firms near the home frontier against its firms far from it."""

    def effect(found: Pair) -> Numbers:
        chosen, behind = of_state(found, CHINA) & group(found), far(found)
        return found.sum("innovations", chosen & ~behind) - found.sum("innovations", chosen & behind)

    return effect


def parting(group: Callable[[Pair], Group]) -> Effect:
    """Filings against quality-weighted innovations of a group's firms."""
    return lambda found: found.sum("filings", group(found)) - found.sum("innovations", group(found))


def state_owned_parting(found: Pair) -> Numbers:
    """Filings against innovations, of state-owned against private Chinese firms."""
    home = of_state(found, CHINA)
    own = parting(lambda pair: home & owned(pair))(found)
    return own - parting(lambda pair: home & ~owned(pair))(found)


def level_of_parting(found: Pair) -> Numbers:
    """Filings per innovation, valued by sales, of state-owned against private firms under the treatment."""
    home, panel = of_state(found, CHINA) & found.there, found.treated

    def per_value(group: Group) -> Numbers:
        filed, made = (
            np.where(group, part, 0.0).sum(axis=(1, 2, 3))
            for part in (panel.filings[-1], panel.innovations[-1] * panel.sales[-1])
        )
        return np.log(filed / np.where(made > 0.0, made, np.nan))

    return per_value(home & owned(found)) - per_value(home & ~owned(found))


def on_state(field_name: str, state: int) -> Effect:
    """All firms of a state: innovations in sum, technology in the mean."""

    def effect(found: Pair) -> Numbers:
        measure = _measure(found, field_name)
        return measure(field_name, of_state(found, state))

    return effect


def asymmetry(field_name: str) -> Effect:
    """China against the United States."""
    return lambda found: on_state(field_name, CHINA)(found) - on_state(field_name, US)(found)


def _measure(found: Pair, field_name: str) -> Callable[..., Numbers]:
    """Innovations are counted and many firms have none, so they are summed; all else is a mean over firms."""
    return found.sum if field_name == "innovations" else found.mean
