"""To which group each uncertainty belongs, and to which of the themes that one may want to resolve."""

from typing import Final

from techduel.model.parameters import schema

PLAN: Final = "plan"
"""Group of the options of a plan; their names are ``plan.STATE.OPTION``."""
ARTICLE: Final = "article"
FIGURES: Final = {
    "plan.china.rd_growth_target": "F4",
    "plan.china.basic_share_target": "F5",
    "government.lobbying.us": "F16",
    "paradigm.iot_midpoint": "F17",
}
"""What a figure of the article sets. Its other figures set the base year, or are outcomes, or events of scenarios."""
MOVED: Final = "moved"
"""Group of what factors of a sweep move, whatever that is."""
THEMES: Final = {
    "article figures": (ARTICLE,),
    "technology": ("research", "ideas", "knowledge", "paradigm", "talent"),
    "behaviour of states": ("access", "government", "security", "perception", PLAN),
    "markets and growth": ("market", "finance", "entry", "accounts"),
    "factors": (MOVED,),
}
GROUPS: Final = (*(group for group in schema.GROUPS if group not in schema.NOT_DRAWN), PLAN, ARTICLE)
"""What ``uncertain`` may name as a whole."""


def group(name: str) -> str:
    """The group of an uncertainty, such as ``ideas.step``, ``plan.china.slippage`` or the name of a factor."""
    opening, dot, _ = name.partition(".")
    return ARTICLE if name in FIGURES else opening if dot else MOVED


def theme(group: str) -> str:
    """The theme of a group."""
    return next(theme for theme, groups in THEMES.items() if group in groups)
