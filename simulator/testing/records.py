"""The records of a run as Python objects, with the truth of each beside it.

Nothing here imports more than pytest has imported anyway.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.scenario.document import Scenario

LABELS: Final = ("benign", "suspicious", "malicious")
"""What the truth calls what happened."""

RECORDS: Final = "records.ndjson"
TRUTH: Final = "truth.ndjson"


class TrailRecords(list[dict[str, Any]]):  # a list, since that is what rules and parsers take
    """Records as `json.loads` gives them, in order of time, and the truth beside them.

    Whoever gets one may do with it as she likes: nobody else has its records or its truth. What is
    done to the list itself, such as sorting it, changes none of the attributes; records are the
    same objects here and there. A slice is a plain list.
    """

    lines: tuple[bytes, ...]
    """Each record as it was written: a JSON object in UTF-8 with no line end."""

    truth: dict[str, dict[str, Any]]
    """The truth of each record by its `eventID`: `label`, `techniques`, `play`, `step`, `actor`
    and the other members that docs/manifest-and-truth.md explains."""

    unreadable: tuple[bytes, ...]
    """Those of `lines` that `json.loads` cannot read as an object, which the list lacks. Empty but
    where the scenario damages records on purpose (docs/mutations.md)."""

    def __init__(self, lines: Iterable[bytes], truth: Iterable[bytes]) -> None:
        """Read records, and as many lines of truth in the same order.

        Args:
            lines: Each a record, with no line end.
            truth: Each what the truth says of it, likewise.
        """
        self.lines = tuple(lines)
        self._truth = tuple(truth)
        told = [json.loads(line) for line in self._truth]
        read = [(_object(line), one) for line, one in zip(self.lines, told, strict=True)]
        self._pairs = [(record, one) for record, one in read if record is not None]
        self.truth = {one["eventID"]: one for one in told}
        self.unreadable = tuple(
            line for line, (record, _) in zip(self.lines, read, strict=True) if record is None
        )
        super().__init__(record for record, _ in self._pairs)

    @property
    def attacks(self) -> list[dict[str, Any]]:
        """The records labelled `malicious`, in order."""
        return self.of("malicious")

    def of(self, name: str) -> list[dict[str, Any]]:
        """Return the records of a label, a play or a playing, in order.

        Args:
            name: `benign`, `suspicious` or `malicious`; a play that occurs, such as
                `plays/password-spray`, with or without its folder; or the id of a playing.

        Raises:
            LookupError: It is none of these. That there are no records of a label is no error.
        """
        __tracebackhide__ = True
        if name in LABELS:
            return [record for record, told in self._pairs if told["label"] == name]
        found = [record for record, told in self._pairs if _is_part(told, name)]
        if not found:
            plays = sorted({told["play"] for _, told in self._pairs if told["play"]})
            there = f"; the plays here are {', '.join(plays)}" if plays else "; no play is here"
            message = f"no label, play or playing is called {name!r}{there}"
            raise LookupError(message)
        return found

    def write(self, folder: str | Path) -> Path:
        """Write `records.ndjson` and `truth.ndjson` into a folder, and return the former's path.

        The folder is made if it is not there, and files of these names are replaced. What is
        written are `lines` and their truth, whatever was done to the list.

        Raises:
            OSError: The folder cannot be written to.
        """
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for name, lines in ((RECORDS, self.lines), (TRUTH, self._truth)):
            (place / name).write_bytes(b"".join(line + b"\n" for line in lines))
        return place / RECORDS


def _object(line: bytes) -> dict[str, Any] | None:
    """Return a record, if that is what a line is."""
    try:
        made = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return made if isinstance(made, dict) else None


def _is_part(told: dict[str, Any], name: str) -> bool:
    """Return whether a record is part of a play or playing, which is called by its file or name."""
    play = told["play"]
    return play is not None and (
        told["play_id"] == name or play.rpartition("/")[2] == name.rpartition("/")[2]
    )


class TrailMaker(Protocol):
    """What the fixture `trail` is: a call makes the records of a scenario."""

    def __call__(
        self,
        scenario: str | Path | Scenario,
        *,
        era: str | None = None,
        seed: int | None = None,
        events: int | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> TrailRecords:
        """Return the records of a scenario; a scenario that is wrong fails the test with its place.

        Args:
            scenario: The name of a shipped one, such as `plays/password-spray`; a file, seen from
                the test's folder or else from pytest's rootdir; its YAML, in more than one line; or
                a `Scenario`, as it is made or as `load` gives it.
            era: `pre`, `post`, `by-date` or an era's name, in place of the scenario's own.
            seed: Likewise. Of what `load` gave, that which it has filled in stays.
            events: How many records in all, as with `trailwright generate --events`.
            parameters: Values in place of the defaults of the scenario's `parameters`; not with a
                `Scenario`.
        """
        ...


class CaseMaker(Protocol):
    """What the fixture `trail_case` is: a call replays a capsule."""

    def __call__(self, capsule: str | Path) -> TrailRecords:
        """Return the records of a capsule; others than were packed fail the test.

        Args:
            capsule: A file that `trailwright case pack` wrote, seen from the test's folder or else
                from pytest's rootdir.
        """
        ...
