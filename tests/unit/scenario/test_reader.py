"""Limits of what is read, and the places that values have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.errors import InputError, ScenarioError
from simulator.scenario import reader
from simulator.scenario.library import load

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "scenario: x\nwindow: {start: 2025-01-10, days: 7}\n"


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    """An input error, not a finding: there is no place in a file that is not there."""
    with pytest.raises(InputError, match=r"nowhere\.yaml: no such file"):
        reader.file_text(tmp_path / "nowhere.yaml")


def test_a_folder_is_not_a_scenario(tmp_path: Path) -> None:
    """A folder is named as what it is."""
    with pytest.raises(InputError, match="a folder; give a scenario file"):
        load(tmp_path)


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    """A limit on bytes holds before any of them is looked at."""
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (reader.MAX_BYTES + 1))

    with pytest.raises(ScenarioError, match=r"large\.yaml: larger than 16 MiB"):
        reader.file_text(path)


def test_text_that_is_not_utf_8_is_pointed_at(tmp_path: Path) -> None:
    """The place is that of the first byte that is not."""
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"scenario: x\ndescription: caf\xe9\n")

    with pytest.raises(ScenarioError, match=r"latin\.yaml:2:17: not UTF-8: save the file as UTF-8"):
        reader.file_text(path)


def test_findings_of_the_form_come_all_at_once_and_in_the_order_of_the_file() -> None:
    """Nobody mends a file finding by finding."""
    text = "scenario: x\nwindow: {start: soon, days: many}\nsed: 1\nusers: {}\n"

    with pytest.raises(ScenarioError) as caught:
        reader.typed(reader.parse(text, "f.yaml"))

    assert [(finding.line, finding.path) for finding in caught.value.findings] == [
        (2, "window.start"),
        (2, "window.days"),
        (3, "sed"),
        (4, "users"),
    ]


def test_findings_of_the_text_come_all_at_once() -> None:
    """Repeated keys and tags do not hide one another."""
    text = f"{HEAD}seed: !!int 1\nera: pre\nera: post\n"

    with pytest.raises(ScenarioError) as caught:
        reader.parse(text, "f.yaml")

    assert [str(finding) for finding in caught.value.findings] == [
        "f.yaml:3:7: tags such as tag:yaml.org,2002:int are not allowed",
        "f.yaml:5:1 era: repeated key, first on line 4",
    ]


def test_every_scalar_is_text() -> None:
    """YAML guesses types; the reader does not."""
    document = reader.parse("a: 0123\nb: 9:30\nc: 2025-01-13\nd: yes\ne: 1e5\nf: 'null'", "f")

    assert document.value == {
        "a": "0123",
        "b": "9:30",
        "c": "2025-01-13",
        "d": "yes",
        "e": "1e5",
        "f": "null",
    }


@pytest.mark.parametrize("key", ["set", "as"])
def test_what_records_set_has_the_types_of_json(key: str) -> None:
    """A member of a record may be true, null or a number; quotes make it text."""
    document = reader.parse(
        f"records: [{{{key}: {{a: true, b: 'true', c: null, d: 12, e: -1.5, f: 012, g: [1]}}}}]",
        "f",
    )

    assert document.value["records"][0][key] == {
        "a": True,
        "b": "true",
        "c": None,
        "d": 12,
        "e": -1.5,
        "f": "012",
        "g": [1],
    }


def test_aliases_may_be_used_up_to_the_limit() -> None:
    """A thousand users may share a list of a hundred groups but for one value."""
    shared = f"&all [{', '.join(['g'] * 100)}]"
    uses = (reader.MAX_ALIASED // 101) - 1
    text = f"a: {shared}\nb: [{', '.join(['*all'] * uses)}]\n"

    document = reader.parse(text, "f")

    assert len(document.value["b"]) == uses


def test_a_billion_laughs_are_refused_at_once() -> None:
    """Expansion stops at the limit, long before memory does."""
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]

    with pytest.raises(ScenarioError, match="aliases bring in more than 100000 values"):
        reader.parse("\n".join(lines), "f")


def test_merges_count_as_aliases() -> None:
    """A merge brings in keys without an alias for each."""
    keys = ", ".join(f"k{n}: v" for n in range(1000))
    uses = "\n".join(f"u{n}: {{<<: *m}}" for n in range(200))

    with pytest.raises(ScenarioError, match="aliases bring in more than 100000 values"):
        reader.parse(f"m: &m {{{keys}}}\n{uses}\n", "f")


def test_the_bracket_that_goes_too_deep_is_pointed_at() -> None:
    """Nesting is bounded by us."""
    with pytest.raises(ScenarioError, match=r"f:1:68: deeper than 64 levels"):
        reader.parse("a: " + "[" * 500, "f")


def test_brackets_without_end_are_refused() -> None:
    """Nesting is bounded before Python's own stack is: by us, or by newer parsers of YAML."""
    with pytest.raises(ScenarioError, match=r"deeper than 64 levels|maximum nesting depth"):
        reader.parse("a: " + "[" * 100_000, "f")


def test_a_merged_value_is_reported_where_it_is_written() -> None:
    """The text to mend is at the anchor, not where it was merged in."""
    text = f"{HEAD}users:\n  - &ana {{name: ana, groups: Staff}}\n  - {{<<: *ana, name: bea}}\n"

    with pytest.raises(ScenarioError) as caught:
        reader.typed(reader.parse(text, "f"))

    assert [(finding.line, finding.path) for finding in caught.value.findings] == [
        (4, "users.0.groups"),
        (4, "users.1.groups"),
    ]
