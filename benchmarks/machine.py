"""What was measured on: a figure without its machine says nothing."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

LIBRARIES: Final = """
import importlib.metadata, json
from numpy._core._multiarray_umath import __cpu_baseline__, __cpu_dispatch__, __cpu_features__
print(json.dumps({
    "libraries": {name: importlib.metadata.version(name) for name in ("numpy", "orjson", "faker")},
    "features": [n for n in (*__cpu_baseline__, *__cpu_dispatch__) if __cpu_features__.get(n)],
}))
"""

SECOND_CACHE: Final = 1 << 18
"""What is taken for half of the second cache where the system does not tell."""


def facts() -> dict[str, Any]:
    """Return the processor, the cores, the interpreter, NumPy and what it makes use of."""
    # In another process, so that this one stays small.
    asked = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", LIBRARIES], check=True, capture_output=True
    )
    told = json.loads(asked.stdout)
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": told["libraries"]["numpy"],
        "orjson": told["libraries"]["orjson"],
        "faker": told["libraries"]["faker"],
        "cpu_features": told["features"],
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def load() -> float:
    """Return how many processes wanted a core over the last minute."""
    return round(os.getloadavg()[0], 2)


def half_second_cache() -> int:
    """Return the bytes of half of a core's second cache: source and target fill it."""
    try:
        size = os.sysconf("SC_LEVEL2_CACHE_SIZE")
    except (ValueError, OSError):
        return SECOND_CACHE
    return size // 2 if size > 0 else SECOND_CACHE


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
