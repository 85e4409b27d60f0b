"""The fused road: every kind of record in every era is copied, not joined text by text."""

from __future__ import annotations

import itertools

import pytest

from simulator.engines import layouts, vectorised
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras import ERA_NAMES
from simulator.records.kinds import KIND_NAMES
from tests.records.cases import cases

FIXED_TEXTS = frozenset({"pin_workflow", "pin_credential", "pin_session"})
"""Columns that fix the text of one record: it may be of any length, and is joined."""


def joined(plan):
    """Return the fields of templates that an engine joins text by text."""
    vectorised.render(plan, 0, plan.horizon)
    catalogue = plan.tables.remembered("vectorised", lambda: None).catalogue
    pairs = zip(catalogue.templates, catalogue.layouts, strict=True)
    return [template.fields for template, layout in pairs if layout is None]


def of_kind(kind, era):
    """Return the record cases of a kind in an era."""
    return [case for case in cases() if case.kind == kind and case.era == era]


WITH_CASES = sorted({(case.kind, case.era) for case in cases()})


@pytest.mark.parametrize(("kind", "era"), WITH_CASES)
def test_no_kind_falls_off_the_fused_road(kind, era):
    """In every variant that has a record case; a text that a scenario fixes is the exception.

    See docs/speed.md for what to do about a kind that fails here.
    """
    for case in of_kind(kind, era):
        plan = case.plan()
        is_fixed = any(case.row.get(name, -1) != -1 for name in FIXED_TEXTS)

        assert is_fixed or joined(plan) == [], case.name


def test_nearly_every_kind_has_a_case_in_every_era():
    """Or the test above would say little."""
    # Those that are recorded by table are alike, and a few of them have cases.
    kinds = [kind for kind in KIND_NAMES if kind not in OPERATIONS]

    missing = [pair for pair in itertools.product(kinds, ERA_NAMES) if pair not in WITH_CASES]

    assert len(missing) <= len(kinds) // 10, missing


def test_a_kind_that_falls_off_is_seen(monkeypatch):
    """Negative control: with no room for chunks, a long text cannot be copied."""
    monkeypatch.setattr(layouts, "WIDEST", 1)
    monkeypatch.setattr(layouts, "NARROWEST", 2)

    assert joined(of_kind("sso/Logout", ERA_NAMES[-1])[0].plan()) != []
