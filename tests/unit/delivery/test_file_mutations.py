"""Damage to files: what is in them, and how they are compressed."""

from __future__ import annotations

import gzip
import zlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.delivery.file_mutations import BOM, SOUND, TRAILING, FileDamage
from simulator.primitives.keys import Key
from simulator.scenario import library
from simulator.scenario.mutations import OF_FILES
from simulator.scenario.resolve import resolve
from simulator.sinks.compression import gzipped, packing_of
from simulator.sinks.damaged import DamagedLines, damaging_compressor
from tests.forms import Heap

CONTENT = b'{"Records":[{"eventName":"CreateGroup"},{"eventName":"DeleteGroup"}]}'
LINES = b"".join(b'{"nth":%d,"text":"%s"}\n' % (nth, b"x" * 90) for nth in range(200))


def damage(*names: str, nth: int = 1) -> FileDamage:
    """Return damage of these names."""
    return FileDamage({name: Key(nth, 2) for name in OF_FILES if name in names})


def asked(**shares: str):
    """Return a scenario with mutations; underscores stand for hyphens."""
    said = ", ".join(f"{name.replace('_', '-')}: {share}" for name, share in shares.items())
    text = f"scenario: s\nwindow: {{start: 2025-01-12, days: 1}}\nmutations: {{{said}}}\n"
    return resolve(library.read(text, "s.yaml"))


def written(damaged: FileDamage, sizes: list[int], text: bytes = LINES) -> bytes:
    """Return what is in a file of lines that come in pieces of some sizes."""
    heap = Heap()
    lines = DamagedLines(heap, damaged)
    at = 0
    for size in (*sizes, len(text)):
        lines.write(memoryview(text)[at : at + size])
        at += size
    lines.finish()
    return heap.text


def compressed(damaged: FileDamage, sizes: list[int], text: bytes = LINES) -> bytes:
    """Return a gzipped file of lines, likewise."""
    made = damaging_compressor("x.gz", damaged)
    pieces, at = [], 0
    for size in (*sizes, len(text)):
        pieces += [bytes(piece) for piece in made.compress(memoryview(text)[at : at + size])]
        at += size
    return b"".join((*pieces, *made.flush()))


def test_files_that_nothing_is_asked_for_are_sound():
    """And so is their content."""
    assert FileDamage.of(asked(), "records") == SOUND
    assert SOUND.content(CONTENT) == CONTENT
    assert SOUND.packed(CONTENT, gzipped) == gzipped(CONTENT)


def test_shares_are_of_files():
    """Each is drawn from what the file is; another mutation moves none."""
    names = [str(nth) for nth in range(2_000)]
    one, two = asked(bom="20%"), asked(bom="20%", crlf="50%")
    alone = {name for name in names if FileDamage.of(one, name).keys}
    both = {name for name in names if "bom" in FileDamage.of(two, name).keys}

    assert alone == both
    assert 300 < len(alone) < 500


def test_content_of_log_files():
    """Empty, with a mark before it, and cut: it never is a document again."""
    assert damage("empty-records").content(CONTENT) == b'{"Records":[]}'
    assert damage("bom").content(CONTENT) == BOM + CONTENT
    for nth in range(200):
        cut = damage("truncated-file", nth=nth).content(CONTENT)
        assert CONTENT.startswith(cut)
        assert 0 < len(cut) < len(CONTENT)
        with pytest.raises(orjson.JSONDecodeError):
            orjson.loads(cut)


def test_packing_leaves_content_as_it_is():
    """Whoever reads on finds it, whole: so hashes of it are what they were."""
    members = damage("gzip-members").packed(CONTENT, gzipped)
    assert gzip.decompress(members) == CONTENT
    first = zlib.decompressobj(31)
    assert CONTENT.startswith(first.decompress(members))
    assert first.unused_data

    trailing = damage("gzip-trailing-bytes").packed(CONTENT, gzipped)
    assert trailing == gzipped(CONTENT) + TRAILING

    for nth in range(20):
        short = damage("gzip-cut-short", nth=nth).packed(CONTENT, gzipped)
        assert 1 <= len(gzipped(CONTENT)) - len(short) <= 8
        assert packing_of("x.gz").begun().decompress(short) == CONTENT
        with pytest.raises(EOFError):
            gzip.decompress(short)


def test_what_is_cut_short_has_nothing_behind_it():
    """Other bytes there would be another checksum, and content that nobody accepts."""
    both = damage("gzip-cut-short", "gzip-trailing-bytes")

    assert both.names == ("gzip-cut-short",)
    assert both.packed(CONTENT, gzipped) == damage("gzip-cut-short").packed(CONTENT, gzipped)


@given(
    names=st.sets(st.sampled_from(["bom", "crlf", "truncated-file"])),
    sizes=st.lists(st.integers(0, 5_000), max_size=8),
)
def test_how_lines_come_in_shows_nowhere(names, sizes):
    """Whatever the pieces are."""
    made = damage(*names)

    assert written(made, sizes) == written(made, [])


def test_lines_after_damage():
    """A mark before them, another end, the last one cut."""
    assert written(damage("bom"), []) == BOM + LINES
    assert written(damage("crlf"), []) == LINES.replace(b"\n", b"\r\n")
    cut = written(damage("truncated-file"), [])
    assert LINES.startswith(cut)
    assert len(LINES) - 4_096 <= len(cut) < len(LINES)
    assert cut.count(b"{") > cut.count(b"}")


def test_a_file_without_lines_has_its_mark():
    """And nothing else."""
    assert written(damage("bom"), [], b"") == BOM
    assert written(damage("crlf", "truncated-file"), [], b"") == b""


@given(
    names=st.sets(st.sampled_from(["gzip-members", "gzip-cut-short", "gzip-trailing-bytes"])),
    sizes=st.lists(st.integers(0, 5_000), max_size=8),
)
def test_how_lines_are_compressed_is_the_same_for_all_pieces(names, sizes):
    """And what is in it is the lines."""
    made = damage(*names)
    data = compressed(made, sizes)

    assert data == compressed(made, [])
    member = zlib.decompressobj(31)
    text = member.decompress(data)
    if "gzip-members" in names:
        assert text == LINES[: LINES.index(b"\n") + 1]
        text += zlib.decompressobj(31).decompress(member.unused_data)
    assert text == LINES
    assert data.endswith(TRAILING) == ("gzip-trailing-bytes" in made.names)


def test_sound_files_are_compressed_as_ever():
    """Not even by another object."""
    assert compressed(SOUND, [10, 20]) == gzipped(LINES)
    assert damaging_compressor("x.ndjson", damage("bom")) is None
