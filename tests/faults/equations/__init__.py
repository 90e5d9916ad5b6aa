"""Faults in the equations, from access to goods to what is measured, by room of the model."""

from typing import Final

from tests.faults.equations import base_year, firms, goods, knowledge, measures, states

BY_FILE: Final = {
    **goods.BY_FILE,
    **knowledge.BY_FILE,
    **firms.BY_FILE,
    **states.BY_FILE,
    **base_year.BY_FILE,
    **measures.BY_FILE,
}
"""What stands there, what is put there instead, and which tests must fail, by file of the package."""
