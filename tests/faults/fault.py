"""What a fault is, and short names of the test files that must find them."""

from typing import Final, NamedTuple


class Fault(NamedTuple):
    """A line of code that is wrong."""

    path: str
    """Of the file, from the root of the repository."""
    old: str
    """What stands there, once."""
    new: str
    tests: str
    """Test files, without their folder, or tests in them (``file::test``); one must fail."""


ACCOUNTS: Final = "test_mechanisms_accounts.py"
CHOKEPOINTS: Final = "test_mechanisms_chokepoints.py"
CHANGES: Final = "test_changes.py"
BASE: Final = "test_mechanisms_base_year.py"
FIRMS: Final = "test_mechanisms_firms.py"
FRINGE: Final = "test_mechanisms_fringe.py"
GOVERNMENT: Final = "test_mechanisms_government.py"
LEADS: Final = "test_leads.py"
LEDGER: Final = "test_ledger.py"
KNOWLEDGE: Final = "test_mechanisms_knowledge.py"
LEVERS: Final = "test_mechanisms_levers.py"
MARKET: Final = "test_mechanisms_market.py"
RESEARCH: Final = "test_mechanisms_research.py"
SECURITY: Final = "test_mechanisms_security.py"
SWITCHING: Final = "test_mechanisms_reallocation.py"
BEST: Final = "test_best_response.py"
EVENTS: Final = "test_events.py"
PARADIGM: Final = "test_mechanisms_paradigm.py"
OUTCOMES: Final = "test_outcomes.py"
POLICIES: Final = "test_policies.py"
REST: Final = "test_mechanisms_rest.py"
REFERENCE: Final = "test_reference.py"
SCHEDULE: Final = "test_schedule.py"
