"""Server: pages for browsers on this machine alone; all that they load comes from here."""

import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Final

import panel as pn
from bokeh.util.token import get_token_payload
from tornado.httputil import HTTPServerRequest
from tornado.web import ErrorHandler

from techduel.explore.bench import Bench
from techduel.explore.page import STYLE, opened
from techduel.explore.shelf import Shelf
from techduel.explore.view import RUNS, view_of

HERE: Final = "127.0.0.1"
MOST_PAGES: Final = 12
"""Open at once; more are told to wait."""
LONGEST_LINK: Final = 4_000
"""Characters of an address; those of pages have some hundreds."""
TALK: Final = "/ws"
"""Where a page talks with its session."""
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
    """Answer only what our own pages ask for."""
    tornado = server._tornado
    found = tornado.find_handler

    def find_handler(request: HTTPServerRequest, **more: Any) -> Any:
        status = refused(request, hosts)
        if status:
            return tornado.get_handler_delegate(request, ErrorHandler, {"status_code": status})
        return found(request, **more)

    tornado.find_handler = find_handler


def refused(request: HTTPServerRequest, hosts: list[str]) -> HTTPStatus | None:
    """Why a request is not answered.

    It names another machine, so that a page from elsewhere could read ours under its own name; it is sent by such a
    page; its link is longer than any of ours, of whose digits libraries would make whole numbers; or it speaks for a
    session that was not begun by a page.
    """
    own = [f"http://{host}" for host in hosts]
    if request.host not in hosts or request.headers.get("Origin", own[0]) not in own:
        return HTTPStatus.FORBIDDEN
    if len(request.uri or "") > LONGEST_LINK:
        return HTTPStatus.REQUEST_URI_TOO_LONG
    named = any(name.lower().startswith("bokeh-") for name in (*request.arguments, *request.headers))
    return HTTPStatus.BAD_REQUEST if named or (request.path == TALK and not _begun(request)) else None


def _begun(request: HTTPServerRequest) -> bool:
    """Whether what a page sends along to talk is what it was given, not too long ago."""
    protocol, _, token = request.headers.get("Sec-WebSocket-Protocol", "").partition(",")
    try:
        return protocol == "bokeh" and bool(get_token_payload(token.strip())["session_expiry"] > time.time())
    except Exception:  # whatever a stranger sends
        return False
