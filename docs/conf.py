"""How the pages of this folder become a site: ``make docs``. Nothing is fetched, neither then nor by a page."""

import re
import sys
from pathlib import Path
from typing import Any, Final

from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util.docutils import SphinxTranslator

import techduel

sys.path.insert(0, str(Path(__file__).parent))
from formulas import set_as_mathematics

REPOSITORY: Final = Path(__file__).resolve().parents[1]
OUTSIDE: Final = re.compile(r"(?<!!)\[([^\]]+)\]\(\.\./([^)]+)\)")
"""A link to a file that is not part of the site."""
LONG: Final = 60
"""Signs of a formula that may be wider than a page."""
SCROLLED: Final = '<span style="display:inline-block;max-width:100%;overflow-x:auto" tabindex="0">{}</span>'
FRACTION: Final = re.compile(r"\\([td]?frac)(\d)(\d)")
"""A fraction of two digits without braces."""

project = "Techduel"
author = "Techduel contributors"
release = version = techduel.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["dollarmath"]
myst_dmath_allow_space = False
myst_dmath_allow_digits = False  # amounts of money are no formulas
myst_heading_anchors = 4
myst_links_external_new_tab = False
html_theme = "furo"
html_title = f"Techduel {release}"
html_copy_source = False
html_show_copyright = False
html_static_path: list[str] = []
html_math_renderer = "mathml"
nitpicky = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
exclude_patterns = ["_build"]
suppress_warnings = ["misc.highlighting_failure"]


def _outside(_app: Any, _page: str, source: list[str]) -> None:
    """Name files of the repository that are no pages, refuse one that is not there, and set formulas."""
    for _words, target in OUTSIDE.findall(source[0]):
        if not (REPOSITORY / target.partition("#")[0]).exists():
            raise FileNotFoundError(f"docs/{_page}.md links to {target}, which is not there")
    source[0] = set_as_mathematics(OUTSIDE.sub(r"\1 (`\2`)", source[0]))


def _inline(translator: SphinxTranslator, node: Any) -> None:
    _formula(translator, node, block=False)


def _block(translator: SphinxTranslator, node: Any) -> None:
    _formula(translator, node, block=True)


def _formula(translator: Any, node: Any, block: bool) -> None:
    """A formula as MathML, which browsers draw by themselves."""
    from docutils.nodes import SkipNode

    # docutils knows no style declared inside a formula, and reads the digits of \\frac14 as one number.
    plain = FRACTION.sub(r"\\\1{\2}{\3}", node.astext().replace(r"\textstyle", ""))
    drawn = tex2mathml(plain, as_block=block)
    translator.body.append(SCROLLED.format(drawn) if len(plain) > LONG else drawn)
    raise SkipNode


def setup(app: Any) -> None:
    """Tell Sphinx of both."""
    app.connect("source-read", _outside)
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
