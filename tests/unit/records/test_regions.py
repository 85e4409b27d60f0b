"""Where a user acts, and which hosts clients call: asked in one way by every kind."""

from __future__ import annotations

import pytest

from tests.builders import START, an_event, rendered
from tests.records.cases import BASE

KINDS = (
    "signin/CredentialChallenge",
    "sso/ListApplications",
    "sso/CreateToken",
    "sso-directory/ListMfaDevicesForUser",
)


def record_of(engine, kind, **columns):
    """Return the record of one event by a user."""
    row = {**BASE, "grant": 1, **columns}
    [record] = rendered(engine, an_event(kind, era="post-january-2025", time=START, columns=row))
    return record


def host_of(record):
    """Return the host that a client called."""
    return record["tlsDetails"]["clientProvidedHostHeader"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_user_does_is_recorded_where_it_is_done(engine, kind):
    """And nothing but Region and host differs from the instance's own Region."""
    home, away = record_of(engine, kind), record_of(engine, kind, region=0)

    assert (home["awsRegion"], away["awsRegion"]) == ("eu-central-1", "ap-southeast-2")
    differ = {name for name in home if home[name] != away[name]}
    assert differ - {"tlsDetails"} == {"awsRegion"}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, "oidc.eu-central-1.amazonaws.com"),
        ({"region": 0}, "oidc.ap-southeast-2.amazonaws.com"),
        ({"switch_dual_stack": 1}, "oidc.eu-central-1.api.aws"),
        ({"switch_dual_stack": 1, "region": 0}, "oidc.ap-southeast-2.api.aws"),
    ],
)
def test_the_host_is_the_regions_and_of_the_kind_the_switch_says(engine, columns, expected):
    """Dual-stack endpoints have names of their own."""
    assert host_of(record_of(engine, "sso/CreateToken", **columns)) == expected


def test_the_backend_of_mfa_devices_has_a_prefix_for_it(engine):
    """Its records show no more than the host."""
    kind = "sso-directory/ListMfaDevicesForUser"
    plain, dual = record_of(engine, kind), record_of(engine, kind, switch_dual_stack=1)

    assert host_of(plain) == "auth-control.eu-central-1.prod.apps-auth.aws.a2z.com"
    assert host_of(dual) == f"dual-stack.{host_of(plain)}"
