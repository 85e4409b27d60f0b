"""From what a run left and what a SIEM exported to what became of each record."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from simulator.primitives.instants import MINUTE, format_instant
from simulator.reconciliation.balance import AT_ONCE, Balance
from simulator.reconciliation.contents import digest_of, expected_records, first_difference
from simulator.reconciliation.exports import Exports
from simulator.reconciliation.report import COUNTED, EXAMPLES, Example, Report, Row
from simulator.reconciliation.runs import run_of
from simulator.reconciliation.sendings import UNSENT, Sendings
from simulator.reconciliation.truths import NEVER, key_of, read_truth
from simulator.verification.places import Folder, opened
from simulator.verification.unpacking import Content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from io import BufferedReader
    from pathlib import Path

    from numpy.typing import NDArray

    from simulator.reconciliation.contents import Contents
    from simulator.reconciliation.exports import Rows
    from simulator.reconciliation.runs import Run
    from simulator.reconciliation.truths import Truth

Counts = dict[str, "NDArray[np.int64]"]


class Observer(Protocol):
    """Someone who wants to know how far it is."""

    def read(self, records: int) -> None:
        """Hear how many records were read so far."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """How to reconcile."""

    parquet: Rows
    """Reads Parquet."""
    sent: Path | None = None
    """What a stream noted; absent for what lies beside the truth."""
    endpoint: str | None = None
    """Where the service of a bucket is."""


def reconcile(
    truth: str,
    received: Sequence[str],
    *,
    options: Options,
    stdin: BufferedReader | None = None,
    observer: Observer | None = None,
) -> tuple[Report, Callable[[], Iterator[str]]]:
    """Find out which records of a run arrived.

    Args:
        truth: What the run left.
        received: What was exported.
        options: How.
        stdin: Stands for `-` among `received`; absent for the program's own.
        observer: Told of progress.

    Returns:
        The report, and what yields the eventIDs of all that are missing.

    Raises:
        InputError: Something cannot be read.
        RequestError: What is asked for cannot be done.
        MissingExtraError: A form needs a package that is not installed.
    """
    run = run_of(truth, options.endpoint)
    told, notes = _truth(run)
    sendings, sent_name = _sendings(run, options.sent, len(told))
    contents = expected_records(run)
    balance = Balance(told, sendings.is_uncertain | sendings.is_lost, contents.ignored)
    heard = observer.read if observer is not None else _unheard
    balance.expect(contents.records())
    exports = Exports(options.parquet, contents.ignored, frozenset(told.damaged))
    arriving = exports.read(received, stdin)
    while some := list(islice(arriving, AT_ONCE)):
        balance.receive(some)
        heard(balance.arrived)
    for place, sha in exports.raws:
        balance.find_text(sha, str(place))
    counts, states = _counted(balance, sendings, has_sent=sent_name is not None)
    examples = dict(balance.examples)
    examples |= _absent_examples(run, told, states)
    if balance.close:
        examples["altered"] = _altered(balance, contents)
    shown = run.shown(run.truth)
    report = Report(
        truth=shown,
        truth_sha256=told.content_sha256,
        sent=sent_name,
        contents=contents.origin,
        is_compared=contents.is_known,
        records=len(told),
        counts={
            **{name: int(column.sum()) for name, column in counts.items()},
            "unexpected": balance.unexpected,
            **{name: int(np.count_nonzero(column)) for name, column in states.items()},
        },
        arrived=balance.arrived,
        bare=exports.bare,
        uncompared=balance.uncompared,
        unread=exports.unread,
        troubles=tuple(exports.troubles),
        examples={name: tuple(found) for name, found in examples.items() if found},
        tables=_tables(told, sendings, counts, has_sent=sent_name is not None),
        absent=np.flatnonzero(counts["missing"]),
        notes=tuple(notes),
    )
    return report, lambda: map(told.event_id, report.absent.tolist())


def _unheard(_records: int) -> None:
    """Leave it at that."""


def _truth(run: Run) -> tuple[Truth, list[str]]:
    content = Content(run.truth, opened(run.source, run.truth))
    name = run.shown(run.truth)
    telling = read_truth(name, content)
    content.refuse_odd(name)
    notes = []
    if run.truth_sha256 not in (None, content.content_sha256):
        notes.append(f"{name} is not what its manifest says: see `trailwright verify`")
    return telling.finished(content.content_sha256), notes


def _sendings(run: Run, given: Path | None, records: int) -> tuple[Sendings, str | None]:
    source, name = (run.source, run.sent) if given is None else (Folder(given.parent), given.name)
    if name is None:
        flags = (np.zeros(records, np.bool_) for _ in range(3))
        return Sendings(np.full(records, UNSENT, np.int32), *flags), None
    shown = run.shown(name) if given is None else str(given)
    content = Content(name, opened(source, name))
    made = Sendings.read(shown, content, records)
    content.refuse_odd(shown)
    return made, shown


def _counted(
    balance: Balance, sendings: Sendings, *, has_sent: bool
) -> tuple[Counts, dict[str, NDArray[np.bool_]]]:
    """Return counts by record, and which records are in which state."""
    planned = balance.truth.planned.astype(np.int64)
    received = balance.received.astype(np.int64)
    is_unsent = (sendings.batch == UNSENT) & has_sent
    is_untold = np.zeros(len(planned), np.bool_)
    is_untold[list(balance.truth.damaged.values())] = True
    is_untold &= ~balance.is_told & (received == 0)
    # Whether these arrive or not is no surprise.
    is_free = is_unsent | sendings.is_lost | sendings.is_refused | is_untold
    expected = np.where(is_free, np.minimum(received, planned), planned)
    surplus = np.maximum(received - planned, 0)
    may_repeat = balance.is_uncertain
    counts = {
        "expected": expected,
        "received": received,
        "missing": np.maximum(expected - received, 0),
        "repeated": np.where(may_repeat, 0, surplus),
        "repeated_possible": np.where(may_repeat, surplus, 0),
        "altered": balance.altered.astype(np.int64),
    }
    is_gone = received == 0
    states = {
        "refused_received": sendings.is_refused & ~is_gone,
        "lost": sendings.is_lost & is_gone,
        "refused": sendings.is_refused & is_gone,
        "unsent": is_unsent & is_gone,
        "untold": is_untold & ~(is_unsent | sendings.is_lost | sendings.is_refused),
        "missing": counts["missing"] > 0,
    }
    return counts, states


def _absent_examples(
    run: Run, told: Truth, states: dict[str, NDArray[np.bool_]]
) -> dict[str, list[Example]]:
    """Return examples by state, and leave in `states` those that are counted."""
    name = run.shown(run.truth)
    made = {}
    for state, where in states.items():
        numbers = np.flatnonzero(where)[:EXAMPLES].tolist()
        made[state] = [
            Example(told.event_id(number), f"{name}:{number + 1}", _about(told, number))
            for number in numbers
        ]
    # Of what is missing it is counted how often.
    del states["missing"]
    return made


def _about(told: Truth, number: int) -> str:
    kind = told.kinds[told.kind[number]]
    return f"{kind} of {_minute(int(told.minute[number]))}"


def _minute(minute: int) -> str:
    return "an unknown time" if minute == NEVER else format_instant(minute * MINUTE)


def _altered(balance: Balance, contents: Contents) -> list[Example]:
    """Look closely at the first that are altered."""
    wanted = {key_of(one.received.event_id or ""): one.number for one in balance.close}
    sent: dict[int, list[Mapping[str, Any]]] = {}
    for made in contents.records():
        if made.record is None:
            continue
        event_id = made.record.get("eventID")
        number = wanted.get(key_of(event_id if isinstance(event_id, str) else ""))
        if number is not None:
            sent.setdefault(number, []).append(made.record)
    found = []
    for one in balance.close:
        likely = [
            record
            for record in sent.get(one.number, [])
            if digest_of(record, contents.ignored) == int(balance.digest[one.number])
        ]
        note = (
            first_difference(_less(likely[0], contents), _less(one.received.record or {}, contents))
            if likely
            else None
        )
        place = str(one.received.place)
        found.append(Example(one.received.event_id, place, note or ""))
    return found


def _less(record: Mapping[str, Any], contents: Contents) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in contents.ignored}


_FOUND: Final = ("missing", "repeated", "altered")


def _tables(
    told: Truth, sendings: Sendings, counts: Counts, *, has_sent: bool
) -> dict[str, tuple[Row, ...]]:
    """Return counts by what records have in common, where something was found."""
    is_found = np.zeros(len(told), np.bool_)
    for name in _FOUND:
        is_found |= counts[name] > 0
    return {
        "kind": _table(told.kind, counts, is_found, lambda at: told.kinds[at]),
        "era": _table(told.era, counts, is_found, lambda at: told.eras[at]),
        "minute": _table(told.minute, counts, is_found, _minute),
        "batch": _table(sendings.batch, counts, is_found, _batch) if has_sent else (),
    }


def _batch(nth: int) -> str:
    return "none" if nth == UNSENT else str(nth)


def _table(
    column: NDArray[Any],
    counts: Counts,
    is_found: NDArray[np.bool_],
    named: Callable[[int], str],
) -> tuple[Row, ...]:
    wanted = np.unique(column[is_found])
    if not len(wanted):
        return ()
    at = np.minimum(np.searchsorted(wanted, column), len(wanted) - 1)
    is_in = wanted[at] == column
    sums = {
        name: np.bincount(at[is_in], counts[name][is_in], len(wanted)).astype(np.int64).tolist()
        for name in COUNTED
    }
    return tuple(
        Row(named(value), {name: sums[name][nth] for name in COUNTED})
        for nth, value in enumerate(wanted.tolist())
    )
