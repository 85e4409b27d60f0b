"""What a stream is asked to be: said by options, told by the manifest, and read back from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError, RequestError
from simulator.primitives.instants import (
    DAY,
    format_duration,
    format_instant_exact,
    parse_duration,
    parse_instant,
)
from simulator.streaming.feed import Feed
from simulator.streaming.pace import AsItHappened, ByBytes, ByCount
from simulator.streaming.rates import course_of, factor_of, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.primitives.jsontext import Json
    from simulator.run.request import Request
    from simulator.streaming.pace import Pace
    from simulator.streaming.rates import Course

OUTPUT: Final = "stream"
"""The `output` of a stream's manifest."""

SMALLEST: Final = 500
"""Bytes that hardly any record has less of: how many are made ready for so many bytes."""

_LONGEST: Final = 366 * DAY


@dataclass(frozen=True, slots=True)
class Asked:
    """How fast a stream is to be, and for how long; exactly one of the first three is there."""

    rate: str | None = None
    """Records a second: what `--rate` is given."""

    bytes: str | None = None
    """Bytes a second: what `--bytes` is given."""

    replay: str | None = None
    """How many times as fast as it happened: what `--replay` is given."""

    length: int | None = None
    """How long it lasts, in milliseconds; absent for as long as there are records."""

    is_live: bool = False
    """Whether times in records follow the wall clock."""

    def __post_init__(self) -> None:
        """Refuse what says nothing, or too much.

        Raises:
            RequestError: It does, or something cannot be read.
        """
        given = [one for one in (self.rate, self.bytes, self.replay) if one is not None]
        if len(given) != 1:
            raise RequestError(
                "the rate is missing: say one of --rate 5000/s, --bytes 50MB/s and --replay x10"
            )
        if self.length is not None and not 0 < self.length <= _LONGEST:
            raise RequestError("--for: expected a duration of at most a year, such as 10m")
        self.pace()

    def pace(self) -> Pace:
        """Return when records are due."""
        if self.replay is not None:
            return AsItHappened(factor_of(self.replay), self.length)
        course = self._course()
        return ByCount(course) if self.bytes is None else ByBytes(course)

    def events(self) -> int | None:
        """Return how many records it takes at most; absent where that cannot be told."""
        if self.replay is not None:
            return None
        total = self._course().total
        if total is None or self.bytes is None:
            return total
        return total // SMALLEST + 1

    def text(self) -> str:
        """Return it in words."""
        lasting = "" if self.length is None else f" for {format_duration(self.length)}"
        if self.replay is not None:
            return f"as it happened, {self.replay}{lasting}"
        what = "records" if self.bytes is None else "bytes"
        said = self.rate or self.bytes or ""
        # A course that ends of itself says so already.
        return f"{what} {said}" if said.endswith(lasting) else f"{what} {said}{lasting}"

    def _course(self) -> Course:
        name, text = ("--rate", self.rate) if self.bytes is None else ("--bytes", self.bytes)
        assert text is not None
        course = course_of(text, name)
        if self.length is None:
            return course
        if course.length is not None and course.length < self.length:
            whole = format_duration(course.length)
            message = f"{name} {shown(course)}: it ends after {whole}, before --for does"
            raise RequestError(message)
        return course.cut(self.length)

    def told(self, to: str, promise: str, begins: int) -> dict[str, Json]:
        """Return what the manifest tells.

        Args:
            to: Where it goes.
            promise: What its receiver's answers are worth.
            begins: When it began, in milliseconds since 1970 UTC.
        """
        return {
            "to": to,
            "promise": promise,
            "rate": self.rate,
            "bytes": self.bytes,
            "replay": self.replay,
            "for": None if self.length is None else format_duration(self.length),
            "clock": "wall" if self.is_live else "scenario",
            "begins": format_instant_exact(begins) if self.is_live else None,
        }


def feed_of(request: Request, told: Mapping[str, Json], name: str = "manifest.json") -> Feed:
    """Return what makes a stream's records again.

    Args:
        request: What it was asked to run.
        told: The manifest's `stream`.
        name: What the manifest is called in messages.

    Raises:
        InputError: It is no such thing.
    """
    texts = {key: told.get(key) for key in ("rate", "bytes", "replay", "for", "begins")}
    try:
        said = {key: value for key, value in texts.items() if isinstance(value, str)}
        asked = Asked(said.get("rate"), said.get("bytes"), said.get("replay"))
        if "for" in said:
            asked = replace(asked, length=parse_duration(said["for"]))
        begins = parse_instant(said["begins"]) if "begins" in said else None
    except (RequestError, ValueError) as error:
        message = f"{name} stream: {error}"
        raise InputError(message) from None
    return Feed(request, asked.pace(), None if begins is None else lambda: begins)
