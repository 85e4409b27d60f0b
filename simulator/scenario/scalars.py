"""How single values are written in a scenario: instants, durations, shares, ids.

Each is a whole number or a string inside, and text in YAML; the pairs below say how to
go from one to the other, so that a resolved scenario can be written out and read again.
"""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import core_schema

from simulator.primitives import instants

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

WHOLE: Final = 1_000_000
LONGEST: Final = 36_525 * instants.DAY
"""No duration is longer than a century."""

_SHARE: Final = re.compile(r"(-?[0-9][0-9_]{0,17}(?:\.[0-9]{1,12})?)(%?)")
_WHOLE_NUMBER: Final = re.compile(r"-?[0-9][0-9_]{0,24}")
_ENOUGH: Final = 64
"""No number, duration or instant is written with more characters."""


def _instant(value: object) -> object:
    return instants.parse_instant(value) if isinstance(value, str) else value


def _duration(value: object) -> object:
    if not isinstance(value, str):
        return value
    span = instants.parse_duration(value if len(value) <= _ENOUGH else "")
    if span > LONGEST:
        message = "longer than a century"
        raise ValueError(message)
    return span


def parse_share(text: str) -> int:
    """Read `30%` or `0.3` as parts per million.

    Raises:
        ValueError: It is not a share, or finer than one in a million.
    """
    match = _SHARE.fullmatch(text)
    if not match:
        message = "expected a share such as 30% or 0.3"
        raise ValueError(message)
    parts = Decimal(match[1].replace("_", "")) * (WHOLE // 100 if match[2] else WHOLE)
    if parts != parts.to_integral_value():
        message = "finer than one in a million"
        raise ValueError(message)
    return int(parts)


def _share(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = parse_share(value)
    if not 0 <= parts <= WHOLE:
        message = "a share lies between 0% and 100%"
        raise ValueError(message)
    return parts


def _rate(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _SHARE.fullmatch(value):
        message = "expected a number such as 1.6"
        raise ValueError(message)
    parts = parse_share(value)
    if not 0 <= parts <= 1000 * WHOLE:
        message = "expected a number between 0 and 1000"
        raise ValueError(message)
    return parts


def format_share(parts: int) -> str:
    """Write parts per million as a percentage."""
    text = f"{Decimal(parts) / 10_000:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def format_rate(parts: int) -> str:
    """Write parts per million as a plain number."""
    text = f"{Decimal(parts) / WHOLE:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _clock(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"([01]?[0-9]|2[0-4]):([0-5][0-9])", value)
    if not match or (minutes := int(match[1]) * 60 + int(match[2])) > 24 * 60:
        message = "expected a time of day such as 08:30"
        raise ValueError(message)
    return minutes


def _format_clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _as_text(value: object) -> object:
    """Return JSON with every scalar as text, as the reader has it: one form for both."""
    if isinstance(value, dict):
        return {str(name): _as_text(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_as_text(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _flag(value: object) -> object:
    if isinstance(value, str):
        if value.lower() not in {"true", "false"}:
            message = "expected true or false"
            raise ValueError(message)
        return value.lower() == "true"
    return value


def _text_schema(description: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, "examples": [example]})


@dataclass(frozen=True, slots=True)
class Between:
    """Limits of a duration, named in the message as a person would write them."""

    low: int
    """The least, in milliseconds."""

    high: int = LONGEST
    """The most, in milliseconds."""

    def __call__(self, span: int) -> int:
        """Return the duration if it is within the limits."""
        if not self.low <= span <= self.high:
            low, high = map(instants.format_duration, (self.low, self.high))
            message = f"at least {low}" if self.high == LONGEST else f"between {low} and {high}"
            message = f"expected a duration of {message}"
            raise ValueError(message)
        return span


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within limits; `1_000` is read as 1000."""

    low: int
    """The least."""

    high: int
    """The most."""

    def _checked(self, value: object) -> int:
        if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
            value = int(value.replace("_", ""))
        if not isinstance(value, int) or isinstance(value, bool):
            message = "expected a whole number"
            raise ValueError(message)  # noqa: TRY004  # pydantic gathers ValueErrors only
        if not self.low <= value <= self.high:
            message = f"expected a whole number between {self.low} and {self.high}"
            raise ValueError(message)
        return value

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Tell pydantic how to check one."""
        return core_schema.no_info_plain_validator_function(self._checked)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Tell editors how to check one."""
        return {
            "type": ["integer", "string"],
            "minimum": self.low,
            "maximum": self.high,
            "pattern": "^[0-9][0-9_]*$",
        }


@dataclass(frozen=True, slots=True)
class Written:
    """Text of a certain form."""

    pattern: str
    """What the whole text must match."""

    expected: str
    """What to tell the user who wrote something else."""

    def _checked(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text, re.ASCII):
            message = f"expected {self.expected}"
            raise ValueError(message)
        return text

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Tell pydantic how to check one."""
        return core_schema.no_info_after_validator_function(self._checked, core_schema.str_schema())

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Tell editors how to check one."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


def _checked(check: Callable[[str], object], expected: str) -> AfterValidator:
    def wrapped(text: str) -> str:
        try:
            check(text)
        except ValueError:
            message = f"expected {expected}"
            raise ValueError(message) from None
        return text

    return AfterValidator(wrapped)


def _address(text: str) -> None:
    if "%" in text:
        raise ValueError
    ipaddress.ip_address(text)


def _json_object(text: str) -> None:
    if not isinstance(json.loads(text), dict):
        raise ValueError  # noqa: TRY004  # as json.loads does


# `return_type` because pydantic would look it up anew for every field of every part.
Instant: TypeAlias = Annotated[
    int,
    BeforeValidator(_instant),
    PlainSerializer(instants.format_instant_exact, return_type=str),
    _text_schema("An instant with its offset, or a date for midnight UTC.", "2025-01-13T09:00:00Z"),
]
"""Milliseconds since 1970 UTC."""

Duration: TypeAlias = Annotated[
    int,
    BeforeValidator(_duration),
    PlainSerializer(instants.format_duration, return_type=str),
    _text_schema("A duration: weeks, days, hours, minutes, seconds, milliseconds.", "1h30m"),
]
"""Milliseconds."""

Share: TypeAlias = Annotated[
    int,
    BeforeValidator(_share),
    PlainSerializer(format_share, return_type=str),
    WithJsonSchema({"type": ["string", "number"], "description": "A share.", "examples": ["30%"]}),
]
"""Parts per million, 0 to 1,000,000."""

Rate: TypeAlias = Annotated[
    int,
    BeforeValidator(_rate),
    PlainSerializer(format_rate, return_type=str),
    WithJsonSchema({"type": ["string", "number"], "description": "A rate.", "examples": ["1.6"]}),
]
"""Parts per million; not negative, may exceed 1,000,000."""

Clock: TypeAlias = Annotated[
    int,
    BeforeValidator(_clock),
    PlainSerializer(_format_clock, return_type=str),
    _text_schema("A time of day.", "08:30"),
]
"""Minutes since midnight, 0 to 1440."""

Flag: TypeAlias = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
"""true or false; `yes` and `on` are neither."""

Name: TypeAlias = Annotated[
    str,
    Written(
        r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,126}[^\s\x00-\x1f\x7f])?",
        "a name of up to 128 characters, no space at either end",
    ),
]
"""A name: no control characters, no space at either end."""

Id: TypeAlias = Annotated[
    str,
    Written(
        r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
        "an id of up to 64 letters, digits, dots, dashes and underscores",
    ),
]
"""An id given to an entry or a population: letters, digits, dot, dash, underscore."""

AccountId: TypeAlias = Annotated[str, Written(r"\d{12}", "an account id of 12 digits")]
RegionName: TypeAlias = Annotated[
    str, Written(r"[a-z]{2}(?:-[a-z]+)+-\d", "a Region such as us-east-1")
]
StoreEntityId: TypeAlias = Annotated[
    str,
    Written(
        r"(?:[0-9a-f]{10}-)?[A-Fa-f0-9]{8}(?:-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}",
        "an id such as 94482488-3041-7003-1b24-0e2d5c7a9f11",
    ),
]
Uuid: TypeAlias = Annotated[
    str,
    Written(
        r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "a UUID such as 6ba7b810-9dad-41d1-80b4-00c04fd430c8",
    ),
]
DeviceId: TypeAlias = Annotated[
    str, Written(r"[A-Za-z0-9-]{3,64}", "a device id of 3 to 64 letters, digits and dashes")
]
Country: TypeAlias = Annotated[str, Written(r"[A-Z]{2}", "a country code such as DE")]
UserAgent: TypeAlias = Annotated[
    str, Written(r"[^\x00-\x1f\x7f]{1,1024}", "a user agent of up to 1024 characters")
]
Address: TypeAlias = Annotated[
    str,
    _checked(_address, "an IP address such as 198.51.100.7"),
    _text_schema("An IPv4 or IPv6 address.", "198.51.100.7"),
]
JsonObject: TypeAlias = Annotated[
    str,
    _checked(_json_object, "a JSON object as text"),
    _text_schema("A JSON object, as text.", '{"Version": "2012-10-17"}'),
]

Payload: TypeAlias = Annotated[
    dict[str, Any],
    BeforeValidator(_as_text),
    WithJsonSchema({"type": "object", "description": "What a call is given, or answers."}),
]
"""Parameters of a call: mappings and lists of text, whatever the call takes them for."""
