"""Azure as a place for objects: obstore against Azurite, where that is installed."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from simulator.errors import InputError, OutputError
from simulator.sinks.delivering import Uploads
from simulator.sinks.objects import PART, object_store
from simulator.sinks.stores import Held, Place, store_of
from tests.services.azurite import ACCOUNT, KEY, Azurite, azurite_running
from tests.services.faults import nobody

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("obstore")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def azurite() -> Iterator[Azurite]:
    """Run Azure for all tests of this file."""
    with azurite_running() as running:
        yield running


@pytest.fixture
def container(azurite, request, monkeypatch):
    """Make a container of the test's own, give the environment its credentials, and name it."""
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT)
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", KEY)
    name = request.node.name.replace("_", "-")[-60:]
    assert azurite.ask("PUT", f"/{name}?restype=container").status == 201
    return name


def test_an_object_has_its_bytes_metadata_and_type(azurite, container):
    """Names of metadata have underscores, because Azure takes no hyphens."""
    data = gzip.compress(b'{"Records":[]}', mtime=0)
    store = store_of(f"az://{container}/pre/fix", azurite.url)

    store.put("x/a.json.gz", data, {"signature": "ab" * 256, "signature-algorithm": "SHA256"})

    found = azurite.ask("GET", f"/{container}/pre/fix/x/a.json.gz")
    assert found.status == 200
    assert found.body == data
    assert found.headers["x-ms-meta-signature"] == "ab" * 256
    assert found.headers["x-ms-meta-signature_algorithm"] == "SHA256"
    assert found.headers["Content-Type"] == "application/json"
    assert found.headers["Content-Encoding"] == "gzip"


def test_objects_are_written_read_listed_and_removed(azurite, container):
    """Everything that a store can do, from threads, and again."""
    store = store_of(f"az://{container}/p", azurite.url)
    keys = [f"x/{nth}/a b.json.gz" for nth in range(25)]

    for resume, counts in ((False, (25, 0)), (True, (0, 25))):
        with Uploads(store, threads=4, ahead=8, resume=resume) as uploads:
            for key in keys:
                uploads.submit(key, key.encode())
        assert (uploads.written, uploads.kept) == counts

    assert list(store.held()) == [Held(key, len(key)) for key in sorted(keys)]
    assert [held.key for held in store.held("x/1")] == sorted(
        key for key in keys if key.startswith("x/1")
    )
    assert store.get(keys[3]) == keys[3].encode()
    assert store.holds(keys[3], keys[3].encode())
    assert not store.holds(keys[3], keys[3].encode()[:-1] + b"x")
    assert not store.holds("none", b"")
    store.remove(keys[3])
    store.remove(keys[3])
    assert len(list(store.held())) == 24


def test_a_large_object_goes_in_parts(azurite, container):
    """And is whole."""
    store = store_of(f"az://{container}", azurite.url)
    data = bytes(PART) + b"more"

    store.put("a", data, {"signature": "ab"})

    assert store.get("a") == data
    assert store.holds("a", data)
    found = azurite.ask("HEAD", f"/{container}/a")
    assert found.headers["x-ms-meta-signature"] == "ab"


@pytest.mark.usefixtures("container")
def test_a_container_that_is_not_there_is_told(azurite):
    """In the words for a bucket."""
    store = store_of("az://none", azurite.url)

    with pytest.raises(OutputError, match=r"^cannot write az://none/a: there is no bucket none: "):
        store.put("a", b"")
    with pytest.raises(InputError, match=r"^cannot read az://none/: there is no bucket none: "):
        list(store.held())


@pytest.mark.usefixtures("container")
def test_a_wrong_key_is_told(azurite, monkeypatch):
    """And nothing of the key. Azure itself says AuthenticationFailed, and is told as such."""
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "d3Jvbmc=")

    with pytest.raises(
        OutputError, match=r"^cannot write az://none/a: access is denied: .*AuthorizationFailure"
    ) as raised:
        store_of("az://none", azurite.url).put("a", b"")
    assert "d3Jvbmc" not in str(raised.value)


def test_a_missing_account_is_told(monkeypatch):
    """Before anything is asked."""
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)

    with pytest.raises(OutputError, match=r"^cannot write az://a/: no credentials were found: "):
        object_store(Place("az", "a", ""), nobody())
