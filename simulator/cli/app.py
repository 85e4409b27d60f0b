"""The command `trailwright`: its subcommands, and how a run of it ends."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer
from typer.core import TyperGroup

from simulator.cli import generate, records, scenario, validate
from simulator.errors import OutputError, ScenarioError, SimulatorError
from simulator.run import version

if TYPE_CHECKING:
    from types import FrameType

STATUSES: Final = (
    (0, "all went well"),
    (1, "`validate` found something, or the program has a bug and shows where"),
    (2, "an option, argument or scenario is wrong"),
    (3, "the target cannot be written, or holds something already"),
    (4, "a file to be read is missing, or not what it should be"),
    (5, "an optional dependency is not installed"),
    (130, "interrupted with Ctrl-C"),
    (141, "nobody reads standard output any more"),
    (143, "told to terminate"),
)
"""Exit statuses and what they mean; those above 128 are as shells count signals."""

_INTERRUPTED: Final = 130
_UNREAD: Final = 141

HELP: Final = """
Write synthetic AWS CloudTrail records of IAM Identity Center, reproducible to the byte:
sign-ins, the access portal, CLI sign-ins, MFA devices, users and groups, as they were
before and after AWS changed them in January 2025.
"""

EPILOG: Final = "\b\nTry:\n" + "\n".join(
    (
        "  trailwright generate quickstart          records, truth and manifest in output/",
        "  trailwright records diff CredentialChallenge   an event before and after",
        "  trailwright scenario new my.yaml         a scenario of your own to start from",
        "  trailwright validate trail.json.gz       check any CloudTrail file",
        "",
        "Exit statuses:",
        *(f"  {status:>3}  {meaning.replace('`', '')}" for status, meaning in STATUSES),
    )
)


class _Root(TyperGroup):
    """Ends the command with the status that belongs to an error, and one plain message."""

    def invoke(self, ctx: typer.Context) -> object:
        """Run a subcommand."""
        try:
            return super().invoke(ctx)
        except SimulatorError as error:
            _say(str(error) if isinstance(error, ScenarioError) else f"Error: {error}")
            raise typer.Exit(error.exit_status) from None
        except BrokenPipeError:
            raise typer.Exit(_UNREAD) from None
        except KeyboardInterrupt:
            _say("Interrupted: nothing was written.")
            raise typer.Exit(_INTERRUPTED) from None


app = typer.Typer(
    name="trailwright",
    cls=_Root,
    help=HELP,
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"trailwright {version()}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Take the options of the command itself."""


generate.add_to(app)
app.add_typer(scenario.app, name="scenario")
app.add_typer(records.app, name="records")
validate.add_to(app)


def main() -> NoReturn:
    """Run the command line, and end the program."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app(prog_name="trailwright")
    except SystemExit as ended:
        status = ended.code
    else:
        status = 0
    sys.exit(_flushed(status))


def _flushed(status: str | int | None) -> str | int | None:
    """Write out what is left of the results, and return the status to end with."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # What cannot be written must not be tried again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return _UNREAD
        _say(f"Error: cannot write standard output: {error.strerror}")
        return OutputError.exit_status
    return status


def _terminated(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _say(message: str) -> None:
    # Plain, so that nothing in a message is taken for mark-up, wrapped or coloured.
    print(message, file=sys.stderr)
