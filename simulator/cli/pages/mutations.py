"""`docs/mutations.md`: damage that is done on purpose, from the menu itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.cli.mutations import REACHES
from simulator.cli.pages.markdown import code, fenced, notice, table
from simulator.scenario.mutations import MENU

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.scenario.mutations import Entry

_INTRO: Final = """\
Parsers break on what nobody expected: a member that is missing, a byte that is not UTF-8, a file
that ends early. A mutation does such damage to finished records or files, on purpose and with a
label, so that you know afterwards what your reader should have noticed. Without mutations nothing
is damaged."""

_USE: Final = """\
trailwright generate quickstart --mutate missing-member=5% --mutate truncated-record=1% -o broken/
trailwright generate quickstart -o names/ \\
  --mutate odd-name=100% --mutate odd-name.member=userIdentity.userName
trailwright generate quickstart --format cloudtrail -o bucket/ \\
  --mutate bom=10% --mutate truncated-file=5%
trailwright validate broken/records.ndjson | tail -n 1 || test $? -eq 1
trailwright verify broken/ --rerun
"""

_SCENARIO: Final = """\
scenario: broken-week
window: {start: 2025-01-10, days: 7}
users: [{count: 20, persona: office-worker}]
background: {events: 2000}
mutations:
  missing-member: 2%
  wrong-type: {share: 1%, member: userIdentity.principalId}
  clock-skew: {share: 5%, by: 40m}
  deep-nesting: {share: 0.1%, depth: 200}
"""

_AFTER: Final = """\
A share is of the records, or files, to which it can be done; what comes of it is in the manifest.
`--mutate` goes over what the scenario says: `NAME=0%` takes a mutation away. What else a mutation
takes stands in brackets in the tables: the `member` that it is done to (drawn from those that a
record has unless given), by how much (`by`), how deep (`depth`).

A record may take several, one after the other in the order of the tables, after the scenario's
[overrides](scenarios.md). Which records take which is drawn from each record's own key: either
engine, any number of workers, `--resume` and slices damage the same ones, and another mutation
moves none."""

_TRUTH: Final = """\
Nothing is damaged silently.

- The truth's line of a damaged record has `mutations`, each with its name, the member and how,
  and keeps the eventID and eventTime from before: those that the record would have had.
- A record that cannot be read is found all the same. With one record a line, line N of the
  records is told of by line N of the truth. Anywhere else `written` tells the account and Region
  whose log files have it, its length and its sha256, and `delivered` when.
- The manifest has `mutations`, how many records and files took each, and each damaged file names
  its own. Hashes, sizes and digest files are of the damaged files; `records` and times of a file
  are those from before.
- [`verify`](verify.md) takes damage that the manifest tells of for what it is, with and without
  `--rerun`, and any other for a finding. Of a file that cannot be read as a whole it compares the
  hash.
- `validate` knows nothing of it and finds what breaks its rules: the tables say with which codes.
  What is allowed, and only rare, it may let pass.

Envelopes, payloads and pages ([formats.md](formats.md)) are made of what the record said before,
and hold the damaged one: a truncated record makes an envelope of EventBridge, or a whole log
file, no JSON at all. A damaged record that comes late gets no `addendum`.

`dataset` and `realism` refuse runs with mutations, since they read records as they are. `score`
needs the truth alone and takes them."""


def page() -> str:
    """Return the page."""
    lines = [notice("`simulator/scenario/mutations.py`"), "# Mutations", ""]
    lines += [*_INTRO.split("\n"), ""]
    lines += [*fenced(_USE, "sh"), "Or in a scenario:", "", *fenced(_SCENARIO, "yaml")]
    lines += [*_AFTER.split("\n"), "", "## How it is told", "", *_TRUTH.split("\n"), ""]
    lines += ["## The menu", ""]
    for reach, title in REACHES.items():
        lines += [f"### {title[:1].upper()}{title[1:]}", ""]
        entries = [entry for entry in MENU if entry.reach == reach]
        lines += table(("mutation", "what is done", "known to break", "`validate`"), _rows(entries))
    return "\n".join(lines).rstrip() + "\n"


def _rows(entries: list[Entry]) -> Iterator[tuple[str, ...]]:
    for entry in entries:
        options = f" ({', '.join(map(code, entry.options))})" if entry.options else ""
        codes = ", ".join(map(code, entry.found_by)) or "lets it pass"
        yield f"{code(entry.name)}{options}", entry.what, f"{entry.breaks} {entry.source}", codes
