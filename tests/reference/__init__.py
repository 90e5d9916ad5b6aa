"""The slow reference: the quarter of docs/model.md once more, agent by agent in plain loops.

It is the oracle that the arrays of `techduel.model` are held against, and the baseline of their speed.
"""

from tests.reference.model import Reference, microseconds_per_firm_quarter, run

__all__ = ["Reference", "microseconds_per_firm_quarter", "run"]
