"""The page on reconciling works as typed, and explains every count."""

from __future__ import annotations

from simulator.reconciliation.report import COUNTED, FINDINGS, TOLD
from tests.docs.typed import DOCS, blocks, typed

PAGE = (DOCS / "reconcile.md").read_text("utf-8")


def test_the_example_works_as_typed(tmp_path):
    """One record is missing, and written down."""
    _, example = blocks(PAGE, "sh")

    done = typed([example], tmp_path)

    assert (done.returncode, done.stderr) == (0, "1 record missing\n")
    assert done.stdout.endswith("\n1\n")


def test_every_count_is_explained():
    """By its name in the JSON."""
    for name in (*COUNTED, *FINDINGS, *TOLD):
        assert f"`{name}`" in PAGE, name
