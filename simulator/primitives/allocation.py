"""How the process asks the system for memory, where the C library can be told.

Each window of a run makes arrays of a hundred kilobytes to some megabytes and lets go of them.
glibc hands such memory back at once, and to get it again costs a fault for every page of it: a
tenth of the time of a run, in the virtual machine where it was measured. Told to keep it, the
process holds no more than it did at its fullest. Other C libraries are left as they are.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
"""Parameters of mallopt(3), as glibc's malloc.h numbers them."""

KEPT: Final = 128 << 20
"""Bytes at the end of the heap that are free and not handed back, at most."""

OF_HEAP: Final = 32 << 20
"""Bytes of a piece of memory that is taken from the heap, at most: glibc allows no more."""


def keep_memory() -> bool:
    """Have the process keep memory that it lets go of; return whether the C library heeds it.

    A process that is not ours alone is better left as it is: this holds for all of it.
    """
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        # musl has a function of that name that does nothing.
        return False
    return bool(
        library.mallopt(_TRIM_THRESHOLD, KEPT) and library.mallopt(_MMAP_THRESHOLD, OF_HEAP)
    )
