"""Memory that processes share, and whole objects put into it.

It has no name: nothing is left of it when the last process that maps it has ended, however
that came. `multiprocessing.shared_memory` has names, which somebody must remove, and lies
in /dev/shm, of which a container has 64 MB.
"""

from __future__ import annotations

import io
import mmap
import os
import pickle  # what is unpacked was packed by this program
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simulator.flows import FLOW_INDEX, FLOWS
from simulator.flows.steps import Flow
from simulator.primitives.columns import Tables

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALIGNMENT: Final = 64
"""Columns begin at multiples of this, as NumPy has them."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that other processes can map."""

    view: memoryview
    """All of it. It is unmapped when no view of it is left."""

    place: int | str
    """What another process opens it by: a descriptor to pass on; on Windows a name."""

    @classmethod
    def made(cls, size: int, name: str) -> Memory:
        """Return new memory, all zeros, which takes room only where it is touched.

        Args:
            size: In bytes, at least 1.
            name: Unique among the processes of the machine, for Windows.
        """
        if sys.platform == "win32":
            return cls.opened(name, size)
        descriptor = _nameless()
        os.ftruncate(descriptor, size)
        return cls.opened(descriptor, size)

    @classmethod
    def opened(cls, place: int | str, size: int) -> Memory:
        """Map what another process made, by its place there."""
        if sys.platform == "win32":
            assert isinstance(place, str)
            return cls(memoryview(mmap.mmap(-1, size, tagname=place)), place)
        assert isinstance(place, int)
        return cls(memoryview(mmap.mmap(place, size)), place)

    def close(self) -> None:
        """Let nobody else map it."""
        if isinstance(self.place, int):
            os.close(self.place)


def _nameless() -> int:
    """Return the descriptor of an empty file in memory that has no name."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("trailwright")
    # macOS: pages of a file without a name are written to the disk only for want of memory.
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


# ---- Objects -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Package:
    """An object taken apart: columns by themselves, so that they need not be copied."""

    text: bytes
    """The object without its columns."""

    columns: tuple[memoryview, ...]
    """Columns, as bytes."""

    @classmethod
    def of(cls, whole: object) -> Package:
        """Take an object apart."""
        columns: list[pickle.PickleBuffer] = []
        text = io.BytesIO()
        _Packer(text, protocol=5, buffer_callback=columns.append).dump(whole)
        return cls(text.getvalue(), tuple(column.raw() for column in columns))

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many bytes each part has: what `unpacked` has to be told."""
        return (len(self.text), *(len(column) for column in self.columns))

    def put(self, view: memoryview) -> None:
        """Copy all parts into memory that has `room_for` them."""
        at = 0
        for part in (memoryview(self.text), *self.columns):
            view[at : at + len(part)] = part
            at += _aligned(len(part))


def room_for(sizes: Sequence[int]) -> int:
    """Return how many bytes of memory parts of these sizes take."""
    return max(1, sum(map(_aligned, sizes)))


def unpacked(view: memoryview, sizes: Sequence[int]) -> Any:  # noqa: ANN401  # whatever was packed
    """Return an object whose columns lie in the memory where they are; they cannot be changed."""
    parts = []
    at = 0
    for size in sizes:
        parts.append(view[at : at + size].toreadonly())
        at += _aligned(size)
    return pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301  # see the import


def _aligned(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


class _Packer(pickle.Pickler):
    """Leaves out what the other process has already or makes for itself."""

    def reducer_override(self, part: object) -> Any:  # noqa: ANN401  # as pickle has it
        """Return a flow by its place, tables without what was worked out for them."""
        if isinstance(part, Flow) and FLOWS[FLOW_INDEX.get(part.name, 0)] is part:
            return _flow, (FLOW_INDEX[part.name],)
        if isinstance(part, Tables):
            return Tables, (part.texts,)
        if isinstance(part, np.ndarray) and part.strides == (0,) and len(part):
            # One value that stands for all rows.
            return np.broadcast_to, (part[:1].copy(), part.shape)
        return NotImplemented


def _flow(place: int) -> Flow:
    return FLOWS[place]
