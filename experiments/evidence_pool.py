"""The studies of ``techduel evidence`` side by side, a process each; what they write does not depend on it."""

from collections.abc import Sequence

from techduel.ensemble.crew import Place
from techduel.ensemble.executors import completed
from techduel.ensemble.workers import Gauge, advance

from .evidence_parts import Settings, study, work
from .progress import progress


def side_by_side(names: Sequence[str], given: Settings, workers: int) -> None:
    """Do studies in so many processes, the largest first, and show how far all are together."""
    gauge, shown = Gauge(), 0
    sizes = {name: work(name, given) for name in names}
    tasks = [(name, {**given, "quiet": True}) for name in sorted(names, key=lambda name: -sizes[name])]
    with progress(max(sum(sizes.values()), 1), given["quiet"]) as show:

        def meanwhile() -> None:
            nonlocal shown
            if show is not None and gauge.run_quarters > shown:
                show(gauge.run_quarters - shown)
            shown = gauge.run_quarters

        for _ in completed(apart, tasks, Place("local", workers), gauge, meanwhile):
            meanwhile()


def apart(task: tuple[str, Settings]) -> None:
    """Do one study in a process of its own, which counts on the gauge of all."""
    name, given = task
    study(name, given, advance)
