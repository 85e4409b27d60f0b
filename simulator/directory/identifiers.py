"""How AWS spells identifiers and ARNs, made from the words of a key.

Every function takes the two words of the key of the thing it names, then the Region or
account where the form depends on one. `uuid4_text` and `hex_text` spell the words they
are given; all others draw word number i as `word_at(high, low, use, i)`, with a `use` of
their own, so that one key may name several things and no two of them look alike.

The array twins give the same text, as NumPy byte strings, without a Python loop.

Forms are those seen in real records unless a docstring says otherwise. Account numbers
are drawn from all twelve digits, for lack of a range reserved for examples.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.primitives.instants import SECOND
from simulator.primitives.keys import purpose, scaled, word_at, word_at_many, words_many
from simulator.primitives.texts import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

_DIGITS_36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_ALNUM: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CONSONANTS: Final = "BCDFGHJKLMNPQRSTVWXZ"

# One look-up gives two or four characters: the tables fit the second-level cache.
_HEX_FOUR: Final = (
    np.frombuffer(b"0123456789abcdef", np.uint8)[
        np.arange(1 << 16)[:, np.newaxis] >> np.array([12, 8, 4, 0]) & 15
    ]
    .view(np.uint32)
    .ravel()
)
_BASE32_TWO: Final = np.frombuffer(
    "".join(a + b for a in _BASE32 for b in _BASE32).encode(), np.uint16
)

_ACCOUNT: Final = purpose("identifiers/account")
_ORGANIZATION: Final = purpose("identifiers/organization")
_BUCKET: Final = purpose("identifiers/bucket")
_LOG_FILE: Final = purpose("identifiers/log-file")
_STORE: Final = purpose("identifiers/identity-store")
_ENTITY: Final = purpose("identifiers/store-entity")
_INSTANCE: Final = purpose("identifiers/instance")
_PERMISSION_SET: Final = purpose("identifiers/permission-set")
_APPLICATION: Final = purpose("identifiers/application")
_APPLICATION_INSTANCE: Final = purpose("identifiers/application-instance")
_UNIQUE: Final = purpose("identifiers/iam-unique-id")
_ACCESS_KEY: Final = purpose("identifiers/access-key")
_ROLE_SUFFIX: Final = purpose("identifiers/role-suffix")
_SAML_PROVIDER: Final = purpose("identifiers/saml-provider")
_SESSION: Final = purpose("identifiers/session-handle")
_TOKEN: Final = purpose("identifiers/token-credential")
_CLIENT: Final = purpose("identifiers/oidc-client")
_SESSION_TOKEN: Final = purpose("identifiers/session-token")
_TOKEN_HEAD: Final = "IQoJb3JpZ2luX2Vj"  # noqa: S105  # what all begin with
_TOKEN_WORDS: Final = 30
_DEVICE_CODE: Final = purpose("identifiers/device-code")
_USER_CODE: Final = purpose("identifiers/user-code")
_MFA_DEVICE: Final = purpose("identifiers/mfa-device")
_DOMAIN: Final = purpose("identifiers/domain-sid")
_TENANT: Final = purpose("identifiers/scim-tenant")
_EXTENDED: Final = purpose("identifiers/extended-request")

STORE_PREFIXES: Final = {
    "us-east-1": "9067",
    "us-east-2": "9a67",
    "us-west-2": "9267",
    "ap-southeast-1": "9667",
    "ap-southeast-2": "9767",
    "ap-south-1": "9f67",
    "eu-central-1": "9967",
}
"""First four digits of an identity store id, by Region; seen in real records."""

ENTITY_NIBBLES: Final = {
    "us-east-1": "4848",
    "us-east-2": "1b50",
    "eu-central-1": "3482",
    "ap-southeast-1": "9a5c",
}
"""Second, fourth, sixth and eighth digit of a user, group or membership id, by Region.

Seen in real records: all 257 ids examined agree.
"""

INSTANCE_PREFIXES: Final = {
    "us-east-1": "7223",
    "us-east-2": "6684",
    "us-west-2": "7907",
    "ap-southeast-2": "8259",
}
"""First four digits of an instance id and of its applications' ids; seen in real records."""


def _region_word(table: str, region: str) -> int:
    return purpose(f"identifiers/{table}/{region}")


def _store_prefix(region: str) -> str:
    known = STORE_PREFIXES.get(region)
    if known is not None:
        return known
    # Unverified: no record from these Regions was read. The pattern `9?67` holds in the
    # seven known; the digit is one that none of them has.
    free = "13458bcde"
    return f"9{free[scaled(_region_word('store-prefix', region), len(free))]}67"


def _entity_nibbles(region: str) -> str:
    # Unverified outside the table: some fixed four digits for each Region.
    return ENTITY_NIBBLES.get(region) or f"{_region_word('entity-nibbles', region) >> 48:04x}"


def _instance_prefix(region: str) -> str:
    # Unverified outside the table: four decimal digits for each Region, as in those known.
    known = INSTANCE_PREFIXES.get(region)
    return known or str(6000 + scaled(_region_word("instance-prefix", region), 3000))


def _letters(words: Iterable[int], alphabet: str) -> str:
    return "".join(alphabet[scaled(word, len(alphabet))] for word in words)


def _words(high: int, low: int, use: int, places: range) -> tuple[int, ...]:
    return tuple(word_at(high, low, use, place) for place in places)


# ---- Plain spellings -----------------------------------------------------------------


def uuid4_text(high: int, low: int) -> str:
    """Spell 128 bits, `high` before `low`, as a version 4 UUID (RFC 9562).

    Six bits give way: the version, 4, and the variant, binary 10.
    """
    text = f"{(high & ~0xF000) | 0x4000:016x}{(low & (1 << 62) - 1) | 1 << 63:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_UUID: Final = np.dtype(
    {
        "names": [*"abcdefgh", *"wxyz"],
        "formats": [np.uint32] * 8 + [np.uint8] * 4,
        "offsets": [0, 4, 9, 14, 19, 24, 28, 32, 8, 13, 18, 23],
        "itemsize": 36,
    }
)


def uuid4_text_many(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.bytes_]:
    """Spell as `uuid4_text` does, for every pair of words; the type is `S36`."""
    return _dashed_many(
        (high & np.uint64(0xFFFF_FFFF_FFFF_0FFF)) | np.uint64(0x4000),
        (low & np.uint64((1 << 62) - 1)) | np.uint64(1 << 63),
    )


def _dashed_many(top: NDArray[np.uint64], bottom: NDArray[np.uint64]) -> NDArray[np.bytes_]:
    texts = np.empty(top.shape[0], _UUID)
    for name in "wxyz":
        texts[name] = ord("-")
    units = np.empty(top.shape[0], np.uint32)
    for names, words in (("dcba", top), ("hgfe", bottom)):
        # The lowest sixteen bits come first, whatever the processor.
        sixteens = words.astype("<u8", copy=False).view("<u2").reshape(-1, 4)
        for place, name in enumerate(names):
            _HEX_FOUR.take(sixteens[:, place].astype(np.intp), None, units, "clip")
            texts[name] = units
    return texts.view("S36")


def hex_text(*words: int) -> str:
    """Spell 64-bit words as lower-case hexadecimal, sixteen digits each."""
    return "".join(f"{word:016x}" for word in words)


def hex_text_many(*columns: NDArray[np.uint64]) -> NDArray[np.bytes_]:
    """Spell as `hex_text` does, for every row of the columns."""
    return _hex_many(np.stack(columns, axis=1))


def _hex_many(words: NDArray[np.uint64]) -> NDArray[np.bytes_]:
    """Spell rows of words in hexadecimal, sixteen digits a word."""
    units = words.astype(">u8").view(">u2").astype(np.intp)
    texts: NDArray[np.bytes_] = _HEX_FOUR.take(units, mode="clip").view(f"S{16 * words.shape[1]}")
    return texts[:, 0]


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _base64url_many(octets: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    return _base64_many(octets, base64.urlsafe_b64encode)


def _base64_many(
    octets: NDArray[np.uint8], encode: Callable[[bytes], bytes] = base64.b64encode
) -> NDArray[np.bytes_]:
    """Spell rows in base 64, without padding.

    Rows of a multiple of three octets can be spelled all at once, end to end.
    """
    rows, size = octets.shape
    padded = octets
    if size % 3:
        padded = np.zeros((rows, size + 3 - size % 3), np.uint8)
        padded[:, :size] = octets
    texts = np.frombuffer(encode(padded.tobytes()), np.uint8).reshape(
        rows, padded.shape[1] // 3 * 4
    )
    length = -(-size * 4 // 3)
    return np.ascontiguousarray(texts[:, :length]).view(f"S{length}").ravel()


def _octets(words: NDArray[np.uint64]) -> NDArray[np.uint8]:
    return words.astype(">u8").view(np.uint8)


# ---- Accounts and organizations ------------------------------------------------------


def account_id(high: int, low: int) -> str:
    """Return an AWS account id: twelve digits, one in ten with a leading zero."""
    upper = scaled(word_at(high, low, _ACCOUNT, 0), 1_000_000)
    lower = scaled(word_at(high, low, _ACCOUNT, 1), 1_000_000)
    return f"{upper:06d}{lower:06d}"


def organization_id(high: int, low: int) -> str:
    """Return an organization id: `o-` and ten lower-case letters or digits.

    Organizations API Reference, "Organization", pattern `o-[a-z0-9]{10,32}`.
    """
    return f"o-{_letters(_words(high, low, _ORGANIZATION, range(10)), _DIGITS_36)}"


def trail_bucket(high: int, low: int, account: str) -> str:
    """Return a bucket's name as the CloudTrail console proposes it: account and eight digits.

    Unverified: that the eight are hexadecimal.
    """
    own = _letters(_words(high, low, _BUCKET, range(8)), _DIGITS_36[:16])
    return f"aws-cloudtrail-logs-{account}-{own}"


def log_file_suffix(high: int, low: int) -> str:
    """Return what tells two log files of one minute apart: sixteen letters and digits.

    CloudTrail User Guide, "CloudTrail log file examples": `UniqueString`.
    """
    return _letters(_words(high, low, _LOG_FILE, range(16)), _ALNUM)


# ---- Identity store ------------------------------------------------------------------


def identity_store_id(high: int, low: int, region: str) -> str:
    """Return an identity store id: `d-`, four digits of the Region, six of its own.

    Unverified for Regions that are not in `STORE_PREFIXES`.
    """
    return f"d-{_store_prefix(region)}{word_at(high, low, _STORE) >> 40:06x}"


def identity_store_arn(account: str, store_id: str) -> str:
    """Return the ARN of an identity store; it names no Region."""
    return f"arn:aws:identitystore::{account}:identitystore/{store_id}"


def store_entity_id(high: int, low: int, region: str) -> str:
    """Return a user, group or membership id in the form given out since about 2022.

    It looks like a UUID, but every second digit of the first group belongs to the
    Region, the second group reads `?0?1` and the third begins `70`. Unverified for
    Regions that are not in `ENTITY_NIBBLES`.
    """
    digits = list(hex_text(word_at(high, low, _ENTITY, 0), word_at(high, low, _ENTITY, 1)))
    digits[1:8:2] = _entity_nibbles(region)
    digits[9], digits[11], digits[12], digits[13] = "0", "1", "7", "0"
    text = "".join(digits)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def store_entity_id_many(
    high: NDArray[np.uint64], low: NDArray[np.uint64], region: str
) -> NDArray[np.bytes_]:
    """Return as `store_entity_id` does, for every key; the type is `S36`."""
    fixed = int("0" + "0".join(_entity_nibbles(region)) + "00017000", 16)
    drawn = np.uint64(0xF0F0_F0F0_F0F0_00FF)
    return _dashed_many(
        word_at_many(high, low, _ENTITY, 0) & drawn | np.uint64(fixed),
        word_at_many(high, low, _ENTITY, 1),
    )


def store_entity_id_old(high: int, low: int, store_id: str) -> str:
    """Return a user or group id in the older form: digits of the store, then a UUID.

    Users who were created with such an id keep it.
    """
    first, second = word_at(high, low, _ENTITY, 2), word_at(high, low, _ENTITY, 3)
    return f"{store_id.removeprefix('d-')}-{uuid4_text(first, second)}"


def mfa_device_id(high: int, low: int) -> str:
    """Return the id of an MFA device: `m-` and sixteen hexadecimal digits.

    Unverified: the prefix was seen, the length was not.
    """
    return f"m-{word_at(high, low, _MFA_DEVICE):016x}"


def mfa_device_id_many(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.bytes_]:
    """Return as `mfa_device_id` does, for every key; the type is `S18`."""
    texts = np.empty((high.shape[0], 9), np.uint16)
    texts[:, 0] = np.frombuffer(b"m-", np.uint16)
    own = hex_text_many(word_at_many(high, low, _MFA_DEVICE))
    texts[:, 1:] = own.view(np.uint16).reshape(-1, 8)
    return texts.view("S18").ravel()


# ---- Instances, permission sets, applications ----------------------------------------


def instance_id(high: int, low: int, region: str) -> str:
    """Return the id of an instance: `ssoins-`, four digits of the Region, twelve of its own.

    Unverified for Regions that are not in `INSTANCE_PREFIXES`.
    """
    return f"ssoins-{_instance_prefix(region)}{word_at(high, low, _INSTANCE) >> 16:012x}"


def instance_arn(instance: str) -> str:
    """Return the ARN of an instance; it names neither Region nor account."""
    return f"arn:aws:sso:::instance/{instance}"


def permission_set_id(high: int, low: int) -> str:
    """Return the id of a permission set: `ps-` and sixteen hexadecimal digits."""
    return f"ps-{word_at(high, low, _PERMISSION_SET):016x}"


def permission_set_arn(instance: str, permission_set: str) -> str:
    """Return the ARN of a permission set from the instance's id and its own."""
    return f"arn:aws:sso:::permissionSet/{instance}/{permission_set}"


def application_id(high: int, low: int, instance: str) -> str:
    """Return the id of an application: `apl-`, the instance's four digits, twelve of its own."""
    prefix = instance.removeprefix("ssoins-")[:4]
    return f"apl-{prefix}{word_at(high, low, _APPLICATION) >> 16:012x}"


def application_arn(account: str, instance: str, application: str) -> str:
    """Return the ARN of an application from the instance's account and id and its own id."""
    return f"arn:aws:sso::{account}:application/{instance}/{application}"


def application_provider_arn(name: str) -> str:
    """Return the ARN of an application provider, such as `codewhisperer`."""
    return f"arn:aws:sso::aws:applicationProvider/{name}"


def trusted_token_issuer_arn(account: str, instance: str, high: int, low: int) -> str:
    """Return the ARN of a trusted token issuer: `tti-` and a UUID, as the API's model has it."""
    return f"arn:aws:sso::{account}:trustedTokenIssuer/{instance}/tti-{uuid4_text(high, low)}"


def application_instance_id(high: int, low: int) -> str:
    """Return the id of what the portal opens: `ins-` and sixteen hexadecimal digits."""
    return f"ins-{word_at(high, low, _APPLICATION_INSTANCE):016x}"


# ---- IAM and STS ---------------------------------------------------------------------


def _account_bits(account: str) -> int:
    # The leading 1 is Unverified beyond the ids that were seen: all recent ones have it.
    return 1 << 40 | int(account)


def _base32(bits: int, count: int) -> str:
    return "".join(_BASE32[bits >> 5 * place & 31] for place in range(count - 1, -1, -1))


def iam_unique_id(high: int, low: int, account: str, prefix: str) -> str:
    """Return a unique id of IAM: a four-letter prefix and seventeen base 32 characters.

    They begin with a bit that is set and the forty bits of the account number, so that
    the account can be read from the id.

    Args:
        high: First word of the key.
        low: Last word of it.
        account: Twelve digits.
        prefix: `AROA` for a role, `AIDA` for a user. (IAM User Guide, "IAM identifiers",
            "Understanding unique ID prefixes".)
    """
    own = word_at(high, low, _UNIQUE) >> 20
    return prefix + _base32(_account_bits(account) << 44 | own, 17)


def role_id(high: int, low: int, account: str) -> str:
    """Return the unique id of a role: `AROA…`."""
    return iam_unique_id(high, low, account, "AROA")


def user_id(high: int, low: int, account: str) -> str:
    """Return the unique id of an IAM user, who is not a user of the directory: `AIDA…`."""
    return iam_unique_id(high, low, account, "AIDA")


def access_key_id(high: int, low: int, account: str, prefix: str = "ASIA") -> str:
    """Return an access key id: a prefix and the sixteen characters of `access_key_tail`.

    Args:
        high: First word of the key.
        low: Last word of it.
        account: Twelve digits.
        prefix: `ASIA` for a temporary key, `AKIA` for one that lasts.
    """
    return prefix + access_key_tail(high, low, account)


def access_key_tail(high: int, low: int, account: str) -> str:
    """Return the last sixteen characters of an access key id.

    They are 80 bits in base 32: a set bit, forty bits of the account number, the rest random.
    """
    own = word_at(high, low, _ACCESS_KEY) >> 25
    return _base32(_account_bits(account) << 39 | own, 16)


def access_key_tail_many(
    high: NDArray[np.uint64], low: NDArray[np.uint64], account: NDArray[np.int64] | int
) -> NDArray[np.bytes_]:
    """Return as `access_key_tail` does, for every key; accounts are given as numbers."""
    owner = np.broadcast_to(np.asarray(account, np.uint64), high.shape) | np.uint64(1 << 40)
    own = word_at_many(high, low, _ACCESS_KEY) >> np.uint64(25)
    left = owner >> np.uint64(1)
    right = (owner & np.uint64(1)) << np.uint64(39) | own
    halves = np.stack([left, right], axis=1)
    tens = (halves[:, :, None] >> _TENS) & np.uint64(1023)
    return _BASE32_TWO[tens.astype(np.intp)].reshape(-1, 8).view("S16")[:, 0]


_TENS: Final = np.array([30, 20, 10, 0], np.uint64)
"""By how much forty bits are shifted to have ten of them, two characters, at the end."""


def reserved_role_name(high: int, low: int, permission_set_name: str, account: str) -> str:
    """Return the name of the role that stands for a permission set in an account.

    Args:
        high: First word of the permission set's key; the suffix differs by account.
        low: Last word of it.
        permission_set_name: Up to 32 characters, so that the whole keeps IAM's limit of 64.
        account: Twelve digits.
    """
    suffix = word_at(high, low, _ROLE_SUFFIX, int(account))
    return f"AWSReservedSSO_{permission_set_name}_{suffix:016x}"


def reserved_role_path(region: str) -> str:
    """Return the path of such roles; it names the instance's Region, unless that is us-east-1."""
    tail = "" if region == "us-east-1" else f"{region}/"
    return f"/aws-reserved/sso.amazonaws.com/{tail}"


def role_arn(account: str, path: str, name: str) -> str:
    """Return the ARN of a role from its account, its path (slashes at both ends) and name."""
    return f"arn:aws:iam::{account}:role{path}{name}"


def policy_arn(account: str, path: str, name: str) -> str:
    """Return the ARN of a customer managed policy from its account, path and name."""
    return f"arn:aws:iam::{account}:policy{path}{name}"


_FOR_JOBS: Final = frozenset(
    {
        "Billing",
        "DatabaseAdministrator",
        "DataScientist",
        "NetworkAdministrator",
        "SupportUser",
        "SystemAdministrator",
        "ViewOnlyAccess",
    }
)
"""AWS managed policies for job functions, which have a path of their own."""


def managed_policy_arn(name: str) -> str:
    """Return the ARN of an AWS managed policy, given by name or by path and name."""
    path = "job-function/" if name in _FOR_JOBS else ""
    return f"arn:aws:iam::aws:policy/{path}{name}"


def policy_id(high: int, low: int, account: str) -> str:
    """Return the unique id of a customer managed policy: `ANPA…`."""
    return iam_unique_id(high, low, account, "ANPA")


def assumed_role_arn(account: str, role_name: str, session_name: str) -> str:
    """Return the ARN of a role session; it leaves out the role's path."""
    return f"arn:aws:sts::{account}:assumed-role/{role_name}/{session_name}"


def saml_provider_name(high: int, low: int) -> str:
    """Return the name of the SAML provider that IAM Identity Center keeps in an account."""
    return f"AWSSSO_{word_at(high, low, _SAML_PROVIDER):016x}_DO_NOT_DELETE"


def saml_provider_arn(account: str, name: str) -> str:
    """Return the ARN of a SAML provider."""
    return f"arn:aws:iam::{account}:saml-provider/{name}"


def saml_issuer(region: str, account: str, application_instance: str) -> str:
    """Return who issues the assertions by which users enter an account.

    Args:
        region: The instance's.
        account: The account that owns the instance.
        application_instance: `ins-…`.
    """
    name = base64.b64encode(f"{account}_{application_instance}".encode()).decode()
    return f"https://portal.sso.{region}.amazonaws.com/saml/assertion/{name}"


def name_qualifier(issuer: str, member_account: str, provider_name: str) -> str:
    """Return the hash by which STS tells a SAML provider: base 64 of a SHA-1.

    IAM User Guide, "Available keys for SAML-based AWS STS federation", `saml:namequalifier`.
    """
    text = f"{issuer}{member_account}/{provider_name}".encode()
    return base64.b64encode(hashlib.sha1(text, usedforsecurity=False).digest()).decode()


def extended_request_id(high: int, low: int, region: str, at: int) -> str:
    """Return the extended request id that STS writes since 2026: base 64 of a readable text.

    Args:
        high: First word of the request's key.
        low: Last word of it.
        region: Where STS answered.
        at: Milliseconds since 1970.
    """
    own = _letters(_words(high, low, _EXTENDED, range(8)), _ALNUM)
    return base64.b64encode(f"1:{region}:S:{at}:R:{own}".encode()).decode()


# ---- Sessions, tokens and codes ------------------------------------------------------


def session_handle(high: int, low: int, region: str) -> str:
    """Return the handle of a portal session, all in lower-case hexadecimal.

    The Region and a hyphen, spelled byte by byte, then two words: 52 digits in us-east-2.
    """
    own = hex_text(word_at(high, low, _SESSION, 0), word_at(high, low, _SESSION, 1))
    return f"{region}-".encode().hex() + own


def session_handle_many(
    high: NDArray[np.uint64], low: NDArray[np.uint64], region: str
) -> NDArray[np.bytes_]:
    """Return as `session_handle` does, for every key."""
    own = _hex_many(words_many(high, low, _SESSION, 2))
    return beside(len(own), f"{region}-".encode().hex().encode(), own)


def token_credential_id(high: int, low: int, expires_at: int) -> str:
    """Return the credential id of calls made with an OIDC access token: 86 characters.

    URL-safe base 64 of the expiry in seconds, eight bytes, and seven random words.

    Args:
        high: First word of the token's key.
        low: Last word of it.
        expires_at: Milliseconds since 1970, cut to the second.
    """
    own = b"".join(word_at(high, low, _TOKEN, place).to_bytes(8, "big") for place in range(7))
    return _base64url((expires_at // SECOND).to_bytes(8, "big") + own)


def token_credential_id_many(
    high: NDArray[np.uint64], low: NDArray[np.uint64], expires_at: NDArray[np.int64]
) -> NDArray[np.bytes_]:
    """Return as `token_credential_id` does, for every key and expiry."""
    words = np.empty((high.shape[0], 8), np.uint64)
    words[:, 0] = expires_at // SECOND
    words[:, 1:] = words_many(high, low, _TOKEN, 7)
    return _base64url_many(_octets(words))


def session_token(high: int, low: int) -> str:
    """Return the session token that comes with a role's temporary key: base 64 throughout.

    Unverified: how long it is, and that nothing but its beginning is the same in all.
    """
    words = _words(high, low, _SESSION_TOKEN, range(_TOKEN_WORDS))
    own = b"".join(word.to_bytes(8, "big") for word in words)
    return _TOKEN_HEAD + base64.b64encode(own).decode()


def session_token_many(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.bytes_]:
    """Return as `session_token` does, for every key."""
    own = _base64_many(_octets(words_many(high, low, _SESSION_TOKEN, _TOKEN_WORDS)))
    return beside(len(own), _TOKEN_HEAD.encode(), own)


def oidc_client_id(high: int, low: int, region: str) -> str:
    """Return the id of a registered client: URL-safe base 64 of two words and the Region."""
    own = b"".join(word_at(high, low, _CLIENT, place).to_bytes(8, "big") for place in range(2))
    return _base64url(own + region.encode())


def oidc_client_id_many(
    high: NDArray[np.uint64], low: NDArray[np.uint64], region: str
) -> NDArray[np.bytes_]:
    """Return as `oidc_client_id` does, for every key."""
    own = _octets(words_many(high, low, _CLIENT, 2))
    octets = np.empty((own.shape[0], 16 + len(region)), np.uint8)
    octets[:, :16] = own
    octets[:, 16:] = np.frombuffer(region.encode(), np.uint8)
    return _base64url_many(octets)


def device_code(high: int, low: int) -> str:
    """Return the secret a device polls with: 86 URL-safe characters.

    Unverified: that they spell eight words in base 64; the length and alphabet were seen.
    """
    return _base64url(
        b"".join(word_at(high, low, _DEVICE_CODE, place).to_bytes(8, "big") for place in range(8))
    )


def device_code_many(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.bytes_]:
    """Return as `device_code` does, for every key."""
    return _base64url_many(_octets(words_many(high, low, _DEVICE_CODE, 8)))


def user_code(high: int, low: int) -> str:
    """Return the code a user compares or types when approving a device: `XXXX-XXXX`.

    Unverified: drawn from the twenty consonants that RFC 8628, section 6.1, proposes.
    """
    text = _letters(_words(high, low, _USER_CODE, range(8)), _CONSONANTS)
    return f"{text[:4]}-{text[4:]}"


# ---- Other directories ---------------------------------------------------------------


def domain_sid(high: int, low: int) -> str:
    """Return the security identifier of an Active Directory domain: `S-1-5-21-a-b-c`."""
    parts = (word_at(high, low, _DOMAIN, place) >> 32 for place in range(3))
    return "S-1-5-21-" + "-".join(str(part) for part in parts)


def sid_principal(domain: str, sid: str, relative_id: int) -> str:
    """Return how old records name an Active Directory user: `example.com//S-1-5-21-…-1126`.

    IAM Identity Center User Guide, "Logging IAM Identity Center API calls with AWS
    CloudTrail", in its examples of 2020.

    Args:
        domain: The directory's DNS name.
        sid: What `domain_sid` gives.
        relative_id: The user's number in the domain; Windows gives out 1,000 and above.
    """
    return f"{sid_prefix(domain, sid)}{relative_id}"


def sid_prefix(domain: str, sid: str) -> str:
    """Return what all names of a domain's users by `sid_principal` begin with."""
    return f"{domain}//{sid}-"


def scim_tenant_id(high: int, low: int) -> str:
    """Return the id in a SCIM endpoint: three letters or digits run into a UUID."""
    first, second, *others = _words(high, low, _TENANT, range(5))
    return _letters(others, _ALNUM) + uuid4_text(first, second)


def scim_endpoint(region: str, tenant: str) -> str:
    """Return the address that an identity provider pushes to."""
    return f"https://scim.{region}.amazonaws.com/{tenant}/scim/v2/"
