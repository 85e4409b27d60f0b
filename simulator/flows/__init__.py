"""Which events an action leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.flows import (
    access_portal,
    api_calls,
    cli_sign_in,
    directory_admin,
    mfa,
    sharing,
    sign_in,
)

if TYPE_CHECKING:
    from simulator.flows.steps import Flow

FLOWS: Final[tuple[Flow, ...]] = (
    *sign_in.FLOWS,
    *access_portal.FLOWS,
    *cli_sign_in.FLOWS,
    *mfa.FLOWS,
    *directory_admin.FLOWS,
    *api_calls.FLOWS,
    *sharing.FLOWS,
)
"""Every flow there is."""

FLOW_INDEX: Final = {flow.name: index for index, flow in enumerate(FLOWS)}
