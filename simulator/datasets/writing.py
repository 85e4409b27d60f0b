"""A dataset: records and truth of a run as tables, all of them or none."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from simulator.datasets import arrow, columns
from simulator.datasets.asked import Asked, Made
from simulator.datasets.card import CARD, card
from simulator.datasets.gathering import Handles, Sessions, Users
from simulator.datasets.listing import manifest
from simulator.datasets.rows import Row, label_of, rows_of
from simulator.datasets.splits import Splits, splits_of
from simulator.datasets.staging import site
from simulator.datasets.tables import Growing, LabelTexts, Partitions, Parts, Tables
from simulator.datasets.tally import Tally
from simulator.errors import RequestError
from simulator.flows import FLOWS
from simulator.primitives.instants import HOUR, format_instant, parse_instant
from simulator.run.press import Cut
from simulator.run.request import Silence
from simulator.run.writing import press_of, write_sheets
from simulator.scenario.mutations import refuse_mutated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from simulator.plan.episodes import Plan
    from simulator.run.request import Observer

EPISODES_AT_ONCE: Final = 4_096
"""What a window has, at most. Its records are held as Python's objects, some kilobytes each."""

_NOTED: Final = 1 << 16
"""Handles that are held as Python's objects, at most."""

_FLAT: Final = (
    *columns.flat(),
    *(columns.Flat(one.column, (one.column.name,)) for one in columns.picked()),
)
"""Columns of `flat`, and where they stand in what is read."""


def write_dataset(
    asked: Asked, folder: Path, *, force: bool = False, observer: Observer | None = None
) -> Made:
    """Write a dataset into a folder, and return what is there.

    Args:
        asked: What to write.
        folder: Where to.
        force: Whether a dataset that is there may be replaced.
        observer: Told of progress.

    Raises:
        MissingExtraError: pyarrow is not installed.
        RequestError: What is asked for cannot be done.
        ScenarioError: The scenario cannot be run.
        OutputError: The folder cannot be written, or is taken.
    """
    arrow.require()
    refuse_mutated(asked.request.scenario, "a dataset is made of")
    with site(folder, force=force) as place, ExitStack() as stack:
        press = press_of(asked.request, has_truth=True)
        splits = splits_of(press.plan, asked.request.scenario.seed, asked.shares)
        making = _Making.begun(Tables(place, stack), asked, splits, press.plan)
        counts = write_sheets(
            press,
            Cut(episodes_at_once=EPISODES_AT_ONCE),
            (making.records, making.truth),
            asked.request.workers,
            observer or Silence(),
            passed=making.passed,
        )
        _refuse_other_share(asked, counts.records)
        making.close()
        made = Made(
            counts=counts,
            tally=making.tally,
            episodes=making.sessions_table.file.rows,
            users=len(making.users.by_id),
            pyarrow=arrow.library_version(),
            files=tuple(place.written()),
            rows=making.tables.rows,
        )
        place.write(CARD, card(asked, made))
        files = sorted((*made.files, place.finished(CARD)), key=attrgetter("name"))
        made = replace(made, files=tuple(files))
        place.publish([file.name for file in made.files], manifest(asked, made))
    return made


def _refuse_other_share(asked: Asked, records: int) -> None:
    if asked.malicious is not None and records != asked.request.events:
        message = (
            f"--malicious {asked.malicious} needs {asked.request.events} records, and the scenario "
            f"gives {records}: give it people who are active, a longer window, or a larger share"
        )
        raise RequestError(message)


@dataclass(slots=True)
class _Bytes:
    """An output that holds what it takes until it is asked for."""

    parts: list[bytes] = field(default_factory=list)

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        if data:
            self.parts.append(bytes(data))

    def taken(self) -> bytes:
        """Let go of it."""
        whole = b"".join(self.parts)
        self.parts.clear()
        return whole


@dataclass(slots=True)
class _Making:
    """A dataset while it is made, a window after another."""

    tables: Tables
    splits: Splits
    has_record: bool
    nested: Partitions
    flat: Parts
    labels: Growing | None
    label_texts: LabelTexts
    sessions_table: Growing
    sessions: Sessions
    before: str
    """When the last record happened."""
    users: Users = field(default_factory=Users)
    handles: Handles = field(default_factory=Handles)
    noted: list[arrow.Table] = field(default_factory=list)
    """What was noted of handles, as tables."""
    tally: Tally = field(default_factory=Tally)
    records: _Bytes = field(default_factory=_Bytes)
    truth: _Bytes = field(default_factory=_Bytes)

    @classmethod
    def begun(cls, tables: Tables, asked: Asked, splits: Splits, plan: Plan) -> _Making:
        """Begin all files."""
        nested = columns.nested()
        labels = None
        if "parquet" in asked.forms:
            labels = Growing.begun(tables, "labels.parquet", columns.LABELS)
        # An hour for what an override makes of an instant.
        longest = max(flow.longest for flow in FLOWS) + max(map(sum, plan.gaps)) + HOUR
        return cls(
            tables=tables,
            splits=splits,
            has_record=asked.has_record,
            nested=Partitions(tables, (*nested, columns.RECORD) if asked.has_record else nested),
            flat=Parts(tables, columns.flat_columns()),
            labels=labels,
            label_texts=LabelTexts(tables, asked.forms),
            sessions_table=Growing.begun(tables, "sessions.parquet", columns.SESSIONS),
            sessions=Sessions(longest),
            before=format_instant(plan.start),
        )

    def passed(self, last: int) -> None:
        """Take the records of a window, which ends at an instant."""
        rows = rows_of(self.records.taken(), self.truth.taken(), self.before)
        if not rows:
            return
        self.before = rows[-1].at
        labels = [self._label(row) for row in rows]
        self._write_records(rows, labels)
        if self.labels is not None:
            self.labels.write(labels)
        self.label_texts.write(labels)
        self.sessions_table.write(self.sessions.over(format_instant(last - self.sessions.longest)))
        if len(self.handles.seen) > _NOTED:
            self._note()

    def _label(self, row: Row) -> dict[str, Any]:
        """Return a record's row of labels, and count it wherever it counts."""
        truth = row.truth
        episode = self.sessions.open.get(truth["episode"])
        by_time = (
            self.splits.by_time(parse_instant(row.at)) if episode is None else episode["split_time"]
        )
        label = label_of(
            row,
            {
                "split_time": by_time,
                "split_user": self.splits.by_user(truth),
                "split_play": self.splits.by_play(truth),
            },
        )
        self.sessions.add(label, row.at)
        self.users.add(label, row.at, is_first=episode is None)
        self.handles.add(row, label)
        self.tally.add(label)
        return label

    def _write_records(self, rows: Sequence[Row], labels: Sequence[dict[str, Any]]) -> None:
        read = [*columns.nested(), *(one.column for one in columns.picked())]
        if self.has_record:
            read.append(columns.RECORD)
            for row in rows:
                row.record[columns.RECORD.name] = row.line.decode()
        table = arrow.table_of([row.record for row in rows], read)
        eras = [label["era"] for label in labels]
        self.nested.write(
            table.select([column.name for column in self.nested.columns]),
            eras,
            [row.at[:10] for row in rows],
        )
        lead = {
            "kind": arrow.text_column([label["kind"] for label in labels]),
            "era": arrow.text_column(eras),
        }
        self.flat.write(
            arrow.flattened(table, lead, _FLAT), [label["split_time"] for label in labels]
        )

    def _note(self) -> None:
        self.noted.append(arrow.table_of(self.handles.taken(), columns.RESOLVER))

    def close(self) -> None:
        """End all files."""
        self.nested.close()
        self.flat.close()
        if self.labels is not None:
            self.labels.close()
        self.label_texts.close()
        self.sessions_table.write(self.sessions.over())
        self.sessions_table.close()
        users = arrow.table_of(self.users.all(), columns.USERS)
        self.tables.write("users.parquet", columns.USERS, users)
        self._note()
        resolved = arrow.totals(arrow.joined(self.noted, columns.RESOLVER))
        self.tables.write("resolver.parquet", columns.RESOLVER, resolved)
