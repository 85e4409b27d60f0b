"""A rule in Panther's manner: MFA settings are changed from where no administrator works.

Put your own networks in the place of `OURS`.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

OURS = (ip_network("203.0.113.0/24"),)


def _is_ours(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:  # an AWS service on somebody's behalf, such as sso.amazonaws.com
        return True
    return any(parsed in network for network in OURS)


def rule(event: Mapping[str, Any]) -> bool:
    """Return whether a record is worth an alert."""
    return (
        event.get("eventName") == "PutMfaDeviceManagementForDirectory"
        and not event.get("errorCode")
        and not _is_ours(event.get("sourceIPAddress", ""))
    )


def title(event: Mapping[str, Any]) -> str:
    """Return what the alert is called."""
    who = event["userIdentity"].get("principalId", "somebody").rpartition(":")[2]
    return f"{who} changed the MFA settings from {event['sourceIPAddress']}"


def dedup(event: Mapping[str, Any]) -> str:
    """Return what alerts have in common that are one: whose role session it was."""
    return str(event["userIdentity"].get("principalId"))
