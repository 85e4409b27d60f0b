"""What is said of a log file that is in the bucket, as CloudTrail, SNS and S3 say it.

CloudTrail tells an SNS topic; a queue that is subscribed to it gets the same in an
envelope of SNS. S3 tells a queue or a topic itself. Every time and every id is the same
whenever the same file is told of again.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus

from simulator.directory.identifiers import hex_text, role_id, uuid4_text
from simulator.primitives.instants import SECOND, format_instant, format_instant_exact
from simulator.primitives.jsontext import json_text
from simulator.primitives.keys import purpose

if TYPE_CHECKING:
    from simulator.primitives.jsontext import Json
    from simulator.primitives.keys import Key

TOPIC: Final = "aws-cloudtrail-logs"
"""The name of the topic that an envelope names when there is no real one."""
S3_SUBJECT: Final = "Amazon S3 Notification"
"""What S3 writes above a message to a topic. CloudTrail writes nothing."""

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OWNER: Final = purpose("notices/bucket-owner")
_CONFIGURATION: Final = purpose("notices/configuration")
_ROLE: Final = purpose("notices/role")
_REQUEST: Final = purpose("notices/request")
_EXTENDED: Final = purpose("notices/extended-request")
_SEQUENCER: Final = purpose("notices/sequencer")
_ADDRESS: Final = purpose("notices/address")
_MESSAGE: Final = purpose("notices/message")
_SIGNATURE: Final = purpose("notices/signature")
_CERTIFICATE: Final = purpose("notices/certificate")
_SUBSCRIPTION: Final = purpose("notices/subscription")


@dataclass(frozen=True, slots=True)
class Notice:
    """A log file that is in the bucket."""

    key: str
    """Its key in the bucket, with every prefix."""

    size: int
    """Bytes."""

    etag: str
    """Its ETag, without quotes."""

    delivered_at: int
    """When it was delivered, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What all notices of a trail have in common."""

    bucket: str
    """The bucket's name."""

    account: str
    """Whose bucket and topic it is: twelve digits."""

    region: str
    """Where the bucket and the topic are."""

    key: Key
    """Whence ids are drawn."""


def cloudtrail_text(notice: Notice, sender: Sender) -> str:
    """Return what CloudTrail says to its topic.

    Unverified: after the CloudTrail User Guide, "Configuring Amazon SNS notifications for
    CloudTrail", from memory.
    """
    return _text({"s3Bucket": sender.bucket, "s3ObjectKey": [notice.key]})


def s3_text(notice: Notice, sender: Sender) -> str:
    """Return what S3 says of a new object.

    Unverified: after the S3 User Guide, "Event message structure", from memory, and what moto
    sends; above all how S3 names CloudTrail and its address, how it draws ids, and that
    slashes in keys stay as they are.
    """
    own = _own(notice, sender)
    owner = _letters(sender.key, _OWNER, 14)
    configuration = sender.key.nth(_CONFIGURATION, 0)
    role = sender.key.nth(_ROLE, 0)
    record: Json = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": sender.region,
        "eventTime": _exact(notice.delivered_at),
        "eventName": "ObjectCreated:Put",
        "userIdentity": {
            "principalId": f"AWS:{role_id(role.high, role.low, sender.account)}:cloudtrail"
        },
        "requestParameters": {
            "sourceIPAddress": ".".join(
                ["10", *(str(own.below(256, _ADDRESS, nth)) for nth in range(3))]
            )
        },
        "responseElements": {
            "x-amz-request-id": _letters(own, _REQUEST, 16),
            "x-amz-id-2": _base64(own, _EXTENDED, 7),
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": uuid4_text(configuration.high, configuration.low),
            "bucket": {
                "name": sender.bucket,
                "ownerIdentity": {"principalId": f"A{owner[1:]}"},
                "arn": f"arn:aws:s3:::{sender.bucket}",
            },
            "object": {
                "key": quote_plus(notice.key, safe="/"),
                "size": notice.size,
                "eTag": notice.etag,
                # Greater for what came later, compared as text.
                "sequencer": (
                    f"00{notice.delivered_at // SECOND:08X}{own.word(_SEQUENCER) >> 32:08X}"
                ),
            },
        },
    }
    return _text({"Records": [record]})


def enveloped_text(text: str, notice: Notice, sender: Sender) -> str:
    """Return a message to a topic as a queue that is subscribed to it gets it.

    Unverified: after the SNS Developer Guide, "Parsing Amazon SNS message formats", from memory,
    and what moto sends. The signature looks like one and is none: only SNS has the key.
    """
    own = _own(notice, sender)
    topic = f"arn:aws:sns:{sender.region}:{sender.account}:{TOPIC}"
    message = own.nth(_MESSAGE, 0)
    certificate = sender.key.nth(_CERTIFICATE, 0)
    subscription = sender.key.nth(_SUBSCRIPTION, 0)
    host = f"https://sns.{sender.region}.amazonaws.com"
    return _text(
        {
            "Type": "Notification",
            "MessageId": uuid4_text(message.high, message.low),
            "TopicArn": topic,
            "Message": text,
            "Timestamp": _exact(notice.delivered_at),
            "SignatureVersion": "1",
            "Signature": _base64(own, _SIGNATURE, 32),
            "SigningCertURL": (
                f"{host}/SimpleNotificationService-"
                f"{hex_text(certificate.high, certificate.low)}.pem"
            ),
            "UnsubscribeURL": (
                f"{host}/?Action=Unsubscribe&SubscriptionArn={topic}:"
                f"{uuid4_text(subscription.high, subscription.low)}"
            ),
        }
    )


def _own(notice: Notice, sender: Sender) -> Key:
    return sender.key.child("notice", notice.key, format_instant_exact(notice.delivered_at))


def _exact(at: int) -> str:
    """Return an instant with milliseconds, as S3 and SNS write it."""
    return f"{format_instant(at)[:-1]}.{at % SECOND:03d}Z"


def _letters(key: Key, use: int, count: int) -> str:
    return "".join(_ALPHABET[key.below(len(_ALPHABET), use, nth)] for nth in range(count))


def _base64(key: Key, use: int, words: int) -> str:
    octets = b"".join(key.word(use, nth).to_bytes(8, "big") for nth in range(words))
    return base64.b64encode(octets).decode()


def _text(value: Json) -> str:
    return json_text(value).decode()
