"""Many records as stories."""

from __future__ import annotations

import pytest

from simulator.explanation import Tally, explain_all, story_json, story_lines
from simulator.explanation.notes import span
from simulator.primitives.instants import HOUR, MINUTE, SECOND
from tests.unit.explanation.test_gathering import ALL, PORTAL, SIGN_IN, at
from tests.unit.validation.stories import as_lines, put


@pytest.fixture
def stories(tmp_path):
    """Return a function that tells records as stories."""

    def told(records: list[dict]):
        path = tmp_path / "trail.ndjson"
        path.write_bytes(as_lines(records))
        return explain_all([str(path)], Tally()).stories

    return told


def test_records_of_a_sign_in_and_of_a_session_are_stories(stories):
    """In the order in which they begin, whatever order they are read in."""
    found = stories(ALL[::-1])

    assert [(story.tie.sort, len(story.lines)) for story in found] == [
        ("sign-in", 7),
        ("portal session", 3),
        ("role session", 2),
    ]
    assert [line.note.time for line in found[1].lines] == [one["eventTime"] for one in PORTAL]


def test_a_user_has_one_name_in_all_stories(stories):
    """Also where records show the id alone."""
    found = stories(ALL)

    assert [story.who for story in found[:2]] == [("ana.lopez",), ("ana.lopez",)]


def test_a_story_is_told_a_line_each(stories):
    """With how long it is since the one before, and from where if that changes."""
    moved = {**PORTAL[2], "sourceIPAddress": "198.51.100.9"}
    story = stories([*SIGN_IN, *PORTAL[:2], moved])[1]

    assert list(story_lines(story, None)) == [
        (
            "ana.lopez: Portal session 75732d656173742d312d93c51b431f1c5807f8d9a7522cd31b73, "
            "3 records from 2025-01-14T09:00:26Z"
        ),
        "  from 203.0.113.24 with Chrome 131 on Windows, in us-east-1",
        "  2025-01-14T09:00:26Z          opens the access portal",
        (
            "  2025-01-14T09:02:26Z  +2 min  enters an account from the access portal, into its "
            "console: account 444455556666, role PowerUserAccess"
        ),
        (
            "  2025-01-14T11:02:26Z    +2 h  signs out of the access portal, "
            "from 198.51.100.9 with Chrome 131 on Windows, in us-east-1"
        ),
    ]
    assert list(story_lines(story, 1))[-1] == "  … and 2 more records (--all)"


def test_what_holds_the_polls_together_holds_them_to_the_session(stories):
    """The token's record has both the device code and the session."""
    polls = [at(f"09:00:{second}", "sso/CreateToken", 2) for second in (30, 35)]
    token = at("09:00:40", "sso/CreateToken", 1)

    found = stories([*SIGN_IN, *PORTAL, *polls, token])

    assert [(story.tie.sort, len(story.lines)) for story in found] == [
        ("sign-in", 7),
        ("portal session", 6),
    ]
    assert found[1].who == ("ana.lopez",)


def test_records_without_a_session_are_told_by_person_until_a_long_pause(stories):
    """As those of the access portal before October 2024 are."""
    old = [
        put(at(time, "sso/Authenticate"), "userIdentity", {"type": "Unknown", "userName": name})
        for time, name in (
            ("01:00:00", "ana"),
            ("02:00:00", "bo"),
            ("03:00:00", "ana"),
            ("11:00:01", "ana"),
        )
    ]

    found = stories([*SIGN_IN, *old])

    assert [(story.who, len(story.lines)) for story in found] == [
        (("ana",), 2),
        (("bo",), 1),
        (("ana.lopez",), 7),
        (("ana",), 1),
    ]
    assert next(story_lines(found[0], None)).startswith("ana: Records without a session, 2 records")


def test_doubts_stand_behind_the_line(stories):
    """Errors and warnings, not notes; and rows of the era that are broken."""
    odd = put(at("09:00:26", "sso/Authenticate"), "userIdentity.principalId", "x")
    late = {**at("08:00:00", "sso/ListAccounts"), "eventVersion": "1.07"}

    _, session = sorted(
        stories([*SIGN_IN, odd, late]), key=lambda story: story.tie.sort, reverse=True
    )

    told = list(story_lines(session, None))
    assert told[2].endswith("asks which accounts the user may enter")
    assert told[3].endswith("opens the access portal  ! E302, breaks a row of its era")


def test_several_people_in_a_story_are_told_apart(stories):
    """A credentialId that two users have, which validation says is wrong."""
    other = at("09:00:27", "sso/ListAccounts")
    put(other, "userIdentity.onBehalfOf.userId", "0" * 8)

    told = list(story_lines(stories([*SIGN_IN, *PORTAL, other])[1], None))

    assert told[0].startswith("ana.lopez, user 00000000: Portal session ")
    assert "ana.lopez opens the access portal" in told[2]
    assert "00000000 asks which accounts the user may enter  ! " in told[3]


def test_programs_are_told_the_same(stories):
    """In JSON."""
    told = story_json(stories(ALL)[0])

    assert told["story"] == {"sort": "sign-in", "id": "8c9ef5a9-ad29-4a06-8ad9-7610906592f1"}
    assert told["who"] == ["ana.lopez"]
    assert told["where"] == ["from 203.0.113.24 with Chrome 131 on Windows, in us-east-1"]
    assert len(told["signedIn"]) == 4
    assert [one["secondsAfter"] for one in told["records"]] == [None, 9, 1, 7, 1, 6, 1]
    assert told["records"][1]["era"] == "post-january-2025"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (0, 0, "0 s"),
        (0, 999, "0 s"),
        (0, 61 * SECOND, "1 min 1 s"),
        (2 * HOUR, 0, "2 h"),
        (0, 50 * HOUR + MINUTE, "2 d 2 h"),
        (0, 24 * HOUR + MINUTE, "1 d"),
        (None, 0, ""),
        (0, None, ""),
    ],
)
def test_spans_are_told_in_two_units(before, after, told):
    """The greatest there are."""
    assert span(before, after) == told
