"""Documents made small."""

from __future__ import annotations

from simulator.cases.reduction.documents import at, having, nodes, shrunk, without

DOCUMENT = {
    "scenario": "x",
    "users": [{"name": "ana"}, {"count": 200, "mfa": {"totp": "80%"}}],
    "storyline": [
        {"does": "a", "then": [{"does": "b"}, {"does": "c", "repeat": {"times": 9}}]},
        {"does": "d"},
    ],
    "only": ["one", "two"],
}


def test_places_are_listed_by_level():
    """In the order of the document."""
    assert nodes(DOCUMENT, 1) == [("scenario",), ("users",), ("storyline",), ("only",)]
    assert nodes(DOCUMENT["users"], 2) == [(0, "name"), (1, "count"), (1, "mfa")]
    assert nodes("text", 1) == []


def test_places_are_left_out():
    """With what lies below them; positions are those of before."""
    gone = [("users", 0), ("users", 1, "mfa"), ("storyline", 0, "then", 0), ("only",)]

    assert without(DOCUMENT, gone) == {
        "scenario": "x",
        "users": [{"count": 200}],
        "storyline": [
            {"does": "a", "then": [{"does": "c", "repeat": {"times": 9}}]},
            {"does": "d"},
        ],
    }


def test_a_value_is_replaced():
    """In its place."""
    made = having(DOCUMENT, ("storyline", 0, "then", 1, "repeat", "times"), 2)

    assert at(made, ("storyline", 0, "then", 1)) == {"does": "c", "repeat": {"times": 2}}
    assert at(made, ("users",)) == DOCUMENT["users"]
    assert list(made) == list(DOCUMENT)


def test_a_document_loses_what_is_not_needed():
    """Whole entries, what is under them, and of numbers what is too much."""

    def is_same(document) -> bool:
        try:
            (entry,) = (one for one in document["storyline"] if one.get("does") == "a")
            return (
                any(one["repeat"]["times"] >= 3 for one in entry["then"] if "repeat" in one)
                and document["only"] == ["one", "two"]
                and any(one.get("count", 0) >= 17 for one in document["users"])
            )
        except (KeyError, ValueError):
            return False

    assert shrunk(DOCUMENT, is_same) == {
        "users": [{"count": 17}],
        "storyline": [{"does": "a", "then": [{"repeat": {"times": 3}}]}],
        "only": ["one", "two"],
    }


def test_what_says_which_records_there_are_is_not_looked_into():
    """It would be asked in vain, as often as there are records."""
    asked = []
    document = {"only": [str(n) for n in range(100)], "records": [{"drop": ["a", "b"]}]}

    shrunk(document, lambda one: asked.append(one) or one == document)

    assert len(asked) < 10
    assert all(one.get("only", document["only"]) == document["only"] for one in asked)
