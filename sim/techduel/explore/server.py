"""Server: pages for browsers on this machine alone; all that they load comes from here."""

import logging
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from types import FrameType
from typing import Any, Final

import panel as pn
from bokeh.util.token import check_token_signature, generate_secret_key, get_token_payload
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from tornado.web import ErrorHandler

from techduel.explore.bench import Bench
from techduel.explore.page import STYLE, opened
from techduel.explore.shelf import Shelf
from techduel.explore.view import LONGEST, RUNS, view_of
from techduel.scenario.loader import visible

HERE: Final = "127.0.0.1"
MOST_PAGES: Final = 12
"""Open at once; more are told to wait."""
FULL: Final = f"<p>{MOST_PAGES} pages are open; close one and come again.</p>"
LONGEST_LINK: Final = 4_000
"""Characters of an address; those of pages have some hundreds."""
TALK: Final = "/ws"
"""Where a page talks with its session."""
THREADS: Final = 2
"""Computing at once."""
LOGS: Final = ("bokeh.server.views.ws", "bokeh.server.protocol_handler")
"""Where Bokeh tells of what pages send."""
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
        return opened(bench, workers, shelf) if len(server.get_sessions()) <= MOST_PAGES else pn.pane.HTML(FULL)

    secret = generate_secret_key().encode()
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
        sign_sessions=True,
        secret_key=secret,
    )
    for name in LOGS:
        logging.getLogger(name).addFilter(in_a_line)
    # Neither Panel nor Bokeh gives out the application that a server answers by: the minor version of Panel is pinned.
    server._tornado.add_handlers(".*", [Rule(Refused(hosts, secret), ErrorHandler)])
    return server


class Refused(Matcher):
    """Requests that none of our own pages would send, with the status that they are answered by.

    Parameters
    ----------
    hosts : list of str
        How this server is called.
    secret : bytes
        By which sessions are signed.
    """

    def __init__(self, hosts: list[str], secret: bytes) -> None:
        self._hosts, self._secret = hosts, secret

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """What Tornado hands to the handler of a refused request; None leaves the request to the next one."""
        status = refused(request, self._hosts, self._secret)
        return {"target_kwargs": {"status_code": status}} if status else None


def refused(request: HTTPServerRequest, hosts: list[str], secret: bytes) -> HTTPStatus | None:
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
    return HTTPStatus.BAD_REQUEST if named or (request.path == TALK and not _begun(request, secret)) else None


def _begun(request: HTTPServerRequest, secret: bytes) -> bool:
    """Whether what a page sends along to talk is what it was given, as our signature says, not too long ago."""
    protocol, _, token = request.headers.get("Sec-WebSocket-Protocol", "").partition(",")
    try:
        given = protocol == "bokeh" and check_token_signature(token.strip(), secret, signed=True)
        return given and bool(get_token_payload(token.strip())["session_expiry"] > time.time())
    except Exception:  # whatever a stranger sends
        return False


def in_a_line(record: logging.LogRecord) -> bool:
    """A filter of logs: what is no message of a page is told in one line; an error of ours keeps its traceback."""
    _, error, trace = record.exc_info or (None, None, None)
    if error is not None and not any(_ours(frame) for frame, _ in traceback.walk_tb(trace)):
        told = visible(f"{type(error).__name__}: {error}"[:LONGEST])
        record.msg, record.args, record.exc_info = f"What came is no message of a page ({told})", (), None
    return True


def _ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("techduel.")
