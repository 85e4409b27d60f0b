"""The tutorial works as typed, and ends with a finding."""

from __future__ import annotations

from tests.docs.typed import DOCS, blocks, typed

PAGE = (DOCS / "tutorial.md").read_text("utf-8")


def test_from_a_scenario_to_a_finding(tmp_path):
    """Every block but the one that sets up; and it prints what the page shows."""
    (scenario,), (first, second) = blocks(PAGE, "yaml"), blocks(PAGE, "python")
    (tmp_path / "output/tutorial").mkdir(parents=True)
    for name, text in (("my-week.yaml", scenario), ("first.py", first), ("second.py", second)):
        (tmp_path / "output/tutorial" / name).write_text(text)

    done = typed(blocks(PAGE, "sh")[1:], tmp_path)

    assert done.returncode == 0, done.stderr
    shown = blocks(PAGE, "")
    assert len(shown) == 4
    for text in shown:
        assert text in done.stdout
