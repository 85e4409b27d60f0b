"""Members of a record's envelope: their types, and how long CloudTrail lets them be.

Source: CloudTrail User Guide, "CloudTrail record contents for management, data, and network
activity events" (read 2026-11), with the limits of its table of sizes.
"""

from __future__ import annotations

from typing import Final

REQUIRED: Final = (
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "eventID",
    "eventType",
)
"""Members that every record has."""

TEXT, OBJECT, LIST, FLAG = "text", "an object", "a list", "true or false"
TYPES: Final = {
    "eventVersion": TEXT,
    "userIdentity": OBJECT,
    "eventTime": TEXT,
    "eventSource": TEXT,
    "eventName": TEXT,
    "awsRegion": TEXT,
    "sourceIPAddress": TEXT,
    "userAgent": TEXT,
    "errorCode": TEXT,
    "errorMessage": TEXT,
    "requestParameters": OBJECT,
    "responseElements": OBJECT,
    "additionalEventData": OBJECT,
    "requestID": TEXT,
    "eventID": TEXT,
    "readOnly": FLAG,
    "resources": LIST,
    "eventType": TEXT,
    "apiVersion": TEXT,
    "managementEvent": FLAG,
    "recipientAccountId": TEXT,
    "sharedEventID": TEXT,
    "vpcEndpointId": TEXT,
    "vpcEndpointAccountId": TEXT,
    "serviceEventDetails": OBJECT,
    "eventCategory": TEXT,
    "addendum": OBJECT,
    "sessionCredentialFromConsole": TEXT,
    "edgeDeviceDetails": TEXT,
    "eventContext": OBJECT,
    "tlsDetails": OBJECT,
    "insightDetails": OBJECT,
}
"""Members that CloudTrail documents, in its order."""

KIB: Final = 1024
TEXT_CAPS: Final = {
    "userAgent": KIB,
    "errorCode": KIB,
    "errorMessage": KIB,
    "requestID": KIB,
}
"""Bytes of a text, at most."""
OBJECT_CAPS: Final = {
    "requestParameters": 100 * KIB,
    "responseElements": 100 * KIB,
    "serviceEventDetails": 100 * KIB,
    "additionalEventData": 28 * KIB,
}
"""Bytes of an object as compact JSON, at most."""
WHOLE_CAP: Final = 256 * KIB
"""Bytes of a record, at most."""
SMALLEST_CAP: Final = KIB
"""A record no longer than this cannot be over any cap."""
