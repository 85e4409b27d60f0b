"""Keys that sign digest files."""

from __future__ import annotations

import base64
import sys

import pytest

from simulator.delivery import signing
from simulator.delivery.signing import drawn_signer, fingerprint, read_signer
from simulator.errors import InputError, MissingExtraError
from simulator.primitives.instants import parse_instant
from tests.digests import a_signer

rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
from cryptography.hazmat.primitives.asymmetric import ec, padding  # noqa: E402
from cryptography.hazmat.primitives.hashes import SHA256  # noqa: E402
from cryptography.hazmat.primitives.serialization import (  # noqa: E402
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
)

PUBLISHED = {
    # AWS CLI Command Reference, "list-public-keys".
    "7f3f401420072e50a65a141430817ab3": (
        "MIIBCgKCAQEAlSS3cl92HDycr/MTj0moOhas8habjrraXw+KzlWF0axSI2tcF+3iJ9BKQAVSKxGwxwu3m0wG3J+k"
        "Ul1xboEcEPHYoIYMbgfSw7KGnuDKwkLzsQWhUJ0cIbOHASox1vv/5fNXkrHhGbDCHeVXm804c83nvHUEFYThr1Pf"
        "yP/8HwrCtR3FX5OANtQCP61C1nJtSSkC8JSQUOrIP4CuwJjc+4WGDk+BGH5m9iuiAKkipEHWmUl8/P7XpfpWQuk4"
        "h8g3pXZOrNXr08lbh4d39svj7UqdhvOXoBISp9t/EXYuePGEtBdrKD9Dz+VHwyUPtBQvYr9BnkF88qBnaPNhS44r"
        "zwIDAQAB"
    ),
    # CloudTrail User Guide, "Validating CloudTrail log file integrity with the AWS CLI".
    "8eba5db5bea9b640d1c96a77256fe7f2": (
        "MIIBCgKCAQEAn11L2YZ9h7onug2ILi1MWyHiMRsTQjfWE+pHVRLk1QjfWhirG+lpOa8NrwQ/r7Ah5bNL6HepznOU"
        "9XTDSfmmnP97mqyc7z/upfZdS/AHhYcGaz7n6Wc/RRBU6VmiPCrAUojuSk6/GjvA8iOPFsYDuBtviXarvuLPlrT9"
        "kAd4Lb+rFfR5peEgBEkhlzc5HuWO7S0y+KunqxX6jQBnXGMtxmPBPP0FylgWGNdFtks/4YSKcgqwH0YDcawP9GGG"
        "DAeCIqPWIXDLG1jOjRRzWfCmD0iJUkz8vTsn4hq/5ZxRFE7UBAUiVcGbdnDdvVfhF9C3dQiDq3k7adQIziLT0cSh"
        "gQIDAQAB"
    ),
}


@pytest.fixture(scope="module")
def a_key():
    """Give a key of the least size."""
    return rsa.generate_private_key(65_537, 2048)


def pem(key, encryption=None) -> bytes:
    """Return a private key as PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_a_fingerprint_is_that_of_published_keys(name):
    """MD5 of the PKCS#1 form in DER, as in both examples that AWS publishes."""
    assert fingerprint(base64.b64decode(PUBLISHED[name])) == name


def test_a_seed_gives_its_key_for_ever():
    """A change here changes every signature."""
    signer = a_signer()

    assert signer.fingerprint == "9000bc1d7c046c453f9029d3fb4647be"
    assert signer.private.key_size == 2048
    assert signer.sign(b"text")[:32] == "73fdd1bc3cff7372f9f88167e21facb6"
    assert a_signer(3).fingerprint == "49e25439ee75e7a9463d5ae9ac08334d"


def test_a_prime_that_does_not_go_with_the_exponent_is_passed_over(monkeypatch):
    """The exponent has no inverse for a prime that is one more than its multiple."""
    good = [signing.prime(signing.Key.root(0).child(name), 1024) for name in "pq"]
    drawn = iter([65_537 * 2 + 1, *good])
    monkeypatch.setattr(signing, "prime", lambda *_: next(drawn))

    signer = drawn_signer(0)

    assert signer.private.private_numbers().p in good


def test_a_signature_is_pkcs_1_with_sha_256():
    """What CloudTrail names SHA256withRSA; it is the same each time."""
    signer = a_signer()

    signature = signer.sign(b"text")

    assert signer.sign(b"text") == signature
    load_der_public_key(signer.public_der).verify(
        bytes.fromhex(signature), b"text", padding.PKCS1v15(), SHA256()
    )


def test_the_public_key_is_listed_as_the_service_lists_it():
    """PKCS#1 in base64, and times in seconds."""
    signer = a_signer()
    start, end = parse_instant("2025-01-13T07:58:26Z"), parse_instant("2025-02-12T07:58:26Z")

    assert signer.public_keys(start, end) == {
        "PublicKeyList": [
            {
                "Value": base64.b64encode(signer.public_der).decode(),
                "ValidityStartTime": 1736755106.0,
                "ValidityEndTime": 1739347106.0,
                "Fingerprint": signer.fingerprint,
            }
        ]
    }


def test_the_public_key_is_one_that_others_read():
    """DER is the bare key, PEM the form that says what it is."""
    signer = a_signer()
    public = signer.private.public_key()

    assert signer.public_pem.startswith(b"-----BEGIN PUBLIC KEY-----\n")
    assert load_der_public_key(signer.public_der) == public
    assert signer.public_der == public.public_bytes(Encoding.DER, PublicFormat.PKCS1)


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_key_is_read_from_pem(tmp_path, a_key, form):
    """Both forms that openssl has written."""
    path = tmp_path / "key.pem"
    path.write_bytes(a_key.private_bytes(Encoding.PEM, form, NoEncryption()))

    signer = read_signer(path)

    assert signer.private.private_numbers() == a_key.private_numbers()
    assert signer.fingerprint == fingerprint(
        a_key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    )


def refusal(path) -> str:
    """Return what is said of a file that is no key."""
    with pytest.raises(InputError) as caught:
        read_signer(path)
    return str(caught.value)


def test_a_missing_key_is_named(tmp_path):
    """The path, and what the system says."""
    path = tmp_path / "none.pem"

    assert refusal(path) == f"cannot read {path}: No such file or directory"


@pytest.mark.parametrize(
    "text", [b"", b"ssh-rsa AAAA", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
)
def test_what_is_no_pem_is_refused(tmp_path, text):
    """With the command that makes a key."""
    path = tmp_path / "key.pem"
    path.write_bytes(text)

    assert refusal(path) == (
        f"{path}: not a private key in PEM: make one with openssl genrsa -out digest-key.pem 2048"
    )


def test_a_public_key_is_refused(tmp_path):
    """It cannot sign."""
    path = tmp_path / "public.pem"
    path.write_bytes(a_signer().public_pem)

    assert refusal(path).startswith(f"{path}: not a private key in PEM: ")


def test_an_encrypted_key_is_refused(tmp_path, a_key):
    """Nobody is asked for a password."""
    path = tmp_path / "key.pem"
    path.write_bytes(pem(a_key, BestAvailableEncryption(b"secret")))

    assert refusal(path) == (
        f"{path}: the key is encrypted: decrypt it with openssl pkey -in {path}"
    )


def test_a_key_of_another_kind_is_refused(tmp_path):
    """CloudTrail signs with RSA."""
    path = tmp_path / "key.pem"
    path.write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))

    assert refusal(path) == f"{path}: not an RSA key: digest files are signed with SHA256withRSA"


def test_a_small_key_is_refused(tmp_path):
    """CloudTrail's own have 2,048 bits."""
    path = tmp_path / "key.pem"
    path.write_bytes(pem(rsa.generate_private_key(65_537, 1024)))

    assert refusal(path) == f"{path}: a key of 1024 bits: at least 2048 are needed"


@pytest.mark.parametrize("call", [read_signer, lambda _: drawn_signer(0)])
def test_without_the_extra_it_is_named(monkeypatch, tmp_path, call):
    """Reading and drawing both say what to install."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)

    with pytest.raises(
        MissingExtraError,
        match=r"^signing digest files \(or say --trail digests=none\) needs an extra: "
        r"pip install 'trailwright\[digest\]'$",
    ):
        call(tmp_path / "key.pem")
