"""Windows rendered by Dask: the same bytes, whoever dies, and plain words where it cannot be."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import closing, contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from simulator.errors import MissingExtraError, RequestError, WorkerError
from simulator.run import cluster
from simulator.run.cluster import Cluster, Packed, Pressed, origin, planned, printed
from simulator.run.crew import ATTEMPTS, SPARE
from simulator.run.press import Alone, Cut, Window
from simulator.run.request import Dask, Request
from simulator.run.writing import press_of, write_run
from simulator.scenario.library import load
from simulator.scenario.resolve import resolve
from simulator.sinks.formats import Format
from simulator.sinks.targets import target_of
from tests.unit.run.acts import Deadly, Noted, Raises, notes_in
from tests.unit.run.test_crew import a_cut, a_press, bytes_of, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

distributed = pytest.importorskip("distributed", reason="the extra: dask")

OFFICE = Request(resolve(load("baseline/office")), events=3_000)
AT_ONCE = 100
THREADS = 2


@contextmanager
def a_cluster(**options) -> Iterator[str]:
    """Give the address of a scheduler with workers on loopback."""
    defaults = {"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    local = distributed.LocalCluster(**{**defaults, **options})
    try:
        yield local.scheduler_address
    finally:
        local.close()


@pytest.fixture(scope="module")
def there() -> Iterator[str]:
    """Give a cluster whose workers are threads."""
    with a_cluster(n_workers=THREADS, processes=False) as address:
        yield address


def by_window(press, cut):
    """Return what one process writes, window by window: each first its records, then its truth."""
    texts = []
    for window in cut.windows(press.plan):
        outputs = [b"" for _ in press.lines]
        for sheet in press.printed(window):
            outputs = [one + bytes(piece) for one, piece in zip(outputs, sheet.texts, strict=True)]
        texts.append(b"".join(outputs))
    return texts


def test_a_cluster_gives_the_bytes_of_one_process(there):
    """Of records and truth, with everyday activity planned by workers."""
    press = press_of(OFFICE, has_truth=True)
    cut = Cut(episodes_at_once=AT_ONCE)

    assert bytes_of(Cluster(press, cut, 1, there)) == bytes_of(Alone(press, cut))


def test_part_of_a_run_is_made_as_well(there):
    """From the middle of one portion to the middle of another."""
    press = press_of(OFFICE, has_truth=False)
    span = press.plan.horizon - press.plan.start
    cut = Cut(press.plan.start + span // 3, press.plan.start + span // 2, AT_ONCE)

    made = bytes_of(Cluster(press, cut, 1, there))

    assert made == bytes_of(Alone(press, cut))
    assert made


@pytest.mark.parametrize("form", Format)
def test_every_format_and_its_manifest_are_the_same(there, tmp_path, form):
    """It is told nowhere what rendered; log files likewise."""
    from simulator.cli.delivery import Options, deliver  # noqa: PLC0415  # for one format
    from simulator.run.delivering import Handling  # noqa: PLC0415  # likewise
    from simulator.run.request import Silence  # noqa: PLC0415  # likewise

    quick = Request(resolve(load("storylines/password-totp")), format=form)
    for name, request in (("one", quick), ("dask", replace(quick, on=Dask(there)))):
        folder = f"{tmp_path}/{name}/"
        if form is Format.cloudtrail:
            options = Options(folder, None, None, None, None, None)
            deliver(request, options, Handling(), Silence())
        else:
            write_run(request, target_of(folder, "quick"))

    made, one = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("dask", "one")
    )
    assert made == one
    assert len(one) > 2


def test_only_so_many_windows_are_under_way(there, tmp_path):
    """While what comes first is not written, one for each thread is made, and a few."""
    press = a_press(Noted(tmp_path / "notes"), count=60)
    with closing(Cluster(press, a_cut(), 1, there)) as made:
        sheets = iter(made)
        next(sheets)
        for job in [*made._jobs]:
            job.future.result()

        assert len(notes_in(tmp_path / "notes")) == THREADS + SPARE
        assert len(list(sheets)) == 19


def test_an_error_is_raised_as_it_is(there):
    """With its own class and text, as without a cluster."""
    with pytest.raises(RequestError, match=r"^no such thing$"):
        bytes_of(Cluster(a_press(Raises(RequestError("no such thing"))), a_cut(), 1, there))


def test_nothing_is_left_with_the_cluster(there):
    """Also where a run is broken off in the middle."""
    with closing(Cluster(a_press(count=60), a_cut(), 1, there)) as made:
        next(iter(made))

    with distributed.Client(there, set_as_default=False) as client:
        over = threading.Event()
        timer = threading.Timer(20, over.set)
        timer.start()
        while any(client.has_what().values()):
            assert not over.is_set()
        timer.cancel()
        timer.join()


def test_a_press_that_was_lost_is_sent_again(there):
    """As when the last worker that had it dies."""
    with closing(Cluster(a_press(count=60), a_cut(), 1, there)) as made:
        sheets = iter(made)
        texts = [bytes(next(sheets).texts[0])]
        made._client.cancel([made._sent, *(job.future for job in made._jobs)], force=True)
        texts += [bytes(sheet.texts[0]) for sheet in sheets]

    assert b"".join(texts) == bytes_of(Alone(a_press(count=60), a_cut()))


def test_a_worker_with_another_version_is_refused(there, monkeypatch):
    """At the start, with both versions."""
    told = iter([("0.0.1", 3)] * THREADS)
    mine = origin()
    monkeypatch.setattr(cluster, "version", lambda: next(told, mine)[0])

    with pytest.raises(WorkerError, match=r"^the worker at inproc://.* has version 0\.0\.1"):
        Cluster(a_press(), a_cut(), 1, there)


def test_a_worker_that_joins_with_another_version_is_refused():
    """Each task tells what it is for."""
    press = press_of(OFFICE, has_truth=False)
    other = ("9.9", 99)

    with pytest.raises(
        WorkerError, match=r"this is version 9\.9 .generation 99.: install the same"
    ):
        printed(Pressed.of(press), Window(0, 1), other, ())
    with pytest.raises(WorkerError, match=r"a worker that joined has version"):
        planned(Pressed.of(press), 0, other)


def test_a_scheduler_that_is_not_there_is_said_so():
    """In a bounded time."""
    with pytest.raises(
        WorkerError, match=r"cannot reach a Dask scheduler at tcp://127\.0\.0\.1:1: "
    ):
        Cluster(a_press(), a_cut(), 1, "tcp://127.0.0.1:1", patience_s=0.2)


def test_a_cluster_without_workers_is_said_so():
    """Likewise."""
    with (
        a_cluster(n_workers=0, processes=False) as address,
        pytest.raises(WorkerError, match=r"has no worker, and none came in 0\.2 seconds"),
    ):
        Cluster(a_press(), a_cut(), 1, address, patience_s=0.2)


def test_without_dask_the_extra_is_named(monkeypatch):
    """And how to get it."""
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(MissingExtraError, match=r"trailwright\[dask\]"):
        Cluster(a_press(), a_cut(), 1)


def test_what_is_packed_comes_out_again():
    """With its columns."""
    press = a_press()

    assert bytes_of(Alone(Packed.of(press).whole(), a_cut())) == whole()


@pytest.mark.slow
def test_workers_that_are_killed_do_not_show(tmp_path):
    """One or two of them, while they render."""
    press = a_press(Deadly(tmp_path / "notes", deaths=2))

    assert bytes_of(Cluster(press, a_cut(), 2)) == whole()
    assert len(notes_in(tmp_path / "notes")) >= 2


@pytest.mark.slow
def test_all_workers_may_be_killed_at_once():
    """And with them the press, and all that was made and is not written."""
    press = press_of(OFFICE, has_truth=True)
    cut = Cut(episodes_at_once=AT_ONCE)
    texts = []
    with closing(Cluster(press, cut, 2)) as sheets:
        for place, sheet in enumerate(sheets):
            texts.append(b"".join(map(bytes, sheet.texts)))
            if place == 1:
                for pid in sheets._client.run(os.getpid).values():
                    os.kill(pid, 9)

    assert [sha256(text).digest() for text in texts] == [
        sha256(text).digest() for text in by_window(press, cut)
    ]


@pytest.mark.slow
def test_what_kills_every_worker_ends_the_run(tmp_path):
    """After as many attempts as without Dask."""
    press = a_press(Deadly(tmp_path / "notes", deaths=99))

    with pytest.raises(WorkerError, match=r"died one after another over the same part"):
        bytes_of(Cluster(press, a_cut(at_once=24), 2))
    assert len(notes_in(tmp_path / "notes")) >= ATTEMPTS
