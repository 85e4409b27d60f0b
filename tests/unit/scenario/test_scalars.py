"""How single values are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from simulator.scenario.scalars import (
    WHOLE,
    Address,
    Between,
    Clock,
    Duration,
    Flag,
    Instant,
    JsonObject,
    Name,
    Rate,
    Share,
    format_rate,
    format_share,
    parse_share,
)


class Values(BaseModel):
    """One value of each kind."""

    instant: Instant = 0
    duration: Duration = 0
    share: Share = 0
    rate: Rate = 0
    clock: Clock = 0
    flag: Flag = False
    name: Name = "x"
    address: Address = "198.51.100.7"
    policy: JsonObject = "{}"


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("instant", "2025-01-13", 1_736_726_400_000),
        ("instant", "2025-01-13T01:00:00+01:00", 1_736_726_400_000),
        ("instant", "2025-01-13T00:00:00.007Z", 1_736_726_400_007),
        ("duration", "1h30m", 5_400_000),
        ("duration", "2w", 1_209_600_000),
        ("duration", "0s", 0),
        ("share", "30%", 300_000),
        ("share", "0.3", 300_000),
        ("share", "1", 1_000_000),
        ("share", "100%", 1_000_000),
        ("share", "0.0001%", 1),
        ("rate", "1.6", 1_600_000),
        ("rate", "12", 12_000_000),
        ("clock", "8:30", 510),
        ("clock", "24:00", 1440),
        ("flag", "true", True),
        ("flag", "False", False),
        ("address", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_text_is_read(field: str, text: str, value: object) -> None:
    """Each is a whole number or text inside."""
    assert getattr(Values.model_validate({field: text}), field) == value


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("instant", "2025-01-13T09:00:00", "an instant needs its offset"),
        ("instant", "2025-02-30", "not an instant: day"),
        ("duration", "90", "expected a duration such as 20s"),
        ("duration", "-3s", "expected a duration such as 20s"),
        ("duration", "1" * 5000 + "s", "expected a duration such as 20s"),
        ("duration", "40000d", "longer than a century"),
        ("share", "101%", "a share lies between 0% and 100%"),
        ("share", "-1%", "a share lies between 0% and 100%"),
        ("share", "1e-3", "expected a share such as 30% or 0.3"),
        ("share", "nan", "expected a share such as 30% or 0.3"),
        ("share", "0.0000001", "finer than one in a million"),
        ("rate", "1001", "expected a number between 0 and 1000"),
        ("clock", "24:01", "expected a time of day such as 08:30"),
        ("clock", "8.30", "expected a time of day such as 08:30"),
        ("flag", "on", "expected true or false"),
        ("name", " x", "expected a name of up to 128 characters"),
        ("name", "x" * 129, "expected a name of up to 128 characters"),
        ("name", "a\nb", "expected a name of up to 128 characters"),
        ("address", "::1%eth0 ", "expected an IP address such as 198.51.100.7"),
        ("address", "10.0.0", "expected an IP address such as 198.51.100.7"),
        ("policy", "[]", "expected a JSON object as text"),
        ("policy", "{", "expected a JSON object as text"),
    ],
)
def test_what_is_not_one_is_refused(field: str, text: str, words: str) -> None:
    """The message says what to write instead."""
    with pytest.raises(ValidationError) as caught:
        Values.model_validate({field: text})

    assert words in str(caught.value.errors()[0]["ctx"]["error"])


@given(st.integers(0, WHOLE))
def test_a_share_reads_back(parts: int) -> None:
    """What is written as a percentage is read as the same share."""
    assert parse_share(format_share(parts)) == parts


@given(st.integers(0, 1000 * WHOLE))
def test_a_rate_reads_back(parts: int) -> None:
    """What is written as a number is read as the same rate."""
    assert parse_share(format_rate(parts)) == parts


@given(
    st.builds(
        Values,
        instant=st.integers(946_684_800_000, 4_102_444_799_999),
        duration=st.integers(0, 10**12),
        share=st.integers(0, WHOLE),
        rate=st.integers(0, 1000 * WHOLE),
        clock=st.integers(0, 1440),
    )
)
def test_every_value_reads_back(values: Values) -> None:
    """A resolved scenario can be written out and read again."""
    assert Values.model_validate(values.model_dump(mode="json")) == values


def test_limits_of_a_duration_are_said_as_a_person_would() -> None:
    """Nobody thinks of eight hours in milliseconds."""
    with pytest.raises(ValueError, match="expected a duration of between 15m and 8h"):
        Between(900_000, 28_800_000)(1)
