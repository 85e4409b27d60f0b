"""The journal of runs: what is known of which bytes."""

from __future__ import annotations

import pytest

from simulator.cases.reduction.journal import MOST_BYTES, Journal
from simulator.errors import InputError, OutputError

OF = ["parser", 60.0]


@pytest.fixture
def path(tmp_path):
    """Return where a journal with two answers lies."""
    path = tmp_path / "journal"
    with Journal(path, OF) as journal:
        journal.note("aa", fails=True)
        journal.note("bb", fails=False)
    return path


def test_answers_are_there_again(path):
    """And more can be added."""
    with Journal(path, OF) as journal:
        assert journal.known == {"aa": True, "bb": False}
        journal.note("cc", fails=True)

    with Journal(path, OF) as journal:
        assert journal.known == {"aa": True, "bb": False, "cc": True}


def test_a_line_that_a_kill_cut_short_is_forgotten(path):
    """At every byte of it."""
    whole = path.read_bytes()
    for length in range(whole.rindex(b"\n", 0, -1) + 1, len(whole)):
        path.write_bytes(whole[:length])

        with Journal(path, OF) as journal:
            assert journal.known == {"aa": True}
            journal.note("bb", fails=False)

        assert path.read_bytes() == whole


def test_a_journal_that_was_cut_within_its_first_line_begins_anew(path):
    """There is nothing in it yet."""
    path.write_bytes(path.read_bytes()[:10])

    with Journal(path, OF) as journal:
        assert journal.known == {}
        journal.note("dd", fails=True)

    with Journal(path, OF) as journal:
        assert journal.known == {"dd": True}


def test_answers_of_another_command_are_refused(path):
    """They mean nothing here."""
    with pytest.raises(OutputError, match="holds runs of another command"):
        Journal(path, ["other", 60.0])


@pytest.mark.parametrize(
    "content",
    [b"hello\n", b"{}\n", b"[]\n", b'{"format":"trailwright-runs/1","of":"x"}\n{"sha256":1}\n'],
)
def test_what_is_no_journal_is_refused_and_kept(tmp_path, content):
    """A file of the user's is not written to."""
    path = tmp_path / "notes.txt"
    path.write_bytes(content)

    with pytest.raises(InputError, match=r"notes\.txt is no journal of runs"):
        Journal(path, OF)

    assert path.read_bytes() == content


def test_a_journal_too_large_is_refused(tmp_path):
    """Without reading all of it."""
    path = tmp_path / "large"
    with path.open("wb") as stream:
        stream.write(b'{"format":"trailwright-runs/1"}\n')
        stream.truncate(MOST_BYTES + 1)

    with pytest.raises(InputError, match="is no journal of runs"):
        Journal(path, OF)


def test_nothing_is_written_until_something_is_known(tmp_path):
    """What is refused at once leaves nothing behind."""
    with Journal(tmp_path / "journal", OF):
        pass
    with Journal(None, OF) as nowhere:
        nowhere.note("aa", fails=True)

    assert nowhere.known == {"aa": True}
    assert list(tmp_path.iterdir()) == []


def test_a_journal_is_removed(path):
    """When nobody goes on from there."""
    Journal(path, OF).remove()

    assert not path.exists()


def test_two_searches_cannot_have_one_journal(path):
    """The second would write among the first one's lines."""
    pytest.importorskip("fcntl")
    with Journal(path, OF) as first, Journal(path, OF) as second:
        first.note("cc", fails=True)

        with pytest.raises(OutputError, match="another run is writing it"):
            second.note("dd", fails=True)

    with Journal(path, OF) as journal:
        assert journal.known == {"aa": True, "bb": False, "cc": True}
