"""What sinks over HTTP share: a connection that is kept, and what became of a request.

A request whose last byte was not handed over is incomplete, and a server does not act on it
(RFC 9112, 8): it did not arrive. From the last byte on it may have, until an answer says so. A
server that leaves a connection idle for long closes it; that is looked for before a request is
written, since afterwards nobody could tell whether it arrived.
"""

from __future__ import annotations

import http.client
import re
import ssl
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from simulator.errors import OutputError, RequestError
from simulator.sinks.compression import gzipped
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Trouble
from simulator.streaming.sinks.sockets import TLS_OPTIONS, refuse_settings, tls_of, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from simulator.streaming.addresses import Address

TIMEOUT: Final = 30
HTTP_OPTIONS: Final = (
    Option("timeout", f"seconds that an answer may take: {TIMEOUT}"),
    Option("gzip", "yes: bodies are compressed: no"),
    *(option for option in TLS_OPTIONS if option.name != "server-name"),
)

_MOST: Final = 16 << 20
"""Bytes of an answer that are read, at most."""

_PATH: Final = re.compile(r"[!-~]*")
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE: Final = re.compile(r"[ -~]*")
_OURS: Final = frozenset({"connection", "content-encoding", "content-length", "transfer-encoding"})
"""Headers that say where a request ends and what it is packed in: nobody else's to set."""
_OPEN: Final = "User-Agent"
"""The header whose value is no secret for certain."""
_SHORT: Final = 6
"""Characters of which no secret has fewer: hiding less would blot out ordinary words."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where requests go."""

    name: str
    """What messages call it."""
    host: str
    port: int
    path: str
    """What the address has behind the host; empty, or begins with a slash."""
    timeout: float
    """Seconds."""
    tls: ssl.SSLContext | None
    is_packed: bool
    """Whether bodies are compressed."""
    headers: Mapping[str, str]
    """What every request has."""
    is_secret: bool = False
    """Whether whoever knows the path may send."""

    def hidden(self, text: str) -> str:
        """Return what a server says without the secrets that it was told."""
        for secret in self._secrets():
            if len(secret) >= _SHORT:
                text = text.replace(secret, "***")
        return text

    def _secrets(self) -> Iterator[str]:
        for name, value in self.headers.items():
            if name != _OPEN:
                yield value
                yield value.rpartition(" ")[2]
        path, _, query = self.path.partition("?")
        for one in query.split("&"):
            yield one.rpartition("=")[2]
        if self.is_secret:
            yield path
            yield path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes
    date: datetime | None
    """What its clock says, if it does."""
    retry_after: str | None

    @property
    def after(self) -> float | None:
        """How many seconds it asks to wait; absent where it does not say."""
        said = self.retry_after
        if said is None:
            return None
        if said.isdecimal():
            return float(said)
        until = _date(said)
        if until is None or self.date is None:
            return None
        return max((until - self.date).total_seconds(), 0.0)

    @property
    def words(self) -> str:
        """What it says, in a line of a few words."""
        text = " ".join(self.body[:300].decode("utf-8", "replace").split())
        return f"status {self.status}: {text}" if text else f"status {self.status}"


def place_of(
    address: Address,
    headers: Mapping[str, str],
    *,
    port: int | None = None,
    is_secret: bool = False,
) -> Place:
    """Return where an address leads.

    Args:
        headers: What every request has.
        port: What holds where it names none; absent for what is usual.
        is_secret: Whether whoever knows the path may send, so that nobody is told it.

    Raises:
        RequestError: It is no such address.
        InputError: A certificate cannot be read.
    """
    scheme = address.scheme.rpartition("+")[2]
    # What is behind a question mark may be a key.
    name = re.sub(r"[?#].*", "?***", address.text)
    if is_secret:
        name = re.sub(r"(//[^/?]*/).+", r"\1***", name)
    try:
        parts = urlsplit(f"{scheme}:{address.rest}")
        host, said = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError:
        host = said = None
        parts = None
    if parts is None or not host or said == 0 or parts.username is not None or parts.fragment:
        has = " (a password goes into a setting)" if "@" in address.rest else ""
        message = f"cannot send to {name}: expected {address.scheme}://HOST{has}"
        raise RequestError(message)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if not _PATH.fullmatch(path):
        message = f"cannot send to {name}: write the path with % signs"
        raise RequestError(message)
    for header, value in headers.items():
        if not _HEADER.fullmatch(header) or not _VALUE.fullmatch(value):
            message = (
                f"cannot send to {name}: the header {header!r} cannot be written: a setting "
                "has a line end or another character that headers do not take"
            )
            raise RequestError(message)
        if header.lower() in _OURS:
            message = f"cannot send to {name}: the header {header!r} follows from the body"
            raise RequestError(message)
    settings = address.settings
    if scheme == "http":
        refuse_settings(address, TLS_OPTIONS, "is for TLS, and this is not encrypted")
    return Place(
        name,
        host,
        said or port or (443 if scheme == "https" else 80),
        path,
        settings.count("timeout", TIMEOUT),
        tls_of(settings) if scheme == "https" else None,
        settings.flag("gzip"),
        {_OPEN: "trailwright", **headers},
        is_secret,
    )


@dataclass(eq=False, slots=True)
class Posting:
    """A connection to an HTTP server, kept from one request to the next."""

    place: Place
    _http: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        """Connect.

        Raises:
            Trouble: It is not there now.
            OutputError: Its certificate is not what it should be.
        """
        place = self.place
        self._http = (
            http.client.HTTPConnection(place.host, place.port, timeout=place.timeout)
            if place.tls is None
            else http.client.HTTPSConnection(
                place.host, place.port, timeout=place.timeout, context=place.tls
            )
        )
        self._connect()

    def _connect(self) -> None:
        try:
            self._http.connect()
        except ssl.SSLCertVerificationError as error:
            self.close()
            message = (
                f"cannot send to {self.place.name}: its certificate is not trusted "
                f"({error.verify_message}): say --with ca=FILE, or insecure=yes"
            )
            raise OutputError(message) from None
        except OSError as error:
            self.close()
            raise Trouble(words(error), may_have_arrived=False) from None

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Make a request, and return what the server said; after an error on a new connection.

        Raises:
            Trouble: It said nothing that can be understood: it may have the request or not.
            OutputError: It sends elsewhere.
        """
        # A header that was asked for stands, however it is written there.
        known = {name.lower() for name in self.place.headers}
        ours = {name: value for name, value in headers.items() if name.lower() not in known}
        sent = {**self.place.headers, **ours}
        if self.place.is_packed:
            body = gzipped(body)
            sent["Content-Encoding"] = "gzip"
        if self._http.sock is not None and self._was_left():
            self.close()
        if self._http.sock is None:
            self._connect()
        is_whole = False
        try:
            is_whole = self._written(path, body, sent)
            response = self._http.getresponse()
            said = response.read(_MOST)
            if response.length and len(said) < _MOST:
                raise http.client.IncompleteRead(said, response.length)
            answer = Answer(
                response.status,
                said,
                _date(response.getheader("Date")),
                response.getheader("Retry-After"),
            )
        except OSError as error:
            self.close()
            raise Trouble(words(error), may_have_arrived=is_whole) from None
        except http.client.HTTPException as error:
            self.close()
            why = f"no answer that could be read ({type(error).__name__})"
            raise Trouble(why, may_have_arrived=is_whole) from None
        if not is_whole or not response.isclosed():
            self.close()
            if not is_whole and answer.status < 300:
                raise Trouble("answered before it had read everything", may_have_arrived=True)
        if 300 <= answer.status < 400:
            to = self.place.hidden(response.getheader("Location") or "elsewhere")
            message = f"cannot send to {self.place.name}: it sends on to {to}: give that address"
            raise OutputError(message)
        return answer

    def _written(self, path: str, body: bytes, headers: Mapping[str, str]) -> bool:
        """Write a request; return whether all of it could be written.

        A server that has seen enough answers and closes: what it says explains why.
        """
        try:
            self._http.request("POST", path, body, dict(headers))
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def _was_left(self) -> bool:
        """Return whether the server closed the connection, or talks without having been asked."""
        connection = self._http.sock
        try:
            connection.setblocking(False)
            connection.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            pass  # reset: it is gone
        finally:
            connection.settimeout(self.place.timeout)
        return True

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()


def refuse(place: Place, answer: Answer, advice: Mapping[int, str]) -> None:
    """Raise what an answer means for a whole request that was not taken.

    Args:
        place: Where it went.
        answer: What came back.
        advice: What to do about statuses that will not change.

    Raises:
        Trouble: It may go better later.
        OutputError: It never will.
    """
    if answer.status in {408, 429} or answer.status >= 500:
        # An error inside may come before or after the records were taken.
        is_doubtful = answer.status not in {429, 503}
        why = place.hidden(answer.words)
        raise Trouble(why, may_have_arrived=is_doubtful, after=answer.after)
    if answer.status >= 400:
        what = advice.get(answer.status, advice.get(0, "what it says has to be put right first"))
        message = f"cannot send to {place.name}: {place.hidden(answer.words)}: {what}"
        raise OutputError(message)


def _date(said: str | None) -> datetime | None:
    try:
        found = None if said is None else parsedate_to_datetime(said)
    except ValueError:
        return None
    # Without a zone, and with the zone -0000, a date is of UTC all the same.
    return found if found is None or found.tzinfo is not None else found.replace(tzinfo=UTC)
