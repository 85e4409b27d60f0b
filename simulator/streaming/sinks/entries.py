"""Batches of SQS and SNS: entries with ids, and those that failed by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.streaming.sinks.aws_calls import AGAIN, Answer, Failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.streaming.sinks.interface import Batch


def answer_of(failed: Iterable[Mapping[str, Any]], batch: Batch) -> Answer:
    """Return what entries that failed say of a batch."""
    return Answer(
        [
            Failure(
                int(entry["Id"]),
                entry["Code"],
                entry.get("Message", ""),
                is_final=entry["SenderFault"] and entry["Code"] not in AGAIN,
            )
            for entry in failed
        ],
        sum(map(len, batch.records)),
    )


def text_of(record: bytes) -> str:
    """Return a record as a message has it: text. What is none of it is shown as such."""
    return record.decode("utf-8", "replace")
