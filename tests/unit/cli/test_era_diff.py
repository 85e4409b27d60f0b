"""`trailwright era diff`: a scenario in two eras."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import orjson
import pytest

from simulator.cli import era_diff
from simulator.cli.era_diff import KindDiff, MemberChange, class_of
from simulator.cli.era_pages import as_html
from simulator.cli.samples import samples
from simulator.primitives.comparison import differences, moved
from tests.unit.cli.program import TINY

BEFORE, AFTER = "pre-january-2025", "post-january-2025"
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"

FAMILIAR = """\
scenario: familiar
window: {start: 2025-01-12, days: 2}
users: [{name: ana.lopez}, {name: bo.berg}]
administrators: [{name: ops}]
storyline:
  - {at: 2025-01-12T09:00:00Z, admin: ops, does: create-group, group: {name: Auditors}}
  - {at: 2025-01-12T10:00:00Z, user: ana.lopez, does: sign-in}
  - {at: 2025-01-13T09:00:00Z, admin: ops, does: delete-group, group: Auditors}
"""


@pytest.fixture
def here(tmp_path):
    """Return a folder with a scenario of a few records."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "familiar.yaml").write_text(FAMILIAR)
    return tmp_path


def told(run, here, *arguments: str) -> dict:
    """Return what a command says of a scenario, for programs."""
    ended = run("era", "diff", *arguments, "--json", cwd=here)
    assert (ended.status, ended.err) == (0, "")
    return orjson.loads(ended.out)


def test_a_masked_name_is_all_that_differs_of_a_group(run, here):
    """In request and response; the deletion is the same in both."""
    found = told(run, here, "tiny.yaml")

    kinds = {one["kind"]: one for one in found["kinds"]}
    assert found["eras"] == [BEFORE, AFTER]
    created, deleted = kinds["sso-directory/CreateGroup"], kinds["sso-directory/DeleteGroup"]
    assert (created["records"], created["changed"]) == (1, 1)
    assert created["members"] == [
        {
            "path": path,
            "change": "changed",
            "records": 1,
            "before": '"Auditors"',
            "after": f'"{HIDDEN}"',
        }
        for path in ("requestParameters.displayName", "responseElements.group.displayName")
    ]
    assert (deleted["records"], deleted["changed"], deleted["example"]) == (1, 0, [])


def test_additions_and_removals_are_told_by_kind(run, here):
    """From the oldest era to the newest."""
    found = told(run, here, "familiar.yaml", "--eras", "pre-october-2024,post")

    (one,) = (kind for kind in found["kinds"] if kind["kind"] == "signin/UserAuthentication")
    assert {(member["path"], member["change"]) for member in one["members"]} == {
        ("userIdentity.type", "changed"),
        ("userIdentity.userName", "removed"),
        ("userIdentity.principalId", "removed"),
        ("userIdentity.onBehalfOf.userId", "added"),
        ("userIdentity.onBehalfOf.identityStoreArn", "added"),
        ("userIdentity.credentialId", "added"),
    }
    (kept,) = (row for row in one["example"] if row["path"] == "userIdentity.accountId")
    assert kept["change"] == "same"


def test_differences_are_a_text_unless_asked_otherwise(run, here):
    """With the example side by side."""
    ended = run("era", "diff", "tiny.yaml", cwd=here)

    assert ended.status == 0
    assert ended.out.startswith(
        f"tiny: {BEFORE} and {AFTER}\n"
        "1 of 2 records differ, of 1 of 2 kinds.\n\n"
        "sso-directory/CreateGroup: 1 of 1 record\n"
    )
    assert re.search(rf'~  requestParameters\.displayName +"Auditors" +"{HIDDEN}"', ended.out)
    assert ended.out.endswith("The same in both: sso-directory/DeleteGroup (1)\n")


def test_differences_are_a_page_of_markdown(run, here):
    """Whose tables have as many cells in every row."""
    ended = run("era", "diff", "tiny.yaml", "--markdown", "-o", "page.md", cwd=here)

    page = (here / "page.md").read_text()
    assert (ended.status, ended.out) == (0, "")
    assert page.startswith(f"# tiny: {BEFORE} and {AFTER}\n")
    assert (
        f'| changed | `requestParameters.displayName` | 1 | `"Auditors"` | `"{HIDDEN}"` |' in page
    )
    for table in re.findall(r"(?:^\|.*\n)+", page, flags=re.MULTILINE):
        assert len({line.count(" | ") for line in table.splitlines() if " " in line}) == 1


class _Outline(HTMLParser):
    """Checks that what is opened is closed, and keeps what is asked of others."""

    def __init__(self):
        """Begin with nothing open."""
        super().__init__()
        self.open: list[str] = []
        self.asked: list[str] = []

    def handle_starttag(self, tag, attrs):
        """Note a tag."""
        if tag != "meta":
            self.open.append(tag)
        self.asked += [value for name, value in attrs if name in {"src", "href"}]

    def handle_endtag(self, tag):
        """Close the last one."""
        assert self.open.pop() == tag


def test_differences_are_a_page_of_html_that_asks_nobody(run, here):
    """Links lead to the page itself, and what comes from a scenario is no mark-up."""
    record = samples("sso/Logout")[0]
    kind = KindDiff("sso/Logout")
    kind.add(record.record(BEFORE), record.record(AFTER), is_equal=False)
    found = era_diff.EraDiff("<script>", (BEFORE, AFTER), (kind,))
    ended = run("era", "diff", "familiar.yaml", "--html", "-o", "page.html", cwd=here)

    outline = _Outline()
    outline.feed((here / "page.html").read_text())
    assert (ended.status, outline.open) == (0, [])
    assert outline.asked
    assert all(link.startswith("#") for link in outline.asked)
    assert "<script>" not in "\n".join(as_html(found))


def test_what_only_one_era_has_is_counted():
    """As calls that were not logged yet."""
    kinds: dict[str, KindDiff] = {}
    lines = [
        b'{"eventID":"%d","eventSource":"sso.amazonaws.com","eventName":"Logout"}' % place
        for place in range(4)
    ]

    pairs = list(
        era_diff._pairs([lines[0], lines[2]], [lines[1], *lines], eras=(BEFORE, AFTER), kinds=kinds)
    )

    assert pairs == [(lines[0], lines[0]), (lines[2], lines[2])]
    assert kinds["sso/Logout"].only == {AFTER: 3}


def test_members_that_moved_are_told():
    """Only those that must be moved for the rest to stand as it did."""
    old, new = {"a": 1, "b": {"x": 1, "y": 2}, "c": 3}, {"c": 3, "a": 1, "b": {"x": 1, "z": 0}}

    assert list(moved(old, new, differences(old, new))) == ["c"]
    assert list(moved(old, old, differences(old, old))) == []


def test_values_that_are_many_are_told_by_what_they_are():
    """Two are still shown."""
    member = MemberChange("userIdentity.userName", "changed")
    sides = []
    for value in ("ana", "ana", "bo", 'c"arl'):
        member.add(value, HIDDEN)
        sides.append(member.side(0))

    assert sides == ['"ana"', '"ana"', '"ana" or "bo"', "text"]
    assert member.side(1) == "mask"
    assert [class_of(value) for value in (None, True, 1, [], {})] == [
        "null",
        "flag",
        "number",
        "empty list",
        "empty object",
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("tiny.yaml", "--eras", "pre"), 2, "--eras takes two eras"),
        (("tiny.yaml", "--eras", "pre,past"), 2, "no such era: past"),
        (("tiny.yaml", "--html", "--json"), 2, "say one of them"),
        (("tiny.yaml", "-o", "tiny.yaml"), 3, "tiny.yaml exists"),
        (("tiny.yaml", "-o", "none/page"), 3, "there is no folder none"),
        (("none.yaml",), 4, "none.yaml: no such file"),
    ],
)
def test_what_cannot_be_compared_is_refused(run, here, arguments, status, message):
    """With one plain message."""
    ended = run("era", "diff", *arguments, cwd=here)

    assert (ended.status, ended.out) == (status, "")
    assert message in ended.err
