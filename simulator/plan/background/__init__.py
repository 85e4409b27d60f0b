"""Everyday activity: who signs in when, what for, and what goes wrong on the way."""

from __future__ import annotations

from simulator.plan.background.planning import plan_background

__all__ = ["plan_background"]
