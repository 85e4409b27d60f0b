"""Everybody who is measured: what each is called, how it is run and what it is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import process
from benchmarks.machine import half_second_cache
from benchmarks.peers import PEERS
from benchmarks.populations import office_of, scenario_of

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).parents[1]
TRAILWRIGHT: Final = (sys.executable, "-m", "simulator", "generate")
MAIN_MEMORY: Final = 1 << 28
"""Bytes that no cache holds."""

PREPARING: Final = 600
"""Seconds that making something ready may take, which is in no figure."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where a run of the benchmarks keeps what it needs meanwhile."""

    folder: Path

    def office(self) -> str:
        """Return the scenario that is measured."""
        return str(office_of(self.folder))

    def records(self, count: int) -> Path:
        """Return a file of so many of our own records, made when first asked for."""
        file = self.folder / f"records-{count}.ndjson"
        if not file.exists():
            asked = ["--events", str(count), "-o", str(file), "--quiet"]
            process.run([*TRAILWRIGHT, self.office(), *asked], limit=PREPARING)
        return file

    def first_record(self) -> str:
        """Return one of our own records."""
        with self.records(1_000).open(encoding="utf-8") as records:
            return records.readline().rstrip("\n")


@dataclass(frozen=True, slots=True)
class Contender:
    """A command that can be asked for any amount."""

    name: str
    """What measurements call it."""

    title: str
    """What tables call it."""

    command: Callable[[Workspace, int], list[str]]
    """What to run for an amount."""

    is_inner: bool = False
    """Whether it times a loop of its own and tells, so that starting is in no figure."""

    is_heard: bool = False
    """Whether the wait for its first byte counts."""

    writes: bool = False
    """Whether it writes records to standard output, so that their length can be taken."""

    missing: Callable[[], str | None] = lambda: None
    """Tells why it cannot be run here, if so."""


@cache
def _help() -> str:
    asked = subprocess.run(  # noqa: S603  # our own command
        [*TRAILWRIGHT, "--help"], capture_output=True, check=True
    )
    return asked.stdout.decode()


def _no_workers() -> str | None:
    return None if "--workers" in _help() else "this version has no --workers"


def _one() -> list[str]:
    """Return what keeps us to one process, whatever is the custom where nothing is said."""
    return [] if _no_workers() else ["--workers", "1"]


def ours(*options: str, scenario: str = "") -> Callable[[Workspace, int], list[str]]:
    """Return what runs us to standard output: over the office unless another is named."""

    def command(workspace: Workspace, events: int) -> list[str]:
        asked = ["--events", str(events), "-o", "-", "--quiet"]
        return [*TRAILWRIGHT, scenario or workspace.office(), *asked, *(options or _one())]

    return command


def _compressed(*options: str) -> Callable[[Workspace, int], list[str]]:
    def command(workspace: Workspace, events: int) -> list[str]:
        file = workspace.folder / "compressed" / "office.ndjson.gz"
        asked = ["--events", str(events), "-o", str(file), "--quiet", "--force"]
        return [*TRAILWRIGHT, workspace.office(), *asked, *(options or _one())]

    return command


def _program(name: str, *options: str) -> Callable[[Workspace, int], list[str]]:
    def command(_: Workspace, amount: int) -> list[str]:
        return [sys.executable, "-m", f"benchmarks.contenders.{name}", str(amount), *options]

    return command


def _over_records(name: str) -> Callable[[Workspace, int], list[str]]:
    def command(workspace: Workspace, amount: int) -> list[str]:
        file = str(workspace.records(amount))
        return [sys.executable, "-m", f"benchmarks.contenders.{name}", file]

    return command


def _memory(size: int) -> Callable[[Workspace, int], list[str]]:
    def command(_: Workspace, passes: int) -> list[str]:
        program = [sys.executable, "-m", "benchmarks.contenders.memory"]
        return [*program, "--size", str(size), "--passes", str(passes)]

    return command


def _control(processes: int) -> Callable[[Workspace, int], list[str]]:
    def command(_: Workspace, work: int) -> list[str]:
        program = [sys.executable, "-m", "benchmarks.contenders.control"]
        return [*program, str(processes), "--work", str(work)]

    return command


def _yes(workspace: Workspace, records: int) -> list[str]:
    record = workspace.first_record()
    size = records * (len(record.encode()) + 1)
    return ["sh", "-c", 'yes "$0" | head -c "$1" > /dev/null', record, str(size)]


def population(users: int) -> Contender:
    """Return us with an organisation of so many people."""

    def command(workspace: Workspace, events: int) -> list[str]:
        return ours(scenario=str(scenario_of(users, workspace.folder)))(workspace, events)

    return Contender(f"users-{users}", f"{users:,} users", command)


def _quickstart(_workspace: Workspace, _events: int) -> list[str]:
    return [*TRAILWRIGHT, "quickstart", "-o", "-", "--quiet"]


CONTENDERS: Final = {
    it.name: it
    for it in (
        Contender("vectorised", "**Trailwright**, one process", ours(), writes=True),
        Contender(
            "stepwise", "Trailwright, the engine meant to be read", ours("--engine", "stepwise")
        ),
        Contender(
            "workers", "Trailwright, two processes", ours("--workers", "2"), missing=_no_workers
        ),
        Contender("gzip", "Trailwright to `.ndjson.gz`, truth and manifest beside", _compressed()),
        Contender(
            "gzip-workers",
            "the same, two processes",
            _compressed("--workers", "2"),
            missing=_no_workers,
        ),
        Contender("quickstart", "`quickstart`, until the first record", _quickstart, is_heard=True),
        Contender(
            "naive-faker",
            "Faker for every field, `json.dumps`",
            _program("naive_faker"),
            writes=True,
        ),
        Contender(
            "plain-orjson",
            "dict + orjson, the ordinary way",
            _program("plain_orjson"),
            writes=True,
        ),
        Contender(
            "tuned-orjson", "dict + orjson, tuned by hand", _program("tuned_orjson"), writes=True
        ),
        Contender(
            "tuned-fragments",
            "the same, shared parts kept as bytes",
            _program("tuned_orjson", "--fragments"),
            writes=True,
        ),
        Contender(
            "orjson-alone",
            "`orjson.dumps` alone, dicts ready before",
            _over_records("orjson_alone"),
            is_inner=True,
        ),
        Contender(
            "isal-alone",
            "isal's gzip alone, text ready before",
            _over_records("isal_alone"),
            is_inner=True,
        ),
        Contender("yes", "`yes` with one record, through a pipe", _yes),
        Contender(
            "memory-cache",
            "copying bytes in the second cache",
            _memory(half_second_cache() // 2),
            is_inner=True,
        ),
        Contender(
            "memory-main", "copying bytes in main memory", _memory(MAIN_MEMORY), is_inner=True
        ),
        Contender("control-one", "arithmetic, one process", _control(1), is_inner=True),
        Contender("control-many", "arithmetic, two processes", _control(2), is_inner=True),
        *(
            Contender(
                peer.name,
                peer.title,
                partial(lambda peer, _, records: peer.command(records), peer),
                writes=True,
                missing=peer.missing,
            )
            for peer in PEERS
        ),
    )
}
"""By name. Populations are made by `population`, one for each size."""


def contender(name: str) -> Contender:
    """Return a contender by its name."""
    if name.startswith("users-"):
        return population(int(name.removeprefix("users-")))
    return CONTENDERS[name]
