"""Who may talk to the server, and how much they may say.

A browser lets any page send requests to this machine. What is asked for must carry the token,
which only the address that was printed has; name this machine as the host, so that no other
name can be turned to point here (DNS rebinding); and come from the page itself, if it says
where it comes from. Everything that is answered forbids the page to load from, or send to,
anywhere else.
"""

from __future__ import annotations

import hmac
import secrets  # noqa: TID251  # no record depends on it
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson

from simulator.playground.limits import REQUEST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

Message: TypeAlias = "MutableMapping[str, Any]"
Receive: TypeAlias = "Callable[[], Awaitable[Message]]"
Send: TypeAlias = "Callable[[Message], Awaitable[None]]"
Application: TypeAlias = "Callable[[Message, Receive, Send], Awaitable[None]]"

TOKEN: Final = "x-trailwright-token"  # noqa: S105  # a header's name
"""The header that carries the token. Pages of other origins cannot send it unasked."""

NONCE: Final = "trailwright.nonce"
"""Where an answer finds what allows the styles that the editor writes."""

_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'nonce-{nonce}'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}
_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


@dataclass(frozen=True, slots=True)
class Guard:
    """Stands before an application, and refuses what it must not see."""

    application: Application
    """What it stands before."""

    token: str
    """What requests under `/api/` must carry."""

    port: int
    """Where the server listens."""

    hosts: frozenset[bytes] = field(init=False)

    def __post_init__(self) -> None:
        """Know this machine's names."""
        names = ("127.0.0.1", "localhost")
        object.__setattr__(
            self, "hosts", frozenset(f"{name}:{self.port}".encode() for name in names)
        )

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or let it through."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        nonce = scope[NONCE] = secrets.token_urlsafe(16)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                policy = (b"content-security-policy", _policy(nonce))
                message["headers"] = [*message.get("headers", ()), *_HEADERS, policy]
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(sent, *refusal)
            return
        body = await _body(receive)
        if body is None:
            await _refuse(sent, *_TOO_LARGE)
            return
        whole = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def received() -> Message:
            return next(whole, None) or await receive()

        await self.application(scope, received, sent)

    def _refusal(self, scope: Message) -> tuple[int, str] | None:
        """Return the status and message with which a request is refused, if it is."""
        headers = dict(scope["headers"])
        if headers.get(b"host") not in self.hosts:
            return 421, "This server answers to its own address alone, as it was printed."
        origin = headers.get(b"origin")
        if origin is not None and origin.removeprefix(b"http://") not in self.hosts:
            return 403, "Requests of other pages are refused."
        return self._refused_call(scope, headers) if scope["path"].startswith("/api/") else None

    def _refused_call(
        self, scope: Message, headers: Mapping[bytes, bytes]
    ) -> tuple[int, str] | None:
        # Compared in constant time: how long it takes tells nothing of the token.
        if not hmac.compare_digest(headers.get(TOKEN.encode(), b""), self.token.encode()):
            return (
                403,
                "The token is missing or not this server's: open the address as it was printed.",
            )
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > REQUEST:
            return _TOO_LARGE
        if scope["method"] == "POST" and headers.get(b"content-type") != b"application/json":
            return 415, "Requests are JSON."
        return None


def _policy(nonce: str) -> bytes:
    return (
        "; ".join(f"{name} {said}" for name, said in _POLICY.items()).format(nonce=nonce).encode()
    )


_TOO_LARGE: Final = (413, f"A request is no longer than {REQUEST >> 20} MB.")


async def _body(receive: Receive) -> bytes | None:
    """Return all that a request sends; None as soon as it is too much."""
    body = bytearray()
    while len(body) <= REQUEST:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body) if len(body) <= REQUEST else None
    return None


async def _refuse(send: Send, status: int, message: str) -> None:
    body = orjson.dumps({"message": message})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        # What is left of the request is not waited for.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
