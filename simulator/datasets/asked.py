"""What is asked of a dataset, and what is told of it at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.datasets.staging import Written
    from simulator.datasets.tally import Tally
    from simulator.run.request import Request
    from simulator.sinks.manifest import Counts

FORMS: Final = ("parquet", "csv", "ndjson")
"""In what the labels can be written."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for."""

    request: Request
    """What to run."""

    command: str
    """What to type to have the same again, but for where it goes."""

    shares: tuple[int, int, int]
    """In hundredths: how much is for training, validation and testing."""

    forms: tuple[str, ...] = FORMS
    """In what the labels are written."""

    has_record: bool = False
    """Whether `records` has each record's own text."""

    malicious: str | None = None
    """The share of malicious records that was asked for, in the user's words."""


@dataclass(frozen=True, slots=True)
class Made:
    """What is there."""

    counts: Counts
    tally: Tally
    episodes: int
    users: int
    pyarrow: str
    """Its version."""
    files: tuple[Written, ...]
    """All but the manifest; the card too, once it is there."""
    rows: Mapping[str, int]
    """How many each table's file has, by name."""


def forms_from(text: str) -> tuple[str, ...]:
    """Read in what labels are to be written, such as `csv,parquet`.

    Raises:
        RequestError: It names something else, or nothing.
    """
    asked = [part.strip() for part in text.split(",")]
    if set(asked) - set(FORMS):
        message = f"--labels {text!r}: expected some of {','.join(FORMS)}"
        raise RequestError(message)
    return tuple(form for form in FORMS if form in asked)
