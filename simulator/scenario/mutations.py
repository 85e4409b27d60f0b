"""Mutations: labelled damage to finished records and files, for those who test parsers.

`MENU` is the one table of them: what each does and what it is known to break. The option
`--mutate`, the JSON Schema, `trailwright mutations` and `docs/mutations.md` are made of it.
`delivery.mutations` and `delivery.file_mutations` do the damage, by the same names and in the
order of the menu.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, model_validator

from simulator.errors import RequestError
from simulator.primitives.instants import DAY, SECOND
from simulator.scenario.actions import Part
from simulator.scenario.scalars import Between, Duration, Share, Whole, Written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.scenario.document import Scenario

Reach: TypeAlias = Literal["record", "file", "lines", "gzip", "log"]
"""What a mutation is done to: records in any form, files of records, those that have lines,
those that are gzipped, log files."""

_UNVERIFIED: Final = "Unverified."


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu."""

    name: str
    what: str
    """What is done, in a sentence without a full stop."""
    breaks: str
    """What it is known to break."""
    source: str = _UNVERIFIED
    """Where that is published; `Unverified.` where it is common knowledge and no more."""
    reach: Reach = "record"
    options: tuple[str, ...] = ()
    """Members of `Damage` that it takes besides its share."""
    found_by: tuple[str, ...] = ()
    """Codes with which `validate` tells of it, the usual ones first; empty where it is allowed."""


MENU: Final = (
    Entry(
        "missing-member",
        "A member of the record, or of an object in it, is left out",
        "Readers that look members up without asking whether they are there.",
        options=("member",),
        found_by=("E101", "E301", "W311"),
    ),
    Entry(
        "null-member",
        "A member that has a value is null",
        "Columns that must not be null; readers that take a member's presence for a value.",
        options=("member",),
        found_by=("E102", "E305"),
    ),
    Entry(
        "null-for-absent",
        "A member that CloudTrail documents and the record does not have is there, and null",
        "Readers for which absent and null are two things; rules that ask whether errorCode is "
        "there.",
        found_by=("E102", "N323", "N324"),
    ),
    Entry(
        "wrong-type",
        "A value is of another JSON type: text becomes an object, a number text, and so on",
        "Typed columns and mappings (mapper_parsing_exception in Elasticsearch), which refuse the "
        "record or all that comes with it.",
        options=("member",),
        found_by=("E102", "E305"),
    ),
    Entry(
        "member-at-cap",
        "A member is as long as CloudTrail lets it be: 1 KB of userAgent, 100 KB of "
        "requestParameters, 28 KB of additionalEventData and so on",
        "Fields of 32,766 bytes in Lucene, columns of 64 KB, messages of a queue with 256 KB.",
        options=("member",),
        found_by=("E105", "E302"),
    ),
    Entry(
        "member-past-cap",
        "A member is one byte longer than CloudTrail lets it be",
        "Readers that keep buffers of the documented size.",
        options=("member",),
        found_by=("E110",),
    ),
    Entry(
        "unknown-identity-type",
        "userIdentity.type is a word that nobody has seen: UnheardOfIdentity",
        "Readers with a list of types; rules that take what is no IAM user for a role.",
        found_by=("E303",),
    ),
    Entry(
        "unknown-event",
        "eventName is one that no service has: UnheardOfEvent",
        "Readers that choose a mapping by the event's name.",
        found_by=("N201",),
    ),
    Entry(
        "new-event-version",
        "eventVersion is a later one than any seen: 1.12, 1.100 or 2.0",
        "Readers that compare versions as text or as numbers. A first number that goes up tells of "
        "a change that is not compatible.",
        'CloudTrail User Guide, "CloudTrail record contents" (eventVersion).',
        found_by=("E104", "N322", "W113"),
    ),
    Entry(
        "odd-name",
        "A name is one that nobody expects: right to left, of emoji, with "
        "quotes, with control characters, or of 64 characters",
        "Readers that put names into queries, logs, spreadsheets and file names as they are.",
        options=("member",),
        found_by=("W431", "E411"),
    ),
    Entry(
        "out-of-range-time",
        "eventTime is before 1970, in the year 1 or 9999, past 2038 or 2262, on 30 February, or at "
        "24:00:00",
        "Times of 32 bits, times in nanoseconds of 64 bits (to 2262), indices named by day.",
        found_by=("E103", "N451"),
    ),
    Entry(
        "leap-day",
        "eventTime is on 29 February of 2024 or 2028",
        "Readers that count days themselves; what adds a year to a date.",
        found_by=("N451", "N325"),
    ),
    Entry(
        "clock-skew",
        "eventTime is up to a day earlier or later than it was; `by` says how much",
        "Correlation by time; windows that drop what is late or lies in the future.",
        options=("by",),
        found_by=("N451",),
    ),
    Entry(
        "deep-nesting",
        "additionalEventData has a member that is 1,001 objects deep; `depth` says otherwise",
        "Jackson (1,000 levels), Python's json (some 1,000), System.Text.Json (64), "
        "Elasticsearch's mappings (20).",
        "jackson-core, StreamReadConstraints.DEFAULT_MAX_DEPTH; .NET, JsonReaderOptions.MaxDepth; "
        "Elasticsearch, index.mapping.depth.limit.",
        options=("depth",),
        found_by=("E008", "E004"),
    ),
    Entry(
        "duplicated-key",
        "An object names a member twice: the second time, at its end, with null",
        "Readers differ: the first wins, the last wins, or it is an error.",
        'RFC 8259, section 4: "the behavior of software that receives such an object is '
        'unpredictable".',
        options=("member",),
        found_by=("E007",),
    ),
    Entry(
        "not-utf8",
        "A text holds the byte E9, an é in Latin-1, which is not UTF-8",
        "Readers that decode a file as a whole lose all of it.",
        'RFC 8259, section 8.1: JSON between systems "MUST be encoded using UTF-8".',
        options=("member",),
        found_by=("E003",),
    ),
    Entry(
        "truncated-record",
        "The record ends early, anywhere, as when a buffer was too small",
        "Readers of lines lose the record or stop; a log file or an envelope is no JSON at all.",
        found_by=("E004",),
    ),
    Entry(
        "empty-records",
        'A log file has no records: {"Records":[]}',
        "Readers that look at the first record of a file.",
        reach="log",
        found_by=("E005",),
    ),
    Entry(
        "bom",
        "A file begins with a byte order mark, EF BB BF",
        "Parsers of JSON, for which it is no white space. They may ignore it, and most do not.",
        "RFC 8259, section 8.1.",
        reach="file",
        found_by=("N009",),
    ),
    Entry(
        "crlf",
        "Lines end in CR LF",
        "Readers that split at LF and hash or compare what they get.",
        reach="lines",
        found_by=("N010",),
    ),
    Entry(
        "truncated-file",
        "A file ends early, inside a record; a gzipped one is whole, what is in it is not",
        "Readers of documents lose the file, readers of lines its last records.",
        reach="file",
        found_by=("E004", "E003"),
    ),
    Entry(
        "gzip-members",
        "A gzipped file is of two members, one behind the other, as gzip allows",
        "Readers that stop after the first, as zlib's inflate does. The AWS CLI's validate-logs is "
        "one.",
        "RFC 1952, section 2.2: a file is a series of members. AWS CLI 1.46, "
        "customizations/cloudtrail/validation.py.",
        reach="gzip",
    ),
    Entry(
        "gzip-cut-short",
        "The last one to eight bytes of a gzipped file are missing: its checksum and size",
        "Readers that hand records on before they have seen the end, and then fail or do it again.",
        reach="gzip",
        found_by=("E006",),
    ),
    Entry(
        "gzip-trailing-bytes",
        "Bytes that are no gzip follow the end of a gzipped file",
        "Readers that take them for another member.",
        reach="gzip",
        found_by=("E006",),
    ),
)
"""All mutations, in the order in which they are done."""

BY_NAME: Final = {entry.name: entry for entry in MENU}
OF_RECORDS: Final = tuple(entry.name for entry in MENU if entry.reach == "record")
OF_FILES: Final = tuple(entry.name for entry in MENU if entry.reach != "record")

DEPTH: Final = 1_001
"""Objects in one another, one more than Jackson reads."""

Member: TypeAlias = Annotated[
    str,
    Written(
        r"[A-Za-z_][A-Za-z0-9_:-]*(?:\.[A-Za-z_][A-Za-z0-9_:-]*)*",
        "a member path such as userIdentity.arn",
    ),
]


class Damage(Part):
    """How often a mutation is done, and how; a plain share means its `share`."""

    share: Share
    """Share of the records, or files, that it is done to, of those to which it can be."""
    member: Member | None = None
    """The member it is done to, such as `userIdentity.arn`; drawn unless given. Records that do
    not have it are left as they are."""
    by: Annotated[Duration, AfterValidator(Between(SECOND, 36_525 * DAY))] | None = None
    """For `clock-skew`: by how much, earlier or later; drawn unless given, up to a day."""
    depth: Annotated[int, Whole(1, 50_000)] | None = None
    """For `deep-nesting`: how many objects lie in one another; 1,001 unless given."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: object) -> object:
        return value if isinstance(value, dict | Damage) else {"share": value}


Mutations: TypeAlias = dict[str, Damage]
"""By name."""


def misused(name: str, damage: Damage) -> Iterator[tuple[str, str]]:
    """Yield the options that mean nothing to a mutation, and what to say of them."""
    taken = ("share", *BY_NAME[name].options)
    for option in Damage.model_fields:
        if option not in taken and getattr(damage, option) is not None:
            yield option, f"{name} takes {' and '.join(taken)} alone"


def asked(mutations: Mutations) -> Mutations:
    """Return mutations in the order of the menu, without those that are done to nothing."""
    return {
        name: mutations[name] for name in BY_NAME if name in mutations and mutations[name].share
    }


def refuse_mutated(scenario: Scenario, what: str) -> None:
    """Refuse a scenario whose records are damaged on purpose.

    Args:
        scenario: Resolved.
        what: What needs them sound, such as `a dataset is made of`.

    Raises:
        RequestError: Its mutations are not empty.
    """
    if scenario.mutations:
        names = ", ".join(scenario.mutations)
        message = (
            f"{what} records as they are, and the scenario's mutations ({names}) damage them: "
            "leave mutations out"
        )
        raise RequestError(message)


def refuse_without_meaning(names: Iterable[str], *, is_log: bool, name: str | None) -> None:
    """Refuse mutations of files where no files of their kind are written.

    Args:
        names: Of the mutations that are asked for.
        is_log: Whether log files are written.
        name: Of the one file that is written; absent for log files and standard output.

    Raises:
        RequestError: One has no meaning.
    """
    is_gzip = is_log or (name is not None and name.endswith(".gz"))
    for one in names:
        reach = BY_NAME[one].reach
        if reach == "record":
            continue
        if not is_log and name is None:
            message = "damages files, and standard output is none: give a file or folder with -o"
        elif reach == "log" and not is_log:
            message = "damages log files: say --format cloudtrail"
        elif reach == "lines" and is_log:
            message = (
                "damages line ends, and log files have none: write lines, with another --format"
            )
        elif reach == "gzip" and not is_gzip:
            message = (
                "damages gzipped files: give one with -o NAME.ndjson.gz, or --format cloudtrail"
            )
        else:
            continue
        told = f"mutation {one} {message}"
        raise RequestError(told)
