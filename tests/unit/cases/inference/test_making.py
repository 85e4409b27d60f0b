"""What records are taken for, and the scenario that gives them again."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
import yaml

from simulator.cases.foreign import gather
from simulator.cases.given import Given, replayed
from simulator.cases.inference.making import Case, case_from
from simulator.scenario import library


def lines_of(name: str) -> list[Given]:
    """Return what a shipped scenario gives."""
    return replayed(library.load(name))


@pytest.fixture
def made(tmp_path):
    """Return what makes a case of lines."""

    def make(*lines: bytes, **options: Any) -> tuple[Case, dict[str, Any]]:
        path = tmp_path / "records.ndjson"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        case = case_from(gather([str(path)]), "case", **options)
        return case, yaml.safe_load(case.text)

    return make


def does(document: dict[str, Any], *but: str) -> list[dict[str, Any]]:
    """Return what entries do, without when and by whom."""
    left = {"id", "at", "user", "admin", "pin", "via", *but}
    return [
        {key: value for key, value in entry.items() if key not in left}
        for entry in document["storyline"]
    ]


SIGN_INS = {
    "password-totp": [{"factor": "totp"}] * 2,
    "password-webauthn": [{"factor": "webauthn"}] * 2,
    "password-only": [{"factor": "none"}] * 2,
    "wrong-password": [
        {"password": ["wrong", "wrong", "right"], "factor": "none"},
        {"password": ["wrong", "wrong", "wrong"], "abandon": "password"},
    ]
    * 2,
    "external-idp": [None, {"assertion": ["expired", "valid"]}] * 2,
}


@pytest.mark.parametrize("name", SIGN_INS)
def test_a_sign_in_is_an_entry_with_its_outcome(made, name):
    """As the scenario says that gave the records, whatever it was called there."""
    case, document = made(*(one.line for one in lines_of(f"storylines/{name}")))

    assert [one.get("with") for one in does(document)] == SIGN_INS[name]
    assert {one["does"] for one in does(document)} == {"sign-in"}
    assert "records" not in document
    assert case.comparison.is_exact
    assert case.leaks == ()


def test_a_session_is_told_as_it_went(made):
    """Portal, console, credentials and signing out."""
    _, document = made(*(one.line for one in lines_of("storylines/portal-tour")))

    assert [one["does"] for one in does(document)] == [
        "sign-in",
        "browse-portal",
        "open-console",
        "get-role-credentials",
        "sign-out",
    ] * 2
    (user,) = document["users"]
    (account,) = document["organization"]["accounts"]
    assert [grant["accounts"] for grant in user["assignments"]] == [[account["name"]]]


def test_a_group_is_followed_through_its_names(made):
    """Created, filled, renamed and deleted under the names that it has by then."""
    _, document = made(*(one.line for one in lines_of("storylines/group-administration-console")))

    first = does(document)[:7]
    assert [one["does"] for one in first] == [
        "create-group",
        "add-members",
        "add-members",
        "update-group",
        "update-group",
        "remove-members",
        "delete-group",
    ]
    old, new = first[0]["group"]["name"], first[3]["name"]
    assert [one["group"] for one in first[1:]] == [old, old, old, new, new, new]
    assert old != new


def test_what_had_to_happen_before_is_put_in_and_left_out(made):
    """One record of a session needs a sign-in, of which nobody sees anything."""
    logout = next(one for one in lines_of("storylines/portal-tour") if one.kind == "sso/Logout")

    case, document = made(logout.line)

    assert [one["does"] for one in does(document)] == ["sign-in", "sign-out"]
    assert {"where": {"entry": "before-sign-in-1"}, "omit": True} in document["records"]
    assert case.comparison.is_exact


def test_a_part_of_a_sign_in_is_that_part(made):
    """The others of its records are left out."""
    part = [one for one in lines_of("storylines/password-totp") if "Verification" in one.kind][:1]

    case, document = made(*(one.line for one in part))

    assert len(document["storyline"]) == 1
    assert all(one["omit"] for one in document["records"])
    assert case.comparison.is_exact


def test_a_member_that_deviates_is_said(made):
    """That one, in that record; names in it are others there as well."""
    records = [orjson.loads(one.line) for one in lines_of("storylines/password-totp")]
    records[2]["additionalEventData"]["NewMember"] = 5
    del records[4]["eventVersion"]

    case, document = made(*map(orjson.dumps, records))

    first, second = document["records"]
    assert first["set"] == {"additionalEventData.NewMember": 5} or (
        first["set"]["additionalEventData"]["NewMember"] == 5
    )
    assert second["drop"] == ["eventVersion"]
    assert case.overridden == 2
    assert case.comparison.is_exact


def test_a_record_of_a_kind_that_nobody_knows_is_given_in_full(made):
    """With other values in the same form."""
    record = {
        "eventVersion": "1.08",
        "eventTime": "2025-03-03T08:00:00Z",
        "eventSource": "brandnew.amazonaws.com",
        "eventName": "InventThing",
        "userIdentity": {"type": "Unknown", "userName": "zora.neale"},
        "requestParameters": {"thing": "Zanzibar Freight 42", "count": 3},
    }

    case, document = made(orjson.dumps(record))

    (whole,) = [one["as"] for one in document["records"]]
    assert list(whole) == list(record)
    assert whole["eventName"] == "InventThing"
    assert whole["requestParameters"]["count"] == 3
    assert "zora" not in case.text.lower()
    assert "zanzibar" not in case.text.lower()
    assert (case.in_full, case.comparison.is_exact) == (1, True)


def test_the_same_records_make_the_same_case(made):
    """Byte for byte."""
    lines = [one.line for one in lines_of("storylines/password-totp")]

    assert made(*lines)[0].text == made(*lines)[0].text


def test_times_move_by_whole_weeks_or_stay(made):
    """As far as their era goes."""
    lines = [
        one.line.replace(b"2025-01-10", b"2024-11-13")
        for one in lines_of("storylines/password-totp")[:5]
    ]

    moved, _ = made(*lines)
    kept, document = made(*lines, keeps_times=True)

    assert moved.weeks == moved.comparison.renaming.weeks != 0
    assert kept.weeks == kept.comparison.renaming.weeks == 0
    assert document["storyline"][0]["at"].isoformat().startswith("2024-11-13T09:00:00")
    assert moved.comparison.is_exact
    assert kept.comparison.is_exact


def test_an_era_that_its_time_does_not_tell_is_said(made):
    """Records of the old form, dated after the change."""
    lines = [
        one.line.replace(b"2025-01-10", b"2025-03-12")
        for one in lines_of("storylines/password-totp")[:5]
    ]

    case, document = made(*lines)

    assert document["era"] == "pre-january-2025"
    assert "records" not in document
    assert case.comparison.is_exact


def test_order_within_a_second_is_kept(made):
    """Also where whoever acts is another."""
    lines = [one.line for one in lines_of("storylines/group-administration-console")[:3]]
    same = [
        orjson.dumps({**orjson.loads(one), "eventTime": "2025-01-10T09:00:00Z"}) for one in lines
    ]

    case, _ = made(same[0], same[2], same[1])

    assert case.comparison.is_exact
    assert case.comparison.notes == ()
