"""What a trial may take, so that none takes the machine."""

from __future__ import annotations

from typing import Final

EVENTS: Final = 5_000
"""Events that are shown; a scenario that has more is cut there."""

CHECK_S: Final = 10.0
"""Seconds a check may take."""

RUN_S: Final = 30.0
"""Seconds a run may take, both eras together."""

MEMORY: Final = 3 << 30
"""Bytes of address space a trial may take, where the system can hold a process to it."""

REQUEST: Final = 2 << 20
"""Bytes a request may have."""

SEED: Final = (1 << 63) - 1
"""No seed is larger."""
