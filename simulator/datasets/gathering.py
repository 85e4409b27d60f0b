"""What a dataset tells of more than one record: episodes, users, and whose a handle is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from simulator.datasets.handles import shown
from simulator.datasets.splits import WAYS

if TYPE_CHECKING:
    from simulator.datasets.rows import Row

LABELS: Final = ("benign", "suspicious", "malicious")
"""From the most harmless to the worst."""
_RANK: Final = {label: rank for rank, label in enumerate(LABELS)}
_OF_IDENTITY: Final = "userIdentity"

Cells = dict[str, Any]
"""A row of a table: column to value."""


@dataclass(slots=True)
class Sessions:
    """Episodes that are under way, each with what its records have told so far."""

    longest: int
    """Milliseconds in which an episode is over, at most."""

    open: dict[str, Cells] = field(default_factory=dict)
    """By episode, in the order in which they began."""

    def add(self, label: Cells, at: str) -> Cells:
        """Count a record, given its row of labels and when it happened; return its episode's."""
        found = self.open.get(label["episode"])
        if found is None:
            found = self.open[label["episode"]] = {
                "episode": label["episode"],
                "flow": label["flow"],
                "actor": label["actor"],
                "user_id": label["user_id"],
                "user_name": label["user_name"],
                "administrator": label["administrator"],
                "start": at,
                "end": at,
                "records": 0,
                "label": label["label"],
                "techniques": [],
                "play": label["play"],
                "play_id": label["play_id"],
                "entry": label["entry"],
                "action": label["action"],
                "outcome": label["outcome"],
                "era": label["era"],
                **{way: label[way] for way in WAYS},
            }
        found["records"] += 1
        found["end"] = at
        found["outcome"] = label["outcome"]
        found["label"] = max(found["label"], label["label"], key=_RANK.__getitem__)
        found["techniques"] += [
            one for one in label["techniques"] if one not in found["techniques"]
        ]
        return found

    def over(self, at: str | None = None) -> list[Cells]:
        """Let go of the episodes that began before an instant, or of all, and return them."""
        done = []
        for episode, cells in self.open.items():
            if at is not None and cells["start"] >= at:
                break
            done.append(episode)
        return [self.open.pop(episode) for episode in done]


@dataclass(slots=True)
class Users:
    """Users that any record is of."""

    by_id: dict[str, Cells] = field(default_factory=dict)

    def add(self, label: Cells, at: str, *, is_first: bool) -> None:
        """Count a record, given its row of labels and when it happened.

        Args:
            is_first: Whether it begins an episode.
        """
        user = label["user_id"]
        if user is None:
            return
        found = self.by_id.get(user)
        if found is None:
            found = self.by_id[user] = {
                "user_id": user,
                "user_name": label["user_name"],
                "first_seen": at,
                "last_seen": at,
                "records": 0,
                "episodes": 0,
                **dict.fromkeys(LABELS, 0),
                "split_user": label["split_user"],
            }
        found["last_seen"] = at
        found["records"] += 1
        found["episodes"] += is_first
        found[label["label"]] += 1

    def all(self) -> list[Cells]:
        """Return them by name, then id."""
        return sorted(self.by_id.values(), key=lambda one: (one["user_name"], one["user_id"]))


@dataclass(slots=True)
class Handles:
    """Whose a handle is, since some time."""

    seen: dict[tuple[str, str, str, str], list[Any]] = field(default_factory=dict)
    """User's id and name, handle, value: when first, when last, in how many records."""

    def add(self, row: Row, label: Cells) -> None:
        """Note what a record shows of its user."""
        user = label["user_id"]
        if user is None:
            return
        # The identity is the administrator's where one acts on a user.
        without = "" if label["administrator"] is None else _OF_IDENTITY
        name, at = label["user_name"], row.at
        handles = shown(row.original, label["kind"], without=without)
        for handle, value in dict.fromkeys(handles):
            found = self.seen.get((user, name, handle, value))
            if found is None:
                self.seen[user, name, handle, value] = [at, at, 1]
            else:
                found[1] = at
                found[2] += 1

    def taken(self) -> list[Cells]:
        """Let go of what is noted so far, and return it."""
        made = [
            {
                "user_id": user,
                "user_name": name,
                "handle": handle,
                "value": value,
                "first_seen": first,
                "last_seen": last,
                "records": count,
            }
            for (user, name, handle, value), (first, last, count) in self.seen.items()
        ]
        self.seen.clear()
        return made
