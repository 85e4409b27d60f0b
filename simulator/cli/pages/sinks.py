"""`docs/sinks.md`: where streams can go, from the table of sinks and their modules."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from simulator.cli.pages.markdown import code, fenced, notice, table
from simulator.standins.faults import FAULTS
from simulator.standins.table import STANDINS
from simulator.streaming.addresses import SINKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.streaming.addresses import Kind

_INTRO: Final = """\
`trailwright stream SCENARIO --to SINK` sends records to one of these
([load testing](load-testing.md) says how fast, and what is told of it). A setting is given with
`--with NAME=VALUE`; a value `@FILE` is what the file has, so that no secret stands on a command
line.

What a sink promises is what its protocol can, and no more:

- **kept**: the receiver says that it has each record;
- **accepted**: it says that it took each record, not that it keeps it;
- **written**: the other machine's network stack, or this one's files, have it;
- **sent**: it was handed to the network.

Whatever the promise, what may be there twice is told as `uncertain` in `sent.ndjson`, and what
never got through as `lost` or `refused`: `trailwright reconcile` holds all of that against what
arrived."""

_STANDINS: Final = """\
`trailwright listen RECEIVER --port N -o received.ndjson` stands where a SIEM would, on this
machine,
and keeps the records that come. `--fault NAME=SHARE` makes it fail, for a share of the requests (or
of the pieces that are read, where there are no requests)."""


_LISTEN: Final = """\
trailwright listen elasticsearch --port 19200 -o received.ndjson --for 1s \\
  --fault partial=5% --fault slow=1%:500ms
"""


def page() -> str:
    """Return the page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield notice(
        "simulator/streaming/addresses.py, simulator/streaming/sinks and simulator/standins"
    )
    yield "# Where streams can go\n"
    yield _INTRO + "\n"
    yield from table(
        ("address", "what it is", "extra"),
        [(code(kind.address), kind.meaning, code(kind.extra or "")) for kind in SINKS],
    )
    for kind in SINKS:
        yield from _section(kind)
    yield "## Stand-ins\n"
    yield _STANDINS + "\n"
    yield from fenced(_LISTEN, "sh")
    yield from table(
        ("receiver", "stands in for", "faults"),
        [(code(one.name), one.meaning, ", ".join(map(code, one.faults()))) for one in STANDINS],
    )
    rows = [(code(name), meaning) for name, meaning in FAULTS.items()]
    yield from table(("fault", "what happens"), rows)


def _section(kind: Kind) -> Iterator[str]:
    module = importlib.import_module(f"simulator.streaming.sinks.{kind.module}")
    yield f"## {kind.meaning[0].upper()}{kind.meaning[1:]}\n"
    needs = f" Needs `pip install 'trailwright[{kind.extra}]'`." if kind.extra else ""
    yield f"`--to {kind.address}`.{needs}\n"
    yield module.PROMISE + "\n"
    rows = [(code(option.name), option.meaning) for option in module.OPTIONS]
    yield from table(("setting", "meaning"), rows)
