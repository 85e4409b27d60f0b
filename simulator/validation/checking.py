"""Checks files record by record: the envelope, the kind, the form, the era, the company."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final, Protocol

from simulator.errors import RequestError
from simulator.primitives.instants import parse_instant
from simulator.primitives.jsontext import json_text
from simulator.records.envelope import SMALLEST_CAP
from simulator.records.eras import ERA_NAMES, boundaries
from simulator.records.kinds import GROUPS, KINDS, Kind
from simulator.validation.correlations import Correlations
from simulator.validation.envelope import check_envelope, check_sizes, is_instant
from simulator.validation.findings import Ledger, Place, Severity, Subject, shown
from simulator.validation.judging import ADMIN_TYPES, cost_of, identity_type, judged
from simulator.validation.matching import Matcher
from simulator.validation.payloads import check_payloads
from simulator.validation.reading import Item, Read, files_of, read_file, repeated_name
from simulator.validation.report import Report, ordered
from simulator.validation.variants import model_of, variants_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from simulator.records.eras.ladder import Boundaries
    from simulator.validation.layouts import Value
    from simulator.validation.matching import Matched
    from simulator.validation.reading import Trouble

_EVERY: Final = 10_000
_MOST_NAMES: Final = 5_000


class Observer(Protocol):
    """Someone who wants to know how far a validation is."""

    def checked(self, records: int, file: str) -> None:
        """Hear how many records are checked so far, and which file is being read."""
        ...


class Silence:
    """An observer that nobody listens to."""

    def checked(self, records: int, file: str) -> None:
        """See `Observer.checked`."""


@dataclass(frozen=True, slots=True)
class Options:
    """How strict to be."""

    ours: bool = False
    """Whether this program is said to have written the records, so that every finding is
    an error."""

    cutover: str | Mapping[str, int] | None = None
    """When the era of January 2025 began, as `records.eras.boundaries` takes it: then a
    record's form must be of the era of its time. Not checked without."""

    limit: int = 20
    """Findings kept of each code; all are counted."""


def validate_paths(
    paths: Sequence[str], *, options: Options | None = None, observer: Observer | None = None
) -> Report:
    """Check files and folders, or standard input for `-`.

    Raises:
        InputError: A path cannot be read at all.
        MissingExtraError: A file is Zstandard, and the extra is not installed.
        RequestError: The cutover is neither a preset nor an instant.
    """
    check = Check(options or Options(), observer or Silence())
    for file in files_of(paths):
        check.read(file, read_file(file, check.hear))
    return check.report()


@dataclass(slots=True)
class Check:
    """One validation, from the first record to the report."""

    options: Options
    observer: Observer
    is_asked: Callable[[Subject], bool] | None = None
    """Whose findings are kept; everybody's where absent."""
    files: int = 0
    records: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    eras: Counter[frozenset[int]] = field(default_factory=Counter)
    formless: int = 0
    ledger: Ledger = field(init=False)
    correlations: Correlations = field(init=False)
    _boundaries: dict[str, Boundaries] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a cutover that is none before anything is read."""
        self.ledger = Ledger(self.options.ours, self.options.limit, self.is_asked)
        self.correlations = Correlations(self.ledger)
        if self.options.cutover is not None:
            try:
                boundaries(self.options.cutover, "us-east-1")
            except ValueError:
                message = (
                    f"--cutover {self.options.cutover!r}: expected announced, revised, observed "
                    "or an instant such as 2025-01-13"
                )
                raise RequestError(message) from None

    def hear(self, oddity: Trouble) -> None:
        """Write down what is odd about a file that can be read all the same."""
        self.ledger.add(oddity.code, Subject(oddity.place), oddity.message)

    def read(self, file: str, found: Iterable[Read]) -> None:
        """Check everything that a file has."""
        self.files += 1
        before = self.records
        troubles = 0
        for one in found:
            if isinstance(one, Item):
                self.check(one)
                if self.records % _EVERY == 0:
                    self.observer.checked(self.records, file)
            else:
                troubles += 1
                self.ledger.add(one.code, Subject(one.place), one.message)
        if self.records == before and not troubles:
            self.ledger.add("E005", Subject(Place(file)), "there is no record in this file")
        self.observer.checked(self.records, file)

    def check(self, item: Item) -> None:
        """Check one record against its kind, and against those before it."""
        record = item.record
        self.records += 1
        kind, name = kind_of(record)
        if name not in self.kinds and len(self.kinds) >= _MOST_NAMES:
            name = "other"
        self.kinds[name] += 1
        event_id, time = record.get("eventID"), record.get("eventTime")
        subject = Subject(item.place, event_id if isinstance(event_id, str) else "", name)
        is_timed = is_instant(time)
        if not event_id and not time and "eventVersion" not in record and kind is not None:
            self.ledger.add("W112", subject, "an excerpt of a record")
            return
        names = None
        if kind is None:
            self.ledger.add("N201", subject, f"{name} is not among the {len(KINDS)} known kinds")
            self._say(subject, check_envelope(record, is_known=False))
        else:
            matched = _matcher_of(kind).match(record, str(time) if is_timed else None)
            names = matched.keys
            self._judge(kind, matched, record, subject)
        self._check_text(item, subject, names)
        if is_timed:
            self.correlations.check(
                record,
                subject,
                str(time),
                is_known=kind is not None,
                is_newest_first=item.is_newest_first,
            )

    def _say(self, subject: Subject, found: Iterable[tuple[str, str]]) -> bool:
        """Write findings down, and return whether one of them says the record is wrong."""
        is_wrong = False
        for code, message in found:
            self.ledger.add(code, subject, message)
            is_wrong = is_wrong or code.startswith("E")
        return is_wrong

    def _judge(
        self, kind: Kind, matched: Matched, record: dict[str, Value], subject: Subject
    ) -> None:
        is_wrong = False
        if not matched.is_clean or not is_instant(record.get("eventTime")):
            nearest = _era_names(matched.eras)
            is_wrong = self._say(subject, check_envelope(record, is_known=True))
            is_wrong = self._say(subject, judged(kind, matched, record, nearest)) or is_wrong
        is_wrong = self._say(subject, check_payloads(kind, record)) or is_wrong
        if is_wrong:
            self.formless += 1
            return
        self.eras[matched.eras] += 1
        if self.options.cutover is not None:
            self._check_era(kind, matched, record, subject)

    def _check_era(
        self, kind: Kind, matched: Matched, record: dict[str, Value], subject: Subject
    ) -> None:
        region, time = str(record.get("awsRegion")), str(record.get("eventTime"))
        assert self.options.cutover is not None
        starts = self._boundaries.get(region)
        if starts is None:
            starts = boundaries(self.options.cutover, region)
            if len(self._boundaries) < _MOST_NAMES:
                self._boundaries[region] = starts
        try:
            at = parse_instant(time)
        except ValueError:
            return
        era = starts.era_at(at, is_group=kind.group == GROUPS)
        if era not in matched.eras:
            message = f"the form is that of {_era_names(matched.eras)}; {time} is {ERA_NAMES[era]}"
            self.ledger.add("E331", subject, message)

    def _check_text(self, item: Item, subject: Subject, names: int | None) -> None:
        """Check what only a record's text shows: its size, and members named twice."""
        raw = item.raw
        size = len(raw) if raw is not None else 0
        if size > SMALLEST_CAP or raw is None:
            self._say(
                subject,
                check_sizes(item.record, size if raw is not None else len(json_text(item.record))),
            )
        # A quote and a colon end a member's name, or stand escaped within a text.
        if raw is not None and (names is None or raw.count(b'":') != names):
            name = repeated_name(raw)
            if name is not None:
                self.ledger.add("E007", subject, f"{shown(name)} is named twice in one object")

    def report(self) -> Report:
        """Return what was found."""
        self.correlations.finish()
        severities = dict.fromkeys(Severity, 0)
        for code, count in self.ledger.counts.items():
            severities[self.ledger.severity(code)] += count
        eras = Counter({_era_names(eras): count for eras, count in self.eras.items()})
        if self.formless:
            eras["none"] = self.formless
        last = self.correlations.last
        return Report(
            files=self.files,
            records=self.records,
            first_time=self.correlations.first if last else "",
            last_time=last,
            kinds=ordered(self.kinds),
            eras=ordered(eras),
            codes=dict(sorted(self.ledger.counts.items())),
            severities=severities,
            findings=tuple(self.ledger.kept),
        )


@lru_cache(maxsize=len(KINDS))
def _matcher_of(kind: Kind) -> Matcher:
    # Worked out when the first record of the kind is met, and kept.
    model = model_of(kind)
    if model is not kind:
        return _matcher_of(model)
    return Matcher(variants_of(kind), partial(cost_of, kind))


_OF_SERVICES: Final = "AwsServiceEvent"
_BY_EVENT: Final = {
    # Two kinds may share source and name: one that a service says of itself, one that is called.
    (kind.event_source, kind.event_name, kind.event_type == _OF_SERVICES): kind
    for kind in KINDS
}


def kind_of(record: dict[str, Value]) -> tuple[Kind | None, str]:
    """Return a record's kind, if it is known, and the name to count it under."""
    source, event = record.get("eventSource"), record.get("eventName")
    if not isinstance(source, str) or not isinstance(event, str):
        return None, "?"
    called = _BY_EVENT.get((source, event, False))
    told = _BY_EVENT.get((source, event, True))
    # Old portal events are of a call's type, but no administrator's.
    is_call = record.get("eventType") == "AwsApiCall" and identity_type(record) in ADMIN_TYPES
    kind = called if told is None or (is_call and called is not None) else told
    if kind is None:
        return None, shown(f"{source.removesuffix('.amazonaws.com')}/{event}")
    if kind is told and is_call:
        return None, f"{kind.name}@api"
    return kind, kind.name


def _era_names(eras: frozenset[int]) -> str:
    if len(eras) == len(ERA_NAMES):
        return "every era"
    return " or ".join(ERA_NAMES[era] for era in sorted(eras)) or "none"
