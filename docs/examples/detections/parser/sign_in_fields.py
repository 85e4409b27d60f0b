"""A small parser: a CloudTrail record of IAM Identity Center in fields named after ECS.

Until January 2025 sign-in records said who signed in by `userIdentity.userName`. Since then only
the id in `onBehalfOf` says so, which was there before: hence the user's id comes from there, and a
name, where the record has none, from a list of users.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def fields_of(record: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str | None]:
    """Return the fields of a record.

    Args:
        record: As CloudTrail wrote it, in any era.
        names: User names by user id.
    """
    identity = record["userIdentity"]
    user_id = identity.get("onBehalfOf", {}).get("userId")
    said = record.get("additionalEventData") or {}
    return {
        "@timestamp": record["eventTime"],
        "cloud.account.id": record["recipientAccountId"],
        "cloud.region": record["awsRegion"],
        "event.action": record["eventName"],
        "event.id": record["eventID"],
        "event.outcome": _outcome(record),
        "event.provider": record["eventSource"],
        "source.address": record["sourceIPAddress"],
        "user.id": user_id,
        "user.name": identity.get("userName") or said.get("UserName") or names.get(user_id),
        "user_agent.original": record.get("userAgent"),
    }


def _outcome(record: Mapping[str, Any]) -> str:
    action = record["eventName"]
    # Most sign-in records say it in the one place, ExternalIdPDirectoryLogin in the other.
    places = (record.get("serviceEventDetails"), record.get("responseElements"))
    has_failed = any(place and place.get(action) == "Failure" for place in places)
    return "failure" if has_failed or record.get("errorCode") else "success"
