"""What sinks over HTTP share: a connection that is kept, and what became of a request."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from simulator.errors import OutputError, RequestError
from simulator.sinks.compression import gzipped
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Trouble
from simulator.streaming.sinks.sockets import TLS_OPTIONS, refuse_settings, tls_of, words

if TYPE_CHECKING:
    from collections.abc import Mapping
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
        try:
            until = parsedate_to_datetime(said)
        except ValueError:
            return None
        return None if self.date is None else max((until - self.date).total_seconds(), 0.0)

    @property
    def words(self) -> str:
        """What it says, in a line of a few words."""
        text = " ".join(self.body[:300].decode("utf-8", "replace").split())
        return f"status {self.status}: {text}" if text else f"status {self.status}"


def place_of(address: Address, headers: Mapping[str, str], *, port: int | None = None) -> Place:
    """Return where an address leads.

    Args:
        headers: What every request has.
        port: What holds where it names none; absent for what is usual.

    Raises:
        RequestError: It is no such address.
        InputError: A certificate cannot be read.
    """
    scheme = address.scheme.rpartition("+")[2]
    try:
        parts = urlsplit(f"{scheme}:{address.rest}")
        host, said = parts.hostname, parts.port
    except ValueError:
        host = said = None
        parts = None
    if parts is None or not host or parts.username is not None or parts.fragment:
        has = " (a password goes into a setting)" if "@" in address.rest else ""
        message = f"cannot send to {address.text}: expected {address.scheme}://HOST{has}"
        raise RequestError(message)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or " " in path:
        message = f"cannot send to {address.text}: write the path with % signs"
        raise RequestError(message)
    settings = address.settings
    if scheme == "http":
        refuse_settings(address, TLS_OPTIONS, "is for TLS, and this is not encrypted")
    return Place(
        address.text,
        host,
        said or port or (443 if scheme == "https" else 80),
        path,
        settings.count("timeout", TIMEOUT),
        tls_of(settings) if scheme == "https" else None,
        settings.flag("gzip"),
        {"User-Agent": "trailwright", **headers},
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
        sent = {**self.place.headers, **headers}
        if self.place.is_packed:
            body = gzipped(body)
            sent["Content-Encoding"] = "gzip"
        if self._http.sock is None:
            self._connect()
        try:
            self._http.request("POST", path, body, sent)
            response = self._http.getresponse()
            answer = Answer(
                response.status,
                response.read(_MOST),
                _date(response.getheader("Date")),
                response.getheader("Retry-After"),
            )
        except OSError as error:
            self.close()
            raise Trouble(words(error), may_have_arrived=True) from None
        except http.client.HTTPException as error:
            self.close()
            why = f"no answer that could be read ({type(error).__name__})"
            raise Trouble(why, may_have_arrived=True) from None
        if 300 <= answer.status < 400:
            to = response.getheader("Location", "elsewhere")
            message = f"cannot send to {self.place.name}: it sends on to {to}: give that address"
            raise OutputError(message)
        return answer

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
        raise Trouble(answer.words, may_have_arrived=is_doubtful, after=answer.after)
    if answer.status >= 400:
        what = advice.get(answer.status, advice.get(0, "what it says has to be put right first"))
        message = f"cannot send to {place.name}: {answer.words}: {what}"
        raise OutputError(message)


def _date(said: str | None) -> datetime | None:
    try:
        return None if said is None else parsedate_to_datetime(said)
    except ValueError:
        return None
