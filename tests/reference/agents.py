"""Who acts: firms, the cells that they share, and the two states."""

from typing import Any

import mesa

from tests.reference import accounts, doors, firms, government, ledger, listing, security, turnover
from tests.reference.policies import decide


class Firm(mesa.Agent):
    """A place for a firm; `alive` says whether one is there."""

    __slots__ = (
        "age",
        "alive",
        "appeal",
        "burden",
        "cash",
        "dependence",
        "directed",
        "exposed",
        "innovation",
        "listed",
        "log_pull",
        "log_rd",
        "log_scale",
        "note",
        "profit",
        "pull",
        "rd",
        "rule",
        "sales",
        "slot",
        "state_owned",
        "substituted",
        "technology",
        "tie",
        "tie_replaced",
    )

    def __init__(self, model: mesa.Model, **values: Any) -> None:
        super().__init__(model)
        self.directed = 0.0
        for name, value in values.items():
            setattr(self, name, value)


class Cell:
    """One sector of one state: its places, and what the sector carries forward."""

    def __init__(self, places: list[Firm], **values: Any) -> None:
        self.places = places
        self.firms = [firm for firm in places if firm.alive]
        self.left: list[Firm] = []
        self.cash = sum(firm.cash for firm in self.firms)
        self.__dict__.update(values)
        self.handed = values["frontier"]


class State(mesa.Agent):
    """A government that decides, with its economy and the cells of its firms."""

    def __init__(self, model: mesa.Model, index: int, policy: Any, cells: list[Cell], values: dict[str, Any]) -> None:
        super().__init__(model)
        self.index = index
        self.policy = policy
        self.cells = cells
        self.__dict__.update(values)

    @property
    def rival(self) -> "State":
        """The other state."""
        return self.model.both[1 - self.index]

    def decide(self) -> None:
        """Look at the quarter before and choose levers."""
        decide(self)

    def act(self) -> None:
        """Let of the decision take effect what limits, firms and time allow."""
        government.govern(self)

    def ask_allies(self) -> None:
        """Learn which part of own controls allies join."""
        doors.ask_allies(self)

    def open_doors(self) -> None:
        """Say what goods and knowledge may pass, under both states' levers."""
        doors.open_doors(self)

    def set_standards(self) -> None:
        """Win or lose standing in third markets, for the next quarter."""
        doors.set_standards(self)

    def offer(self) -> None:
        """Firms find their cost and their attraction."""
        for cell in self.cells:
            firms.offer(cell, self)

    def research(self) -> None:
        """Firms book their sales, spend on research, and settle their money."""
        for cell in self.cells:
            firms.spend(cell, self)

    def discover(self) -> None:
        """Firms innovate, imitate, meet luck and learn from peers."""
        for cell in self.cells:
            firms.discover(cell, self)
            ledger.find(cell, self)
            firms.age(cell, self)

    def turn_over(self) -> None:
        """The paradigm moves on; firms leave and others come."""
        for cell in self.cells:
            turnover.turn_over(cell, self)

    def list_firms(self) -> None:
        """Put firms of the rival on the list."""
        listing.list_firms(self)

    def secure(self) -> None:
        """Meet incidents, gain or lose trust."""
        security.secure(self)

    def perceive(self) -> None:
        """Look at the rival after the quarter."""
        security.perceive(self)

    def send_researchers(self) -> None:
        """Researchers leave for the rival."""
        accounts.send_researchers(self)

    def produce(self) -> None:
        """Add up the economy."""
        accounts.produce(self)

    def account(self) -> None:
        """Add up research and money."""
        accounts.account(self)

    def share_knowledge(self) -> None:
        """Open science adds what the rival knows, cooperation what allies know."""
        accounts.share_knowledge(self)
