"""What records of provisioning by an identity provider have of their own.

SCIM calls are made with a bearer token, not with an account's credentials: userIdentity
tells the account that owns the instance and which token it was, and nobody's name. TLS
details have the host alone (IAM Identity Center User Guide, examples of SCIM calls).
"""

from __future__ import annotations

from typing import Final

from simulator.primitives.conditions import at_least
from simulator.records.eras.first.envelope import OWNER, REGION
from simulator.records.shapes import Const, Slot, choose, obj, text

SOURCE: Final = "identitystore-scim"
"""Their event source."""

IDENTITY: Final = obj(
    # All examples of failures have the one, the example of a success the other.
    (
        "type",
        choose((at_least("error", 0), Const("Unknown")), otherwise=Const("WebIdentityUser")),
    ),
    ("accountId", OWNER),
    ("accessKeyId", Slot("scim.token")),
)
"""userIdentity of an identity provider."""

TLS: Final = obj(("clientProvidedHostHeader", text("scim.", REGION, ".amazonaws.com")))
"""TLS details of a call to a tenant's endpoint."""
