"""What the service of a bucket said, told so that a user knows what to do.

Only codes and messages of the service are repeated, never an address that was asked: a
signature may be in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.sinks.stores import Place

_LONGEST: Final = 200
"""Characters of a service's message that are repeated."""

_CODE: Final = re.compile(r"<Code>([^<]+)</Code>")
_MESSAGE: Final = re.compile(r"<Message>([^<]+)</Message>|\"message\": *\"([^\"]+)\"")
_STATUS: Final = re.compile(r"status code: (\d{3}[A-Za-z -]*)")
_ADDRESS: Final = re.compile(r"[a-z]+://\S+")
_DEBUG: Final = "\n\nDebug source:"

_NO_BUCKET: Final = frozenset({"NoSuchBucket", "ContainerNotFound"})
_NO_CREDENTIALS: Final = re.compile(
    # What obstore says, or asks for in vain: the credentials of the machine it runs on.
    r"Missing (AccessKeyId|SecretAccessKey)|/latest/(api/token|meta-data)|Account must be|"
    r"[Tt]oken request|computeMetadata|metadata\.google"
)
_NOT_ACCEPTED: Final = frozenset(
    {
        "AuthenticationFailed",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidSecurity",
        "InvalidToken",
        "SignatureDoesNotMatch",
    }
)
_NOT_A_KEY: Final = re.compile(r"Invalid Access Key|Unable to decode service account|private key")
_ELSEWHERE: Final = frozenset(
    {"AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"}
)


@dataclass(frozen=True, slots=True)
class _Words:
    """How a provider's things are called."""

    service: str
    credentials: str
    permissions: str


_WORDS: Final[Mapping[str, _Words]] = {
    "s3": _Words(
        "S3",
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (profiles are not read, but "
        'eval "$(aws configure export-credentials --format env)" sets these from one)',
        "s3:PutObject, s3:GetObject, s3:DeleteObject and s3:ListBucket",
    ),
    "gs": _Words(
        "Google Cloud Storage",
        "set GOOGLE_APPLICATION_CREDENTIALS to a key file, or run "
        "gcloud auth application-default login",
        "Storage Object User",
    ),
    "az": _Words(
        "Azure Blob Storage",
        "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
        "Storage Blob Data Contributor",
    ),
}


@dataclass(frozen=True, slots=True)
class _Said:
    """What a service said, taken apart."""

    text: str
    code: str
    status: str


# The first that holds is told, its words filled in.
_REASONS: Final[tuple[tuple[Callable[[_Said], object], str], ...]] = (
    (
        lambda said: said.code in _NO_BUCKET,
        "there is no bucket {bucket}: create it first",
    ),
    (
        lambda said: _NO_CREDENTIALS.search(said.text),
        "no credentials were found: {credentials}",
    ),
    (
        lambda said: (
            said.code in _NOT_ACCEPTED
            or said.status.startswith("401")
            or _NOT_A_KEY.search(said.text)
        ),
        "the credentials are not accepted: {credentials}",
    ),
    (
        lambda said: said.status.startswith("403"),
        "access is denied: the credentials need {permissions}",
    ),
    (
        lambda said: said.code in _ELSEWHERE or "incorrectly configured region" in said.text,
        "the bucket is in another Region: set AWS_REGION to the bucket's",
    ),
    (
        lambda said: said.status.startswith("404"),
        "it is not there, or there is no bucket {bucket}",
    ),
    (
        lambda said: "Connection refused" in said.text,
        "{service} refuses connections: is it running, and is the endpoint right?",
    ),
    (
        lambda said: "dns error" in said.text,
        "{service} is not found: is the endpoint right, and is there a network?",
    ),
    (
        lambda said: re.search(r"kind: Timeout|timed out|TimedOut", said.text),
        "{service} did not answer in time: try again later",
    ),
    (
        lambda said: re.match(r"5|429", said.status),
        "{service} answers {status}, however often it is asked: try again later",
    ),
    (
        lambda said: said.status,
        "{service} answers {status}",
    ),
)


def refusal_of(text: str, place: Place, endpoint: str | None) -> str:
    """Return what is wrong and what to do about it.

    Args:
        text: What obstore says of the error, its details for developers included.
        place: Where it happened.
        endpoint: The service's address, where it is not the provider's own.
    """
    said = _Said(text, _found(_CODE, text), _found(_STATUS, text))
    words = _WORDS[place.scheme]
    reason = next((told for holds, told in _REASONS if holds(said)), None)
    if reason is None:
        return plain(text.partition(_DEBUG)[0].rpartition(" - ")[2])
    filled = reason.format(
        bucket=place.bucket,
        service=_host(endpoint) or words.service,
        status=said.status,
        credentials=words.credentials,
        permissions=words.permissions,
    )
    quoted = ": ".join(part for part in (said.code, _found(_MESSAGE, text)) if part)
    return f"{filled} ({quoted})" if quoted else filled


def is_of_bucket(text: str) -> bool:
    """Return whether it is the bucket that is not there, and not an object."""
    return _found(_CODE, text) in _NO_BUCKET


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return plain(next(filter(None, found.groups()))) if found else ""


def plain(text: str) -> str:
    """Return what a service said as one short line without addresses and control characters."""
    line = " ".join(_ADDRESS.sub("…", text).split())
    line = "".join(mark for mark in line if mark.isprintable())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _host(endpoint: str | None) -> str:
    """Return whom an endpoint means; never a password in it."""
    if endpoint is None:
        return ""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
