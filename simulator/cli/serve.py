"""`trailwright serve`: a page on which scenarios are written and tried."""

from __future__ import annotations

import secrets  # noqa: TID251  # no record depends on it
import webbrowser
from contextlib import closing, suppress
from typing import Annotated, Final

import typer

from simulator.cli.app import say

EPILOG: Final = """\b
Examples:
  trailwright serve
  trailwright serve my.yaml --open
  trailwright serve plays/password-spray --port 8765
"""


def add_to(app: typer.Typer) -> None:
    """Make the command known."""
    app.command(epilog=EPILOG)(serve)


def serve(
    *,
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="[SCENARIO]",
            help="What the page begins with: a file, or the name of one that is shipped.",
        ),
    ] = "quickstart",
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65_535, help="Where to listen; 0: any port.")
    ] = 0,
    is_opened: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser as well.")
    ] = False,
) -> None:
    """Serve a page on which scenarios are written and tried, to this machine alone.

    It completes and checks while one writes, and shows the records in both eras side by side.
    It listens on 127.0.0.1, to whoever has the token in the address that it prints; it writes no
    file. It ends with Ctrl-C, which is no error. Needs the extra serve.
    """
    # The other commands do without.
    from simulator.playground import server  # noqa: PLC0415
    from simulator.scenario import library, reader  # noqa: PLC0415

    server.require()
    path = library.find(scenario)
    opened = server.Opened(scenario, str(path), reader.file_text(path))
    # A fresh one each time: an address that somebody kept opens nothing.
    token = secrets.token_urlsafe(32)
    with closing(server.listener(port)) as socket, suppress(KeyboardInterrupt):
        address = f"http://{server.HOST}:{socket.getsockname()[1]}/#{token}"
        say(f"playground: {address}\nIt ends with Ctrl-C.")
        if is_opened and not webbrowser.open(address):
            say("no browser could be opened: open the address yourself")
        server.serve(server.Playground(opened), token, socket)
