"""October 2024: who acted is added beside what was there; the announcement's "before"."""

from __future__ import annotations

from typing import Final

from simulator.primitives.conditions import both, either, equals
from simulator.records.eras.first import FIRST
from simulator.records.eras.first.envelope import BY_TOKEN, HIDDEN
from simulator.records.eras.ladder import Change, climb
from simulator.records.kinds import ANNOUNCEMENT
from simulator.records.shapes import Slot, choose, obj, put

KNOWN: Final = equals("known", 1)
VERIFIED: Final = equals("verified", 1)
AUTHENTICATED: Final = both(KNOWN, VERIFIED)
# "limited to successful authentications"; the amended announcement says "when username is
# present in the Identity Store", which the switch turns on.
SHOWS_USER: Final = both(KNOWN, either(VERIFIED, equals("switch_failed_known", 1)))

ON_BEHALF_OF: Final = obj(("userId", Slot("user.id")), ("identityStoreArn", Slot("store.arn")))
# Calls made with an access token show the token's id, all others the session's. Unverified
# for browser calls.
PORTAL_CREDENTIAL: Final = choose(
    (BY_TOKEN, Slot("token.credential")), otherwise=Slot("session.handle")
)

TYPED_NAME: Final = choose(
    (equals("typed_form", 1), Slot("user.upn")),
    (equals("typed_form", 2), Slot("user.down_level")),
    (equals("typed_form", 3), Slot("user.typed")),
    (equals("typed_form", 4), Slot("user.short")),
    otherwise=Slot("user.name"),
)
_PASSWORD, _EMAIL_OTP = equals("credential_type", 0), equals("credential_type", 3)

# "UserName … in CredentialChallenge for PASSWORD or EMAIL_OTP": exactly once a sign-in.
NAMED_CHALLENGE: Final = either(_PASSWORD, both(_EMAIL_OTP, equals("satisfied", 3)))

CHANGES: Final = (
    Change(
        "Addition of the onBehalfOf element with userId and identityStoreArn, and "
        "credentialId in the userIdentity element",
        parts={
            "identity.sign_in": (
                put("onBehalfOf", ON_BEHALF_OF, when=SHOWS_USER),
                put("credentialId", Slot("signin.credential"), when=SHOWS_USER),
            ),
            **{
                part: (
                    put("onBehalfOf", ON_BEHALF_OF),
                    put("credentialId", credential),
                )
                for part, credential in (
                    ("identity.portal", PORTAL_CREDENTIAL),
                    ("identity.token", Slot("session.handle")),
                    ("identity.mfa", Slot("session.handle")),
                )
            },
        },
        kinds={},
    ),
    Change(
        "Addition of UserName in additionalEventData element",
        parts={},
        kinds={
            "signin/CredentialChallenge": (
                put(
                    "additionalEventData.UserName",
                    # Typed text of an unknown user was shown until the cutover, by the
                    # dates of the announcement's table; its note has the mask already.
                    choose(
                        (both(equals("known", 0), equals("switch_hidden_name", 1)), HIDDEN),
                        otherwise=TYPED_NAME,
                    ),
                    when=NAMED_CHALLENGE,
                    after="AuthWorkflowID",
                ),
            ),
            "signin/UserAuthentication": (
                put(
                    "additionalEventData.UserName",
                    # The NameID of the assertion.
                    Slot("user.name"),
                    when=equals("satisfied", 4),
                    after="AuthWorkflowID",
                ),
            ),
        },
    ),
)

OCTOBER_2024: Final = climb(FIRST, "pre-january-2025", ANNOUNCEMENT, CHANGES)
