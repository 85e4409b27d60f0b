"""What a difference from the declared shapes is worth: an error, or foreign variety.

Real records are more various than what this program writes: older files order the tail
differently, failed calls have an errorCode, services add optional parameters. What is
known of that stands here, so that it is remarked on without being an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from simulator.records.api.structures import HIDDEN
from simulator.records.envelope import REQUIRED
from simulator.validation.envelope import CHECKED, DOCUMENTED
from simulator.validation.findings import shown
from simulator.validation.layouts import at_path
from simulator.validation.looks import is_lenient, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.records.kinds import Kind
    from simulator.validation.differences import Difference
    from simulator.validation.layouts import Path, Value
    from simulator.validation.matching import Matched

_COST: Final = {"E": 1.0, "W": 0.6, "N": 0.2}

# CloudTrail User Guide, "CloudTrail userIdentity element" (read 2026-11).
IDENTITY_TYPES: Final = frozenset(
    {
        "AWSAccount",
        "AWSService",
        "AssumedRole",
        "Directory",
        "FederatedUser",
        "IAMUser",
        "IdentityCenterUser",
        "Role",
        "Root",
        "SAMLUser",
        "Unknown",
        "WebIdentityUser",
    }
)
ADMIN_TYPES: Final = IDENTITY_TYPES - {"IdentityCenterUser", "Unknown"}

_EVENT_TYPES: Final = frozenset({"AwsApiCall", "AwsServiceEvent", "AwsConsoleSignIn"})
# Missing in published examples of 2017 to 2025, or trimmed by who published them.
_OFTEN_LEFT_OUT: Final = frozenset(
    {
        ("eventCategory",),
        ("managementEvent",),
        ("readOnly",),
        ("recipientAccountId",),
        ("requestID",),
        ("requestParameters",),
        ("resources",),
        ("responseElements",),
        ("userAgent",),
        ("userIdentity", "accessKeyId"),
        ("userIdentity", "arn"),
    }
)
_SAID: Final = frozenset({("eventCategory",), ("managementEvent",)})
_NOW_AND_THEN: Final = frozenset({"sessionCredentialFromConsole", "tlsDetails"})
# Of administrators' identities.
_ROLE_EXTRAS: Final = frozenset(
    {"inScopeOf", "invokedBy", "onBehalfOf", "sessionContext", "signInSessionArn"}
)
_PAYLOADS: Final = frozenset({"requestParameters", "responseElements"})
_CREDENTIAL_TYPES: Final = re.compile(r"[A-Z_]+(?:,[A-Z_]+)*")


def identity_type(record: dict[str, Value]) -> str:
    """Return the type that userIdentity shows; empty where there is none."""
    identity = record.get("userIdentity")
    shown_type = identity.get("type") if isinstance(identity, dict) else None
    return shown_type if isinstance(shown_type, str) else ""


def _is_old(record: dict[str, Value]) -> bool:
    version = record.get("eventVersion")
    return isinstance(version, str) and re.fullmatch(r"1\.0[0-7]", version) is not None


def _actual(record: dict[str, Value], difference: Difference) -> Value:
    return None if difference.what == "missing" else at_path(record, difference.path)


def code_of(kind: Kind, difference: Difference, record: dict[str, Value]) -> str:
    """Return the code of a difference."""
    what, path = difference.what, difference.path
    if what == "order":
        return "N321"
    if what == "time":
        return "N325"
    if path == ("eventVersion",) and what == "value":
        return "N322"
    if what == "shown" and not is_placeholder(str(_actual(record, difference))):
        return "E304"
    varied = (
        _judged_top(difference, record)
        or _judged_identity(kind, difference, record)
        or _judged_payload(kind, difference, record)
    )
    return varied or {
        "missing": "E301",
        "extra": "E302",
        "type": "E305",
    }.get(what, "E303")


def _judged_top(difference: Difference, record: dict[str, Value]) -> str | None:
    """Return the code of variety in the envelope, if that is what it is."""
    what, path = difference.what, difference.path
    top = path[0]
    if what == "missing" and path in _OFTEN_LEFT_OUT:
        return "W311"
    if top in _NOW_AND_THEN:
        return "N323"
    if what == "extra" and len(path) == 1 and top in {"errorCode", "errorMessage"}:
        return "N324"
    if what == "extra" and len(path) == 1 and top in DOCUMENTED:
        return "N323"
    if path == ("eventType",) and what == "value" and _is_old(record):
        return "W313" if record["eventType"] in _EVENT_TYPES else None
    return None


def _judged_identity(kind: Kind, difference: Difference, record: dict[str, Value]) -> str | None:
    """Return the code of variety in userIdentity, if that is what it is."""
    what, path = difference.what, difference.path
    if path[0] != "userIdentity" or kind.event_type == "AwsServiceEvent":
        return None
    caller = identity_type(record)
    if caller not in ADMIN_TYPES:
        return None
    if path == ("userIdentity", "type"):
        return "W313"
    if what == "extra" and (path[1] in _ROLE_EXTRAS or "attributes" in path):
        return "N323"
    if path[1:2] == ("sessionContext",):
        return "N323"
    # The identity of a service, of a federated user and so on has members of its own.
    return "W313" if caller not in {"AssumedRole", "IAMUser"} else None


def _judged_payload(kind: Kind, difference: Difference, record: dict[str, Value]) -> str | None:
    """Return the code of variety in parameters, responses and details, if that is it."""
    path = difference.path
    top = path[0]
    code = None
    if top in _PAYLOADS and kind.event_type == "AwsApiCall":
        code = "N324" if top == "responseElements" and "errorCode" in record else "W312"
    elif top == "serviceEventDetails" and kind.basis.startswith("Unverified"):
        code = "W312"
    elif path == ("readOnly",) and kind.basis.startswith("Unverified"):
        code = "W313"
    elif top == "additionalEventData":
        code = _judged_additional(kind, difference, record)
    elif top == "resources" and "accountId" not in path:
        code = "W312"
    return code


def _judged_additional(kind: Kind, difference: Difference, record: dict[str, Value]) -> str | None:
    if kind.event_type == "AwsApiCall":
        return "N323"
    if difference.path[-1] == "DeviceEnrollmentRequired":
        return "W313"
    # Credential types that other products of AWS have in the same events.
    if difference.what == "word" and _CREDENTIAL_TYPES.fullmatch(str(_actual(record, difference))):
        return "W314"
    return None


def cost_of(kind: Kind, difference: Difference, record: dict[str, Value]) -> float:
    """Return how far a difference takes a record from a form."""
    return _COST[code_of(kind, difference, record)[0]]


def _named(path: Path) -> str:
    return ".".join(shown(part) if isinstance(part, str) else str(part) for part in path)


def _is_said(difference: Difference, record: dict[str, Value]) -> bool:
    """Return whether the envelope's own checks say it already."""
    path, what = difference.path, difference.what
    if path == ("eventVersion",):
        return not re.fullmatch(r"1\.[0-9]{1,2}", str(record.get("eventVersion")))
    if what == "missing":
        return len(path) == 1 and path[0] in REQUIRED
    if what == "type":
        return len(path) == 1 and path[0] in DOCUMENTED - {"requestParameters", "responseElements"}
    return what == "value" and path in _SAID


def judged(
    kind: Kind, matched: Matched, record: dict[str, Value], nearest: str
) -> Iterator[tuple[str, str]]:
    """Yield a code and a message for every way in which a record has no declared form.

    Args:
        nearest: Names of the eras whose forms are nearest.
    """
    for difference in matched.differences:
        if not _is_said(difference, record):
            message = _told(difference, record)
            yield code_of(kind, difference, record), f"{message} (nearest: {nearest})"
    strange = {failure.position for failure in matched.failures if failure.other < 0}
    for failure in matched.failures:
        if failure.other >= 0 and not strange.isdisjoint({failure.position, failure.other}):
            continue  # said already
        path = matched.layout.paths[failure.position]
        value = str(matched.values[failure.position])
        if failure.other >= 0:
            yield (
                "E307",
                (
                    f"{_named(path)} and {_named(matched.layout.paths[failure.other])} disagree "
                    f"on the {failure.field}"
                ),
            )
        elif path not in CHECKED:
            yield _judged_look(path, failure.field, value)


def _judged_look(path: Path, field: str, value: str) -> tuple[str, str]:
    message = f"{_named(path)} is {shown(value)!r}, which does not look like {field}"
    if is_placeholder(value):
        return "W111", message
    if value == HIDDEN or is_lenient(field, value):
        return "W314", message
    # Longer in 2020, and of other hosts where the portal has one of its own.
    is_link = path[-1] in {"LoginTo", "redirectUri"} and value.startswith(("https://", "http://"))
    return "W314" if is_link or path[0] in _NOW_AND_THEN else "E306", message


def _told(difference: Difference, record: dict[str, Value]) -> str:
    where = _named(difference.path)
    if difference.what == "order":
        inside = f" of {where}" if where else ""
        return f"{difference.expected} stands before other members{inside} than usual"
    if difference.what == "time":
        return f"records of this time have something else in {difference.expected}"
    if difference.what == "missing":
        return f"{where} is missing; expected {difference.expected}"
    actual = shown(_actual(record, difference))
    if difference.what == "extra":
        return f"{where} is {actual}; expected no such member"
    return f"{where} is {actual}; expected {difference.expected}"
