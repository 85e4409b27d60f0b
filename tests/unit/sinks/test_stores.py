"""What a target means, and which keys are refused."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from simulator.errors import InputError, MissingExtraError, OutputError, RequestError
from simulator.sinks.folders import FolderStore
from simulator.sinks.stores import Place, place_of, refuse_key, store_of

BAD_KEYS = [
    "",
    "/a",
    "a//b",
    "a/",
    "../a",
    "a/../b",
    "a/./b",
    ".",
    "a\\b",
    "..\\a",
    "a\nb",
    "a\0b",
    "a/.b.partial",
]


@pytest.mark.parametrize("key", BAD_KEYS)
@pytest.mark.parametrize("error", [InputError, OutputError])
def test_a_key_that_leads_elsewhere_is_refused(key, error):
    """As the class of error that reading or writing has."""
    with pytest.raises(error, match=f"^no key of an object: {re.escape(repr(key))} "):
        refuse_key(key, error)


@pytest.mark.parametrize("key", ["a", "AWSLogs/1/a.json.gz", "..a/b..", "a b/é=%20"])
def test_other_keys_are_not_refused(key):
    """Whatever characters they have."""
    refuse_key(key, OutputError)


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("s3://trail", Place("s3", "trail", "")),
        ("s3://trail/", Place("s3", "trail", "")),
        ("gs://trail/a/b", Place("gs", "trail", "a/b/")),
        ("az://trail/a b?#/", Place("az", "trail", "a b?#/")),
        ("output/s3", None),
        ("C:\\output", None),
    ],
)
def test_a_target_is_a_bucket_or_a_folder(target, place):
    """A prefix ends in a slash, said or not."""
    assert place_of(target) == place


def test_a_place_reads_as_it_was_written():
    """With its last slash."""
    assert str(Place("s3", "trail", "a/b/")) == "s3://trail/a/b/"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            "gcs://trail",
            (
                "gcs:// is no place to write to: give a folder, s3://BUCKET/PREFIX, "
                "gs://BUCKET/PREFIX or az://CONTAINER/PREFIX"
            ),
        ),
        ("s3://", "no name of a bucket after s3://: give s3://BUCKET/PREFIX"),
        ("s3:///a", "no name of a bucket after s3://: give s3://BUCKET/PREFIX"),
        ("s3://id:password@trail/a", "no name of a bucket after s3://: give s3://BUCKET/PREFIX"),
        (
            "s3://trail/a/../b",
            "no key of an object: 'a/../b' (names joined by single slashes, none of them ..)",
        ),
    ],
)
def test_a_target_that_is_no_place_is_refused(target, message):
    """What may be a password is not repeated."""
    with pytest.raises(RequestError, match=f"^{re.escape(message)}$"):
        place_of(target)


def test_a_folder_is_a_folder_store(tmp_path):
    """Which needs no client."""
    store = store_of(str(tmp_path))

    assert isinstance(store, FolderStore)
    assert store.root == Path(tmp_path)


def test_a_folder_has_no_endpoint():
    """Whoever gives one meant a bucket."""
    with pytest.raises(RequestError, match=r"^an endpoint is for buckets, and out is a folder$"):
        store_of("out", "http://127.0.0.1:1")


@pytest.mark.parametrize("scheme", ["s3", "gs", "az"])
def test_a_bucket_without_its_package_names_the_extra(monkeypatch, scheme):
    """One for all three."""
    monkeypatch.setitem(sys.modules, "obstore", None)

    with pytest.raises(MissingExtraError, match=rf"^writing to {scheme}:// .*trailwright\[s3\]"):
        store_of(f"{scheme}://trail")
