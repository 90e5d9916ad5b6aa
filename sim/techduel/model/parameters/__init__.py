"""Every parameter: meaning, unit, range and source, one dataclass a group; values live in ``configs/params``."""

from dataclasses import dataclass, field

from techduel.model.parameters.firms import AccountParameters, EntryParameters, FinanceParameters, ParadigmParameters
from techduel.model.parameters.forms import Forms
from techduel.model.parameters.goods import AccessParameters, MarketParameters
from techduel.model.parameters.research import IdeaParameters, KnowledgeParameters, ResearchParameters, TalentParameters
from techduel.model.parameters.states import (
    GovernmentParameters,
    ObjectiveParameters,
    PerceptionParameters,
    SecurityParameters,
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """All groups; arrays are (1 or run, 1 or state, 1 or sector, 1)."""

    market: MarketParameters
    access: AccessParameters
    research: ResearchParameters
    ideas: IdeaParameters
    knowledge: KnowledgeParameters
    talent: TalentParameters
    finance: FinanceParameters
    entry: EntryParameters
    paradigm: ParadigmParameters
    accounts: AccountParameters
    government: GovernmentParameters
    security: SecurityParameters
    perception: PerceptionParameters
    objectives: ObjectiveParameters
    forms: Forms = field(default_factory=Forms)
    """Which of rival equations hold; no group of numbers."""
