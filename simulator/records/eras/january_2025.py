"""January 2025: names leave the records; the announcement's "after".

The date moved to July 2025 and the roll-out ended in November 2025; the era keeps the name
of the announcement.
"""

from __future__ import annotations

from typing import Final

from simulator.primitives.conditions import both, equals
from simulator.records.eras.first.envelope import HIDDEN
from simulator.records.eras.first.sign_in import SHOWN_NAME
from simulator.records.eras.ladder import Change, climb
from simulator.records.eras.october_2024 import (
    AUTHENTICATED,
    NAMED_CHALLENGE,
    OCTOBER_2024,
    TYPED_NAME,
)
from simulator.records.kinds import ANNOUNCEMENT
from simulator.records.shapes import Const, change, choose, drop

IDENTITY_CENTER_USER: Final = Const("IdentityCenterUser")

CHANGES: Final = (
    Change(
        "Exclusion of userName from the userIdentity element for authenticated users",
        parts={
            # The user guide and the amended announcement remove it for all; the
            # announcement only "for authenticated users".
            "identity.sign_in": (
                change(
                    "userName",
                    SHOWN_NAME,
                    when=both(equals("verified", 0), equals("switch_kept_name", 1)),
                ),
            ),
            "identity.portal": (drop("userName"),),
            "identity.token": (drop("userName"),),
            "identity.mfa": (drop("userName"),),
        },
        kinds={},
    ),
    Change(
        "Exclusion of principalId from the userIdentity element",
        parts={
            part: (drop("principalId"),)
            for part in (
                "identity.sign_in",
                "identity.assertion",
                "identity.portal",
                "identity.token",
                "identity.mfa",
            )
        },
        kinds={},
    ),
    Change(
        "Modified userIdentity\u2019s type value from Unknown to IdentityCenterUser",
        parts={
            "identity.sign_in": (
                change(
                    "type",
                    choose((AUTHENTICATED, IDENTITY_CENTER_USER), otherwise=Const("Unknown")),
                ),
            ),
            "identity.portal": (change("type", IDENTITY_CENTER_USER),),
            "identity.token": (change("type", IDENTITY_CENTER_USER),),
            "identity.mfa": (change("type", IDENTITY_CENTER_USER),),
        },
        kinds={},
    ),
    Change(
        "Exclusion of the group displayName value from the requestParameters and "
        "responseElements elements",
        parts={},
        kinds={},
        # Every shape that shows a group's display name reads this part.
        swaps={"group.display_name": HIDDEN},
    ),
    Change(
        "Exclusion of the UserName (in the additionalEventData element) a user keys in on "
        "failed authentication attempts",
        parts={},
        kinds={
            # A known user's name stays after a wrong password (published example).
            "signin/CredentialChallenge": (
                change(
                    "additionalEventData.UserName",
                    choose((equals("known", 0), HIDDEN), otherwise=TYPED_NAME),
                    when=NAMED_CHALLENGE,
                ),
            ),
        },
    ),
)

JANUARY_2025: Final = climb(OCTOBER_2024, "post-january-2025", ANNOUNCEMENT, CHANGES)
