"""What is converted, what is left, and what is said of both."""

from __future__ import annotations

import gzip

import orjson
import pytest

from simulator.cli.samples import samples
from simulator.conversion import Options, Resolver, convert_files, converted, read_resolver
from simulator.conversion.writing import Files, write_conversion
from simulator.errors import InputError, OutputError
from simulator.primitives.jsontext import json_text
from simulator.records.eras import ERA_NAMES
from tests.unit.conversion.test_detecting import PUBLISHED_AFTER, PUBLISHED_BEFORE

FIRST, BEFORE, AFTER = ERA_NAMES
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
ANA = "94d8a4b8-30a1-70f2-1c6e-5b7d9f1a3c5e"
STORE = "d-9067f3a1b2"
USERS = Resolver({ANA: "ana.lopez"}, {"ana.lopez": ANA})


def record(kind: str, era: str, case: int = 0) -> dict:
    """Return an example record of a kind, as an era has it."""
    return samples(kind)[case].record(era)


def left(made) -> dict[str, str]:
    """Return the members that were left, each with the reason."""
    return {one.path: one.reason for one in made.changes if one.what == "left"}


def test_the_announcements_example_becomes_its_own_after():
    """The excerpt before the change gives the excerpt after it, to the letter."""
    made = converted(orjson.loads(json_text(PUBLISHED_BEFORE)), Options(AFTER))

    assert json_text(made.record) == json_text(PUBLISHED_AFTER)
    assert [(one.path, one.what) for one in made.changes] == [
        ("userIdentity.userName", "removed"),
        ("userIdentity.principalId", "removed"),
        ("userIdentity.type", "changed"),
    ]


def test_nothing_but_what_the_table_names_is_changed():
    """Members that no shape has keep their values and their places."""
    old = record("sso/Federate", BEFORE)
    old["userIdentity"] = {"vendor": 1, **old["userIdentity"], "sessionContext": {"a": [1.5, None]}}
    old = {"first": {"x": "y"}, **old, "last": [True]}

    made = converted(old, Options(AFTER)).record

    assert next(iter(made)) == "first"
    assert list(made)[-1] == "last"
    assert list(made["userIdentity"]) == [
        "vendor",
        "type",
        "accountId",
        "onBehalfOf",
        "credentialId",
        "sessionContext",
    ]
    assert made["userIdentity"]["sessionContext"] == {"a": [1.5, None]}


def test_a_record_of_the_era_is_left_alone():
    """Nothing is listed either."""
    made = converted(record("sso/Logout", AFTER), Options(AFTER))

    assert (made.record, made.changes) == (record("sso/Logout", AFTER), ())


def test_administrators_records_are_left_alone():
    """The type AssumedRole changed in no era."""
    old = record("sso-directory/DeleteMfaDeviceForUser", FIRST, 1)

    assert converted(old, Options(AFTER)).changes == ()


@pytest.mark.parametrize("kind", ["sso-directory/CreateGroup", "identitystore/UpdateGroup"])
def test_a_groups_name_is_masked_wherever_it_stands(kind):
    """In request and response, and in the operations of an update."""
    made = converted(record(kind, BEFORE), Options(AFTER))

    assert made.record == record(kind, AFTER)
    assert b"Contractors" not in json_text(made.record)


def test_a_name_in_any_operation_of_an_update_is_masked():
    """However many operations a call has, and in whatever order."""
    old = record("identitystore/UpdateGroup", BEFORE)
    old["requestParameters"]["operations"] = [
        {"attributePath": "description", "attributeValue": HIDDEN},
        {"attributePath": "externalIds", "attributeValue": "kept"},
        {"attributePath": "displayName", "attributeValue": "Contractors"},
    ]

    made = converted(old, Options(AFTER)).record

    values = [one["attributeValue"] for one in made["requestParameters"]["operations"]]
    assert values == [HIDDEN, "kept", HIDDEN]


def test_whose_name_a_failed_sign_in_shows_is_not_invented():
    """A name that may be nobody's is left and said; a resolver decides."""
    known, unknown = (record("signin/CredentialChallenge", BEFORE, case) for case in (1, 2))

    made = converted(orjson.loads(json_text(unknown)), Options(AFTER, source=BEFORE))
    of_nobody = converted(unknown, Options(AFTER, USERS, source=BEFORE))
    of_ana = converted(known, Options(AFTER, USERS, source=BEFORE))

    assert left(made) == {
        "additionalEventData.UserName": "the record does not tell whether the user name is a user's"
    }
    assert made.record["additionalEventData"]["UserName"] == "ana.lopes"
    assert of_nobody.record == record("signin/CredentialChallenge", AFTER, 2)
    assert of_ana.record == record("signin/CredentialChallenge", AFTER, 1)


def test_who_acted_is_not_removed_before_it_is_shown_in_another_way():
    """Without the store's id, a record of 2020 keeps its whole user identity."""
    old = record("sso/ListAccounts", FIRST)

    made = converted(orjson.loads(json_text(old)), Options(AFTER))

    assert made.record == old
    assert set(left(made)) == {
        f"userIdentity.{name}"
        for name in ("onBehalfOf", "credentialId", "userName", "principalId", "type")
    }
    assert left(made)["userIdentity.onBehalfOf"].startswith("not known: ")


def test_the_stores_id_can_be_given():
    """Then only the credential id is missing, which nobody knows any more."""
    made = converted(record("sso/ListAccounts", FIRST), Options(AFTER, store=STORE))

    expected = record("sso/ListAccounts", AFTER)
    del expected["userIdentity"]["credentialId"]
    assert json_text(made.record) == json_text(expected)
    assert set(left(made)) == {"userIdentity.credentialId"}


def test_a_user_id_is_taken_from_a_resolver():
    """A sign-in of 2020 has only the name."""
    old = record("signin/UserAuthentication", FIRST)

    alone = converted(orjson.loads(json_text(old)), Options(AFTER, store=STORE))
    helped = converted(old, Options(AFTER, USERS, store=STORE))

    assert "userIdentity.onBehalfOf" in left(alone)
    assert helped.record["userIdentity"]["onBehalfOf"]["userId"] == ANA
    assert set(left(helped)) == {"userIdentity.credentialId"}


def test_going_back_a_resolver_gives_the_user_name():
    """And the member stands where it stood."""
    alone = converted(record("sso/Federate", AFTER), Options(BEFORE))
    helped = converted(record("sso/Federate", AFTER), Options(BEFORE, USERS))

    assert set(left(alone)) == {"userIdentity.userName"}
    assert alone.record["userIdentity"]["principalId"] == ANA
    assert json_text(helped.record) == json_text(record("sso/Federate", BEFORE))


def test_going_back_a_name_that_was_typed_in_vain_is_known_where_it_is_a_users():
    """The sign-in shows no id of a user, but what was typed."""
    old = record("signin/CredentialChallenge", AFTER, 1)

    alone = converted(orjson.loads(json_text(old)), Options(BEFORE))
    helped = converted(old, Options(BEFORE, USERS))

    assert left(alone)["userIdentity.userName"] == (
        "the record does not tell whether the user name was typed as it is"
    )
    assert json_text(helped.record) == json_text(record("signin/CredentialChallenge", BEFORE, 1))


def test_going_back_a_resolver_gives_the_group_name():
    """Masked names stay masked without."""
    old = record("identitystore/CreateGroup", AFTER)
    groups = Resolver(group_names={old["responseElements"]["groupId"]: "Contractors"})

    alone = converted(orjson.loads(json_text(old)), Options(BEFORE))
    helped = converted(old, Options(BEFORE, groups))

    assert alone.record["requestParameters"]["displayName"] == HIDDEN
    assert set(left(alone)) == {"requestParameters.displayName"}
    assert helped.record == record("identitystore/CreateGroup", BEFORE)


def test_a_value_that_is_neither_is_left():
    """A type that neither era has is nobody's to change."""
    old = record("sso/Federate", BEFORE)
    old["userIdentity"]["type"] = "Robot"

    made = converted(old, Options(AFTER))

    assert made.record["userIdentity"]["type"] == "Robot"
    assert left(made)["userIdentity.type"].startswith("its value is neither")


@pytest.mark.parametrize("identity", [None, [], "Unknown", {"type": 1}, {"onBehalfOf": []}])
@pytest.mark.parametrize("era", ERA_NAMES)
def test_odd_identities_are_no_reason_to_stop(identity, era):
    """What is not an object stays what it is."""
    old = {**record("sso/Logout", AFTER), "userIdentity": identity}

    made = converted(old, Options(era, USERS, store=STORE)).record

    assert isinstance(identity, dict) or made["userIdentity"] == identity


def test_lines_that_are_not_changed_are_written_as_they_stood(tmp_path):
    """Even where another program would write them otherwise."""
    line = b'{ "eventSource": "iam.amazonaws.com",\t"eventName": "CreateRole", "x": 1e3 }'
    (tmp_path / "a.ndjson").write_bytes(line + b"\n")
    written: list[bytes] = []

    summary = convert_files([str(tmp_path / "a.ndjson")], Options(AFTER), written.append)

    assert written == [line + b"\n"]
    assert (summary.records, summary.changed, summary.left) == (1, 0, 0)


def test_what_is_no_record_is_refused_whole(tmp_path):
    """Nothing is written, neither are partial files left."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(json_text(record("sso/Logout", BEFORE)) + b"\n{\n")
    files = Files(tmp_path / "out.ndjson", tmp_path / "changes.ndjson")

    with (
        (tmp_path / "stdout").open("wb") as out,
        pytest.raises(InputError, match=r"a\.ndjson:2: not JSON.*nothing was written"),
    ):
        write_conversion([str(path)], Options(AFTER), files, out)

    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.ndjson", "stdout"]


def test_what_cannot_be_written_again_is_refused(tmp_path):
    """Objects deeper in one another than a writer takes are no record, whatever the era."""
    deep = b'{"a":' * 400 + b"1" + b"}" * 400
    path = tmp_path / "a.ndjson"
    old = json_text(record("sso/Logout", BEFORE))
    path.write_bytes(old[:-1] + b',"deep":' + deep + b"}\n")
    kept: list[bytes] = []

    for era in (BEFORE, AFTER):
        with pytest.raises(InputError, match=r"a\.ndjson:1: more than 200 objects or lists"):
            convert_files([str(path)], Options(era), kept.append)

    assert kept == []


def test_a_hostile_depth_is_no_reason_to_stop():
    """Where a text is expected, something endless."""
    deep: dict = {}
    for _ in range(2_000):
        deep = {"userIdentity": deep}
    old = {**record("sso/Logout", AFTER), "userIdentity": deep}

    assert converted(old, Options(BEFORE)).record["userIdentity"]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    """Before anything is read."""
    files = Files(tmp_path / "none" / "out.ndjson")

    with (
        (tmp_path / "stdout").open("wb") as out,
        pytest.raises(OutputError, match="there is no folder"),
    ):
        write_conversion([], Options(AFTER), files, out)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda one: {"Records": [one]},
        lambda one: [one],
        lambda one: {"detail-type": "AWS API Call via CloudTrail", "detail": one},
        lambda one: {"Events": [{"CloudTrailEvent": json_text(one).decode()}]},
        lambda one: {
            "messageType": "DATA_MESSAGE",
            "logEvents": [{"message": json_text(one).decode()}],
        },
    ],
)
def test_records_are_taken_out_of_whatever_they_are_in(tmp_path, wrapped):
    """And written without."""
    (tmp_path / "a.json").write_bytes(json_text(wrapped(record("sso/Logout", BEFORE))))
    written: list[bytes] = []

    convert_files([str(tmp_path / "a.json")], Options(AFTER), written.append)

    assert written == [json_text(record("sso/Logout", AFTER)) + b"\n"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_name_that_ends_in_json_is_a_log_file(tmp_path, count):
    """One document with all records, compressed if the name says so."""
    path = tmp_path / "a.ndjson"
    path.write_bytes((json_text(record("sso/Logout", BEFORE)) + b"\n") * count)

    with (tmp_path / "stdout").open("wb") as out:
        write_conversion([str(path)], Options(AFTER), Files(tmp_path / "b.json.gz"), out)

    made = orjson.loads(gzip.decompress((tmp_path / "b.json.gz").read_bytes()))
    assert made == {"Records": [record("sso/Logout", AFTER)] * count}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("users.csv", "user_id,user_name,extra\nu1,ana,1\nu1,ana,2\nu2,bo,\n,nobody,\n"),
        ("users.ndjson", '{"user_id":"u1","user_name":"ana"}\n{"user_id":"u2","user_name":"bo"}\n'),
        ("users.json", '[{"user_id":"u1","user_name":"ana"},{"user_id":"u2","user_name":"bo"}]'),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_resolvers_are_read_in_any_form(tmp_path, name, text, is_packed):
    """Rows may repeat, and other columns are not looked at."""
    path = tmp_path / (f"{name}.gz" if is_packed else name)
    path.write_bytes(gzip.compress(text.encode()) if is_packed else text.encode())

    made = read_resolver(str(path))

    assert made.user_names == {"u1": "ana", "u2": "bo"}
    assert made.user_ids == {"ana": "u1", "bo": "u2"}


def test_an_id_of_two_names_resolves_to_neither(tmp_path):
    """Which of them it was at the time is not known."""
    path = tmp_path / "users.csv"
    path.write_text("user_id,user_name\nu1,ana\nu1,ana.lopez\n")
    fields = {"user.id": "u1"}

    made = read_resolver(str(path))
    made.complete(fields)

    assert fields == {"user.id": "u1"}
    assert made.is_user("ana")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("user_id,name\nu1,ana\n", "no row with user_id and user_name"),
        ("id,name\nu1,ana\n", "no heading"),
        ('{"user_id":\n', "not JSON"),
        ("", "no row with"),
    ],
)
def test_a_file_that_is_no_resolver_is_refused(tmp_path, text, message):
    """With its place."""
    path = tmp_path / "users"
    path.write_text(text)

    with pytest.raises(InputError, match=message):
        read_resolver(str(path))
    with pytest.raises(InputError, match="No such file"):
        read_resolver(str(tmp_path / "none.csv"))


@pytest.mark.parametrize("damage", [slice(30, 34), slice(-12, None)])
def test_a_damaged_resolver_is_refused(tmp_path, damage):
    """In its middle, or cut off at its end."""
    rows = "".join(f"u{n},{n * n:x}\n" for n in range(2_000))
    packed = bytearray(gzip.compress(f"user_id,user_name\n{rows}".encode()))
    packed[damage] = b"" if damage.stop is None else b"\xff" * 4
    path = tmp_path / "users.csv.gz"
    path.write_bytes(packed)

    with pytest.raises(InputError, match=r"users\.csv\.gz: "):
        read_resolver(str(path))
