"""All one needs to know to write a new sink.

A sink knows how a receiver wants records framed and what its answers mean. It does not wait,
try again or count: `streaming.sending` does, the same way for all of them. Each thread that
sends has a connection of its own.

A connection tells the truth about what it knows. Records that a receiver took are done with;
those it refuses for good are told with why; those to be sent again likewise. Where a connection
breaks, whether they may have arrived is the sink's to say: if so, what is sent again may be
there twice, and the report lists it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from simulator.delivery.trail import Stream


class Promise(StrEnum):
    """What a receiver's answer is worth: all that can be promised of records that were sent."""

    kept = "kept"
    """The receiver says that it has them, each at least once."""

    accepted = "accepted"
    """The receiver says that it took them; whether it keeps them it does not say."""

    written = "written"
    """They reached the other machine's network stack, or the system's files; nobody says that
    they were read."""

    sent = "sent"
    """They were handed to the network; what is lost nobody notices."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a receiver takes at once."""

    records: int
    """Records in a batch, at most."""

    size: int
    """Bytes of records in a batch, without framing, at most."""

    record: int | None = None
    """Bytes of a record, at most; absent where there is no limit. What is larger is refused
    before it is sent."""

    doubt: int = 0
    """Bytes before a break that may be lost though they were settled, because whoever settles
    them does not keep them: they are sent again after a break."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that are sent together, in order of time."""

    nth: int
    """From 0, in order of the stream."""

    records: Sequence[bytes]
    """JSON objects without line ends."""

    times: Sequence[int]
    """When each happened, in milliseconds since 1970 UTC."""

    streams: Sequence[Stream]
    """Whose log files would have each: recipient account and Region."""

    attempt: int = 1
    """How often it was tried, this time included."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch, as far as the receiver says."""

    refused: Mapping[int, str] = field(default_factory=dict)
    """Positions of records that the receiver will never take, and why."""

    again: Mapping[int, str] = field(default_factory=dict)
    """Positions of records that it did not take now, and why."""

    is_doubtful: bool = False
    """Whether it may have taken those of `again` all the same."""

    after: float | None = None
    """Seconds that it asks to wait before `again`; absent where it does not say."""

    ticket: int | None = None
    """Where the receiver will say later that it has the rest: what `settled` will name. Absent
    where that is all it says."""

    size: int = 0
    """Bytes that were sent, framing included, before compression and encryption."""


class Trouble(Exception):  # noqa: N818  # nothing that ends a run: the batch is sent again
    """A batch that could not be sent, and may be later."""

    def __init__(
        self,
        why: str,
        *,
        may_have_arrived: bool,
        after: float | None = None,
        is_open: bool = False,
    ) -> None:
        """Say what happened.

        Args:
            why: In words, such as `connection refused`; no secrets.
            may_have_arrived: Whether the receiver may have the batch, or a part of it.
            after: Seconds that the receiver asks to wait; absent where it does not say.
            is_open: Whether the connection can be gone on with, and what has a ticket may still
                be settled on it. Otherwise it is closed, and all that is sent again.
        """
        self.why = why
        self.is_open = is_open
        self.may_have_arrived = may_have_arrived
        self.after = after
        super().__init__(why)


class Connection(Protocol):
    """One sender's way to a receiver. Used from one thread."""

    def send(self, batch: Batch) -> Receipt:
        """Send a batch, and return what became of it.

        Raises:
            Trouble: It may go better later.
            OutputError: It never will: wrong credentials, no such index. Ends the stream.
        """
        ...

    def settled(self) -> Collection[int]:
        """Return the tickets that the receiver has confirmed since this was asked last.

        Does not block for longer than a look takes.

        Raises:
            Trouble: The connection broke: what has a ticket and is not settled is sent again.
            OutputError: As for `send`.
        """
        ...

    def close(self) -> None:
        """Take leave, and let go of it; may come more than once.

        Raises:
            Trouble: The other side broke off instead: what is in doubt may be lost.
        """
        ...


class Sink(Protocol):
    """A place that records are sent to."""

    @property
    def name(self) -> str:
        """What messages and reports call it: its address, without secrets."""
        ...

    @property
    def promise(self) -> Promise:
        """What its answers are worth."""
        ...

    @property
    def limits(self) -> Limits:
        """How much it takes at once."""
        ...

    @property
    def connections(self) -> int:
        """How many connections it is usually sent to by; 1 where order matters."""
        ...

    def connect(self) -> Connection:
        """Open a connection. May be called from several threads at once.

        Raises:
            Trouble: The receiver cannot be reached now.
            OutputError: It never will be.
            MissingExtraError: The client is not installed.
        """
        ...

    def close(self) -> None:
        """Let go of what all connections share, when all of them are closed."""
        ...
