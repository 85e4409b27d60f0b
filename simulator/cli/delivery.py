"""Log files from a scenario: what `trailwright generate --format cloudtrail` does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.delivery.signing import signer_of
from simulator.delivery.trail import trail_of
from simulator.errors import RequestError
from simulator.run.delivering import Delivered, Handling, deliver_run
from simulator.run.destinations import Destination
from simulator.scenario.resolve import owner_id
from simulator.sinks.notices import Sender
from simulator.sinks.notifications import Notifications, notifications_to, subscriber_of
from simulator.sinks.stores import place_of, store_of

if TYPE_CHECKING:
    from simulator.run import Observer, Request
    from simulator.scenario.document import Scenario


def destination(
    output: str | None, name: str, *, truth: Path | None, endpoint: str | None
) -> Destination:
    """Return where log files go.

    Args:
        output: A folder or `s3://bucket/prefix`, or nothing for `output/<name>/`.
        name: The scenario's name.
        truth: Where the truth goes instead of beside them.
        endpoint: Where the service of a bucket is.

    Raises:
        RequestError: It is neither, or no place for log files.
    """
    target = f"output/{name}/" if output is None else output
    if target == "-":
        raise RequestError("log files go to a folder or a bucket: -o - is for lines")
    place = place_of(target)
    store = store_of(target, endpoint)
    if place is None:
        if Path(target).is_file():
            message = f"cannot write to {target}: it is a file, and log files need a folder"
            raise RequestError(message)
        return Destination(store, target, folder=Path(target), truth=truth)
    return Destination(store, target, bucket=place.bucket, prefix=place.prefix, truth=truth)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of log files."""

    output: str | None
    """A folder or a bucket; absent for `output/<scenario name>/`."""

    truth: Path | None
    """A file for the truth; absent for beside the log files."""

    endpoint: str | None
    """Where the service of a bucket is."""

    key: Path | None
    """A PEM file with the key that signs digests; drawn from the seed without one."""

    notify: str | None
    """A queue or topic that hears of each file."""

    notify_endpoint: str | None
    """Where its service is."""


def deliver(
    request: Request, options: Options, handling: Handling, observer: Observer
) -> tuple[Destination, Delivered]:
    """Write log files, and return where they are and what was delivered.

    Raises:
        RequestError: What is asked for cannot be done.
    """
    scenario = request.scenario
    to = destination(
        options.output, scenario.scenario, truth=options.truth, endpoint=options.endpoint
    )
    told = deliver_run(
        request,
        to,
        signer=signer_of(scenario, options.key),
        notifications=_notifications(scenario, to, options.notify, options.notify_endpoint),
        handling=handling,
        observer=observer,
    )
    return to, told


def _notifications(
    scenario: Scenario, to: Destination, notify: str | None, endpoint: str | None
) -> Notifications | None:
    if notify is None:
        if endpoint is not None:
            raise RequestError("--notify-endpoint: nobody is notified without --notify")
        return None
    if to.bucket is None:
        raise RequestError("--notify: there is nothing to tell of a folder; write to a bucket")
    trail = trail_of(scenario)
    sender = Sender(to.bucket, owner_id(scenario), trail.home_region, trail.key.child("notices"))
    return notifications_to(subscriber_of(notify), sender, endpoint=endpoint)
