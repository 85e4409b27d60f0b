"""What a record shows of the fields that its kind's shapes name, whatever era it is in."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from simulator.conversion.edits import unlike
from simulator.conversion.values import shown
from simulator.conversion.ways import appearance
from simulator.records.kinds import KINDS
from simulator.records.shapes import Const, nodes
from simulator.validation.variants import model_of, variants_of

if TYPE_CHECKING:
    from simulator.records.kinds import Kind
    from simulator.validation.variants import Variant

_MOST: Final = 2_000
"""Appearances of records that are remembered of a kind; then they are forgotten."""


class _Forms:
    """All forms of a kind, and which of them records of one appearance are nearest to."""

    def __init__(self, kind: Kind) -> None:
        self.forms = variants_of(kind).forms
        self.counted = {
            (type(node.value), node.value)
            for form in self.forms
            for node in nodes(form.tree)
            if isinstance(node, Const)
        } | {(str, word) for form in self.forms for words in form.words.values() for word in words}
        self.known: dict[object, list[Variant]] = {}

    def nearest(self, record: dict[str, Any]) -> list[Variant]:
        """Return the forms that a record differs least from."""
        looks = appearance(record, self.counted)
        found = self.known.get(looks)
        if found is None:
            far = [unlike(form.tree, record, form.words) for form in self.forms]
            least = min(far)
            found = [form for form, one in zip(self.forms, far, strict=True) if one == least]
            if len(self.known) >= _MOST:
                self.known.clear()
            self.known[looks] = found
        return found


@lru_cache(maxsize=len(KINDS))
def _forms_of(kind: Kind) -> _Forms:
    return _Forms(kind)


def fields_of(kind: Kind | None, record: dict[str, Any]) -> dict[str, str]:
    """Return the fields that a record shows, by the names of `records.fields`, and their texts.

    Read as the form of its kind that it differs least from; of those that it differs from
    alike, as the one in which most of its values look as they should.
    """
    if kind is None:
        return {}
    read = [shown(form.tree, record) for form in _forms_of(model_of(kind)).nearest(record)]
    return max(read, key=len)
