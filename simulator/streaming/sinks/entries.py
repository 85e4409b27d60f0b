"""Batches of SQS and SNS: entries with ids, and those that failed by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.streaming.sinks.aws_calls import AGAIN, Answer, Failure

if TYPE_CHECKING:
    from collections.abc import Mapping


def answer_of(said: Mapping[str, Any]) -> Answer:
    """Return what `Successful` and `Failed` say of a batch."""
    failed = said.get("Failed", [])
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
        len(failed) + len(said.get("Successful", [])),
    )


def text_of(record: bytes) -> str:
    """Return a record as a message has it: text. What is none of it is shown as such."""
    return record.decode("utf-8", "replace")
