"""The model of what a step of a schedule may wait for: an outcome that its state sees, a limit, and for how long."""

from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import Field, create_model, model_validator

from techduel.policies.schedule import LONGEST_WAIT, SIDES
from techduel.policies.sight import LEAD, SIGHTS
from techduel.scenario.problems import Allowed, Strict, refuse


class _When(Strict):
    """What a step waits for."""

    allowed: ClassVar = f"an outcome that the state sees, one of {', '.join(SIDES)}, and for (quarters)"

    @model_validator(mode="after")
    def _has_one_side(self) -> Self:
        sides = [name for name in SIDES if getattr(self, name) is not None]
        if len(sides) != 1:
            refuse([((), f"{' and '.join(sides) or 'none'} given; allowed: exactly one of {', '.join(SIDES)}")])
        sight, limit = SIGHTS[self.outcome], getattr(self, sides[0])  # type: ignore[attr-defined]
        if not sight.low <= limit <= sight.high:
            words = f"{limit:g} {sight.unit} given; allowed: {sight.low:g} to {sight.high:g}"
            refuse([((sides[0],), words)])
        return self


def _when() -> type[Strict]:
    seen: Any = Annotated[
        Literal[tuple(SIGHTS)],
        Field(description="what the state sees"),
        Allowed(f"what a state sees: {', '.join(name for name in SIGHTS if '.' not in name)}, {LEAD}.SECTOR"),
    ]
    limit: Any = Annotated[float, Field(description="limit, in log points, a ratio, a share or incidents")]
    wait: Any = Annotated[int, Field(ge=1, le=LONGEST_WAIT, description="quarters in a row in which it has to be seen")]
    inner: Any = {"outcome": (seen, ...), **dict.fromkeys(SIDES, (limit | None, None)), "for": (wait, 1)}
    return create_model("when", __base__=_When, **inner)


WHEN: Final = _when()
