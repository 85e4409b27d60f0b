"""What calls that carry a user's identity into applications show beyond the common envelope.

CreateTokenWithIAM names the application and, outside its payload, the user and the token it
gave (seen). Sessions of roles taken with that token's context act on behalf of the user.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from simulator.primitives.conditions import at_least, both, equals, less_than
from simulator.records.eras.first.envelope import caller_identity
from simulator.records.shapes import Array, Const, Member, Slot, obj

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.records.eras.first.call_envelopes import Envelope


_NAMES_ONE: Final = at_least("named", 0)
# Unverified: that a failure shows no user and no token.
_GAVE_TOKEN: Final = both(at_least("user", 0), less_than("error", 0))

# Unverified: that it stands before invokedBy; records with both orders are known.
_ENHANCED: Final = caller_identity(
    Member(
        "onBehalfOf",
        obj(("userId", Slot("user.id")), ("identityStoreArn", Slot("store.arn"))),
        equals("on_behalf", 1),
    )
)

ENVELOPES: Final[dict[str, Callable[[Envelope], Envelope]]] = {
    "sso-oauth/CreateTokenWithIAM": lambda plain: replace(
        plain,
        additional=Member(
            "additionalEventData",
            obj(
                ("identitystore:UserId", Slot("user.id")),
                ("identitystore:IdentityStoreArn", Slot("store.arn")),
                ("identitycenter:CredentialId", Slot("token.credential")),
            ),
            _GAVE_TOKEN,
        ),
        resources=Member(
            "resources",
            # The account is not named (seen).
            Array((obj(("type", Const("AWS::SSO::Application")), ("ARN", Slot("call.named"))),)),
            _NAMES_ONE,
        ),
        columns=frozenset({"user", "named", "token_high", "token_low", "token_expiry"}),
    ),
    "sts/AssumeRole": lambda plain: replace(
        plain,
        # Unverified: as AssumeRoleWithSAML names its role.
        resources=Member(
            "resources",
            Array(
                (
                    obj(
                        ("accountId", Slot("admin.account")),
                        ("type", Const("AWS::IAM::Role")),
                        ("ARN", Slot("call.named")),
                    ),
                )
            ),
            _NAMES_ONE,
        ),
        columns=frozenset({"named"}),
    ),
    # Not every service records on whose behalf it is called. Unverified: that these do.
    "q/SendMessage": lambda plain: replace(
        plain, identity=_ENHANCED, columns=frozenset({"user", "on_behalf"})
    ),
}
"""Kind to what its envelope becomes."""
