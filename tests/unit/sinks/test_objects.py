"""A bucket as a place for objects: obstore against moto, and against a server that fails."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from simulator.errors import InputError, OutputError, RequestError
from simulator.sinks.objects import PART, etag_of, object_store
from simulator.sinks.stores import Held, Place, store_of
from tests.services.faults import Answer, Page, Reset, Silence, faulty, nobody
from tests.unit.sinks.conftest import QUICK, SECRET
from tests.unit.sinks.test_stores import BAD_KEYS

pytest.importorskip("obstore")
pytestmark = pytest.mark.usefixtures("credentials")

LOG = "AWSLogs/111122223333/CloudTrail/us-east-1/2025/01/13/a.json.gz"


@pytest.fixture
def bucket(moto, request):
    """Make a bucket of the test's own, and return its name."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-60:].strip("-")
    moto.client("s3").create_bucket(Bucket=name)
    return name


def a_store(url, bucket="trail", prefix="", patience=QUICK):
    """Return a store of S3 at an address."""
    return object_store(Place("s3", bucket, prefix), url, patience)


# ---- Against moto --------------------------------------------------------------------


def test_an_object_has_its_bytes_metadata_and_type(moto, bucket):
    """Those of a digest file: its signature is S3's metadata, and its bytes stay gzipped."""
    data = gzip.compress(b'{"Records":[]}', mtime=0)
    metadata = {"signature": "ab" * 256, "signature-algorithm": "SHA256withRSA"}

    a_store(moto.url, bucket, "pre/fix/").put(LOG, data, metadata)

    found = moto.client("s3").get_object(Bucket=bucket, Key=f"pre/fix/{LOG}")
    assert found["Body"].read() == data
    assert found["Metadata"] == metadata
    assert found["ContentType"] == "application/json"
    assert found["ContentEncoding"] == "gzip"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("manifest.json", ("application/json", None)),
        ("truth.ndjson", ("application/x-ndjson", None)),
        ("truth.ndjson.gz", ("application/x-ndjson", "gzip")),
        ("public-key.pem", ("application/x-pem-file", None)),
        ("other", ("application/octet-stream", None)),
    ],
)
def test_the_type_of_an_object_follows_its_name(moto, bucket, key, expected):
    """So that browsers and readers know what it is."""
    a_store(moto.url, bucket).put(key, b"")

    found = moto.client("s3").head_object(Bucket=bucket, Key=key)
    assert (found["ContentType"], found.get("ContentEncoding")) == expected


def test_an_object_is_read_as_it_was_written(moto, bucket):
    """Whatever characters its key has; S3 itself unpacks nothing."""
    store = a_store(moto.url, bucket, "p/")
    keys = ["a b/c%20d=é+~.json.gz", "a.json.gz", "#?&*'(", "x/..y/z.."]
    for key in keys:
        store.put(key, gzip.compress(key.encode()))

    assert [gzip.decompress(store.get(key)).decode() for key in keys] == keys
    assert [held.key for held in store.held()] == sorted(keys)


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"abc", True), (b"abd", False), (b"ab", False), (b"", False)],
)
def test_an_object_is_held_when_its_bytes_are_the_same(moto, bucket, data, expected):
    """Size alone does not tell."""
    store = a_store(moto.url, bucket)
    store.put("x/a", b"abc")

    assert store.holds("x/a", data) is expected
    assert not store.holds("x/b", data)


def test_an_object_whose_etag_tells_is_not_read(moto, bucket):
    """One question for each object that is there."""
    a_store(moto.url, bucket).put("a", b"abc")

    with faulty(moto.url) as between:
        assert a_store(between.url, bucket).holds("a", b"abc")
        assert between.asked == [("HEAD", f"/{bucket}/a")]
        assert not a_store(between.url, bucket).holds("a", b"ab")
        assert between.asked[1:] == [("HEAD", f"/{bucket}/a")]


def test_an_object_with_another_etag_is_read(moto, bucket):
    """One put there in parts of another size, or encrypted by KMS, has an ETag of its own."""
    data = bytes(6 << 20)
    client = moto.client("s3")
    upload = client.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    parts = [data[: 5 << 20], data[5 << 20 :]]
    etags = [
        client.upload_part(Bucket=bucket, Key="a", UploadId=upload, PartNumber=nth, Body=part)
        for nth, part in enumerate(parts, 1)
    ]
    client.complete_multipart_upload(
        Bucket=bucket,
        Key="a",
        UploadId=upload,
        MultipartUpload={
            "Parts": [{"PartNumber": nth, "ETag": one["ETag"]} for nth, one in enumerate(etags, 1)]
        },
    )
    store = a_store(moto.url, bucket)

    assert store.holds("a", data)
    assert not store.holds("a", data[:-1] + b"x")


def test_a_large_object_goes_in_parts(moto, bucket):
    """Its ETag is known beforehand."""
    data = bytes(range(256)) * (PART // 256) + b"more"

    a_store(moto.url, bucket).put("a.json.gz", data, {"signature": "ab"})

    found = moto.client("s3").get_object(Bucket=bucket, Key="a.json.gz")
    assert found["Body"].read() == data
    assert found["ETag"] == f'"{etag_of(data)}"'
    assert found["ETag"].endswith('-2"')
    assert found["Metadata"] == {"signature": "ab"}
    assert a_store(moto.url, bucket).holds("a.json.gz", data)


def test_the_etag_of_a_small_object_is_its_md5():
    """RFC 1321 has this one."""
    assert etag_of(b"abc") == "900150983cd24fb0d6963f7d28e17f72"


def test_objects_are_listed_below_a_prefix(moto, bucket):
    """What keys begin with; others in the bucket are nobody's business."""
    store = a_store(moto.url, bucket, "p/")
    for key in ("x/12/a", "x/1/a", "y"):
        store.put(key, b"12")
    a_store(moto.url, bucket).put("pq", b"")
    a_store(moto.url, bucket).put("p0/a", b"")

    assert list(store.held()) == [Held("x/1/a", 2), Held("x/12/a", 2), Held("y", 2)]
    assert list(store.held("x/1")) == [Held("x/1/a", 2), Held("x/12/a", 2)]
    assert list(store.held("x/1/")) == [Held("x/1/a", 2)]
    assert list(store.held("z")) == []


def a_page(*keys, following=""):
    """Return a listing as S3 answers it."""
    token = f"<NextContinuationToken>{following}</NextContinuationToken>" if following else ""
    listed = "".join(
        f"<Contents><Key>{key}</Key><Size>1</Size>"
        "<LastModified>2025-01-13T00:00:00.000Z</LastModified></Contents>"
        for key in keys
    )
    return Page(f"<ListBucketResult>{token}{listed}</ListBucketResult>")


def test_more_objects_are_listed_than_one_answer_has(wrong):
    """S3 answers with a thousand at a time."""
    wrong.faults = [a_page("a", "b", following="next"), a_page("c")]

    assert [held.key for held in a_store(wrong.url).held()] == ["a", "b", "c"]
    assert "continuation-token=next" in wrong.asked[1][1]


def test_a_removed_object_is_gone(moto, bucket):
    """Twice is as good as once."""
    store = a_store(moto.url, bucket, "p/")
    store.put("a", b"")

    store.remove("a")
    store.remove("a")

    assert list(store.held()) == []


def test_a_target_with_an_endpoint_is_a_bucket_there(moto, bucket):
    """As the command line says it."""
    store = store_of(f"s3://{bucket}/p", moto.url)

    store.put("a", b"abc")

    assert moto.client("s3").get_object(Bucket=bucket, Key="p/a")["Body"].read() == b"abc"


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_that_leads_elsewhere_is_refused(key):
    """Before anything is asked."""
    store = a_store(nobody())

    with pytest.raises(OutputError, match=r"^no key of an object: "):
        store.put(key, b"")
    with pytest.raises(OutputError, match=r"^no key of an object: "):
        store.remove(key)
    with pytest.raises(InputError, match=r"^no key of an object: "):
        store.get(key)
    with pytest.raises(InputError, match=r"^no key of an object: "):
        store.holds(key, b"")


# ---- What goes wrong -----------------------------------------------------------------


def test_a_bucket_that_is_not_there_is_told(moto):
    """By whatever is done first."""
    store = a_store(moto.url, "no-such-bucket", "p/")
    reason = (
        r"there is no bucket no-such-bucket: create it first "
        r"\(NoSuchBucket: The specified bucket does not exist\)$"
    )

    with pytest.raises(OutputError, match=rf"^cannot write s3://no-such-bucket/p/x/a: {reason}"):
        store.put("x/a", b"")
    with pytest.raises(InputError, match=rf"^cannot read s3://no-such-bucket/p/: {reason}"):
        list(store.held())
    with pytest.raises(InputError, match=rf"^cannot read s3://no-such-bucket/p/a: {reason}"):
        store.get("a")


def test_a_missing_object_cannot_be_read(moto, bucket):
    """The message names it."""
    with pytest.raises(InputError, match=rf"^cannot read s3://{bucket}/a: it is not there, or "):
        a_store(moto.url, bucket).get("a")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            Answer(403, "AccessDenied"),
            (
                "access is denied: the credentials need s3:PutObject, s3:GetObject, "
                "s3:DeleteObject and s3:ListBucket (AccessDenied: said the service)"
            ),
        ),
        (
            Answer(403, "SignatureDoesNotMatch"),
            (
                "the credentials are not accepted: set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY (profiles are not read, but "
                'eval "$(aws configure export-credentials --format env)" sets these from one) '
                "(SignatureDoesNotMatch: said the service)"
            ),
        ),
        (
            Answer(400, "AuthorizationHeaderMalformed"),
            (
                "the bucket is in another Region: set AWS_REGION to the bucket's "
                "(AuthorizationHeaderMalformed: said the service)"
            ),
        ),
        (
            Answer(301, "PermanentRedirect"),
            "the bucket is in another Region: set AWS_REGION to the bucket's",
        ),
        (
            Answer(404, "NoSuchBucket"),
            "there is no bucket trail: create it first (NoSuchBucket: said the service)",
        ),
        (Answer(418), "URL answers 418 I'm a teapot"),
    ],
    ids=["denied", "bad credentials", "another Region", "moved", "no bucket", "anything else"],
)
def test_a_refusal_says_what_to_do(wrong, answer, expected):
    """What the service said comes last. Nothing is asked twice."""
    wrong.always = answer

    with pytest.raises(OutputError) as raised:
        a_store(wrong.url).put("x/a", b"abc")

    message = f"cannot write s3://trail/x/a: {expected.replace('URL', wrong.url)}"
    if answer.status != 418:
        assert str(raised.value) == message
    else:
        # Some versions know its name.
        assert str(raised.value).startswith(message[: -len(" I'm a teapot")])
    assert len(wrong.asked) == 1


def test_every_way_to_ask_tells_of_a_refusal(wrong):
    """Whether an object is there included: without leave to list, S3 does not say."""
    wrong.always = Answer(403, "AccessDenied")
    store = a_store(wrong.url)

    with pytest.raises(InputError, match=r"^cannot read s3://trail/a: access is denied: "):
        store.get("a")
    with pytest.raises(InputError, match=r"^cannot read s3://trail/a: access is denied: "):
        store.holds("a", b"")
    with pytest.raises(InputError, match=r"^cannot read s3://trail/x/: access is denied: "):
        list(store.held("x/"))
    with pytest.raises(OutputError, match=r"^cannot remove s3://trail/a: access is denied: "):
        store.remove("a")


def test_what_is_removed_from_no_bucket_is_told(wrong):
    """Unlike an object that is not there."""
    wrong.always = Answer(404, "NoSuchBucket")

    with pytest.raises(OutputError, match=r"^cannot remove s3://trail/a: there is no bucket "):
        a_store(wrong.url).remove("a")

    wrong.always = Answer(404, "NoSuchKey")
    a_store(wrong.url).remove("a")


def test_missing_credentials_are_told(monkeypatch):
    """Nothing in the environment, and no machine that has any."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(OutputError, match=r"^cannot write s3://trail/a: no credentials were fou"):
        a_store(nobody()).put("a", b"")


def test_half_of_the_credentials_are_told(monkeypatch):
    """When the store is made."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    with pytest.raises(OutputError, match=r"^cannot write s3://trail/: no credentials were found"):
        a_store(nobody())


@pytest.mark.parametrize("endpoint", ["127.0.0.1:9000", "ftp://a", "http://", "http://k:s@host"])
def test_an_endpoint_that_is_no_address_is_refused(endpoint):
    """And not repeated: there may be a password in it."""
    with pytest.raises(RequestError, match=r"such as http://HOST:PORT$"):
        a_store(endpoint)


def test_a_service_that_refuses_connections_is_told():
    """After some tries."""
    url = nobody()

    with pytest.raises(
        OutputError, match=rf"^cannot write s3://trail/a: {url} refuses connections: is it runn"
    ):
        a_store(url).put("a", b"")


def test_a_service_that_stays_busy_is_told(wrong):
    """After the first try and three more."""
    wrong.always = Answer(503, "SlowDown")

    with pytest.raises(
        OutputError,
        match=rf"^cannot write s3://trail/a: {wrong.url} answers 503 Service Unavailable, however "
        r"often it is asked: try again later",
    ):
        a_store(wrong.url).put("a", b"")
    assert len(wrong.asked) == 4


def test_a_service_that_never_answers_is_told(wrong):
    """Each try is given up after its time."""
    wrong.always = Silence()
    hasty = replace(QUICK, tries=1, answer=timedelta(milliseconds=200))

    with pytest.raises(
        OutputError, match=rf"^cannot write s3://trail/a: {wrong.url} did not answer in time: "
    ):
        a_store(wrong.url, patience=hasty).put("a", b"")


@pytest.mark.parametrize(
    ("faults", "answer"),
    [
        ([Answer(503, "SlowDown"), Answer(500, "InternalError")], 10_000),
        ([Reset(), Reset()], 10_000),
        ([Reset(is_done=True)], 10_000),
        ([Silence()], 1_000),
    ],
    ids=["busy", "broken halfway", "answer lost", "slow"],
)
def test_what_passes_is_tried_again(moto, bucket, faults, answer):
    """The object is there once, whole, with its metadata."""
    patience = replace(QUICK, answer=timedelta(milliseconds=answer))
    data = bytes(range(256)) * 4_000
    with faulty(moto.url) as between:
        between.faults = list(faults)

        a_store(between.url, bucket, patience=patience).put("a", data, {"signature": "ab"})

        assert len(between.asked) > len(faults)
    found = moto.client("s3").get_object(Bucket=bucket, Key="a")
    assert found["Body"].read() == data
    assert found["Metadata"] == {"signature": "ab"}


def test_an_upload_that_fails_leaves_no_object(moto, bucket):
    """An older one stays."""
    a_store(moto.url, bucket).put("old", b"old")
    with faulty(moto.url) as between:
        between.always = Reset()
        store = a_store(between.url, bucket)

        for key in ("old", "new"):
            with pytest.raises(OutputError, match=rf"^cannot write s3://{bucket}/{key}: "):
                store.put(key, bytes(100_000))

    assert [held.key for held in a_store(moto.url, bucket).held()] == ["old"]
    assert a_store(moto.url, bucket).get("old") == b"old"


def test_a_large_object_that_fails_leaves_nothing(moto, bucket):
    """Neither an object nor, with obstore 0.12, parts that would be paid for."""
    with faulty(moto.url) as between:
        between.always = Answer(403, "AccessDenied")
        between.matches = lambda method, path: method == "PUT" and "partNumber=2" in path

        with pytest.raises(OutputError, match=rf"^cannot write s3://{bucket}/a: access is denied"):
            a_store(between.url, bucket).put("a", bytes(PART + 1))

    client = moto.client("s3")
    assert "Contents" not in client.list_objects_v2(Bucket=bucket)
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)


def test_a_part_that_is_busy_is_sent_again(moto, bucket):
    """And the object is whole."""
    data = bytes(PART) + b"x"
    with faulty(moto.url) as between:
        between.faults = [Answer(503, "SlowDown")]
        between.matches = lambda method, path: method == "PUT" and "partNumber=1" in path

        a_store(between.url, bucket).put("a", data)

    assert a_store(moto.url, bucket).get("a") == data


def test_objects_in_another_order_are_not_listed(wrong):
    """A service that lists them so cannot be read: what is yielded must be in order."""
    wrong.always = a_page("b", "a")

    with pytest.raises(InputError, match=r"^cannot read s3://trail/: it is not listed in order of"):
        list(a_store(wrong.url).held())


def test_no_message_has_the_secret(wrong, monkeypatch):
    """Nor the signature that was made with it."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", "TOKENTOKEN")
    wrong.faults = [Answer(403, "AccessDenied"), Answer(400, "Odd"), Reset(), Reset(), Reset()]
    wrong.always = Reset()
    store = a_store(wrong.url)

    for _ in range(3):
        with pytest.raises(OutputError, match=r"^cannot write ") as raised:
            store.put("a", b"")
        shown = f"{raised.value}{raised.value.__cause__}{raised.value.__suppress_context__}"
        assert SECRET not in shown
        assert "TOKENTOKEN" not in shown
        assert "Signature" not in shown
        assert shown.endswith("NoneTrue")


# ---- The others ----------------------------------------------------------------------


@pytest.fixture
def others_credentials(monkeypatch):
    """Give Azure an account, and Google nothing."""
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "trailaccount")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0")
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_SERVICE_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)


def attributes(scheme):
    """Return what a provider's object is given beside its bytes."""
    store = object_store(Place(scheme, "trail", ""), None, QUICK)
    return store._attributes("a.json.gz", {"signature-algorithm": "x"})


@pytest.mark.usefixtures("others_credentials")
def test_google_is_told_not_to_unpack():
    """Unverified against Google: it would hand out other bytes than it holds."""
    assert attributes("gs") == {
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "Cache-Control": "no-transform",
        "signature-algorithm": "x",
    }


@pytest.mark.usefixtures("others_credentials")
def test_azure_gets_names_without_hyphens():
    """It takes identifiers of C# only."""
    assert attributes("az") == {
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "signature_algorithm": "x",
    }


@pytest.mark.usefixtures("others_credentials")
def test_azure_is_asked_at_its_endpoint(wrong):
    """And what it says is told."""
    wrong.always = Answer(404, "ContainerNotFound")

    with pytest.raises(OutputError, match=r"^cannot write az://trail/a: there is no bucket trail"):
        object_store(Place("az", "trail", ""), f"{wrong.url}/acc", QUICK).put("a", b"")
    assert wrong.asked == [("PUT", "/acc/trail/a")]
