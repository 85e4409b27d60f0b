"""The table of kinds: names, sources and how CloudTrail classes them."""

from __future__ import annotations

import itertools
import re

import pytest

from simulator.records.kinds import KIND_INDEX, KIND_NAMES, KINDS, Kind, kind_named
from simulator.records.meanings import MEANINGS


@pytest.mark.parametrize(
    ("name", "event_type", "read_only"),
    [
        ("signin/CredentialChallenge", "AwsServiceEvent", False),
        ("signin/ExternalIdPDirectoryLogin", "AwsConsoleSignIn", False),
        ("sso/ListApplications", "AwsServiceEvent", True),
        ("sso/GetRoleCredentials", "AwsServiceEvent", True),
        ("sso/CreateToken", "AwsApiCall", False),
        ("sso-directory/ListMfaDevicesForUser", "AwsApiCall", True),
        ("identitystore/DescribeGroup", "AwsApiCall", True),
    ],
)
def test_a_kind_is_found_by_its_name(name, event_type, read_only):
    """With how CloudTrail classes it."""
    kind = kind_named(name)

    assert (kind.event_type, kind.read_only) == (event_type, read_only)
    assert KINDS[KIND_INDEX[name]] is kind


def test_the_short_event_source_and_the_event_name_make_the_name():
    """Both are read back from it."""
    kind = kind_named("sso-directory/CreateGroup")

    assert kind.event_source == "sso-directory.amazonaws.com"
    assert kind.event_name == "CreateGroup"


def test_what_stands_behind_the_at_is_not_the_event_name():
    """Where one pair of source and name is two events."""
    kind = Kind("sso/ListApplications@api", "AwsApiCall", True, "", "", False)

    assert kind.event_name == "ListApplications"
    assert kind.event_source == "sso.amazonaws.com"


def test_every_kind_has_a_basis():
    """A page, or a page and what is not verified."""
    assert all("https://" in kind.basis for kind in KINDS)
    assert all(kind.basis.startswith(("https://", "Unverified: ")) for kind in KINDS)
    assert len(KIND_NAMES) == len(KINDS)


def test_kinds_of_a_group_stand_together():
    """Tables by group have each once."""
    groups = [kind.group for kind in KINDS]

    assert [group for group, _ in itertools.groupby(groups)] == list(dict.fromkeys(groups))


def test_every_kind_says_what_it_means():
    """A sentence without its subject and its full stop, and no sentence of a kind that is none."""
    assert set(MEANINGS) == set(KIND_NAMES)
    assert kind_named("sso/Federate").meaning == (
        "enters an account from the access portal, into its console"
    )
    for meaning in MEANINGS.values():
        assert re.fullmatch(r"[a-z]+ [A-Za-z(), '-]+", meaning), meaning
