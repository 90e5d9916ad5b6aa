"""Ports that are no scheduler: each is told in one line, in time, whatever it says or does not say."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from techduel.ensemble import cluster
from techduel.ensemble.cluster import ClusterLost, handed_over, on_cluster
from techduel.ensemble.pool import Place

pytestmark = pytest.mark.skipif(find_spec("distributed") is None, reason="needs the extra dask")

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 2.0


def says(*words: bytes, closes: bool = False) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        for word in words:
            connection.sendall(word)
        if closes:
            connection.close()

    return answer


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Its port; connections stay open until the block ends."""
    held: list[socket.socket] = []

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            held.append(connection)
            answer(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    for connection in held:
        connection.close()


@pytest.mark.parametrize(
    ("scheme", "answer", "why"),
    [
        ("tcp", says(), "longer than"),
        ("tcp", says(closes=True), "closed|reset|longer than"),
        ("tcp", says(b"HTTP/1.1 400 Bad Request\r\n\r\n", closes=True), "not Dask"),
        ("tcp", says(b"SSH-2.0-OpenSSH_9.6\r\n"), "not Dask"),
        ("tcp", says(bytes(4096)), "not Dask"),
        ("tls", says(), "docs/clusters.md"),
    ],
    ids=["silent", "closes", "web", "shell", "zeros", "no certificate"],
)
def test_a_port_that_is_no_scheduler(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    scheme: str,
    answer: Callable[[socket.socket], None],
    why: str,
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", PATIENCE)
    started = time.monotonic()
    with listening(answer) as port:
        address = f"{scheme}://127.0.0.1:{port}"
        with pytest.raises(ClusterLost, match=why) as lost, on_cluster(Place("dask", 1, address)):
            pytest.fail("taken for a scheduler")
    assert time.monotonic() - started < PATIENCE + 10
    assert str(lost.value).startswith(f"{address}: no Dask scheduler answers there (")
    assert "\n" not in str(lost.value)
    assert (lost.value.exit_code, capfd.readouterr(), caplog.records) == (3, ("", ""), [])


def test_the_command_ends_in_time_and_with_one_line(tmp_path: Path) -> None:
    settings = ("points=2", "runs=2", "horizon=2021", "quiet=true", f"results={tmp_path}")
    with listening(says()) as port:
        where = ("executor=dask", f"executor.scheduler=tcp://127.0.0.1:{port}")
        done = subprocess.run(
            [sys.executable, "-m", "experiments", "sweep", *settings, *where],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=cluster.PATIENCE + 45,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr == f"tcp://127.0.0.1:{port}: no Dask scheduler answers there (it took longer than 15 s)\n"


def test_a_result_whose_worker_goes_while_it_is_handed_over_is_a_cluster_lost() -> None:
    handing = pytest.importorskip("distributed.cfexecutor")._cascade_future

    class Gone:
        """A future of Dask whose result has come, and whose worker is gone before its status is read."""

        status = "lost"

        async def _result(self, raiseit: bool) -> object:
            return object()

    taken: Future[object] = Future()

    async def handed() -> None:
        await handing(Gone(), taken)

    asyncio.run(handed())
    error = taken.exception()
    assert isinstance(error, TypeError)
    assert handed_over(error)
    with pytest.raises(TypeError) as own:
        len(3)  # type: ignore[arg-type]
    assert not handed_over(own.value)
