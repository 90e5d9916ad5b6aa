"""Researchers: graduates come, the old retire, some move to the rival."""

import numpy as np

from techduel.model.access import both_open
from techduel.model.actions import Action
from techduel.model.axes import Array, rival
from techduel.model.parameters.research import TalentParameters
from techduel.model.world import States, Structure, World


def mobility(actions: Action, known: TalentParameters) -> Array:
    """Openness of emigration to the rival: either side's visa limits close it, recruitment at home calls back."""
    return both_open(actions.visa_limits) * (1.0 - known.recruitment_pull * actions.talent_recruitment)


def emigrants(structure: Structure, states: States, actions: Action, known: TalentParameters) -> Array:
    """Researchers who leave for the rival, thousand a year: more where research pays better and doors are open."""
    pay = np.exp(known.pay_elasticity * np.log(rival(states.research_price) / states.research_price))
    size = states.researchers / structure.economy.first.researchers
    return structure.economy.migrants * size * pay * mobility(actions, known) / structure.economy.mobility


def graduates(structure: Structure, previous: Array, years: float, known: TalentParameters) -> Array:
    """New researchers a year; their growth fades as cohorts shrink."""
    return previous * np.exp(structure.economy.graduates_growth * np.exp(-years / known.graduates_decay) / 4.0)


def researchers(world: World, arriving: Array) -> Array:
    """Researchers after the quarter, thousand: pay draws graduates into research, visa limits keep immigrants out."""
    known, states = world.parameters.talent, world.states
    leaving = emigrants(world.structure, states, world.action, known)
    drawn = arriving * np.exp(known.supply_elasticity * np.log(states.research_price))
    change = drawn - known.attrition * states.researchers - leaving + rival(leaving)
    return states.researchers + change / 4.0
