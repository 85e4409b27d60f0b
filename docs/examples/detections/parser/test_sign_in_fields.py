"""The parser says the same of records of both eras, and what it says is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sign_in_fields import fields_of

if TYPE_CHECKING:
    from simulator import TrailRecords
    from simulator.testing import TrailMaker

SIGN_INS = ["password-totp", "wrong-password", "external-idp"]


def names_in(records: TrailRecords) -> dict[str, str]:
    """Return the users of a run: a parser in use asks the directory."""
    users = [told["user"] for told in records.truth.values() if told["user"]]
    return {user["id"]: user["name"] for user in users}


@pytest.mark.parametrize("storyline", SIGN_INS)
def test_both_eras_read_alike(trail: TrailMaker, storyline: str) -> None:
    """The same sign-ins, written before January 2025 and after, and half of them on each side."""
    before, after, across = (
        trail(f"storylines/{storyline}", era=era) for era in ("pre", "post", "by-date")
    )
    names = names_in(before)

    told = [fields_of(record, names) for record in before if "onBehalfOf" in record["userIdentity"]]

    assert before != after
    for records in (after, across):
        assert [
            fields_of(record, names) for record in records if "onBehalfOf" in record["userIdentity"]
        ] == told


@pytest.mark.parametrize("era", ["pre", "post"])
@pytest.mark.parametrize("storyline", SIGN_INS)
def test_what_it_says_is_true(trail: TrailMaker, storyline: str, era: str) -> None:
    """Who it was and what came of it, as the truth tells."""
    records = trail(f"storylines/{storyline}", era=era)
    names = names_in(records)

    for record in records:
        fields, told = fields_of(record, names), records.truth[record["eventID"]]
        assert fields["event.outcome"] == told["outcome"].lower()
        if fields["user.id"]:
            assert (fields["user.id"], fields["user.name"]) == (
                told["user"]["id"],
                told["user"]["name"],
            )


def test_it_reads_everything_across_the_change(trail: TrailMaker) -> None:
    """Records of a week that has both eras, and not only sign-ins."""
    records = trail("quickstart", events=400)

    fields = [fields_of(record, {}) for record in records]

    assert {told["era"] for told in records.truth.values()} == {
        "pre-january-2025",
        "post-january-2025",
    }
    assert [one["event.id"] for one in fields] == list(records.truth)
