"""Records of any origin, told apart by era and taken from one era to another."""

from __future__ import annotations

from simulator.conversion.converting import (
    Change,
    Conversion,
    Options,
    convert_files,
    converted,
)
from simulator.conversion.detecting import Detection, Observer, Tally, detect_files, detected
from simulator.conversion.resolver import Resolver, read_resolver

__all__ = [
    "Change",
    "Conversion",
    "Detection",
    "Observer",
    "Options",
    "Resolver",
    "Tally",
    "convert_files",
    "converted",
    "detect_files",
    "detected",
    "read_resolver",
]
