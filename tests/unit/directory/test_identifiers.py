"""Identifiers have AWS's form, and array twins give the scalar text."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.directory import identifiers as ids
from simulator.primitives.keys import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

WORDS = st.integers(0, 2**64 - 1)
PAIRS = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=9)
REGIONS = st.sampled_from(
    ["us-east-1", "us-east-2", "eu-central-1", "ap-southeast-1", "me-south-1"]
)
ACCOUNTS = st.integers(0, 10**12 - 1).map("{:012d}".format)
EXPIRY = 1_736_755_200_999


def columns(pairs: list[tuple[int, int]]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return pairs of words as two columns."""
    return (
        np.array([high for high, _ in pairs], np.uint64),
        np.array([low for _, low in pairs], np.uint64),
    )


def texts(column: NDArray[np.bytes_]) -> list[str]:
    """Return a column of byte strings as text."""
    return [text.decode() for text in column.tolist()]


def octets_of(text: str) -> bytes:
    """Decode URL-safe base 64 without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def account_in(unique_id: str) -> str:
    """Read the account from an id as is publicly described: 48 bits, masked and shifted."""
    tail = unique_id[4:]
    number = int.from_bytes(base64.b32decode(tail + "A" * (-len(tail) % 8))[:6], "big")
    return f"{(number & 0x7FFF_FFFF_FF80) >> 7:012d}"


# ---- Plain spellings


@given(WORDS, WORDS)
@example(0, 0)
@example(2**64 - 1, 2**64 - 1)
def test_a_uuid_has_version_four_and_keeps_the_other_bits(high: int, low: int):
    """Six bits give way to the version and the variant (RFC 9562, section 5.4)."""
    made = uuid.UUID(ids.uuid4_text(high, low))

    assert made == uuid.UUID(int=high << 64 | low, version=4)


@given(PAIRS)
def test_uuid_columns_give_the_scalar_text(pairs: list[tuple[int, int]]):
    """`uuid4_text_many` is `uuid4_text` for a column."""
    made = ids.uuid4_text_many(*columns(pairs))

    assert made.dtype == np.dtype("S36")
    assert texts(made) == [ids.uuid4_text(*pair) for pair in pairs]


def test_empty_columns_give_empty_columns():
    """A slice without episodes of a kind is an ordinary slice."""
    none = np.array([], np.uint64)

    assert ids.uuid4_text_many(none, none).shape == (0,)
    assert ids.device_code_many(none, none).shape == (0,)
    assert ids.access_key_tail_many(none, none, none.astype(np.int64)).shape == (0,)
    assert ids.session_handle_many(none, none, "us-east-1").shape == (0,)


@given(PAIRS)
def test_hex_columns_give_the_scalar_text(pairs: list[tuple[int, int]]):
    """`hex_text_many` is `hex_text` for columns of words."""
    high, low = columns(pairs)

    assert texts(ids.hex_text_many(high, low)) == [f"{a:016x}{b:016x}" for a, b in pairs]
    assert texts(ids.hex_text_many(high)) == [ids.hex_text(a) for a, _ in pairs]


def test_two_kinds_of_one_key_share_no_text():
    """Each kind draws with a purpose of its own."""
    handle = ids.session_handle(1, 2, "us-east-1")
    device = ids.mfa_device_id(1, 2)
    permission_set = ids.permission_set_id(1, 2)

    assert device[2:] not in handle
    assert device[2:] != permission_set[3:]


# ---- Accounts, stores, instances


@given(WORDS, WORDS)
def test_an_account_id_has_twelve_digits(high: int, low: int):
    """Leading zeros stay."""
    assert re.fullmatch(r"\d{12}", ids.account_id(high, low))


def test_few_account_ids_begin_with_zero():
    """One in ten does."""
    keys = [Key.root(7).child(str(place)) for place in range(1000)]

    zeros = sum(ids.account_id(key.high, key.low)[0] == "0" for key in keys)

    assert 60 < zeros < 140


@given(WORDS, WORDS)
def test_an_organization_id_matches_the_reference(high: int, low: int):
    """Organizations API Reference: `o-[a-z0-9]{10,32}`."""
    assert re.fullmatch(r"o-[a-z0-9]{10}", ids.organization_id(high, low))


@given(WORDS, WORDS, REGIONS)
def test_ids_of_the_store_and_the_instance_tell_their_region(high: int, low: int, region: str):
    """Two stores of a Region begin alike."""
    store = ids.identity_store_id(high, low, region)
    instance = ids.instance_id(high, low, region)

    assert re.fullmatch(r"d-[0-9a-f]{10}", store)
    assert store[:6] == ids.identity_store_id(low, high, region)[:6]
    assert re.fullmatch(r"ssoins-[0-9a-f]{16}", instance)
    assert instance[:11] == ids.instance_id(low, high, region)[:11]


@pytest.mark.parametrize(
    ("region", "store", "instance"),
    [("us-east-1", "d-9067", "ssoins-7223"), ("us-east-2", "d-9a67", "ssoins-6684")],
)
def test_known_regions_begin_as_in_real_records(region: str, store: str, instance: str):
    """Prefixes seen in real records."""
    assert ids.identity_store_id(5, 6, region).startswith(store)
    assert ids.instance_id(5, 6, region).startswith(instance)


def test_regions_without_records_get_none_of_the_known_prefixes():
    """A made-up prefix never says a Region that is known."""
    known = set(ids.STORE_PREFIXES.values())

    made = {ids.identity_store_id(1, 2, f"xx-test-{place}")[2:6] for place in range(50)}

    assert not made & known
    assert all(re.fullmatch(r"9[0-9a-f]67", prefix) for prefix in made)


@given(WORDS, WORDS, REGIONS)
def test_an_entity_id_keeps_the_fixed_digits(high: int, low: int, region: str):
    """`h R1 h R2 h R3 h R4 - ?0?1 - 70?? - …`, within the API's pattern."""
    made = ids.store_entity_id(high, low, region)
    other = ids.store_entity_id(low ^ 1, high, region)

    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]0[0-9a-f]1-70[0-9a-f]{2}-[0-9a-f]{4}-[0-9a-f]{12}", made
    )
    assert made[1:8:2] == other[1:8:2]


def test_an_entity_id_of_northern_virginia_has_its_digits():
    """In us-east-1 the four are 4, 8, 4, 8."""
    assert ids.store_entity_id(3, 4, "us-east-1")[1:8:2] == "4848"


@given(WORDS, WORDS)
def test_an_old_entity_id_is_the_store_then_a_uuid(high: int, low: int):
    """`<10 hex of the store id>-<uuid4>`."""
    store, _, rest = ids.store_entity_id_old(high, low, "d-90677f325d").partition("-")

    assert store == "90677f325d"
    assert uuid.UUID(rest).version == 4


def test_arns_are_spelled_as_aws_does():
    """Service Authorization Reference, "AWS IAM Identity Center" and "AWS Identity Store"."""
    account, instance = "111122223333", "ssoins-7223aaaabbbbcccc"

    assert (
        ids.identity_store_arn(account, "d-9067000000")
        == "arn:aws:identitystore::111122223333:identitystore/d-9067000000"
    )
    assert ids.instance_arn(instance) == "arn:aws:sso:::instance/ssoins-7223aaaabbbbcccc"
    assert (
        ids.permission_set_arn(instance, "ps-0123456789abcdef")
        == "arn:aws:sso:::permissionSet/ssoins-7223aaaabbbbcccc/ps-0123456789abcdef"
    )
    assert (
        ids.application_arn(account, instance, "apl-7223000000000000")
        == "arn:aws:sso::111122223333:application/ssoins-7223aaaabbbbcccc/apl-7223000000000000"
    )
    assert (
        ids.application_provider_arn("codewhisperer")
        == "arn:aws:sso::aws:applicationProvider/codewhisperer"
    )
    assert (
        ids.role_arn(account, ids.reserved_role_path("eu-west-1"), "r")
        == "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/r"
    )
    assert (
        ids.assumed_role_arn(account, "r", "ana") == "arn:aws:sts::111122223333:assumed-role/r/ana"
    )
    assert ids.saml_provider_arn(account, "p") == "arn:aws:iam::111122223333:saml-provider/p"


def test_permission_sets_and_applications_have_sixteen_digits():
    """An application's first four are its instance's."""
    assert re.fullmatch(r"ps-[0-9a-f]{16}", ids.permission_set_id(1, 2))
    assert re.fullmatch(r"ins-[0-9a-f]{16}", ids.application_instance_id(1, 2))
    assert re.fullmatch(
        r"apl-8259[0-9a-f]{12}", ids.application_id(1, 2, "ssoins-8259aaaabbbbcccc")
    )
    assert re.fullmatch(r"m-[0-9a-f]{16}", ids.mfa_device_id(1, 2))


# ---- IAM and STS


@given(WORDS, WORDS, ACCOUNTS)
@example(0, 0, "000000000000")
@example(2**64 - 1, 2**64 - 1, "999999999999")
def test_the_account_can_be_read_from_unique_ids(high: int, low: int, account: str):
    """The first characters after the prefix encode the account."""
    role, user = ids.role_id(high, low, account), ids.user_id(high, low, account)
    temporary = ids.access_key_id(high, low, account)
    lasting = ids.access_key_id(high, low, account, "AKIA")

    assert {account_in(made) for made in (role, user, temporary, lasting)} == {account}
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", role)
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", user)
    assert re.fullmatch(r"ASIA[A-Z2-7]{16}", temporary)
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", lasting)


@given(PAIRS, st.data())
def test_access_key_columns_give_the_scalar_text(pairs: list[tuple[int, int]], data: st.DataObject):
    """Whether accounts come as a column or as one number."""
    accounts = data.draw(st.lists(ACCOUNTS, min_size=len(pairs), max_size=len(pairs)))

    many = ids.access_key_tail_many(*columns(pairs), np.array([int(a) for a in accounts]))
    same = ids.access_key_tail_many(*columns(pairs), int(accounts[0]))

    assert texts(many) == [
        ids.access_key_tail(*pair, account) for pair, account in zip(pairs, accounts, strict=True)
    ]
    assert texts(same) == [ids.access_key_tail(*pair, accounts[0]) for pair in pairs]


def test_a_reserved_role_has_another_suffix_in_another_account():
    """`AWSReservedSSO_<name>_<16 hex>`, within IAM's limit of 64 characters."""
    name = "P" * 32

    first = ids.reserved_role_name(1, 2, name, "111122223333")
    second = ids.reserved_role_name(1, 2, name, "444455556666")

    assert re.fullmatch(r"AWSReservedSSO_P{32}_[0-9a-f]{16}", first)
    assert first != second
    assert len(first) == 64


def test_the_role_path_names_the_region_unless_it_is_northern_virginia():
    """As seen in real records."""
    assert ids.reserved_role_path("us-east-1") == "/aws-reserved/sso.amazonaws.com/"
    assert ids.reserved_role_path("eu-west-1") == "/aws-reserved/sso.amazonaws.com/eu-west-1/"


def test_the_saml_provider_asks_not_to_be_deleted():
    """`AWSSSO_<16 hex>_DO_NOT_DELETE`."""
    assert re.fullmatch(r"AWSSSO_[0-9a-f]{16}_DO_NOT_DELETE", ids.saml_provider_name(1, 2))


def test_the_issuer_carries_the_account_and_the_application():
    """The last part decodes to `<account>_ins-<16 hex>`."""
    issuer = ids.saml_issuer("us-east-2", "111122223333", "ins-0123456789abcdef")

    head, _, tail = issuer.rpartition("/")
    assert head == "https://portal.sso.us-east-2.amazonaws.com/saml/assertion"
    assert base64.b64decode(tail) == b"111122223333_ins-0123456789abcdef"


def test_the_name_qualifier_hashes_issuer_account_and_provider():
    """base64(SHA1(issuer + account + "/" + provider))."""
    made = ids.name_qualifier("https://issuer", "444455556666", "AWSSSO_x_DO_NOT_DELETE")

    digest = hashlib.sha1(  # noqa: S324  # AWS's choice
        b"https://issuer444455556666/AWSSSO_x_DO_NOT_DELETE"
    ).digest()
    assert base64.b64decode(made) == digest


def test_an_extended_request_id_decodes_to_region_and_time():
    """`1:<region>:S:<milliseconds>:R:<8 letters or digits>`."""
    made = ids.extended_request_id(1, 2, "eu-west-1", 1_780_000_000_123)

    assert re.fullmatch(
        r"1:eu-west-1:S:1780000000123:R:[0-9A-Za-z]{8}", base64.b64decode(made).decode()
    )


# ---- Sessions, tokens and codes


@given(WORDS, WORDS, REGIONS)
def test_a_session_handle_begins_with_the_region(high: int, low: int, region: str):
    """Lower-case hexadecimal of `<region>-` and sixteen bytes."""
    made = ids.session_handle(high, low, region)

    assert re.fullmatch(r"[0-9a-f]+", made)
    assert bytes.fromhex(made)[:-16] == f"{region}-".encode()


def test_a_session_handle_of_ohio_has_fifty_two_digits():
    """As seen: `75732d656173742d322d` and 32 more."""
    made = ids.session_handle(1, 2, "us-east-2")

    assert len(made) == 52
    assert made.startswith("75732d656173742d322d")


@given(WORDS, WORDS, st.integers(0, 4_102_444_799_999))
def test_a_token_credential_begins_with_its_expiry(high: int, low: int, expires_at: int):
    """64 bytes, the first eight the expiry in seconds, so that the text starts `AAAAA`."""
    made = ids.token_credential_id(high, low, expires_at)

    octets = octets_of(made)
    assert len(made) == 86
    assert len(octets) == 64
    assert int.from_bytes(octets[:8], "big") == expires_at // 1000
    assert made.startswith("AAAAA")


@given(WORDS, WORDS, REGIONS)
def test_a_client_id_ends_with_its_region(high: int, low: int, region: str):
    """URL-safe base 64 of sixteen bytes and the Region."""
    assert octets_of(ids.oidc_client_id(high, low, region))[16:] == region.encode()


def test_a_client_id_of_ohio_looks_as_seen():
    """34 characters that end `VzLWVhc3QtMg`."""
    made = ids.oidc_client_id(1, 2, "us-east-2")

    assert len(made) == 34
    assert made.endswith("VzLWVhc3QtMg")


@given(WORDS, WORDS)
def test_codes_have_their_alphabet_and_length(high: int, low: int):
    """86 URL-safe characters for the device, `XXXX-XXXX` for the user."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{86}", ids.device_code(high, low))
    assert re.fullmatch(r"[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}", ids.user_code(high, low))


@given(PAIRS, REGIONS)
@pytest.mark.parametrize(
    ("one", "many"),
    [
        (
            ids.session_handle,
            ids.session_handle_many,
        ),
        (
            ids.oidc_client_id,
            ids.oidc_client_id_many,
        ),
        (
            lambda high, low, _: ids.device_code(high, low),
            lambda high, low, _: ids.device_code_many(high, low),
        ),
        (
            lambda high, low, _: ids.token_credential_id(high, low, EXPIRY),
            lambda high, low, _: ids.token_credential_id_many(
                high, low, np.full(high.shape[0], EXPIRY, np.int64)
            ),
        ),
    ],
    ids=["session_handle", "oidc_client_id", "device_code", "token_credential_id"],
)
def test_columns_give_the_scalar_text(
    one: Callable[[int, int, str], str],
    many: Callable[[NDArray[np.uint64], NDArray[np.uint64], str], NDArray[np.bytes_]],
    pairs: list[tuple[int, int]],
    region: str,
):
    """The pair law."""
    made = many(*columns(pairs), region)

    assert texts(made) == [one(*pair, region) for pair in pairs]


# ---- Other directories


def test_an_active_directory_principal_is_domain_and_sid():
    """`example.com//S-1-5-21-…-1126`, as in AWS's examples of 2020."""
    sid = ids.domain_sid(1, 2)

    assert re.fullmatch(r"S-1-5-21(-\d{1,10}){3}", sid)
    assert ids.sid_principal("example.com", sid, 1126) == f"example.com//{sid}-1126"


def test_a_scim_tenant_is_three_characters_run_into_a_uuid():
    """`Hw5` + `54936506-…`."""
    made = ids.scim_tenant_id(1, 2)

    assert re.fullmatch(r"[0-9A-Za-z]{3}", made[:3])
    assert uuid.UUID(made[3:]).version == 4
    assert (
        ids.scim_endpoint("eu-west-1", "T1") == "https://scim.eu-west-1.amazonaws.com/T1/scim/v2/"
    )
