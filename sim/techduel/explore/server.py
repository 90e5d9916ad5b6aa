"""Server: pages for browsers on this machine alone; all that they load comes from here."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import panel as pn
from tornado.httputil import HTTPServerRequest
from tornado.web import ErrorHandler

from techduel.explore.bench import Bench
from techduel.explore.page import STYLE, opened
from techduel.explore.shelf import Shelf
from techduel.explore.view import RUNS, view_of

HERE: Final = "127.0.0.1"
MOST_PAGES: Final = 12
"""Open at once; more are told to wait."""
THREADS: Final = 2
"""Computing at once."""
FORGOTTEN: Final = 30_000
"""Milliseconds after which a page that nobody has open is dropped."""


def served(port: int, shelf: Shelf) -> Any:
    """A server of pages that is not started yet.

    Parameters
    ----------
    port : int
        On the loopback address, which is the only one that it listens to.
    shelf : Shelf
        Scenarios that pages offer.
    """
    bench, workers = Bench(), ThreadPoolExecutor(THREADS)
    first = view_of({}, shelf)
    bench.compared(first, first.runs if first.stored else RUNS)  # compiled, in memory, before the first visitor comes

    def page() -> Any:
        return _page(bench, workers, shelf)

    hosts = [f"{name}:{port}" for name in (HERE, "localhost")]
    pn.extension(raw_css=[STYLE], inline=True)
    server = pn.serve(
        {"/": page},
        port=port,
        address=HERE,
        websocket_origin=hosts,
        show=False,
        start=False,
        title="Techduel explore",
        verbose=False,
        check_unused_sessions_milliseconds=FORGOTTEN // 3,
        unused_session_lifetime_milliseconds=FORGOTTEN,
    )
    _only(server, hosts)
    return server


def _page(bench: Bench, workers: ThreadPoolExecutor, shelf: Shelf) -> Any:
    if len(_sessions()) > MOST_PAGES:
        return pn.pane.HTML(f"<p>{MOST_PAGES} pages are open; close one and come again.</p>")
    return opened(bench, workers, shelf)


def _sessions() -> list[Any]:
    contexts = (
        context for server in pn.state._servers.values() for context in server[0]._tornado._applications.values()
    )
    return [session for context in contexts for session in context.sessions]


def _only(server: Any, hosts: list[str]) -> None:
    """Answer only requests that name this machine, so that no page from elsewhere reads these under its own name."""
    tornado = server._tornado
    found = tornado.find_handler

    def find_handler(request: HTTPServerRequest, **more: Any) -> Any:
        if request.host not in hosts:
            return tornado.get_handler_delegate(request, ErrorHandler, {"status_code": 403})
        return found(request, **more)

    tornado.find_handler = find_handler
