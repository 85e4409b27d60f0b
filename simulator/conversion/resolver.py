"""Whose id is whose name: what a record of one era does not show and one of another must."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_PAIRS: Final = (("user_id", "user_name"), ("group_id", "group_name"))
_COLUMNS: Final = frozenset(name for pair in _PAIRS for name in pair)


@dataclass(frozen=True, slots=True)
class Resolver:
    """Ids and names of users and groups."""

    user_names: dict[str, str] = field(default_factory=dict)
    """User id to user name; empty where two names were given."""
    user_ids: dict[str, str] = field(default_factory=dict)
    """User name to user id likewise."""
    group_names: dict[str, str] = field(default_factory=dict)
    """Group id to group name likewise."""

    def is_user(self, name: str) -> bool:
        """Return whether a text is the name of a user."""
        return name in self.user_ids

    def complete(self, fields: dict[str, str]) -> None:
        """Add what is known of fields of a record, in place."""
        identifier = fields.get("user.id")
        name = self.user_names.get(identifier, "") if identifier else ""
        if name:
            fields["user.name"] = name
        elif not identifier and (found := self.user_ids.get(fields.get("user.name", ""))):
            fields["user.id"] = found
        group = self.group_names.get(fields.get("group.id", ""), "")
        if group:
            fields.setdefault("group.name", group)


def read_resolver(path: str) -> Resolver:
    """Return the table in a file: CSV, lines of JSON, a list of JSON or Parquet.

    Only the columns `user_id`, `user_name`, `group_id` and `group_name` are read, and rows may
    repeat. An id with two names, as after a change, resolves to neither.

    Raises:
        InputError: There is no such file, or no such table in it.
        MissingExtraError: It is Parquet, and the extra is not installed.
    """
    from simulator.scoring.forms import Source, form_of  # noqa: PLC0415  # most do without
    from simulator.scoring.troubles import Troubles  # noqa: PLC0415  # as above

    troubles = Troubles("resolver")
    made = Resolver()
    pairs = 0
    form, source = form_of(Source(path, _pieces(path), _COLUMNS.__contains__, troubles))
    for row in form.rows(source):
        for identifier, name in _PAIRS:
            one, other = row.members.get(identifier), row.members.get(name)
            if isinstance(one, str) and isinstance(other, str) and one and other:
                pairs += 1
                if identifier == "user_id":
                    _note(made.user_names, one, other)
                    _note(made.user_ids, other, one)
                else:
                    _note(made.group_names, one, other)
    troubles.settle()
    if not pairs:
        message = f"{path}: no row with user_id and user_name, or group_id and group_name"
        raise InputError(message)
    return made


def _note(table: dict[str, str], key: str, value: str) -> None:
    if table.setdefault(key, value) != value:
        table[key] = ""


def _pieces(path: str) -> Iterator[bytes]:
    try:
        with Path(path).open("rb") as file:
            is_packed = file.read(2) == _GZIP
        with gzip.open(path, "rb") if is_packed else Path(path).open("rb") as file:
            while piece := file.read(_CHUNK):
                yield piece
    except (OSError, EOFError, zlib.error) as error:
        message = f"cannot read {path}: {getattr(error, 'strerror', None) or error}"
        raise InputError(message) from None
