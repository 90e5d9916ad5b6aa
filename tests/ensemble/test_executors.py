"""Executors: few tasks ahead, and every way to lose a cluster told in one line."""

from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import pytest

from experiments.__main__ import main
from experiments.study import place_of
from techduel.ensemble import cluster, pool
from techduel.ensemble.cluster import ClusterLost
from techduel.ensemble.pool import Crew, Place, Pool
from techduel.ensemble.workers import SPAWN, Gauge, PoolUnavailable
from techduel.scenario.loader import InvalidInput


class Held(Executor):
    """Keeps what it is given and finishes the oldest when asked how many it may hold."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Any]] = []
        self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.waiting.append((Future(), fn(*args, **kwargs)))
        self.most = max(self.most, len(self.waiting))
        return self.waiting[-1][0]

    def capacity(self) -> int:
        if self.waiting:
            future, result = self.waiting.pop(0)
            future.set_result(result)
        return 5


def test_tasks_in_flight_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    held, taken = Held(), 0

    @contextmanager
    def place(_place: Place, _gauge: Gauge) -> Any:
        yield Crew(held, held.capacity)

    def source() -> Any:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield number

    monkeypatch.setattr(pool, "EXECUTORS", {"held": place})
    results = Pool(Place("held", 1)).completed(str, source())
    for number in range(100):
        assert next(results) == str(number)
        assert taken <= number + 6
    assert len(list(results)) == 900
    assert held.most <= 5


@pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra dask")
def test_a_scheduler_that_does_not_answer_is_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.2)
    with pytest.raises(ClusterLost, match="no Dask scheduler answers there") as lost:
        list(Pool(Place("dask", 1, "tcp://127.0.0.1:9")).completed(str, [1]))
    assert lost.value.exit_code == 3


@pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra dask")
@pytest.mark.parametrize("kind", ["killed", "cancelled"])
def test_workers_that_die_too_often_are_the_environment(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    from distributed import KilledWorker

    dead: Any = SimpleNamespace(address="tcp://127.0.0.1:9")
    error = KilledWorker("task", dead, 3) if kind == "killed" else CancelledError()

    @contextmanager
    def there(_distributed: Any, _place: Place) -> Any:
        yield "address"

    @contextmanager
    def client(_distributed: Any, _address: Any) -> Any:
        raise error
        yield

    monkeypatch.setattr(cluster, "_cluster", there)
    monkeypatch.setattr(cluster, "_client", client)
    with pytest.raises(ClusterLost, match="the same command goes on") as lost:
        list(Pool(Place("dask", 1)).completed(str, [1]))
    assert str(lost.value).startswith("Dask: ")


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.study.find_spec", lambda name: None)
    with pytest.raises(InvalidInput, match=r"techduel\[dask\]"):
        place_of({"executor": {"kind": "dask"}})
    assert place_of({"executor": {"kind": "serial", "workers": 1}}) == Place("serial", 1)


def test_without_dask_nothing_is_written(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.study.find_spec", lambda name: None)
    assert main(["sweep", "executor=dask", "points=1", "runs=1", f"results={tmp_path / 'x'}"]) == 2
    assert not (tmp_path / "x").exists()


def test_a_gauge_has_no_lock_that_a_killed_process_could_take_along() -> None:
    gauge = Gauge()
    gauge.advance(3)
    assert gauge.run_quarters == 3
    assert not any(hasattr(getattr(gauge, name), "get_lock") for name in vars(gauge))


def test_without_shared_memory_the_advice_that_is_given_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine is told to compute in the command's own process, which shares nothing."""

    def refused(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SPAWN, "RawValue", refused)
    with pytest.raises(PoolUnavailable, match="Without: executor=serial"):
        list(Pool(Place("local", 1)).completed(str, [1]))
    with Pool(Place("serial", 1)) as pool:
        assert list(pool.completed(str, [1, 2])) == ["1", "2"]
    heard: list[int] = []
    gauge = Gauge(lambda: heard.append(gauge.run_quarters))
    gauge.advance(3)
    assert heard == [3]
