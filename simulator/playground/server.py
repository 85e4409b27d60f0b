"""The server of the playground: the one module that knows Starlette and uvicorn."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from simulator.errors import MissingExtraError, OutputError
from simulator.playground.guards import NONCE, Guard
from simulator.playground.hands import DiedError, Hand, TooLongError
from simulator.playground.limits import CHECK_S, EVENTS, RUN_S, SEED
from simulator.playground.marks import compared
from simulator.primitives.version import version
from simulator.scenario import library, reader

try:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.routing import Route
except ImportError:
    Starlette = None  # type: ignore[assignment,misc]  # asked before it is used

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

HOST: Final = "127.0.0.1"
"""Where the server listens: nobody else's machine reaches it."""

PAGE: Final = Path(__file__).parent / "page"
"""The page as it was built."""

_TYPES: Final = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "icon.svg": "image/svg+xml",
    "licences.txt": "text/plain",
}


def require() -> None:
    """Refuse to go on without what the server is made of.

    Raises:
        MissingExtraError: It is not installed.
    """
    if Starlette is None:
        raise MissingExtraError("the playground", "serve")


def listener(port: int) -> socket.socket:
    """Return a socket that listens on this machine alone.

    Args:
        port: 0 for any that is free.

    Raises:
        OutputError: The port cannot be listened at.
    """
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        # Some Pythons put the address into the error's own words as well.
        why = os.strerror(error.errno or 0)
        message = f"cannot listen at {HOST}:{port}: {why}: choose another --port"
        raise OutputError(message) from error


@dataclass(frozen=True, slots=True)
class Opened:
    """The scenario that the page begins with."""

    name: str
    """A shipped one's; or a file's, as the user gave it."""

    path: str
    """Its file."""

    text: str
    """What is in it."""


@dataclass(slots=True)
class Playground:
    """What the server answers."""

    opened: Opened
    checker: Hand = field(default_factory=lambda: Hand(CHECK_S))
    runner: Hand = field(default_factory=lambda: Hand(RUN_S))
    _names: asyncio.Task[dict[str, str]] = field(init=False)

    def application(self, token: str, port: int) -> Guard:
        """Return it as an ASGI application, guarded."""
        routes = [
            Route("/", self._page),
            *(Route(f"/{name}", self._file) for name in _TYPES),
            Route("/api/start", self._start),
            Route("/api/schema", self._schema),
            Route("/api/scenarios/{name:path}", self._scenario),
            Route("/api/check", self._check, methods=["POST"]),
            Route("/api/run", self._run, methods=["POST"]),
            Route("/api/compare", self._compare, methods=["POST"]),
        ]
        return Guard(Starlette(routes=routes, lifespan=self._working), token, port)

    def abandon(self) -> None:
        """Let go of what is under way, so that the end need not wait for it."""
        self.checker.abandon()
        self.runner.abandon()

    @asynccontextmanager
    async def _working(self, _application: Starlette) -> AsyncIterator[None]:
        """Have ready what the page asks for first, and end all processes at the end."""
        # Takes most of a second, in which the browser comes.
        self._names = asyncio.create_task(asyncio.to_thread(library.names))
        await self.checker.start()
        try:
            yield
        finally:
            await asyncio.gather(self.checker.end(), self.runner.end())

    async def _page(self, request: Request) -> Response:
        text = (PAGE / "index.html").read_text("utf-8")
        return Response(text.replace("{nonce}", request.scope[NONCE]), media_type="text/html")

    async def _file(self, request: Request) -> Response:
        name = request.url.path.removeprefix("/")
        return Response((PAGE / name).read_bytes(), media_type=_TYPES[name])

    async def _start(self, _request: Request) -> Response:
        return _json(
            {
                "version": version(),
                "limits": {"events": EVENTS, "seconds": RUN_S},
                "scenarios": await self._names,
                "opened": {"name": self.opened.name, "text": self.opened.text},
            }
        )

    async def _schema(self, _request: Request) -> Response:
        text = (library.folder() / "scenario.schema.json").read_bytes()
        return Response(text, media_type="application/json")

    async def _scenario(self, request: Request) -> Response:
        path = library.paths().get(request.path_params["name"])
        if path is None:
            return _refused(404, "There is no such scenario.")
        return _json({"text": reader.file_text(path)})

    async def _check(self, request: Request) -> Response:
        wanted = await _wanted(request)
        if not isinstance(wanted.get("text"), str):
            return _refused(400, "Expected a text.")
        answer = await _done(self.checker, "check", self._named(wanted))
        # Ready before somebody presses Run, and not in the way of the first check.
        if not self.runner.is_busy:
            await self.runner.start()
        return answer

    async def _run(self, request: Request) -> Response:
        wanted = await _wanted(request)
        seed, events = (wanted.get(name) for name in ("seed", "events"))
        if not isinstance(wanted.get("text"), str):
            return _refused(400, "Expected a text.")
        if not _is_within(seed, SEED):
            return _refused(400, f"The seed is a number from 0 to {SEED}.")
        if not _is_within(events, EVENTS):
            return _refused(400, f"Events are a number from 0 to {EVENTS:,}.")
        if self.runner.is_busy:
            return _refused(409, "A run is under way: try again when it has ended.")
        numbers = {name: int(text) for name, text in (("seed", seed), ("events", events)) if text}
        return await _done(self.runner, "run", {**self._named(wanted), **numbers})

    async def _compare(self, request: Request) -> Response:
        wanted = await _wanted(request)
        old, new = wanted.get("old"), wanted.get("new")
        if not (isinstance(old, str) and isinstance(new, str)):
            return _refused(400, "Expected two records.")
        return _json({"marks": compared(old, new)})

    def _named(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Return a text and the name of the file it stands for."""
        origin = wanted.get("origin")
        shipped = library.paths().get(origin) if isinstance(origin, str) else None
        return {"text": wanted["text"], "name": str(shipped or self.opened.path)}


def serve(playground: Playground, token: str, at: socket.socket) -> None:
    """Answer until the process is told to end.

    Args:
        playground: What answers.
        token: What requests must carry.
        at: A socket that listens.
    """
    application = playground.application(token, at.getsockname()[1])
    config = uvicorn.Config(
        application,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        # Whoever does not read an answer is not waited for.
        timeout_graceful_shutdown=1,
    )

    # Here, since without the extra there is nothing it could be derived from.
    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            """End what is under way first: what uvicorn has to break off it complains of."""
            playground.abandon()
            await super().shutdown(sockets)

    Server(config).run(sockets=[at])


async def _wanted(request: Request) -> dict[str, Any]:
    """Return what a request asks for; nothing if it is no JSON object."""
    try:
        wanted = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        return {}
    return wanted if isinstance(wanted, dict) else {}


def _is_within(text: object, most: int) -> bool:
    """Return whether a number is one that may be asked for. It comes as text, or not at all.

    JavaScript's own numbers are exact up to 2^53 alone.
    """
    if text is None or text == "":
        return True
    is_number = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 20
    return is_number and int(str(text)) <= most


async def _done(hand: Hand, job: str, wanted: dict[str, Any]) -> Response:
    """Return the answer to a job."""
    try:
        answer = await hand.do(job, **wanted)
    except TooLongError:
        message = (
            f"This takes more than {hand.patience_s:.0f} seconds, and was ended. Ask for fewer "
            "people or events, or run it with trailwright generate."
        )
        return _refused(422, message)
    except DiedError:
        return _refused(422, "The process ended over it, perhaps for want of memory.")
    if "bug" in answer:
        return _refused(500, answer["bug"])
    return _json(answer)


def _json(body: object, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


def _refused(status: int, message: str) -> Response:
    return _json({"message": message}, status)
