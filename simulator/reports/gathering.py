"""Everything a report or a summary says, gathered in one pass over records and truth.

What is kept is bounded: counts, a column a time, sessions up to a number, and as many
records as are shown. So a million records cost little more memory than a thousand.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.conversion.detecting import Silence
from simulator.errors import InputError
from simulator.reports.deliveries import Deliveries
from simulator.reports.episodes import Stories
from simulator.reports.facts import fact_of
from simulator.reports.samples import Samples
from simulator.reports.sessions import Sessions
from simulator.reports.sign_ins import SignIns
from simulator.reports.told import Truths, truths_of
from simulator.reports.volumes import Volumes, Week
from simulator.run import Request, write_run
from simulator.sinks.targets import target_of
from simulator.validation.reading import Item, Missed, Trouble, files_of, read_file, read_source
from simulator.verification import place_of
from simulator.verification.checking import RECORDS
from simulator.verification.places import opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from simulator.conversion import Observer
    from simulator.reports.facts import Fact
    from simulator.run import Observer as RunObserver
    from simulator.scenario.document import Scenario
    from simulator.sinks.manifest import Manifest
    from simulator.validation.reading import Read
    from simulator.verification import Place

MOST_SHOWN: Final = 1_000
"""Records that are shown as they are, unless more or fewer are asked for."""
_EVERY: Final = 10_000


@dataclass(slots=True)
class Gathered(Missed):
    """What records say when they are taken together."""

    name: str = ""
    """Of the scenario, or of what was read."""
    manifest: Manifest | None = None
    """Of a run of ours."""
    has_truth: bool = False
    """Whether the truth says what happened."""
    files: int = 0
    records: int = 0
    """Records, each counted once however often it was delivered."""
    timeless: int = 0
    """Records without a time that can be read."""
    first: int | None = None
    """The earliest eventTime, in milliseconds."""
    last: int | None = None
    kinds: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Group, kind and era to how many records."""
    eras: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Era to the times of its first and last record."""
    failures: Counter[str] = field(default_factory=Counter)
    """eventName to records that say that something failed."""
    labels: Counter[str] = field(default_factory=Counter)
    users: Counter[str] = field(default_factory=Counter)
    addresses: Counter[str] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)
    """recipientAccountId to records."""
    access: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Who, with which permission set, into which account, to how often."""
    volumes: Volumes = field(default_factory=Volumes)
    week: Week = field(default_factory=Week)
    sign_ins: SignIns = field(default_factory=SignIns)
    sessions: Sessions = field(default_factory=Sessions)
    stories: Stories = field(default_factory=Stories)
    deliveries: Deliveries = field(default_factory=Deliveries)
    samples: Samples = field(default_factory=lambda: Samples(MOST_SHOWN))

    def add(self, fact: Fact) -> None:
        """Count a record."""
        self.records += 1
        self.kinds[fact.group, fact.kind, fact.era] += 1
        self.users[fact.who] += 1
        self.addresses[fact.address] += 1
        self.accounts[fact.account] += 1
        self.failures[fact.event] += fact.is_failure
        if fact.told is not None:
            self.labels[fact.told.label] += 1
        if fact.at is None:
            self.timeless += 1
        else:
            self._time(fact.at, fact)
        if fact.role and fact.entered and not fact.is_failure:
            self.access[fact.who, fact.role, fact.entered] += 1
        self.sign_ins.add(fact)
        self.sessions.add(fact)
        self.stories.add(fact)
        self.deliveries.add(fact)

    def _time(self, at: int, fact: Fact) -> None:
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)
        low, high = self.eras.get(fact.era, (at, at))
        self.eras[fact.era] = (min(low, at), max(high, at))
        self.volumes.add(at, fact.group)
        self.week.add(at)


def gather_paths(
    paths: Sequence[str], *, shown: int = MOST_SHOWN, observer: Observer | None = None
) -> Gathered:
    """Return what records of any origin say; with the truth, if it is a run of ours.

    Args:
        paths: One run, or any files and folders of CloudTrail records.
        shown: Records that are kept to be shown.
        observer: Hears how many records were read.

    Raises:
        InputError: A path cannot be read at all, or a run's file is not what it should be.
        MissingExtraError: A file is compressed by what is not installed.
    """
    hearing = observer or Silence()
    run = _run_of(paths)
    if run is not None:
        return gather_run(run, shown=shown, observer=hearing)
    files = files_of(paths)
    made = Gathered(name=", ".join(paths), files=len(files), samples=Samples(shown))
    found = (one for file in files for one in read_file(file))
    return _gathered(made, found, None, hearing)


def gather_run(
    place: Place, *, shown: int = MOST_SHOWN, observer: Observer | None = None
) -> Gathered:
    """Return what a run of ours says; see `gather_paths`."""
    manifest = place.manifest()
    kept = [entry for entry in manifest.files if entry.role in RECORDS]
    if any(entry.name == "-" for entry in kept):
        message = (
            f"{place.shown(place.key)}: the records went to standard output: write them to a "
            "folder with -o DIR/"
        )
        raise InputError(message)
    has_truth = any(entry.role == "truth" and entry.name != "-" for entry in manifest.files)
    made = Gathered(
        name=_name_of(manifest),
        manifest=manifest,
        has_truth=has_truth,
        files=len(kept),
        samples=Samples(shown),
    )
    made.deliveries.add_files(kept)
    truths = truths_of(place, manifest) if has_truth else None
    names = (entry.name for entry in kept)
    return _gathered(made, _read(place, names), truths, observer or Silence())


def gather_scenario(
    scenario: Scenario,
    *,
    events: int | None = None,
    workers: int = 1,
    shown: int = MOST_SHOWN,
    observer: RunObserver | None = None,
) -> Gathered:
    """Make a run of a resolved scenario, gather what it says, and leave nothing of it.

    Args:
        events: Records in all, in place of what the scenario says.
        workers: Processes that make it.
        shown: Records that are kept to be shown.
        observer: Hears how far the run is.

    Raises:
        OutputError: There is no room for it.
    """
    with tempfile.TemporaryDirectory(prefix="trailwright-report-") as folder:
        target = target_of(f"{folder}/run/", scenario.scenario, truth=None, manifest=None)
        write_run(Request(scenario, events=events, workers=workers), target, observer=observer)
        return gather_run(place_of(f"{folder}/run"), shown=shown)


def _name_of(manifest: Manifest) -> str:
    scenario = manifest.members.get("scenario")
    name = scenario.get("name") if isinstance(scenario, dict) else None
    return name if isinstance(name, str) else "?"


def _run_of(paths: Sequence[str]) -> Place | None:
    """Return the run that paths mean, if it is one: else they are records of anybody's."""
    if len(paths) != 1 or paths[0] == "-":
        return None
    path = Path(paths[0])
    if "://" not in paths[0] and not path.exists():
        message = f"{path}: no such file or folder"
        raise InputError(message)
    try:
        return place_of(paths[0])
    except InputError:
        return None


def _read(place: Place, names: Iterable[str]) -> Iterator[Read]:
    for name in names:
        with opened(place.source, name) as source:
            yield from read_source(place.shown(name), source)


def _gathered(
    made: Gathered, found: Iterable[Read], truths: Truths | None, observer: Observer
) -> Gathered:
    twice: set[str] = set()
    for one in found:
        if not isinstance(one, Item):
            assert isinstance(one, Trouble)
            made.miss(one)
            continue
        event_id = one.record.get("eventID")
        told = truths.of(event_id) if truths is not None and isinstance(event_id, str) else None
        fact = fact_of(one.record, told)
        if told is not None and len(told.delivered) > 1:
            if fact.event_id in twice:
                continue
            twice.add(fact.event_id)
        made.add(fact)
        made.samples.add(fact, one.record)
        if made.records % _EVERY == 0:
            observer.read(made.records)
    made.volumes.settle()
    return made
