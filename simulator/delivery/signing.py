"""The key that signs digest files, and what a verifier is given of it.

A key of your own is read from a PEM file. Without one it is drawn from the scenario's seed,
so that the same scenario gives the same signatures; such a key is no secret.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError, MissingExtraError, RequestError
from simulator.primitives.instants import SECOND
from simulator.primitives.keys import Key, purpose
from simulator.primitives.primes import prime

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from simulator.primitives.jsontext import Json
    from simulator.scenario.document import Scenario

ALGORITHM: Final = "SHA256withRSA"
"""How CloudTrail names RSASSA-PKCS1-v1_5 with SHA-256."""

BITS: Final = 2048
"""Of a key that is drawn, as of those that CloudTrail publishes; the fewest of one that is read."""

_EXPONENT: Final = 65_537
_PRIME: Final = purpose("signing/prime")


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key that signs digest files."""

    private: RSAPrivateKey
    """The key."""

    public_der: bytes
    """Its public half as PKCS#1 in DER, the form that ListPublicKeys gives."""

    public_pem: bytes
    """Its public half as `openssl` reads it."""

    def sign(self, text: bytes) -> str:
        """Return the signature of a text, in hexadecimal digits."""
        from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415  # an extra
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415  # an extra

        return self.private.sign(text, padding.PKCS1v15(), SHA256()).hex()

    @property
    def fingerprint(self) -> str:
        """What digest files name the key by."""
        return fingerprint(self.public_der)

    def public_keys(self, start: int, end: int) -> Json:
        """Return what `aws cloudtrail list-public-keys` answers.

        Members are those that the AWS CLI 1.46 reads. Times are seconds since 1970 with a
        fraction, as the service sends them and version 1 of the AWS CLI prints them.

        Args:
            start: Where the key's validity begins, in milliseconds.
            end: Where it ends. Verifiers ask for the keys of some span, and of no other.
        """
        return {
            "PublicKeyList": [
                {
                    "Value": base64.b64encode(self.public_der).decode(),
                    "ValidityStartTime": start / SECOND,
                    "ValidityEndTime": end / SECOND,
                    "Fingerprint": self.fingerprint,
                }
            ]
        }


def fingerprint(public_der: bytes) -> str:
    """Return what CloudTrail names a public key by: the MD5 of its PKCS#1 form in DER.

    Unverified: no document says so; it holds for the key in the example of
    `list-public-keys` that comes with the AWS CLI.
    """
    return hashlib.md5(public_der, usedforsecurity=False).hexdigest()


def drawn_signer(seed: int) -> Signer:
    """Return the key that a scenario's seed stands for. It takes about a second.

    Raises:
        MissingExtraError: The package that signs is not installed.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415  # an extra
    except ImportError:
        raise _missing() from None
    key = Key.root(seed).child("digest key")
    p, q = (_prime(key.child(name)) for name in ("p", "q"))
    exponent = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=exponent,
        dmp1=rsa.rsa_crt_dmp1(exponent, p),
        dmq1=rsa.rsa_crt_dmq1(exponent, q),
        iqmp=rsa.rsa_crt_iqmp(p, q),
        public_numbers=rsa.RSAPublicNumbers(_EXPONENT, p * q),
    )
    return _signer(numbers.private_key())


def _prime(key: Key) -> int:
    """Draw a prime that goes with the exponent."""
    drawn = (prime(key.nth(_PRIME, nth), BITS // 2) for nth in count())
    return next(number for number in drawn if number % _EXPONENT != 1)


def signer_of(scenario: Scenario, path: Path | None = None) -> Signer | None:
    """Return what signs the digest files of a resolved scenario; absent when it has none.

    Args:
        path: A PEM file with a key of one's own, in place of the seed's.

    Raises:
        RequestError: A key is given, and there is nothing to sign.
        InputError: As `read_signer`.
        MissingExtraError: Likewise.
    """
    if scenario.trail.digests == "none":
        if path is not None:
            message = f"{path}: there is nothing to sign: the trail has no digest files"
            raise RequestError(message)
        return None
    return drawn_signer(scenario.seed) if path is None else read_signer(path)


def read_signer(path: Path) -> Signer:
    """Read a private key from a PEM file.

    Raises:
        InputError: It is missing, is not one, is encrypted, is not RSA or is too small.
        MissingExtraError: The package that reads it is not installed.
    """
    try:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  # an extra
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415  # an extra
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  # an extra
            load_pem_private_key,
        )
    except ImportError:
        raise _missing() from None
    try:
        text = path.read_bytes()
    except OSError as error:
        message = f"cannot read {path}: {error.strerror or error}"
        raise InputError(message) from error
    try:
        private = load_pem_private_key(text, password=None)
    except TypeError as error:
        message = f"{path}: the key is encrypted: decrypt it with openssl pkey -in {path}"
        raise InputError(message) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        message = (
            f"{path}: not a private key in PEM: make one with "
            f"openssl genrsa -out digest-key.pem {BITS}"
        )
        raise InputError(message) from error
    if not isinstance(private, rsa.RSAPrivateKey):
        message = f"{path}: not an RSA key: digest files are signed with {ALGORITHM}"
        raise InputError(message)
    if private.key_size < BITS:
        message = f"{path}: a key of {private.key_size} bits: at least {BITS} are needed"
        raise InputError(message)
    return _signer(private)


def _signer(private: RSAPrivateKey) -> Signer:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  # an extra
        Encoding,
        PublicFormat,
    )

    public = private.public_key()
    return Signer(
        private=private,
        public_der=public.public_bytes(Encoding.DER, PublicFormat.PKCS1),
        public_pem=public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    )


def _missing() -> MissingExtraError:
    return MissingExtraError("signing digest files (or say --trail digests=none)", "digest")
