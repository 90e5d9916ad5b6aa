"""Forms: rival published equations of one mechanism, told apart in the model by an integer code of the run.

A form is one line here and one branch in the equation that it belongs to. The first of a mechanism has code 0.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

type Codes = NDArray[np.int64]
"""Places of forms among those of their mechanism, (1 or run, 1, 1, 1)."""


@dataclass(frozen=True, slots=True)
class Form:
    """One published form of a mechanism's equation."""

    meaning: str
    source: str
    weight: float
    """Prior weight beside its rivals; only proportions count."""


@dataclass(frozen=True, slots=True)
class Rivals:
    """What the forms of a mechanism are about."""

    meaning: str
    forms: dict[str, Form]
    """By name; the place in this order is the code."""


def rivals(meaning: str, **forms: Form) -> Any:
    """A dataclass field that carries its `Rivals`; the first form unless set."""
    declared = Rivals(meaning, forms)
    return field(default_factory=lambda: np.zeros((1, 1, 1, 1), dtype=np.int64), metadata={"rivals": declared})


@dataclass(frozen=True, slots=True)
class Forms:
    """The form of each mechanism that has rivals."""

    imitation: Codes = rivals(
        "what a firm that imitates gains from a reachable gap g",
        gap=Form(
            "a part of the log gap, however wide: g",
            "part of the gap: Llerena and Lorentz 2004; Gompertz diffusion: Benhabib and Spiegel 2005, s = 0",
            weight=1.0,
        ),
        logistic=Form(
            "a part of what is missing to the source's level: 1 - exp(-g), which wide gaps hardly raise",
            "logistic diffusion, s = 1, which the nations of 1960-1995 support: Benhabib and Spiegel 2005",
            weight=1.0,
        ),
    )
    reallocation: Codes = rivals(
        "how fast buyers of one origin's goods turn to another's",
        instant=Form(
            "in the same quarter, with the elasticity between firms; what is denied is replaced as far as others can",
            "Armington demand as of Feenstra 1994, read in its long run",
            weight=0.0,
        ),
        slow=Form(
            "over years, with an elasticity between origins; what is denied and not yet replaced is missing",
            "Boehm, Levchenko and Pandalai-Nayar 2023; home and foreign substitute less: Feenstra et al. 2018",
            weight=1.0,
        ),
    )
    fringe: Codes = rivals(
        "what the makers of third countries know",
        mean=Form(
            "they keep pace with the mean of the two states, whatever moves those",
            "convention: a competitive fringe that keeps its distance",
            weight=0.0,
        ),
        own=Form(
            "a technology by bloc and sector: own research, learning from the better state, the bloc's input prices; "
            "the states learn from allies too",
            "ideas come from all partners: Buera and Oberfield 2020; Cai, Li and Santacreu 2022",
            weight=1.0,
        ),
    )
    knowledge: Codes = rivals(
        "what makes ideas dear, and how firms learn from others",
        common=Form(
            "ideas get dearer as the better of the two frontiers moves; learning takes effort from research, the less "
            "the narrower the gap",
            "Llerena and Lorentz 2004, in the form of version 0.1.0",
            weight=1.0,
        ),
        own=Form(
            "ideas get dearer as one's own frontier moves; one speed of catching up, at no cost in ideas",
            "Jones 1995; Griffith, Redding and Van Reenen 2004",
            weight=3.0,
        ),
    )
    paradigm: Codes = rivals(
        "what a change of paradigm brings beside the loss of part of leads",
        wear=Form(
            "nothing: it only takes from what leaders know",
            "assumption of version 0.1.0",
            weight=0.0,
        ),
        base=Form(
            "a base of its own: ideas get cheap again for all, and newcomers of either state start nearer",
            "Brezis, Krugman and Tsiddon 1993: experience with the old counts little for the new, which offers more",
            weight=1.0,
        ),
    )
    screening: Codes = rivals(
        "what becomes of the screening of end users when a control gets broader",
        kept=Form(
            "the same part of the exports under control is aimed at listed users, on the day of the new rule",
            "assumption of version 0.1.0",
            weight=0.0,
        ),
        diluted=Form(
            "new rules come broad and know no end users yet: what was screened is a smaller part, which grows again",
            "claim C17 of the article: from broad rules to screening of end users takes time",
            weight=1.0,
        ),
    )
    public_knowledge: Codes = rivals(
        "elasticity of output elsewhere to public knowledge",
        assumed=Form(
            "`accounts.knowledge_elasticity`, which lies below the estimate",
            "assumption of version 0.1.0",
            weight=0.0,
        ),
        estimate=Form(
            "`accounts.knowledge_estimate`: what was found for government R&D capital in business",
            "Fieldhouse and Mertens 2023: 0.12, 0.06 to 0.16",
            weight=3.0,
        ),
        sceptical=Form(
            "0 to 0.06: 0.6 of what `accounts.knowledge_estimate` exceeds 0.06 by",
            "assumption: the estimate's returns moved by a third between versions",
            weight=1.0,
        ),
    )
    crowd_in: Codes = rivals(
        "private R&D that grants draw",
        floor=Form(
            "the elasticity `research.crowd_in` holds where support is far above `research.support_floor`",
            "Moretti, Steinwender and Van Reenen 2025, read so in version 0.1.0",
            weight=0.0,
        ),
        sample=Form(
            "the elasticity `research.crowd_in` holds at the support of its sample, 10 % of R&D",
            "Moretti, Steinwender and Van Reenen 2025; support of the sample: assumption",
            weight=1.0,
        ),
    )
    price_block: Codes = rivals(
        "what digital prices and trade do to the rest of the economy",
        account=Form(
            "an account at home: digital prices move it by an engine and an elasticity, a part of what the sectors "
            "win crowds it out; wages are fixed",
            "assumption of version 0.1.0",
            weight=0.0,
        ),
        sector=Form(
            "a sector without firms in each of the four blocs, traded among them; one cost of labour a bloc clears its "
            "market; one price index over all spending",
            "Caliendo and Parro 2015; Hulten 1978",
            weight=1.0,
        ),
    )
    trade_ideas: Codes = rivals(
        "what comes with imports of the rest of the economy; acts with `forms.price_block` sector alone",
        none=Form("goods alone", "Caliendo and Parro 2015", weight=1.0),
        imports=Form(
            "ideas of their makers, by `accounts.idea_share`",
            "Buera and Oberfield 2020; Goes and Bekkers 2022",
            weight=1.0,
        ),
    )


RIVALS: Final[dict[str, Rivals]] = {item.name: item.metadata["rivals"] for item in fields(Forms)}
"""By mechanism."""


def code(mechanism: str, form: str) -> int:
    """The code of a form, a constant for the equation that branches on it."""
    return list(RIVALS[mechanism].forms).index(form)
