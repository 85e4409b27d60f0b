"""The oldest shapes in full: records as they were before October 2024."""

from __future__ import annotations

from typing import Final

from simulator.records.eras.first import (
    access_portal,
    account_access,
    api_calls,
    directory_api,
    identity_store,
    sign_in,
)
from simulator.records.eras.first.envelope import VERSIONS
from simulator.records.eras.ladder import Era
from simulator.records.kinds import EVENTS_PAGE, OLDEST
from simulator.records.shapes import Slot

FIRST: Final = Era(
    name=OLDEST,
    source=EVENTS_PAGE,
    shapes={
        **sign_in.SHAPES,
        **access_portal.SHAPES,
        **directory_api.SHAPES,
        **identity_store.SHAPES,
        **api_calls.SHAPES,
        **account_access.SHAPES,
    },
    parts={
        **VERSIONS,
        "identity.sign_in": sign_in.IDENTITY,
        "identity.assertion": sign_in.ASSERTION_IDENTITY,
        # The portal, CreateToken and MFA management by the user show one form, but the
        # announcement treats them in columns of their own.
        "identity.portal": access_portal.IDENTITY,
        "identity.token": access_portal.IDENTITY,
        "identity.mfa": access_portal.IDENTITY,
        "identity.pending": access_portal.PENDING_IDENTITY,
        "group.display_name": Slot("group.name"),
    },
)
