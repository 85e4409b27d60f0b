"""Who there is when the window begins."""

from __future__ import annotations

from simulator.plan.population.administrators import admin_texts, is_delegated, is_foreign
from simulator.plan.population.groups import Members
from simulator.plan.population.people import Directory, People, filled, user_texts
from simulator.plan.population.populating import populate

__all__ = [
    "Directory",
    "Members",
    "People",
    "admin_texts",
    "filled",
    "is_delegated",
    "is_foreign",
    "populate",
    "user_texts",
]
