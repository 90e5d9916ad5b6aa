"""A Dask scheduler and two workers, each a process of its own, as on a cluster."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sweeping import REPOSITORY, environment, until


@contextmanager
def cluster(folder: Path, count: int = 2, **more: str) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Its address and its workers; all end with the block."""
    with ExitStack() as stack:
        port = _free_port()
        address = f"tcp://127.0.0.1:{port}"
        place = ("--host", "127.0.0.1", "--port", str(port))
        stack.enter_context(_ended(_dask("scheduler", *place, "--no-dashboard", more=more)))
        assert until(lambda: _answers(port))
        options = ("--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
        workers = [_dask("worker", address, *options, more=more) for _ in range(count)]
        for worker in workers:
            stack.enter_context(_ended(worker))
        yield address, workers


def _dask(*words: str, more: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        cwd=REPOSITORY,
        env=environment() | {"PYTHONPATH": str(REPOSITORY)} | more,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
