"""Requests that reach the server of pages: what none of our own pages would send is refused before it is read."""

import json
import logging
from collections.abc import Callable
from http import HTTPStatus

import pytest

pytest.importorskip("panel", reason="panel is not installed")

from bokeh.protocol import Protocol
from bokeh.util.token import generate_jwt_token, generate_session_id
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from techduel.explore.server import LOGS, LONGEST_LINK, in_a_line, refused
from techduel.explore.view import MOST_MOVES, Move, View, ends
from techduel.scenario.layers import choices

HOST = "127.0.0.1:5006"
HOSTS = [HOST, "localhost:5006"]
SECRET = b"ours"
OWN = {"session_id": generate_session_id(SECRET, signed=True), "secret_key": SECRET, "signed": True}
FRESH = generate_jwt_token(**OWN, expiration=300)


def status(uri: str, **headers: str) -> HTTPStatus | None:
    """Why a request is refused; None where it is answered."""
    line = RequestStartLine("GET", uri, "HTTP/1.1")
    named = {"Host": HOST, **{key.replace("_", "-"): value for key, value in headers.items()}}
    return refused(HTTPServerRequest(headers=HTTPHeaders(named), start_line=line), HOSTS, SECRET)


@pytest.mark.parametrize("host", HOSTS)
def test_our_own_pages_are_answered(host: str) -> None:
    assert status("/?year=2030", Host=host) is None
    assert status("/?year=2030", Host=host, Origin=f"http://{host}") is None
    assert status("/ws", Host=host, Origin=f"http://{host}", Sec_WebSocket_Protocol=f"bokeh, {FRESH}") is None


def test_the_longest_link_of_a_page_is_followed() -> None:
    name = max(choices("scenario"), key=len)
    move = Move("china", "outbound_investment_limits", "industrial_internet", 2024, 1234.5)
    assert len(f"/?{View(name, name, (move,) * MOST_MOVES, 'industrial_internet', 2035).query}") < LONGEST_LINK / 4


@pytest.mark.parametrize("digits", [5_000, 60_000])
def test_a_number_of_thousands_of_digits_is_not_read(digits: int) -> None:
    assert status(f"/?year={'9' * digits}") == HTTPStatus.REQUEST_URI_TOO_LONG


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example:5006"}, {"Origin": "http://evil.example"}, {"Origin": "null"}]
)
@pytest.mark.parametrize("uri", ["/", "/autoload.js", "/ws", "/metadata"])
def test_no_page_from_elsewhere_is_answered(uri: str, headers: dict[str, str]) -> None:
    assert status(uri, **headers) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("uri", ["/?bokeh-token=eyJ", "/?Bokeh-session-id=evil", "/autoload.js?bokeh-app-path=/"])
def test_nobody_chooses_a_session(uri: str) -> None:
    assert status(uri) == status("/", Bokeh_Token="eyJ") == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    "protocol",
    [
        *("", "bokeh", "bokeh, ", "bokeh, eyJ", "bokeh, \xff", f"other, {FRESH}", f"bokeh, {'x' * 3000}", "bokeh, e30"),
        f"bokeh, {generate_jwt_token(**OWN, expiration=-1)}",
        f"bokeh, {generate_jwt_token('own', signed=False, expiration=300)}",
        f"bokeh, {generate_jwt_token(**OWN | {'secret_key': b'theirs'}, expiration=300)}",
        f"bokeh, {FRESH[:-1]}",
    ],
)
def test_a_session_that_no_page_has_begun_ends_without_a_traceback(protocol: str) -> None:
    assert status("/ws", Sec_WebSocket_Protocol=protocol) == HTTPStatus.BAD_REQUEST


def logged(call: Callable[[], object], caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines that Bokeh's logger, filtered as the server does it, prints of an error."""
    logger = logging.getLogger(LOGS[0])
    logger.addFilter(in_a_line)
    try:
        call()
    except Exception as error:
        logger.error("Unhandled exception: %r", error, exc_info=True)
    finally:
        logger.removeFilter(in_a_line)
    return caplog.text.splitlines()


@pytest.mark.parametrize("kind", ["NOPE", "NOPE\nERROR: forged", "x" * 5000])
def test_what_is_no_message_of_a_page_is_told_in_one_line(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    (line,) = logged(lambda: Protocol().assemble(f'{{"msgtype": {json.dumps(kind)}}}', "{}", "{}"), caplog)
    assert "is no message of a page (KeyError: " in line
    assert len(line) < 200


def test_an_error_of_ours_keeps_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    lines = logged(lambda: ends("no_lever"), caplog)
    assert "KeyError: 'no_lever'" in lines
    assert len(lines) > 3
