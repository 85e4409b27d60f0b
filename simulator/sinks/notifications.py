"""Tells a queue or a topic of every log file that is in the bucket.

A file is told of at least once: what is run or tried again tells again, and readers of
such queues have to bear that from AWS too.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from simulator.errors import OutputError, RequestError
from simulator.sinks.aws import PASSING, advice, client_of, quoted, unasked, unreached
from simulator.sinks.notices import S3_SUBJECT, cloudtrail_text, enveloped_text, s3_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

    from simulator.sinks.notices import Notice, Sender

WORDS: Final = "sqs+s3:URL, sqs+cloudtrail:URL, sns+s3:ARN or sns+cloudtrail:ARN"
"""What `subscriber_of` reads."""

BATCH: Final = 10
"""Messages in one call. (SendMessageBatch and PublishBatch, both API References.)"""
BATCH_BYTES: Final = 256 << 10
"""Bytes in one call, all messages together: the older of two limits of SQS, and SNS's."""

WAITS: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between tries; after the last try it is an error."""

_NEEDS: Final = "sqs:SendMessage or sns:Publish"
_QUEUE: Final = re.compile(r"https?://[^/?#@\s]+/\S+")
_REGION: Final = re.compile(r"(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\.com")
_TOPIC: Final = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Where notices go, and in what form."""

    service: Literal["sqs", "sns"]
    """A queue or a topic."""

    form: Literal["s3", "cloudtrail"]
    """Whose words they are in."""

    address: str
    """URL of the queue, or ARN of the topic."""

    region: str | None
    """Where it is, if its address says so."""

    def __str__(self) -> str:
        """Return it as a user writes it."""
        return f"{self.service}+{self.form}:{self.address}"


def subscriber_of(text: str) -> Subscriber:
    """Read where notices go: one of `WORDS`.

    Raises:
        RequestError: It is none of them, or a queue or topic that keeps order.
    """
    found = re.fullmatch(r"(sqs|sns)\+(s3|cloudtrail):(.+)", text)
    if not found:
        message = f"cannot tell whom to notify: {text!r} is none of {WORDS}"
        raise RequestError(message)
    service: Literal["sqs", "sns"] = "sqs" if found[1] == "sqs" else "sns"
    form: Literal["s3", "cloudtrail"] = "s3" if found[2] == "s3" else "cloudtrail"
    address = found[3]
    if service == "sqs" and not _QUEUE.fullmatch(address):
        message = (
            f"cannot notify {address!r}: a queue is named by its URL, such as "
            "https://sqs.us-east-1.amazonaws.com/111122223333/trail"
        )
        raise RequestError(message)
    topic = _TOPIC.fullmatch(address)
    if service == "sns" and not topic:
        message = (
            f"cannot notify {address!r}: a topic is named by its ARN, such as "
            "arn:aws:sns:us-east-1:111122223333:trail"
        )
        raise RequestError(message)
    if address.endswith(".fifo"):
        kind = "queues" if service == "sqs" else "topics"
        message = f"cannot notify {address}: neither S3 nor CloudTrail writes to FIFO {kind}"
        raise RequestError(message)
    queue = _REGION.match(urlsplit(address).hostname or "") if service == "sqs" else None
    region = (queue[1] or queue[2]) if queue else topic[1] if topic else None
    return Subscriber(service, form, address, region)


@dataclass(frozen=True, slots=True)
class _Message:
    """A message on its way."""

    key: str
    """Of the file that it tells of."""

    text: str
    """What it says."""


class Notifications:
    """Sends notices in batches; whoever leaves the context without an error sends the rest.

    It is used from one thread.
    """

    def __init__(
        self,
        subscriber: Subscriber,
        sender: Sender,
        client: Any,  # noqa: ANN401  # boto3 makes its clients' classes as it runs
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Begin with nothing.

        Args:
            subscriber: Where to.
            sender: Who speaks.
            client: boto3's client for the subscriber's service.
            sleep: Waits some seconds.
        """
        self._subscriber = subscriber
        self._sender = sender
        self._client = client
        self._sleep = sleep
        self._waiting: list[_Message] = []
        self._bytes = 0
        self.sent = 0
        """How many were sent."""

    @property
    def has_digests(self) -> bool:
        """Whether they tell of digest files as well: S3 tells of every object."""
        return self._subscriber.form == "s3"

    def add(self, notice: Notice) -> None:
        """Send a notice with the next batch. Its file must be in the bucket.

        Raises:
            OutputError: A batch that was full by now cannot be sent.
        """
        message = _Message(notice.key, self._text(notice))
        size = len(message.text.encode())
        if len(self._waiting) == BATCH or self._bytes + size > BATCH_BYTES:
            self.flush()
        self._waiting.append(message)
        self._bytes += size

    def flush(self) -> None:
        """Send what waits.

        Raises:
            OutputError: It cannot be sent.
        """
        waits = iter(WAITS)
        while self._waiting:
            before = len(self._waiting)
            self._waiting, why = self._refused(self._waiting)
            self.sent += before - len(self._waiting)
            if not self._waiting:
                break
            wait = next(waits, None)
            if wait is None:
                why = f"{why}, and {len(WAITS)} more tries did not help"
                raise self._error(self._waiting[0], why)
            self._sleep(wait)
        self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.flush()

    def _text(self, notice: Notice) -> str:
        if self._subscriber.form == "s3":
            return s3_text(notice, self._sender)
        text = cloudtrail_text(notice, self._sender)
        if self._subscriber.service == "sns":
            return text
        return enveloped_text(text, notice, self._sender)

    def _refused(self, messages: list[_Message]) -> tuple[list[_Message], str]:
        """Send messages once, and return those to be tried again and why.

        Raises:
            OutputError: Trying again would not help.
        """
        from botocore import exceptions  # type: ignore[import-untyped]  # noqa: PLC0415

        try:
            failed = self._sent(messages)
        except exceptions.ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            # An answer that is not the service's own has no code: that of a proxy, say.
            said = error.response.get("Error") or {"Code": f"status {status}"}
            if said.get("Code") in PASSING or status >= 500 or status == 429:
                return messages, quoted(said)
            raise self._error(messages[0], advice(said, _NEEDS)) from None
        except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
            return messages, unreached(error)
        except exceptions.BotoCoreError as error:
            raise self._error(messages[0], unasked(error)) from None
        failed.sort(key=_nth)
        for entry in failed:
            if entry["SenderFault"] and entry["Code"] not in PASSING:
                raise self._error(messages[_nth(entry)], advice(entry, _NEEDS))
        return [messages[_nth(entry)] for entry in failed], "".join(map(quoted, failed[:1]))

    def _sent(self, messages: list[_Message]) -> list[Mapping[str, Any]]:
        """Send messages once, and return the entries that failed."""
        address = self._subscriber.address
        if self._subscriber.service == "sqs":
            entries = [
                {"Id": str(nth), "MessageBody": message.text}
                for nth, message in enumerate(messages)
            ]
            answer = self._client.send_message_batch(QueueUrl=address, Entries=entries)
        else:
            subject = {"Subject": S3_SUBJECT} if self._subscriber.form == "s3" else {}
            entries = [
                {"Id": str(nth), "Message": message.text, **subject}
                for nth, message in enumerate(messages)
            ]
            answer = self._client.publish_batch(
                TopicArn=address, PublishBatchRequestEntries=entries
            )
        failed: list[Mapping[str, Any]] = answer.get("Failed", [])
        return failed

    def _error(self, message: _Message, why: str) -> OutputError:
        return OutputError(f"cannot notify {self._subscriber.address} of {message.key}: {why}")


def notifications_to(
    subscriber: Subscriber,
    sender: Sender,
    *,
    endpoint: str | None = None,
    sleep: Callable[[float], object] = time.sleep,
) -> Notifications:
    """Return what sends notices to a queue or a topic; nothing is asked of it yet.

    boto3 finds credentials where the AWS CLI does, profiles included.

    Args:
        endpoint: The service's address, such as `http://127.0.0.1:4566`; by default that of
            the queue's URL, or AWS's own.
        sleep: Waits some seconds.

    Raises:
        OutputError: There is no such profile, or the settings cannot be read.
        MissingExtraError: boto3 is not installed.
    """
    if endpoint is None and subscriber.service == "sqs" and subscriber.region is None:
        parts = urlsplit(subscriber.address)
        endpoint = f"{parts.scheme}://{parts.netloc}"
    client = client_of(
        subscriber.service,
        subscriber.region or sender.region,
        endpoint,
        feature="notifying a queue or a topic",
        name=f"cannot notify {subscriber.address}",
    )
    return Notifications(subscriber, sender, client, sleep)


def _nth(entry: Mapping[str, Any]) -> int:
    """Return which message of a batch an entry of the answer is about."""
    return int(entry["Id"])
