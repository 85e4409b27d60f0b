"""What sinks for services of AWS share: one call a batch, and what its answer means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from simulator.errors import OutputError
from simulator.sinks.aws import LASTING, PASSING, advice, client_of, quoted, unasked, unreached
from simulator.streaming.addresses import Option
from simulator.streaming.sinks.interface import Promise, Receipt, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simulator.streaming.addresses import Address
    from simulator.streaming.sinks.interface import Batch, Limits

AWS_OPTIONS: Final = (
    Option(
        "region",
        "the service's Region; without it that of the address or of the settings "
        "that the AWS CLI has",
    ),
    Option("endpoint", "the service's address, such as http://127.0.0.1:4566: AWS's own"),
)

AGAIN: Final = PASSING | {
    "InternalException",
    # CreateLogGroup, of two at once.
    "OperationAbortedException",
    "ProvisionedThroughputExceededException",
}
"""Codes of errors that pass."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service, and how records are put to it."""

    name: str
    """What boto3 calls it, such as `kinesis`."""

    needs: str
    """The permissions that the call takes."""

    call: Callable[[Any, Batch], Answer]
    """Puts a batch to a client of the service."""

    limits: Limits
    promise: Promise
    connections: int = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service says of a batch."""

    failed: Sequence[Failure]
    """Records that it did not take."""

    told: int
    """How many records it speaks of, those that it took and those that it did not."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that was not taken."""

    place: int
    """Its position in the batch."""

    code: str
    message: str
    is_final: bool
    """Whether it never will be."""


@dataclass(eq=False, slots=True)
class Calls:
    """See `interface.Connection`."""

    client: Any
    service: Service
    name: str

    def send(self, batch: Batch) -> Receipt:
        """See `Connection.send`."""
        from botocore import exceptions, parsers  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra

        try:
            answer = self.service.call(self.client, batch)
        except exceptions.ClientError as error:
            self._refuse(error.response)
        except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
            unsent = (exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError)
            raise _trouble(unreached(error), is_doubtful=not isinstance(error, unsent)) from None
        except (parsers.ResponseParserError, KeyError):
            # botocore looks up what must be there: in a page of somebody else's it is not.
            raise _trouble("no answer that could be read", is_doubtful=True) from None
        except exceptions.BotoCoreError as error:
            message = f"cannot send to {self.name}: {unasked(error)}"
            raise OutputError(message) from None
        if answer.told != len(batch.records):
            # Whoever it is that answers, it is not the service: it knows of what it was sent.
            raise _trouble("no answer that speaks of every record", is_doubtful=True)
        if len(answer.failed) == len(batch.records):
            # No record is at fault: what all of them met, those after them will meet.
            for one in answer.failed:
                if one.code in LASTING:
                    self._end({"Code": one.code, "Message": one.message})
        said = {
            one.place: quoted({"Code": one.code, "Message": one.message}) for one in answer.failed
        }
        final = {one.place for one in answer.failed if one.is_final}
        return Receipt(
            refused={place: why for place, why in said.items() if place in final},
            again={place: why for place, why in said.items() if place not in final},
            size=sum(map(len, batch.records)),
        )

    def settled(self) -> tuple[()]:
        """See `Connection.settled`."""
        return ()

    def close(self) -> None:
        """See `Connection.close`."""
        self.client.close()

    def _refuse(self, response: Mapping[str, Any]) -> NoReturn:
        """Raise what an error means for a whole batch."""
        status = response["ResponseMetadata"]["HTTPStatusCode"]
        # An answer that is not the service's own has no code: that of a proxy, say.
        said = response.get("Error") or {"Code": f"status {status}"}
        if said.get("Code") in AGAIN or status >= 500 or status == 429:
            # An error inside may come before or after the records were taken.
            is_doubtful = status >= 500 and status != 503
            raise _trouble(quoted(said), is_doubtful=is_doubtful)
        self._end(said)

    def _end(self, said: Mapping[str, Any]) -> NoReturn:
        """Raise what no record will get by."""
        message = f"cannot send to {self.name}: {advice(said, self.service.needs)}"
        raise OutputError(message)


def _trouble(why: str, *, is_doubtful: bool) -> Trouble:
    # The client opens what broke anew by itself. Another would look for credentials anew as
    # well, which may take a call of its own: when a service is busy, that is no help to it.
    return Trouble(why, may_have_arrived=is_doubtful, is_open=True)


@dataclass(frozen=True, slots=True)
class CallsSink:
    """See `interface.Sink`."""

    name: str
    service: Service
    region: str | None
    endpoint: str | None

    @property
    def promise(self) -> Promise:
        """See `Sink.promise`."""
        return self.service.promise

    @property
    def limits(self) -> Limits:
        """See `Sink.limits`."""
        return self.service.limits

    @property
    def connections(self) -> int:
        """See `Sink.connections`."""
        return self.service.connections

    def connect(self) -> Calls:
        """See `Sink.connect`."""
        client = client_of(
            self.service.name,
            self.region,
            self.endpoint,
            feature="sending to AWS",
            name=f"cannot send to {self.name}",
        )
        return Calls(client, self.service, self.name)

    def close(self) -> None:
        """See `Sink.close`."""


def calls_to(address: Address, service: Service, region: str | None = None) -> CallsSink:
    """Return a sink for a service.

    Args:
        region: What the address says of where it is; absent for nothing.
    """
    settings = address.settings
    return CallsSink(
        address.text, service, settings.text("region", region), settings.text("endpoint")
    )
