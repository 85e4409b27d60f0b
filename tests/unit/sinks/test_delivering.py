"""Objects on their way into a store."""

from __future__ import annotations

import re
from concurrent.futures import CancelledError
from threading import Barrier, Event, Lock

import pytest

from simulator.errors import OutputError
from simulator.sinks import delivering
from simulator.sinks.delivering import Stored, Uploads
from simulator.sinks.folders import FolderStore
from tests.services.memory import MemoryStore


def test_everything_submitted_is_in_the_store():
    """Bytes, or what makes them; with its metadata."""
    store = MemoryStore()

    with Uploads(store, threads=3, ahead=5) as uploads:
        first = uploads.submit("a", b"abc", {"signature": "ab"})
        second = uploads.submit("b", lambda: b"made")

    assert store.objects == {"a": b"abc", "b": b"made"}
    assert store.metadata == {"a": {"signature": "ab"}, "b": {}}
    assert first.result() == Stored(
        key="a",
        size=3,
        sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        etag="900150983cd24fb0d6963f7d28e17f72",
        is_kept=False,
    )
    assert second.result().size == 4
    assert (uploads.written, uploads.kept) == (2, 0)


def test_nothing_may_be_submitted():
    """Leaving at once is fine."""
    with Uploads(MemoryStore(), threads=1, ahead=1) as uploads:
        pass

    assert (uploads.written, uploads.kept) == (0, 0)


def test_what_is_there_is_kept_when_a_run_resumes():
    """The same bytes are not written again; others are."""
    store = MemoryStore()
    store.objects = {"same": b"1", "other": b"1"}

    with Uploads(store, threads=2, ahead=3, resume=True) as uploads:
        futures = [uploads.submit(key, b"1") for key in ("same", "new")]
        futures.append(uploads.submit("other", b"2"))

    assert store.objects == {"same": b"1", "new": b"1", "other": b"2"}
    assert [future.result().is_kept for future in futures] == [True, False, False]
    assert (uploads.written, uploads.kept, store.puts) == (2, 1, 2)


def test_all_is_written_when_a_run_does_not_resume():
    """Even what is there."""
    store = MemoryStore()
    store.objects = {"same": b"1"}

    with Uploads(store, threads=1, ahead=1) as uploads:
        uploads.submit("same", b"1")

    assert (uploads.written, uploads.kept, store.puts) == (1, 0, 1)


def test_objects_are_written_at_once():
    """As many as there are threads: each waits here until all are."""
    barrier = Barrier(4, timeout=10)
    store = MemoryStore(lambda _key: barrier.wait())

    with Uploads(store, threads=4, ahead=8) as uploads:
        for nth in range(8):
            uploads.submit(f"{nth}", b"")

    assert len(store.objects) == 8


def test_no_more_are_written_at_once_than_there_are_threads():
    """Whatever is submitted."""
    lock = Lock()
    now = [0]
    most = [0]

    class Counting(MemoryStore):
        def put(self, key, data, metadata=None):
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            super().put(key, data, metadata or {})
            with lock:
                now[0] -= 1

    with Uploads(Counting(), threads=3, ahead=50) as uploads:
        for nth in range(200):
            uploads.submit(f"{nth}", bytes(1000))

    assert 1 <= most[0] <= 3


def behind(threads: int, ahead: int, count: int, *, gate: Event | None = None) -> list[int]:
    """Submit objects, and return how many were not in the store after each."""
    store = MemoryStore(lambda _key: gate and gate.wait(10))
    seen = []
    with Uploads(store, threads=threads, ahead=ahead) as uploads:
        for nth in range(count):
            uploads.submit(f"{nth}", b"")
            seen.append(nth + 1 - store.puts)
        if gate:
            gate.set()
    return seen


@pytest.mark.parametrize(("threads", "ahead"), [(1, 1), (4, 1), (1, 4), (3, 7)])
def test_no_more_are_in_flight_than_allowed(threads, ahead):
    """Whoever submits waits, so that memory is bounded."""
    assert max(behind(threads, ahead, 300)) <= ahead


def test_more_in_flight_would_be_seen():
    """Negative control: nothing arrives, and there is room for all."""
    assert max(behind(2, 10, 10, gate=Event())) == 10


def refusing(key: str):
    """Return what refuses one key."""

    def before_put(this: str) -> None:
        if this == key:
            message = f"cannot write {key}: it is refused"
            raise OutputError(message)

    return before_put


def test_the_first_error_comes_up_where_objects_are_submitted():
    """And nothing else is begun."""
    store = MemoryStore(refusing("3"))
    submitted = []

    with (
        pytest.raises(OutputError, match=r"^cannot write 3: it is refused$"),
        Uploads(store, threads=1, ahead=1) as uploads,
    ):
        submitted.extend(uploads.submit(f"{nth}", b"") for nth in range(10))

    assert sorted(store.objects) == ["0", "1", "2"]
    assert len(submitted) == 4
    with pytest.raises(OutputError, match=r"^cannot write 3: "):
        submitted[3].result()
    assert uploads.written == 3


def test_an_error_at_the_end_comes_up_on_leaving():
    """When nothing more is submitted."""
    with (
        pytest.raises(OutputError, match=r"^cannot write 0: it is refused$"),
        Uploads(MemoryStore(refusing("0")), threads=1, ahead=2) as uploads,
    ):
        uploads.submit("0", b"")


def test_what_waits_is_not_begun_after_an_error():
    """It is never made."""
    both = Event()

    def before_put(key: str) -> None:
        both.wait(10)
        refusing("0")(key)

    made = []
    uploads = Uploads(MemoryStore(before_put), threads=1, ahead=3)
    uploads.submit("0", b"")
    waiting = uploads.submit("1", lambda: made.append(1) or b"")
    both.set()

    with pytest.raises(OutputError, match=r"^cannot write 0: "):
        uploads.close()
    assert made == []
    with pytest.raises(CancelledError):
        waiting.result()


def test_an_error_of_whoever_makes_an_object_is_its_own():
    """A bug shows as one."""
    with (
        pytest.raises(ZeroDivisionError),
        Uploads(MemoryStore(), threads=2, ahead=2) as uploads,
    ):
        uploads.submit("a", lambda: b"" * (1 // 0))


def test_an_interruption_takes_back_what_is_not_begun():
    """What is being written is written to its end."""
    begun, go = Event(), Event()

    def before_put(_key: str) -> None:
        begun.set()
        go.wait(10)

    store = MemoryStore(before_put)
    with (  # noqa: PT012
        pytest.raises(KeyboardInterrupt),
        Uploads(store, threads=1, ahead=3) as uploads,
    ):
        uploads.submit("running", b"whole")
        for nth in range(2):
            uploads.submit(f"{nth}", b"").add_done_callback(lambda _future: go.set())
        begun.wait(10)
        raise KeyboardInterrupt

    assert store.objects == {"running": b"whole"}


def test_an_interruption_does_not_wait_for_ever(monkeypatch):
    """What hangs in a network is left behind."""
    monkeypatch.setattr(delivering, "PATIENCE", 0.01)
    begun, go = Event(), Event()

    def before_put(_key: str) -> None:
        begun.set()
        go.wait(10)

    store = MemoryStore(before_put)
    with (  # noqa: PT012
        pytest.raises(KeyboardInterrupt),
        Uploads(store, threads=1, ahead=1) as uploads,
    ):
        hanging = uploads.submit("a", b"")
        begun.wait(10)
        raise KeyboardInterrupt

    assert store.objects == {}
    go.set()
    assert hanging.result(10).key == "a"


def test_an_object_may_be_taken_back():
    """Before it is begun; there is room for another in its place."""
    go = Event()
    store = MemoryStore(lambda _key: go.wait(10))

    with Uploads(store, threads=1, ahead=3) as uploads:
        uploads.submit("a", b"")
        taken = uploads.submit("b", b"")
        assert taken.cancel()
        go.set()
        uploads.submit("c", b"")
        uploads.submit("d", b"")

    assert sorted(store.objects) == ["a", "c", "d"]


def test_the_order_in_which_objects_arrive_does_not_matter():
    """Here the last one first; what is told stays with its object."""
    arrived = [Event() for _ in range(4)]

    class Backwards(MemoryStore):
        def put(self, key, data, metadata=None):
            nth = int(key)
            if nth < 3:
                arrived[nth + 1].wait(10)
            super().put(key, data, metadata or {})
            arrived[nth].set()

    store = Backwards()
    with Uploads(store, threads=4, ahead=4) as uploads:
        futures = [uploads.submit(f"{nth}", bytes(nth)) for nth in range(4)]

    assert list(store.objects) == ["3", "2", "1", "0"]
    assert [(future.result().key, future.result().size) for future in futures] == [
        ("0", 0),
        ("1", 1),
        ("2", 2),
        ("3", 3),
    ]


def test_a_folder_takes_objects_from_threads(tmp_path):
    """The real thing: every one is whole, and a second run keeps them."""
    for resume, counts in ((False, (40, 0)), (True, (0, 40))):
        store = FolderStore(tmp_path)
        with Uploads(store, threads=4, ahead=8, resume=resume) as uploads:
            for nth in range(40):
                uploads.submit(f"AWSLogs/{nth % 4}/{nth}", b"%d" % nth * 1000)
        assert (uploads.written, uploads.kept) == counts

    for held in store.held():
        nth = re.sub(r".*/", "", held.key)
        assert store.get(held.key) == nth.encode() * 1000
