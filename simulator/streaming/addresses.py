"""Where a stream goes: what `--to` and `--with` mean, and which sinks there are."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.streaming.sinks.interface import Sink


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of a sink, as `--with NAME=VALUE` gives it."""

    name: str
    """In small letters with dashes."""

    meaning: str
    """What it is, and what holds without it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table of sinks."""

    schemes: tuple[str, ...]
    """What its addresses begin with, up to the first colon, the usual one first."""

    address: str
    """What its addresses look like."""

    meaning: str
    """What it is."""

    module: str
    """The module that has it, below `streaming.sinks`: `sink(address)` makes one, `OPTIONS`
    lists its settings, and `PROMISE` says in a sentence what it promises."""

    extra: str | None = None
    """The extra that it needs; absent for none."""


SINKS: Final = (
    Kind(("-", "file"), "- or file:PATH", "standard output, or a file that grows", "files"),
    Kind(("folder",), "folder:DIR/", "a folder of files that are closed in turn", "folders"),
    Kind(("tcp", "tls"), "tcp://HOST:PORT, tls://HOST:PORT", "records as lines over TCP", "lines"),
    Kind(("udp",), "udp://HOST:PORT", "a record a datagram", "datagrams"),
    Kind(
        ("syslog+tcp", "syslog+tls", "syslog+udp"),
        "syslog+tcp://HOST:PORT, syslog+tls://…, syslog+udp://…",
        "syslog messages (RFC 5424)",
        "syslog",
    ),
    Kind(
        ("hec+http", "hec+https"),
        "hec+https://HOST:8088",
        "Splunk's HTTP Event Collector",
        "hec",
    ),
    Kind(
        ("elasticsearch+http", "elasticsearch+https", "opensearch+http", "opensearch+https"),
        "elasticsearch+https://HOST:9200/INDEX",
        "the bulk interface of Elasticsearch and OpenSearch",
        "bulk",
    ),
    Kind(
        ("http", "https"),
        "https://HOST/PATH",
        "any HTTP intake; `--with style=` datadog, sumo or loki says whose",
        "webhook",
    ),
    Kind(("kafka",), "kafka://HOST:PORT/TOPIC", "a topic of Kafka", "kafka", "kafka"),
    Kind(("kinesis",), "kinesis:STREAM", "a Kinesis data stream", "kinesis", "aws"),
    Kind(("sqs",), "sqs:URL", "an SQS queue", "sqs", "aws"),
    Kind(("sns",), "sns:ARN", "an SNS topic", "sns", "aws"),
    Kind(("events",), "events:BUS", "an EventBridge event bus", "events", "aws"),
    Kind(("logs",), "logs:GROUP:STREAM", "a log stream of CloudWatch Logs", "logs", "aws"),
    Kind(
        ("s3", "gs", "az"),
        "s3://BUCKET/PREFIX, gs://…, az://…",
        "log files in a bucket, as a trail has them",
        "buckets",
        "s3",
    ),
)
"""Every sink there is, in the order of the documents."""

_NAME: Final = re.compile(r"[a-z][a-z0-9-]*(?:\.[A-Za-z0-9_.-]+)?")


class Settings:
    """What `--with` gives a sink. A value `@FILE` is what the file has, without its line end."""

    def __init__(self, given: Mapping[str, str]) -> None:
        """Read nothing yet."""
        self._given = dict(given)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all settings that were given."""
        return (*self._given,)

    def text(self, name: str, otherwise: str | None = None) -> str | None:
        """Return a setting as text.

        Raises:
            InputError: It names a file that cannot be read.
        """
        value = self._given.get(name)
        if value is None:
            return otherwise
        if not value.startswith("@"):
            return value
        try:
            return Path(value[1:]).read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            message = f"--with {name}: cannot read {value[1:]}: {reason}"
            raise InputError(message) from None

    def required(self, name: str, what: str) -> str:
        """Return a setting that must be there.

        Args:
            what: What it is, for the message, such as `the collector's token`.

        Raises:
            RequestError: It is not.
            InputError: It names a file that cannot be read.
        """
        value = self.text(name)
        if not value:
            message = f"{what} is missing: say --with {name}=VALUE or {name}=@FILE"
            raise RequestError(message)
        return value

    def count(self, name: str, otherwise: int, *, least: int = 1) -> int:
        """Return a setting as a whole number.

        Raises:
            RequestError: It is none, or too small.
        """
        value = self.text(name)
        if value is None:
            return otherwise
        if not value.isdecimal() or int(value) < least:
            message = f"--with {name}: expected a whole number from {least} on"
            raise RequestError(message)
        return int(value)

    def flag(self, name: str, *, otherwise: bool = False) -> bool:
        """Return a setting that is `yes` or `no`.

        Raises:
            RequestError: It is neither.
        """
        value = self.text(name)
        if value is None:
            return otherwise
        if value not in {"yes", "no"}:
            message = f"--with {name}: expected yes or no, not {value!r}"
            raise RequestError(message)
        return value == "yes"

    def word(self, name: str, words: Iterable[str], otherwise: str) -> str:
        """Return a setting that is one of some words.

        Raises:
            RequestError: It is none of them.
        """
        known = tuple(words)
        value = self.text(name, otherwise) or otherwise
        if value not in known:
            message = f"--with {name}: expected {' or '.join(known)}, not {value!r}"
            raise RequestError(message)
        return value

    def group(self, name: str) -> dict[str, str]:
        """Return settings that are named `NAME.WORD`, by word, such as headers."""
        found = {}
        for one in [*self._given]:
            first, dot, word = one.partition(".")
            if dot and first == name:
                value = self.text(one)
                assert value is not None
                found[word] = value
        return found


@dataclass(frozen=True, slots=True)
class Address:
    """Where a stream goes."""

    scheme: str
    """What the address begins with, such as `hec+https`."""

    rest: str
    """What follows the scheme and its colon, such as `//127.0.0.1:8088`."""

    settings: Settings
    """What `--with` says."""

    @property
    def text(self) -> str:
        """The address as it was given, a password in it hidden."""
        whole = self.scheme if self.scheme == "-" else f"{self.scheme}:{self.rest}"
        return re.sub(r"(//[^/@:]*:)[^/@]*@", r"\1***@", whole)

    def host_and_port(self, port: int | None = None) -> tuple[str, int]:
        """Return the host and port of an address such as `tcp://HOST:PORT`.

        Args:
            port: What holds where it names none; absent where it must.

        Raises:
            RequestError: It is no such address.
        """
        found = re.fullmatch(r"//(\[[0-9A-Fa-f:.]+\]|[^/:@\[\]]+)(?::(\d{1,5}))?/?", self.rest)
        said = None if found is None or found[2] is None else int(found[2])
        at = port if said is None else said
        if found is None or at is None or not 0 < at < 65_536:
            message = f"cannot send to {self.text}: expected {self.scheme}://HOST:PORT"
            raise RequestError(message)
        return found[1].strip("[]"), at


def settings_of(given: Iterable[str]) -> Settings:
    """Read what `--with` was given, each `NAME=VALUE`.

    Raises:
        RequestError: One is no such thing, or names a setting a second time.
    """
    found: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not _NAME.fullmatch(name):
            message = f"--with {one!r}: expected NAME=VALUE, such as token=@token.txt"
            raise RequestError(message)
        if name in found:
            message = f"--with {name}: it is given twice"
            raise RequestError(message)
        found[name] = value
    return Settings(found)


def address_of(text: str, settings: Settings | None = None) -> Address:
    """Read where a stream goes.

    Raises:
        RequestError: It begins like no sink's address.
    """
    scheme, _, rest = text.partition(":")
    if not any(scheme in kind.schemes for kind in SINKS):
        shown = "; ".join(kind.address for kind in SINKS)
        message = f"cannot tell where {text!r} is: expected one of {shown}"
        raise RequestError(message)
    return Address(scheme, rest, settings or Settings({}))


def kind_of(address: Address) -> Kind:
    """Return the row of an address's sink."""
    return next(kind for kind in SINKS if address.scheme in kind.schemes)


def options_of(kind: Kind) -> tuple[Option, ...]:
    """Return the settings that a sink has."""
    module = importlib.import_module(f"simulator.streaming.sinks.{kind.module}")
    options: tuple[Option, ...] = module.OPTIONS
    return options


def sink_of(address: Address, given: Iterable[str] = ()) -> Sink:
    """Return the sink at an address.

    Args:
        given: The names of all settings that were given, to refuse those it does not have.

    Raises:
        RequestError: The address or a setting is not what it should be.
        InputError: A setting names a file that cannot be read.
        MissingExtraError: The client is not installed.
    """
    kind = kind_of(address)
    known = [option.name for option in options_of(kind)]
    for name in given:
        if name not in known and f"{name.partition('.')[0]}.NAME" not in known:
            has = f"has {', '.join(known)}" if known else "has no settings"
            message = f"--with {name}: no such setting; {kind.address.partition(',')[0]} {has}"
            raise RequestError(message)
    module = importlib.import_module(f"simulator.streaming.sinks.{kind.module}")
    made: Sink = module.sink(address)
    return made
