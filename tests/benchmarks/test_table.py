"""Tables, and their places in the documents."""

from __future__ import annotations

import pytest

from benchmarks.results import Result
from benchmarks.table import CLOSES, DOCUMENTS, KEPT, OPENS, ROOT, bounds, rewritten, sizes, speeds
from tests.benchmarks.measured import a_result, a_run, both


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda it: str(it.relative_to(ROOT)))
def test_the_documents_say_what_the_kept_result_gives(document):
    """`make bench-table` writes them; nobody else does."""
    text = document.read_text(encoding="utf-8")

    assert "<!-- benchmarks:" in text
    assert rewritten(text, Result.load(KEPT)) == text


def test_a_row_has_rates_and_a_paired_ratio():
    """A hundred thousand a second against a million is ten times."""
    result = a_result(
        *both("vectorised", 0, start=1.0, each=1e-6),
        *both("tuned-orjson", 0, start=0.0, each=1e-5),
        bytes_per_record={"vectorised": 1_000.0, "tuned-orjson": 1_020.0},
    )

    table = speeds(result).splitlines()

    assert "| dict + orjson, tuned by hand | 100,000 | 100,000 | 102 | 10 x (10 to 10) |" in table
    assert "| **Trailwright**, one process | 1,000,000 | 10,900 | 1,000 |  |" in table


def test_a_missed_floor_stands_in_the_table():
    """With what was measured, what must be and what should be."""
    result = a_result(
        *both("vectorised", 0, start=1.0, each=1e-6),
        *both("tuned-orjson", 0, start=0.0, each=3e-6),
    )

    assert "| 3 x (3 to 3) | 4.5 x | ≥ 15 x | floor missed |" in bounds(result)


def test_sizes_are_rows():
    """From small to large."""
    result = a_result(
        a_run("vectorised", 1_000_000, 2.0, section="sizes"),
        a_run("vectorised", 10_000, 1.0, section="sizes"),
    )

    assert sizes(result).splitlines()[2:] == [
        "| 10,000 | 1.00 s | 1.00 s | 10,000 | 50 MB |",
        "| 1,000,000 | 2.00 s | 2.00 s | 500,000 | 50 MB |",
    ]


def test_only_what_stands_between_the_marks_is_rewritten():
    """And a second time changes nothing."""
    text = f"before\n{OPENS.format(name='sizes')}\nold\n{CLOSES}\nafter"
    result = a_result(a_run("vectorised", 10, 1.0, section="sizes"))

    once = rewritten(text, result)

    assert once.startswith("before\n<!-- benchmarks: sizes")
    assert once.endswith("<!-- /benchmarks -->\nafter")
    assert "old" not in once
    assert rewritten(once, result) == once
