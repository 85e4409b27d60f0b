"""What is measured, of whom, and what is declared of it."""

from __future__ import annotations

from simulator.realism.measures.entering import entering
from simulator.realism.measures.rhythm import rhythm, sized_by
from simulator.realism.measures.working import working

__all__ = ["entering", "rhythm", "sized_by", "working"]
