"""Documents of ours in JSON, read back: nothing in them is trusted, refusals have their place."""

from __future__ import annotations

import re
from typing import Final, NoReturn

import orjson

from simulator.errors import InputError
from simulator.primitives.instants import parse_instant

_SHA256: Final = re.compile("[0-9a-f]{64}")


def json_document(data: bytes, name: str, form: str) -> JsonObject:
    """Return a document of a format.

    Args:
        data: A file's content.
        name: What the file is called in messages.
        form: The format, as the member `format` has it.

    Raises:
        InputError: It is none.
    """
    try:
        made = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        message = f"{name}:{error.lineno}:{error.colno}: not JSON: {error.msg}"
        raise InputError(message) from None
    top = JsonObject(name, "", made)
    said = top.members.get("format")
    if said != form:
        found = "nothing" if said is None else _shown(said)
        hint = ", which a newer version writes" if _is_newer(said, form) else ""
        top.refuse("format", f"expected {form}, found {found}{hint}")
    return top


def _is_newer(said: object, form: str) -> bool:
    """Return whether a format is ours with a greater number after the slash."""
    stem, _, number = form.partition("/")
    name, _, other = said.partition("/") if isinstance(said, str) else ("", "", "")
    return name == stem and other.isdecimal() and len(other) < 10 and int(other) > int(number)


_TYPES: Final = {
    str: "text",
    int: "a whole number",
    dict: "an object",
    list: "a list",
    type(None): "null",
}


class JsonObject:
    """An object of a document, and where it stands."""

    def __init__(self, file: str, path: str, value: object) -> None:
        self.file = file
        self.path = path
        if not isinstance(value, dict):
            self.refuse("", f"expected an object, found {_shown(value)}")
        self.members = value

    def refuse(self, name: str, message: str) -> NoReturn:
        """Say what is wrong with a member, or with all of it."""
        path = ".".join(part for part in (self.path, name) if part)
        raise InputError(": ".join(part for part in (self.file, path, message) if part))

    def refuse_others(self, *known: str) -> None:
        """Refuse members that are none of these."""
        for name in self.members:
            if name not in known:
                self.refuse(_shown(name), "no such member")

    def one(self, name: str, *types: type) -> object:
        """Return a member of one of some types."""
        if name not in self.members:
            self.refuse(name, "missing")
        value: object = self.members[name]
        # A truth value is a number to Python.
        if not isinstance(value, types) or isinstance(value, bool):
            expected = " or ".join(_TYPES[one] for one in types)
            self.refuse(name, f"expected {expected}, found {_shown(value)}")
        return value

    def text(self, name: str) -> str:
        """Return a member that is text."""
        value = self.one(name, str)
        assert isinstance(value, str)
        return value

    def count(self, name: str) -> int:
        """Return a member that counts something."""
        value = self.one(name, int)
        assert isinstance(value, int)
        if value < 0:
            self.refuse(name, f"expected a number from 0 on, found {value}")
        return value

    def sha256(self, name: str) -> str:
        """Return a member that is a sha256."""
        value = self.text(name)
        if not _SHA256.fullmatch(value):
            self.refuse(name, f"expected 64 digits of a sha256, found {_shown(value)}")
        return value

    def instant(self, name: str) -> str | None:
        """Return a member that is an instant, or null."""
        value = self.one(name, str, type(None))
        if value is None:
            return None
        assert isinstance(value, str)
        self._parsed(name, value)
        return value

    def milliseconds(self, name: str) -> int | None:
        """Return a member that is an instant as a number, or null."""
        value = self.instant(name)
        return None if value is None else self._parsed(name, value)

    def counts(self, name: str) -> dict[str, int]:
        """Return a member that has a count for each of its names."""
        inner = self.object(name)
        return {one: inner.count(one) for one in inner.members}

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a member that is a list of texts."""
        listed = self.one(name, list)
        assert isinstance(listed, list)
        for nth, one in enumerate(listed):
            if not isinstance(one, str):
                self.refuse(f"{name}.{nth}", f"expected text, found {_shown(one)}")
        return tuple(listed)

    def object(self, name: str) -> JsonObject:
        """Return a member that is an object."""
        return JsonObject(self.file, self._below(name), self.one(name, dict))

    def objects(self, name: str) -> list[JsonObject]:
        """Return a member that is a list of objects."""
        listed = self.one(name, list)
        assert isinstance(listed, list)
        path = self._below(name)
        return [JsonObject(self.file, f"{path}.{nth}", one) for nth, one in enumerate(listed)]

    def _parsed(self, name: str, value: str) -> int:
        try:
            return parse_instant(value)
        except ValueError as error:
            self.refuse(name, str(error))

    def _below(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
