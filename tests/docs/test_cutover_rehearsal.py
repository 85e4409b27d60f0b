"""The rehearsal works as typed, and shows what a parser would miss."""

from __future__ import annotations

from tests.docs.typed import DOCS, blocks, typed

PAGE = (DOCS / "cutover-rehearsal.md").read_text("utf-8")


def test_the_rehearsal_works_as_typed(tmp_path):
    """One after another; the parsers lose and find the sign-ins that the page says."""
    for name, text in zip(("parser.py", "mended.py"), blocks(PAGE, "python"), strict=True):
        (tmp_path / name).write_text(text)

    done = typed(blocks(PAGE, "sh"), tmp_path)

    assert done.returncode == 0, done.stderr
    parsed, mended, converted = blocks(PAGE, "")
    assert done.stdout.startswith(parsed)
    assert mended in done.stdout
    assert done.stdout.endswith(converted)
    assert "`userIdentity.userName`" in done.stdout
    assert "9 left in part" in done.stderr
