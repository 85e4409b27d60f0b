"""Columns that are the same in all rows of a run: what a scenario's switches come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.records.eras.first.account_access import ALWAYS, BY_DATE, NEVER

if TYPE_CHECKING:
    from simulator.scenario.document import Switches


_ROLE_SESSION: Final = {"by-date": BY_DATE, "never": NEVER, "always": ALWAYS}


def constants_of(switches: Switches) -> dict[str, int]:
    """Return the column of each switch that a shape or a flow asks about."""
    return {
        "switch_kept_name": int(switches.failed_user_name == "kept"),
        "switch_failed_known": int(switches.failed_known_user_on_behalf_of),
        "switch_hidden_name": int(switches.unknown_user_name == "hidden"),
        "switch_sid": int(switches.portal_principal == "sid"),
        "switch_role_session": _ROLE_SESSION[switches.role_session_on_behalf_of],
        "switch_dual_stack": int(switches.hosts == "dual-stack"),
    }
