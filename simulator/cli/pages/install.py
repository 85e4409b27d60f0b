"""`docs/install.md`: how to install the program, and its extras from pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from simulator.cli.commands import program
from simulator.cli.pages.markdown import code, fenced, notice, table

if TYPE_CHECKING:
    from collections.abc import Iterator

PYPROJECT: Final = Path(__file__).parents[3] / "pyproject.toml"

NOT_FOR_USERS: Final = ("dev", "test")
"""Extras for whoever works on the project."""

EXTRAS: Final = {
    "aws": "`stream` to Kinesis, SQS, SNS, EventBridge and CloudWatch Logs; `--notify`",
    "dask": "`generate --on dask`",
    "dataset": "`dataset`; scoring alerts in Parquet",
    "digest": "digest files (`--format cloudtrail`, unless `--trail digests=none`)",
    "kafka": "`stream --to kafka://…`",
    "metrics": "`stream --metrics`",
    "report": "`report`, a page of charts",
    "s3": "buckets: `-o s3://…`, Google Cloud Storage, Azure",
    "serve": "the playground, which is a page on this machine",
    "zstd": "`.zst` files, written and read",
}
"""What each extra is there for. One without a line here fails `make docs`."""

_INTRO: Final = """\
Trailwright needs Python 3.11 or newer, and runs wherever NumPy does. No release has been published
yet: until there is one, it is installed from a checkout, or from the wheel that a checkout builds.
A package of this name on a public index is not by this project before
[releasing](releasing.md) says where releases are.

## From a checkout

`make run` in the checkout sets everything up in `.venv`, extras and tools for development too, and
`.venv/bin/trailwright` is the command.

## As a command of its own

With pipx, which gives a program an environment of its own, in the checkout:
"""

_WHEEL: Final = """\
## From a wheel

`make dist` in a clean checkout builds sdist and wheel into `dist/`, with `SHA256SUMS` beside them;
whoever builds the same commit gets the same bytes ([releasing](releasing.md) says within which
bounds). The wheel needs nothing of the checkout: scenarios, JSON Schemas and this documentation are
in it.
"""

_LOCKED: Final = """\
To have exactly the versions that are tested, with their hashes checked, install those of
`.ci/locks/base.txt` first, and the wheel without looking for others:
"""

_THERE: Final = """\
## See that it works

This needs nothing but the program:
"""

_COMMANDS_THERE: Final = """\
trailwright --version
trailwright scenario list
trailwright generate storylines/password-totp -o trail/ -q
trailwright verify trail/
trailwright docs verify
trailwright docs schemas/truth
"""

_DOCS: Final = """\
`trailwright docs` lists the pages and schemas that came with the program, `trailwright docs PAGE`
prints one, and `trailwright docs --path` says where they are, for a browser or an editor. The
documentation is that of the version that is installed, and needs no network.

The package is typed (`py.typed`): `import simulator` is what programs use.
"""

_EXTRAS: Final = """\
## Extras

The base installation is small. What else a feature needs is an extra, and whoever asks for the
feature without it is told its name. Extras go in brackets behind the package, with commas between
them; where it is installed already, its name is enough, and only what is missing is fetched:
"""

_COMPLETION: Final = """\
## Completion

`trailwright --install-completion` teaches the shell that it is called from (bash, zsh, fish) to
complete commands, options and names; `trailwright --show-completion` prints what it would add. It
works after the next start of the shell.
"""

_CONTAINER: Final = """\
## In a container

`Containerfile` builds a small image in which the program runs as a user without rights, from the
locked versions:
"""

_CONTAINER_NOTES: Final = """\
`/work` is where it reads and writes, as the user who runs it. With Docker say `docker build --file
Containerfile`, and leave out `--userns=keep-id`. The base is a tag, for anyone to try: a release,
or whoever wants the same image again, gives it by its digest (`--build-arg
PYTHON=python:3.13-slim@sha256:…`).

`make lint` reads the `Containerfile` with hadolint. The image itself has not been built by the
project's own checks, which run where no container registry can be reached: its steps have been run
one by one outside a container.
"""


def page() -> str:
    """Return the page."""
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    yield notice("simulator/cli/pages/install.py and pyproject.toml")
    yield "# Installing\n"
    yield _INTRO
    yield from fenced("pipx install .\npipx install --force '.[zstd,s3]'    # with extras", "sh")
    yield _WHEEL
    yield from fenced(
        "make dist\n"
        "python3 -m venv somewhere\n"
        "somewhere/bin/pip install dist/trailwright-*.whl\n"
        "somewhere/bin/trailwright --version",
        "sh",
    )
    yield _LOCKED
    yield from fenced(
        "somewhere/bin/pip install --no-deps --require-hashes -r .ci/locks/base.txt\n"
        "somewhere/bin/pip install --no-deps --no-index dist/trailwright-*.whl",
        "sh",
    )
    yield _THERE
    yield from fenced(_COMMANDS_THERE, "sh")
    yield _DOCS
    yield _EXTRAS
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    wheel = f"dist/trailwright-{project['version']}-py3-none-any.whl"
    install = "somewhere/bin/pip install"
    yield from fenced(f"{install} '{wheel}[zstd,s3]'\n{install} 'trailwright[digest]'", "sh")
    yield from table(("extra", "for", "brings"), _extras(project["optional-dependencies"]))
    if _is_completed():
        yield _COMPLETION
    yield _CONTAINER
    yield from fenced(
        "podman build --tag trailwright .\n"
        'podman run --rm --userns=keep-id --user "$(id -u):$(id -g)" --volume .:/work \\\n'
        "  trailwright generate quickstart -o trail/",
        "sh",
    )
    yield _CONTAINER_NOTES


def _extras(given: dict[str, list[str]]) -> Iterator[tuple[str, str, str]]:
    """Yield each extra, what it is for and what it brings."""
    for name, brings in given.items():
        if name not in NOT_FOR_USERS:
            yield code(name), EXTRAS[name], ", ".join(map(code, brings))


def _is_completed() -> bool:
    """Tell whether shells can be taught to complete."""
    command: Any = typer.main.get_command(program())
    return any("--install-completion" in one.opts for one in command.params)
