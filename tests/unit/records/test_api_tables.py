"""Tables of API calls are those of AWS's published models."""

from __future__ import annotations

import shutil
from importlib.metadata import version

import pytest

from simulator.records.api.operations import OPERATIONS

pytest.importorskip("botocore", reason="a development dependency: AWS's API models")

from simulator.records.api import compile_tables

INSTALLED = tuple(int(part) for part in version("botocore").split("."))
pytestmark = pytest.mark.skipif(
    INSTALLED < compile_tables.MODELS, reason="the installed API models are older than the tables"
)


def test_tables_are_what_the_models_give():
    """`python -m simulator.records.api.compile_tables` writes them."""
    assert compile_tables.stale_tables() == []


def test_a_table_that_differs_from_the_models_is_found(tmp_path):
    """Negative control: two members of one request change places."""
    for path in compile_tables.TABLES.glob("*.json"):
        shutil.copy(path, tmp_path)
    table = tmp_path / "sso.json"
    text = table.read_text("utf-8")
    moved = text.replace('"targetId":"string","targetType"', '"targetType":"string","targetId"', 1)
    table.write_text(moved, "utf-8")

    assert moved != text
    assert compile_tables.stale_tables(tmp_path) == ["sso.json"]


def test_every_public_operation_of_the_administration_is_a_kind():
    """None is left out, and each has the access that its name says."""
    names = {
        kind.partition("/")[2].partition("@")[0]
        for kind, operation in OPERATIONS.items()
        if operation.source == "sso"
    }

    assert set(compile_tables.table_of("sso")) <= names
