"""Damage done on purpose to finished files of records.

What is in a file is damaged first, then how it is compressed, so that hashes of content are the
same on every machine, and digests are of what readers find. A log file is damaged as a whole, a
file of lines while it is written; which files are is drawn from what they are, not from their
order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.primitives.keys import Key, purpose, scaled
from simulator.scenario.mutations import OF_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from simulator.scenario.document import Scenario

BOM: Final = b"\xef\xbb\xbf"
TRAILING: Final = b"\n-- what follows the end --\n"
_MILLION: Final = 1_000_000
TRAILER: Final = 8
"""Bytes of checksum and size at the end of a gzip member."""
_HIT, _WHERE = purpose("hit"), purpose("where")


@dataclass(frozen=True, slots=True)
class FileDamage:
    """What is done to one file."""

    keys: Mapping[str, Key]
    """By name of a mutation, in the order of the menu, whence all else is drawn."""

    @classmethod
    def of(cls, scenario: Scenario, *identity: str) -> FileDamage:
        """Return what is done to a file.

        Args:
            scenario: Resolved.
            identity: What the file is, whatever it is called.
        """
        root = Key.root(scenario.seed).child("mutations")
        asked = [name for name in OF_FILES if name in scenario.mutations]
        keys = {name: root.child(name, *identity) for name in asked}
        return cls(
            {
                name: key
                for name, key in keys.items()
                if scaled(key.word(_HIT), _MILLION) < scenario.mutations[name].share
            }
        )

    @property
    def names(self) -> tuple[str, ...]:
        """What is done, in the order in which it is."""
        # Other bytes where the last ones are missing would be another checksum.
        other = "gzip-trailing-bytes" if "gzip-cut-short" in self.keys else None
        return tuple(name for name in self.keys if name != other)

    @property
    def beginning(self) -> bytes:
        """What stands before all content."""
        return BOM if "bom" in self.keys else b""

    @property
    def missing(self) -> int:
        """How many bytes are missing at the end of what is compressed."""
        key = self.keys.get("gzip-cut-short")
        return 0 if key is None else 1 + scaled(key.word(_WHERE), TRAILER)

    @property
    def trailing(self) -> bytes:
        """What follows the end of what is compressed."""
        return TRAILING if "gzip-trailing-bytes" in self.names else b""

    def cut(self, text: bytes) -> bytes:
        """Return text that ends early: inside a line, if the file is to end so."""
        key = self.keys.get("truncated-file")
        if key is None or len(text) < 2:
            return text
        kept = text[: 1 + scaled(key.word(_WHERE), len(text) - 1)]
        return kept.rstrip(b"\r\n}")

    def content(self, content: bytes) -> bytes:
        """Return a log file, uncompressed, as it is after damage."""
        if "empty-records" in self.keys:
            from simulator.delivery.logfiles import AFTER, BEFORE  # noqa: PLC0415  # few runs do

            content = BEFORE + AFTER
        return self.beginning + self.cut(content)

    def packed(self, content: bytes, gzipped: Callable[[bytes], bytes]) -> bytes:
        """Return a log file as it is stored."""
        if "gzip-members" in self.keys:
            at = scaled(self.keys["gzip-members"].word(_WHERE), len(content) + 1)
            data = gzipped(content[:at]) + gzipped(content[at:])
        else:
            data = gzipped(content)
        return data[: len(data) - self.missing] + self.trailing


SOUND: Final = FileDamage({})
"""No damage."""
