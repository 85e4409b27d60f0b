"""The data card: what a dataset is, how it was made, what is in it and what it is not.

Its front matter is what Hugging Face's `datasets` reads: which files make up each table, and
which split they are of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.datasets import columns
from simulator.datasets.gathering import LABELS
from simulator.datasets.splits import SPLITS
from simulator.records.kinds import KINDS
from simulator.run.request import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from simulator.datasets.asked import Asked, Made
    from simulator.datasets.columns import Column

CARD: Final = "README.md"

_NAMES: Final[dict[columns.Type, str]] = {
    columns.Type.text: "string",
    columns.Type.json: "string (JSON)",
    columns.Type.flag: "bool",
    columns.Type.number: "int64",
    columns.Type.instant: "timestamp (UTC, ms)",
    columns.Type.texts: "list of string",
}

_WAYS: Final = {
    "split_time": "by time: an episode belongs where it begins, and none is cut",
    "split_user": "by user: no user is in two; records of nobody go by actor",
    "split_play": "by play: a whole playing is in one; what is no play goes by storyline entry "
    "or episode",
}

_LIMITS: Final = """\
- **Synthetic.** Nobody's data: people, accounts, addresses and ids are made up. Everyday activity
  follows a model of working hours, devices and habits; it is not a sample of any organization's.
- **Inferred in part.** Not every member of every event is published. What is inferred is marked
  `Unverified` in the generator's documentation of records.
- **Time.** Gaps within an episode and times of day are drawn from fixed distributions in whole
  milliseconds; `eventTime` shows whole seconds. There is no lateness and nothing is missing or
  delivered twice here.
- **Overrides.** What a scenario's `records` put into a record against its shape is left out of the
  tables, or null; `labels.override` marks these records, and column `record` has their text.
- **Null or absent.** A member that is null and one that is absent are both null.
- **Splits** are drawn by name and not stratified, so that a user or playing that is added moves
  nobody else. With few of either a split may have none.
"""

_LICENCE: Final = """\
The generator dedicates what it generates to the public domain under CC0 1.0 (CC0-1.0). That is the
statement of the generator, which knows no real data; whoever puts names of their own into a
scenario answers for those.
"""

_SAME: Final = """\
The same scenario, seed, version of the generator and version of pyarrow give the same files.
`manifest.json` has the sha256 of each, and the resolved scenario.
"""

_WHOLE: Final = (
    "The storyline is whole: everyday activity around it was planned to this size, and no record "
    "was left out or repeated."
)

_FILES: Final = {
    "records/": "records as they are, objects as structs; a folder for each era and day (UTC)",
    "flat/": "the same records in plain columns; files of one `split_time` each",
    "labels.": "the truth of each record, joined by `eventID`",
    "sessions.": "an episode each: a sign-in, a page opened, a call",
    "users.": "the users that any record is of",
    "resolver.": "what records show in place of users, and whose it is",
}
"""How the names of a table's files begin, and what it is."""


def card(asked: Asked, made: Made) -> str:
    """Return the card, as Markdown."""
    return "\n".join((*_front(asked, made), *_body(asked, made)))


def _front(asked: Asked, made: Made) -> Iterator[str]:
    names = [file.name for file in made.files]
    yield from ("---", "license: cc0-1.0", f'pretty_name: "{_title(asked)}"')
    yield "tags: [synthetic, cloudtrail, aws, iam-identity-center, security]"
    yield "configs:"
    # A pattern that no file fits is an error to a reader.
    there = [split for split in SPLITS if f"flat/{split}-0.parquet" in names]
    if there:
        yield from ("- config_name: flat", "  default: true", "  data_files:")
        for split in there:
            yield from (f"  - split: {split}", f"    path: flat/{split}-*.parquet")
        yield from ("- config_name: records", "  data_files: records/*/*/*.parquet")
    for table in ("labels", "sessions", "users", "resolver"):
        # Labels in one form, or each would be read as more rows.
        name = next((one for one in names if one.startswith(f"{table}.")), None)
        parquet = f"{table}.parquet"
        yield from (
            f"- config_name: {table}",
            f"  data_files: {parquet if parquet in names else name}",
        )
    yield from ("---", "")


def _title(asked: Asked) -> str:
    return f"Trailwright: {asked.request.scenario.scenario}"


def _body(asked: Asked, made: Made) -> Iterator[str]:
    scenario = asked.request.scenario
    yield from (f"# {_title(asked)}", "")
    yield from (scenario.description or "", "") if scenario.description else ()
    yield (
        f"{made.counts.records:,} synthetic AWS CloudTrail records of IAM Identity Center, "
        f"{made.counts.first} to {made.counts.last}, in {made.episodes:,} episodes of "
        f"{made.users:,} users, with the truth about each."
    )
    yield from ("", "## How it was made", "", "```sh", f"{asked.command} -o DIR", "```", "")
    yield from _made_with(asked, made)
    yield from ("## What is in it", "")
    yield from _files(made)
    yield from _counts(asked, made)
    yield from ("## Columns", "")
    yield from _columns(asked)
    yield from ("## Limits", "", *_LIMITS.splitlines(), "")
    yield from ("## Licence", "", *_LICENCE.splitlines(), "")


def _made_with(asked: Asked, made: Made) -> Iterator[str]:
    origin = origin_of(asked.request)
    rows = [
        ("generator", f"trailwright {origin.version}, generation {origin.generation}"),
        ("pyarrow", made.pyarrow),
        ("scenario", f"`{asked.request.scenario.scenario}`, sha256 {origin.scenario['sha256']}"),
        ("resolved scenario", f"sha256 {origin.scenario['resolved_sha256']}; in `manifest.json`"),
        ("seed", str(asked.request.scenario.seed)),
        (
            "splits",
            ", ".join(
                f"{split} {share}%" for split, share in zip(SPLITS, asked.shares, strict=True)
            ),
        ),
    ]
    yield from _table(("", ""), rows)
    yield from (*_SAME.splitlines(), "")


def _files(made: Made) -> Iterator[str]:
    rows = []
    for prefix, what in _FILES.items():
        names = [file.name for file in made.files if file.name.startswith(prefix)]
        # A tree has its rows in several files; labels have the same ones in each form.
        counts = [made.rows[name] for name in names]
        count = sum(counts) if prefix.endswith("/") else max(counts)
        shown = [prefix] if prefix.endswith("/") else names
        rows.append((", ".join(f"`{name}`" for name in shown), f"{count:,}", what))
    yield from _table(("file", "rows", "what"), rows)


def _counts(asked: Asked, made: Made) -> Iterator[str]:
    yield from ("### By label", "")
    rows = [
        (label, f"{count:,}", f"{made.tally.share(label):.4%}")
        for label, count in made.tally.by_label().items()
    ]
    yield from _table(("label", "records", "share"), rows)
    if asked.malicious is not None:
        share = f"{made.tally.share('malicious'):.4%}"
        yield from (f"{asked.malicious} malicious was asked for, and {share} is.", _WHOLE, "")
    yield from ("### By era", "")
    yield from _table(
        ("era", "records"), [(era, f"{count:,}") for era, count in made.counts.eras.items()]
    )
    yield from ("### By group of kinds", "")
    groups: dict[str, int] = {}
    for kind in KINDS:
        if kind.name in made.counts.kinds:
            groups[kind.group] = groups.get(kind.group, 0) + made.counts.kinds[kind.name]
    yield from _table(
        ("group", "records"), [(name, f"{count:,}") for name, count in groups.items()]
    )
    yield from _plays(made)
    yield from _splits(made)


def _plays(made: Made) -> Iterator[str]:
    yield from ("### By play", "")
    plays = made.tally.by_play()
    if not plays:
        yield from ("No record is part of a play.", "")
        return
    rows = [
        (f"`{one['play']}`", *(str(one[name]) for name in ("play_id", *LABELS))) for one in plays
    ]
    yield from _table(("play", "playing", *LABELS), rows)


def _splits(made: Made) -> Iterator[str]:
    yield from ("### By split", "")
    for way, splits in made.tally.by_split().items():
        yield from (f"`{way}`, {_WAYS[way]}:", "")
        rows = [
            (split, *(f"{count:,}" for count in labels.values()))
            for split, labels in splits.items()
        ]
        yield from _table(("split", *LABELS), rows)


def _columns(asked: Asked) -> Iterator[str]:
    for name, leaves in tables(has_record=asked.has_record).items():
        yield from (f"### {name}", "")
        yield from _table(("column", "type"), leaves)


def tables(*, has_record: bool) -> dict[str, list[tuple[str, str]]]:
    """Return the columns of every table with their types, as they are told; objects' members."""
    nested = columns.nested()
    listed = {
        "records": (*nested, columns.RECORD) if has_record else nested,
        "flat": columns.flat_columns(),
        "labels": columns.LABELS,
        "sessions": columns.SESSIONS,
        "users": columns.USERS,
        "resolver": columns.RESOLVER,
    }
    return {name: list(_leaves(found, "")) for name, found in listed.items()}


def _leaves(listed: Iterable[Column], above: str) -> Iterator[tuple[str, str]]:
    for column in listed:
        path = above + column.name + ("[]" if column.is_list else "")
        if isinstance(column.type, tuple):
            yield from _leaves(column.type, f"{path}.")
        else:
            yield f"`{path}`", _NAMES[column.type]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
