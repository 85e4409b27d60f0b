"""Records of a scenario, all or some, as a command is given them."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Final

from simulator.delivery.overrides import event_ids
from simulator.delivery.signing import signer_of
from simulator.plan.episodes import Override
from simulator.run import generate
from simulator.run.delivering import deliver_run
from simulator.run.destinations import Destination
from simulator.run.press import Cut
from simulator.run.request import Request, Silence
from simulator.run.writing import damage_of, gathered, press_of, write_sheets
from simulator.scenario import document
from simulator.sinks.folders import FolderStore
from simulator.sinks.formats import Format

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.scenario.document import Scenario

NOBODY: Final = "00000000-0000-0000-0000-000000000000"
"""An eventID that no record has: naming it alone leaves out all of them."""


WHOLE: Final = Cut()
"""All the time there is."""


@dataclass(frozen=True, slots=True)
class Fed:
    """Records on disk."""

    path: Path
    """A file, or for log files a folder."""

    sha256: str
    """Of all that is there."""


@dataclass(frozen=True, slots=True)
class Roll:
    """Which records a scenario gives, in order."""

    ids: tuple[str, ...]
    """eventIDs, as they are before any override."""

    times: tuple[int, ...]
    """When they happened, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Some of a scenario's records, and what is left out of them."""

    only: tuple[str, ...]
    """eventIDs."""

    drops: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """eventIDs, and member paths that are dropped from each."""

    cut: Cut = WHOLE
    """A time in which all of them happen."""

    def overrides(self) -> tuple[document.Override, ...]:
        """Return the drops as a scenario has them."""
        return tuple(
            document.Override(where=document.Where(event_id=event_id), drop=paths)
            for event_id, paths in self.drops
        )


class Feeder:
    """Writes records of one scenario, each time in the place of those before."""

    def __init__(self, scenario: Scenario, form: Format, folder: Path) -> None:
        """Plan the scenario.

        Args:
            scenario: Resolved.
            form: In what form records are written.
            folder: Where; it is there, and nobody else's.

        Raises:
            RequestError: What it asks for cannot be done.
            ScenarioError: The scenario cannot be run.
        """
        self._scenario = scenario
        self._is_trail = form is Format.cloudtrail
        self._request = Request(scenario, format=form)
        lines = replace(self._request, format=Format.ndjson) if self._is_trail else self._request
        self._press = press_of(lines, has_truth=False)
        self._folder = folder

    def roll(self) -> Roll:
        """Return which records there are."""
        plan = self._press.plan
        ids: list[str] = []
        times: list[int] = []
        for batch in generate(plan):
            ids += [one.decode() for one in event_ids(batch, plan).tolist()]
            times += batch.columns["time"].tolist()
        return Roll(tuple(ids), tuple(times))

    def write(self, choice: Choice | None = None) -> Fed:
        """Write records.

        Args:
            choice: Which; absent for all.

        Raises:
            OutputError: They cannot be written.
        """
        if self._is_trail:
            return self._delivered(choice)
        path = self._folder / "records.ndjson"
        press, cut = self._press, WHOLE
        if choice is not None:
            cut = choice.cut
            by_id = dict(press.plan.by_id)
            for event_id, paths in choice.drops:
                by_id[event_id] = (*by_id.get(event_id, ()), Override({}, paths))
            only = frozenset(choice.only or (NOBODY,))
            press = replace(press, plan=replace(press.plan, by_id=by_id, only=only))
        with path.open("wb") as stream:
            output = _Hashed(stream)
            damage = damage_of(self._request, path.name)
            with gathered(self._request, output, self._folder, damage) as lines:
                write_sheets(press, cut, (lines,), 1, Silence())
        return Fed(path, output.content.hexdigest())

    def _delivered(self, choice: Choice | None) -> Fed:
        """Write log files, without what we put beside them."""
        root = self._folder / "bucket"
        if root.exists():
            shutil.rmtree(root)
        scenario = self._scenario
        if choice is not None:
            records = (*scenario.records, *choice.overrides())
            changes = {"only": choice.only or (NOBODY,), "records": records}
            scenario = scenario.model_copy(update=changes)
        to = Destination(FolderStore(root), str(root), folder=root)
        deliver_run(replace(self._request, scenario=scenario), to, signer=signer_of(scenario))
        content = hashlib.sha256()
        for path in sorted(root.rglob("*")):
            if not path.is_file():
                continue
            if path.parent == root:
                path.unlink()
                continue
            data = path.read_bytes()
            name = path.relative_to(root).as_posix().encode()
            content.update(b"%d %d " % (len(name), len(data)) + name + data)
        return Fed(root, content.hexdigest())


class _Hashed:
    """A file of which the sha256 is known; see `Output`."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.content = hashlib.sha256()
        self._stream = stream

    def write(self, data: bytes | memoryview) -> None:
        """See `Output.write`."""
        self.content.update(data)
        self._stream.write(data)
