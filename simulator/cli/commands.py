"""The command `trailwright` and its subcommands."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperGroup

from simulator.cli.app import INTERRUPTED, STATUSES, UNREAD, cannot_print, say
from simulator.errors import OutputError, ScenarioError, SimulatorError
from simulator.primitives.version import version

if TYPE_CHECKING:
    from collections.abc import Iterator

HELP: Final = """
Write synthetic AWS CloudTrail records of IAM Identity Center, reproducible to the byte.

Sign-ins, the access portal, CLI sign-ins, MFA devices, users and groups: in the schema
before or after AWS's change of January 2025, or crossing it.
"""

EPILOG: Final = "\n".join(
    (
        "\b",
        "Try:",
        "  trailwright generate quickstart                records, truth and manifest in output/",
        "  trailwright records diff CredentialChallenge   an event before and after the change",
        "  trailwright scenario new my.yaml               a scenario of your own to start from",
        "  trailwright validate trail.json.gz             check any CloudTrail file",
        "  trailwright explain trail.json.gz              what any CloudTrail file says, in words",
        "  trailwright summary output/quickstart          what is in records, in a few tables",
        "  trailwright tail records.ndjson -f             records on a line each, as they come",
        "  trailwright report quickstart                  what is in records, as a page to look at",
        "  trailwright era detect trail.json.gz           which era any CloudTrail file is in",
        "  trailwright verify output/quickstart --rerun   whether a run still is what was written",
        "  trailwright stream quickstart --to tcp://127.0.0.1:5140 --rate 5000/s   a load test",
        "  trailwright reconcile sent/ export.ndjson      which records a SIEM received",
        "  trailwright dataset quickstart -o data/        tables for training and testing",
        "  trailwright score my-trail/ alerts.csv         how well a detector did",
        "  trailwright realism baseline/office            whether people do what personas declare",
        "  trailwright case minimise my.yaml -- ./parser  the least that a parser fails on",
        "  trailwright mutations                          what can be broken on purpose, and how",
        "  trailwright docs                               the documentation, which came with this",
        "  trailwright serve --open                       a page to write and try scenarios on",
        "",
        "\b",
        "Exit statuses:",
        *(f"  {status:>3}  {meaning}" for status, meaning in STATUSES),
    )
)

SUBCOMMANDS: Final = (
    "generate",
    "merge-manifests",
    "stream",
    "listen",
    "reconcile",
    "dataset",
    "scenario",
    "records",
    "validate",
    "explain",
    "summary",
    "tail",
    "report",
    "era",
    "verify",
    "score",
    "realism",
    "case",
    "mutations",
    "docs",
    "serve",
)
"""In the order of the help; each is the module of its name, where a dash is an underscore."""

_ENOUGH: Final = {
    **dict.fromkeys(("--version", "--show-completion", "--install-completion"), ()),
    **{name: (name,) for name in SUBCOMMANDS},
}
"""Subcommands that suffice for a command line that begins so; any other may need all."""


class _Root(TyperGroup):
    """Ends the command with the status that belongs to an error, and one plain message."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # as typer has it
        """Read the options of the command itself, which may already print."""
        with _errors_told():
            try:
                return super().make_context(*args, **kwargs)
            except OSError as error:
                # Completion is installed into files of one's shell.
                if error.filename is None:
                    raise
                message = f"cannot write {error.filename}: {error.strerror}"
                raise OutputError(message) from None

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # typer does not export their type
        """Run a subcommand."""
        with _errors_told():
            return super().invoke(ctx)


@contextmanager
def _errors_told() -> Iterator[None]:
    try:
        yield
    except SimulatorError as error:
        say(str(error) if isinstance(error, ScenarioError) else f"Error: {error}")
        raise typer.Exit(error.exit_status) from None
    except BrokenPipeError:
        raise typer.Exit(UNREAD) from None
    except OSError as error:
        # Whoever opens a file deals with its errors; one without a name is a print's.
        if error.filename is not None:
            raise
        say(cannot_print(error))
        raise typer.Exit(OutputError.exit_status) from None
    except KeyboardInterrupt:
        say("Interrupted.")
        raise typer.Exit(INTERRUPTED) from None


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"trailwright {version()}")
        raise typer.Exit


def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Take the options of the command itself."""


def program(first: str = "") -> typer.Typer:
    """Return the command with its subcommands.

    Args:
        first: What the command line begins with. When it names a subcommand no other is
            imported, and none for options of the command itself, so that a run begins sooner.
    """
    app = typer.Typer(
        name="trailwright",
        cls=_Root,
        help=HELP,
        epilog=EPILOG,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    )
    app.callback()(_options)
    for name in _ENOUGH.get(first, SUBCOMMANDS):
        import_module(f"simulator.cli.{name.replace('-', '_')}").add_to(app)
    return app
