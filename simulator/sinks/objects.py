"""A bucket as a place for objects: of S3, Google Cloud Storage, Azure, or what speaks like them.

obstore does the talking: it signs, tries again what may be tried again, and finds
credentials. For S3 these are the AWS_… variables of the environment, a container's or a web
identity's, or those of the machine; profiles are not read, and AWS_REGION is the bucket's.
For Google Cloud Storage it is what GOOGLE_APPLICATION_CREDENTIALS or gcloud left; for Azure
AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY or a managed identity.

Versions of obstore before 0.9 neither escape keys as they should nor try again after a
connection broke; before 0.12 an object in parts that fails leaves its parts in the bucket,
which are no object and go by a rule of its life cycle.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError, MissingExtraError, OutputError, RequestError
from simulator.sinks.refusals import is_of_bucket, refusal_of
from simulator.sinks.stores import NO_METADATA, Held, refuse_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from obstore.store import AzureStore, ClientConfig, GCSStore, RetryConfig, S3Store

    from simulator.errors import SimulatorError
    from simulator.sinks.stores import Place

PART: Final = 16 << 20
"""Bytes that are sent in one go; a larger object goes in parts of this size."""

_PARTS_AT_ONCE: Final = 4

# CloudTrail's own objects say that they are JSON and gzipped, and S3 hands out the bytes as
# they are stored.
# Unverified: no published page shows both headers of a log file.
_ATTRIBUTES: Final[Mapping[str, Mapping[str, str]]] = {
    ".json.gz": {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ".ndjson.gz": {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"},
    ".json": {"Content-Type": "application/json"},
    ".ndjson": {"Content-Type": "application/x-ndjson"},
    ".pem": {"Content-Type": "application/x-pem-file"},
    "": {"Content-Type": "application/octet-stream"},
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a service is waited for."""

    tries: int = 12
    """How often a request is tried again after its first failure."""

    first: timedelta = timedelta(milliseconds=200)
    """The shortest wait between two tries; drawn by obstore between this and three times the
    last."""

    longest: timedelta = timedelta(seconds=10)
    """The longest wait between two tries."""

    whole: timedelta = timedelta(seconds=60)
    """After this nothing is tried again."""

    answer: timedelta = timedelta(seconds=60)
    """How long one try may take."""

    connection: timedelta = timedelta(seconds=5)
    """How long connecting may take."""


PATIENT: Final = Patience()
"""What a run over the internet needs."""


def object_store(
    place: Place, endpoint: str | None = None, patience: Patience = PATIENT
) -> ObjectStore:
    """Return a bucket as a store; nothing is asked of it yet.

    Args:
        endpoint: The service's address, such as `http://127.0.0.1:9000`; by default where
            its provider has it. Azure's ends in the account's name unless a host is its own.
        patience: How long to wait for answers.

    Raises:
        RequestError: The endpoint is no address.
        OutputError: The credentials cannot be used.
        MissingExtraError: obstore is not installed.
    """
    if endpoint is not None and not re.fullmatch(r"https?://[^/?#@\s]+(/\S*)?", endpoint):
        message = f"endpoint {endpoint!r}: expected an address such as http://HOST:PORT"
        raise RequestError(message)
    try:
        from obstore import store  # noqa: PLC0415  # an extra
    except ImportError:
        message = f"writing to {place.scheme}://"
        raise MissingExtraError(message, "s3") from None
    retries: RetryConfig = {
        "max_retries": patience.tries,
        "backoff": {"init_backoff": patience.first, "max_backoff": patience.longest, "base": 3},
        "retry_timeout": patience.whole,
    }
    options: ClientConfig = {
        "timeout": patience.answer,
        "connect_timeout": patience.connection,
        "allow_http": endpoint is not None and endpoint.startswith("http://"),
    }
    client: S3Store | GCSStore | AzureStore
    with _told(f"cannot write {place}", place, endpoint, OutputError):
        match place.scheme:
            case "s3":
                client = store.S3Store(
                    place.bucket,
                    config={"endpoint": endpoint} if endpoint else {},
                    client_options=options,
                    retry_config=retries,
                )
            case "gs":
                client = store.GCSStore(
                    place.bucket,
                    config={"base_url": endpoint} if endpoint else {},
                    client_options=options,
                    retry_config=retries,
                )
            case _:
                client = store.AzureStore(
                    place.bucket,
                    config={"endpoint": endpoint} if endpoint else {},
                    client_options=options,
                    retry_config=retries,
                )
    return ObjectStore(place, client, endpoint)


def etag_of(data: bytes) -> str:
    """Return the ETag that S3 gives an object that `ObjectStore.put` puts there.

    An object in parts has the MD5 of its parts' MD5s and their number. S3 has others where
    it encrypts with keys of KMS. Seen with moto; Unverified against S3 itself.
    """
    if len(data) <= PART:
        return _md5(data).hexdigest()
    view = memoryview(data)
    parts = [_md5(view[at : at + PART]).digest() for at in range(0, len(data), PART)]
    return f"{_md5(b''.join(parts)).hexdigest()}-{len(parts)}"


def _md5(data: bytes | memoryview) -> hashlib._Hash:
    return hashlib.md5(data, usedforsecurity=False)


class ObjectStore:
    """A bucket, or what is below a prefix in it; see `Store`.

    Metadata becomes the object's own: `x-amz-meta-signature` and so on. Azure takes names
    without hyphens only and gets underscores in their place.
    """

    def __init__(
        self, place: Place, client: S3Store | GCSStore | AzureStore, endpoint: str | None
    ) -> None:
        self.place = place
        self._client = client
        self._endpoint = endpoint

    def whole(self, key: str) -> str:
        """Return an object's key in the bucket, which begins with the store's prefix."""
        return self.place.prefix + key

    def put(
        self, key: str, data: bytes | memoryview, metadata: Mapping[str, str] = NO_METADATA
    ) -> None:
        """See `Store.put`."""
        refuse_key(key, OutputError)
        with self._told("cannot write", key, OutputError):
            self._client.put(
                self.whole(key),
                data,
                attributes=self._attributes(key, metadata),
                use_multipart=len(data) > PART,
                chunk_size=PART,
                max_concurrency=_PARTS_AT_ONCE,
            )

    def get(self, key: str) -> bytes:
        """See `Store.get`."""
        refuse_key(key, InputError)
        with self._told("cannot read", key, InputError):
            return bytes(self._client.get(self.whole(key)).bytes())

    def holds(self, key: str, data: bytes) -> bool:
        """See `Store.holds`. The object is read only when its ETag does not tell."""
        refuse_key(key, InputError)
        with self._told("cannot read", key, InputError):
            try:
                found = self._client.head(self.whole(key))
            except FileNotFoundError:
                return False
        if found["size"] != len(data):
            return False
        if (found["e_tag"] or "").strip('"') == etag_of(data):
            return True
        return self.get(key) == data

    def held(self, prefix: str = "") -> Iterator[Held]:
        """See `Store.held`."""
        begins = self.whole(prefix)
        # obstore asks for whole folders; the rest of the prefix is ours to compare.
        folder = begins[: begins.rfind("/") + 1]
        last = ""
        with self._told("cannot read", prefix, InputError):
            for found in self._client.list(folder or None):
                for one in found:
                    key = one["path"]
                    if key <= last:
                        message = f"cannot read {self.place}: it is not listed in order of key"
                        raise InputError(message)
                    last = key
                    if key.startswith(begins):
                        yield Held(key[len(self.place.prefix) :], one["size"])

    def remove(self, key: str) -> None:
        """See `Store.remove`."""
        refuse_key(key, OutputError)
        with self._told("cannot remove", key, OutputError):
            try:
                self._client.delete(self.whole(key))
            except FileNotFoundError as error:
                if is_of_bucket(str(error)):
                    raise

    def _attributes(self, key: str, metadata: Mapping[str, str]) -> dict[str, str]:
        own = next(held for suffix, held in _ATTRIBUTES.items() if key.endswith(suffix))
        made = {**own}
        if self.place.scheme == "gs" and "Content-Encoding" in made:
            # Google Cloud Storage unpacks what it hands out otherwise, and hashes no more match.
            made["Cache-Control"] = "no-transform"
        for name, value in metadata.items():
            made[name.replace("-", "_") if self.place.scheme == "az" else name] = value
        return made

    def _told(
        self, what: str, key: str, error: type[SimulatorError]
    ) -> AbstractContextManager[None]:
        return _told(f"{what} {self.place}{key}", self.place, self._endpoint, error)


@contextmanager
def _told(
    what: str, place: Place, endpoint: str | None, error: type[SimulatorError]
) -> Iterator[None]:
    """Turn what obstore raises into an error that says what cannot be done."""
    # It is there: whoever comes here has a client.
    from obstore.exceptions import BaseError  # noqa: PLC0415  # an extra

    try:
        yield
    except (BaseError, OSError, ValueError) as said:
        message = f"{what}: {refusal_of(str(said), place, endpoint)}"
        # Not chained: what was said may repeat an address with a signature in it.
        raise error(message) from None
