"""What is asked of a run, and who hears how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from simulator.primitives.instants import format_instant_exact
from simulator.primitives.version import version
from simulator.scenario.dump import digest, dump
from simulator.sinks.formats import Format
from simulator.sinks.manifest import Origin

if TYPE_CHECKING:
    from simulator.primitives.jsontext import Json
    from simulator.scenario.document import Scenario

GENERATION: Final = 5
"""Goes up whenever the same scenario gives other bytes than the version before."""

Engine: TypeAlias = Literal["vectorised", "stepwise"]


class Observer(Protocol):
    """Someone who wants to know how far a run is."""

    def planned(self, episodes: int) -> None:
        """Hear how many episodes there are."""
        ...

    def written(self, records: int, episodes: int) -> None:
        """Hear how many records are written, of how many episodes, so far."""
        ...


class Silence:
    """An observer that nobody listens to."""

    def planned(self, episodes: int) -> None:
        """See `Observer.planned`."""

    def written(self, records: int, episodes: int) -> None:
        """See `Observer.written`."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Which of how many parts of a run: see `run.shards`."""

    nth: int
    """From 1."""

    of: int
    """How many there are."""

    def __str__(self) -> str:
        """Return it as people write it, and the manifest: `2/4`."""
        return f"{self.nth}/{self.of}"


@dataclass(frozen=True, slots=True)
class Dask:
    """A Dask cluster that renders: see `run.cluster`."""

    address: str | None = None
    """Of its scheduler, such as `tcp://HOST:8786`; absent for one of processes started here."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to run."""

    scenario: Scenario
    """Resolved."""

    source_sha256: str | None = None
    """sha256 of the scenario's file; absent when it was made in Python."""

    events: int | None = None
    """Records in all, to which the background is sized; absent when the scenario decides."""

    engine: Engine = "vectorised"
    """Which engine renders. The bytes are the same."""

    start: int | None = None
    """Records whose eventTime is this or later, in milliseconds; absent for all."""

    end: int | None = None
    """Records whose eventTime is before this, in milliseconds; absent for all."""

    format: Format = Format.ndjson
    """The form in which the records are written."""

    workers: int = 1
    """Processes that render: 1 renders in the process at hand. The bytes are the same."""

    on: Dask | None = None
    """What renders in place of `workers`; with no address it has so many. Likewise."""

    shard: Shard | None = None
    """Which part of a run `start` and `end` bound, as the manifest tells; absent for none."""


def origin_of(request: Request) -> Origin:
    """Return what the manifest tells of a request; not with how many workers it is run."""
    scenario = request.scenario
    cutover = scenario.cutover
    window: dict[str, Json] = {"start": format_instant_exact(scenario.window.start)}
    if scenario.window.end is not None:
        window["end"] = format_instant_exact(scenario.window.end)
    return Origin(
        version=version(),
        generation=GENERATION,
        scenario={
            "name": scenario.scenario,
            "sha256": request.source_sha256,
            "resolved_sha256": digest(scenario),
            "resolved": dump(scenario),
            "seed": scenario.seed,
            "era": scenario.era,
            "cutover": cutover
            if isinstance(cutover, str)
            else {region: format_instant_exact(at) for region, at in sorted(cutover.items())},
            "window": window,
        },
        slice=slice_of(request.start, request.end, request.shard),
        events=request.events,
        output=request.format,
    )


def slice_of(
    start: int | None, end: int | None, shard: Shard | None = None
) -> dict[str, Json] | None:
    """Return the manifest's `slice`.

    Args:
        start: Where it begins, in milliseconds; absent for where the run does.
        end: Where it ends, likewise.
        shard: Which part of a run it is.
    """
    sliced: dict[str, Json] = {
        name: None if at is None else format_instant_exact(at)
        for name, at in (("start", start), ("end", end))
    }
    if shard is not None:
        return {**sliced, "shard": str(shard)}
    return sliced if any(sliced.values()) else None
