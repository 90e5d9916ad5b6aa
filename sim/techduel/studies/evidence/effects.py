"""What a treatment does to groups of firms: the comparisons that the literature makes, on `panels`."""

from collections.abc import Callable
from typing import Final

import numpy as np

from techduel.facts.selection import known_sectors
from techduel.model.axes import Numbers
from techduel.studies.evidence.arms import CHINA, US
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


def of_state(pair: Pair, state: int) -> Group:
    """Firms of a state."""
    group = np.zeros_like(pair.there)
    group[:, state] = True
    return group


def chinese(pair: Pair) -> Group:
    """All Chinese firms."""
    return of_state(pair, CHINA)


def in_sector(pair: Pair, state: int, name: str) -> Group:
    """Firms of a cell."""
    group = np.zeros_like(pair.there)
    group[:, state, place(name)] = True
    return group


def users(pair: Pair, name: str) -> Group:
    """Chinese firms whose sector buys much of an input, those of the input itself left out."""
    return _buying(pair, name, pair.treated.first.structure.links.input_share[place(name)] >= USES)


def others(pair: Pair, name: str) -> Group:
    """Chinese firms whose sector hardly buys an input, those of the input itself left out."""
    return _buying(pair, name, pair.treated.first.structure.links.input_share[place(name)] <= FAR)


def dependent(pair: Pair) -> Group:
    """Firms that use more of the rival's inputs than the mean of their sector."""
    return pair.treated.first.firms.dependence > 1.0


def tied(pair: Pair) -> Group:
    """Firms that co-invent with the rival from the start."""
    return pair.treated.first.firms.tie > 0.5


def owned(pair: Pair) -> Group:
    """State-owned firms."""
    return pair.treated.first.firms.state_owned


def far(pair: Pair) -> Group:
    """Firms farther from the home frontier than the middle of their sector's firms at the start."""
    world = pair.treated.first
    behind = np.where(world.firms.alive, world.cells.frontier - world.firms.technology, np.nan)
    return behind > np.nanmedian(behind, axis=-1, keepdims=True)


def newly_listed(pair: Pair) -> Group:
    """Firms that are listed with the treatment and not without it."""
    return pair.treated.listed & ~pair.untreated.listed


def listed_with_ties(pair: Pair) -> Group:
    """Newly listed firms that co-invent with the rival."""
    return newly_listed(pair) & tied(pair)


def unlisted(pair: Pair) -> Group:
    """Firms that neither arm lists."""
    return ~pair.treated.listed & ~pair.untreated.listed


def _buying(pair: Pair, name: str, sectors: np.ndarray) -> Group:
    group = of_state(pair, CHINA) & sectors[None, None, :, None]
    group[:, :, place(name)] = False
    return group


def on_users(field_name: str, name: str = "cloud") -> Effect:
    """Users of an input against firms that hardly buy it."""

    def effect(pair: Pair) -> Numbers:
        measure = _measure(pair, field_name)
        return measure(field_name, users(pair, name)) - measure(field_name, others(pair, name))

    return effect


def on_dependent(field_name: str) -> Effect:
    """Users of cloud services that depend on the rival's inputs against the other users."""

    def effect(pair: Pair) -> Numbers:
        measure = _measure(pair, field_name)
        group, much = users(pair, "cloud"), dependent(pair)
        return measure(field_name, group & much) - measure(field_name, group & ~much)

    return effect


def on_cell(field_name: str, state: int, name: str, year: int = 5) -> Effect:
    """A cell's total, firms that enter included."""
    return lambda pair: pair.cell(field_name, state, (place(name),), year)


def on_firms(field_name: str, state: int, name: str, year: int = 5) -> Effect:
    """The firms of a cell that live on."""

    def effect(pair: Pair) -> Numbers:
        return pair.sum(field_name, in_sector(pair, state, name), year)

    return effect


def on_tied(field_name: str) -> Effect:
    """Chinese firms with ties against those without."""

    def effect(pair: Pair) -> Numbers:
        measure, home = _measure(pair, field_name), of_state(pair, CHINA)
        return measure(field_name, home & tied(pair)) - measure(field_name, home & ~tied(pair))

    return effect


def on_untied(field_name: str) -> Effect:
    """Chinese firms without ties."""

    def effect(pair: Pair) -> Numbers:
        measure = _measure(pair, field_name)
        return measure(field_name, of_state(pair, CHINA) & ~tied(pair))

    return effect


def on_listed(field_name: str) -> Effect:
    """Newly listed firms against those that neither arm lists."""

    def effect(pair: Pair) -> Numbers:
        measure, home = _measure(pair, field_name), of_state(pair, CHINA)
        return measure(field_name, home & newly_listed(pair)) - measure(field_name, home & unlisted(pair))

    return effect


def intensity(effect: Callable[[str], Effect]) -> Effect:
    """What happens to R&D over sales."""
    return lambda pair: effect("rd")(pair) - effect("sales")(pair)


def near_against_far(group: Callable[[Pair], Group]) -> Effect:
    """Innovations of a group's firms near the home frontier against its firms far from it."""

    def effect(pair: Pair) -> Numbers:
        chosen, behind = of_state(pair, CHINA) & group(pair), far(pair)
        return pair.sum("innovations", chosen & ~behind) - pair.sum("innovations", chosen & behind)

    return effect


def parting(group: Callable[[Pair], Group]) -> Effect:
    """Filings against quality-weighted innovations of a group's firms."""
    return lambda pair: pair.sum("filings", group(pair)) - pair.sum("innovations", group(pair))


def state_owned_parting(pair: Pair) -> Numbers:
    """Filings against innovations, of state-owned against private Chinese firms."""
    home = of_state(pair, CHINA)
    own = parting(lambda arms: home & owned(arms))(pair)
    return own - parting(lambda arms: home & ~owned(arms))(pair)


def level_of_parting(pair: Pair) -> Numbers:
    """Filings per innovation, valued by sales, of state-owned against private firms under the treatment."""
    home, panel = of_state(pair, CHINA) & pair.there, pair.treated

    def per_value(group: Group) -> Numbers:
        filed, made = (
            np.where(group, part, 0.0).sum(axis=(1, 2, 3))
            for part in (panel.filings[-1], panel.innovations[-1] * panel.sales[-1])
        )
        return np.log(filed / np.where(made > 0.0, made, np.nan))

    return per_value(home & owned(pair)) - per_value(home & ~owned(pair))


def on_state(field_name: str, state: int) -> Effect:
    """All firms of a state: innovations in sum, technology in the mean."""

    def effect(pair: Pair) -> Numbers:
        measure = _measure(pair, field_name)
        return measure(field_name, of_state(pair, state))

    return effect


def asymmetry(field_name: str) -> Effect:
    """China against the United States."""
    return lambda pair: on_state(field_name, CHINA)(pair) - on_state(field_name, US)(pair)


def _measure(pair: Pair, field_name: str) -> Callable[..., Numbers]:
    """Innovations are counted and many firms have none, so they are summed; all else is a mean over firms."""
    return pair.sum if field_name == "innovations" else pair.mean
