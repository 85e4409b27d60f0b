"""How a value is spelled: `one` for a row, `many` for columns, side by side.

`one` gives a Python value for JSON. `many` gives, for every row, the bytes of that
value's JSON text without the quotes of a string, so that strings can be joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, Self, TypeAlias

import numpy as np

from simulator.directory import identifiers
from simulator.primitives import instants, keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.primitives.columns import Column, Tables
    from simulator.primitives.jsontext import Json

Row: TypeAlias = "Mapping[str, int]"
Columns: TypeAlias = "Mapping[str, Column]"


WIDE: Final = 128
"""Bytes that a text of varying width may have."""


TABLED: Final = 1 << 16
"""Texts of a column up to which all are written down at once; of more, those asked for."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much room a codec's texts take."""

    width: int | None
    """Bytes that `many` gives: -1 where it varies up to `WIDE`, none where it may be more."""

    entries: NDArray[np.bytes_] | None = None
    """Where the text depends on one column alone: the text for each of its positions."""


class Codec(Protocol):
    """A way to spell a value."""

    @property
    def quoted(self) -> bool:
        """Whether the value is a string."""
        ...

    @property
    def word(self) -> str:
        """The column, if the text is one of so few that each is worth a template of its own."""
        ...

    @property
    def pin(self) -> str:
        """The column, if there is one, that says by not being -1 that the text is fixed."""
        ...

    def usual(self) -> Codec:
        """Return how rows are spelled whose text is not fixed."""
        ...

    def one(self, row: Row, tables: Tables) -> Json:
        """Return the value of a row."""
        ...

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:
        """Return the JSON text of `count` rows, without quotes."""
        ...

    def columns(self) -> frozenset[str]:
        """Return the columns the value depends on."""
        ...

    def extent(self, tables: Tables) -> Extent:
        """Return how much room the text takes, and whether there are few texts."""
        ...


class Plain:
    """What most codecs answer: any text, and none of it fixed."""

    __slots__ = ()
    word = ""
    pin = ""

    def usual(self) -> Self:
        """See `Codec.usual`."""
        return self


def _wide(columns: Columns, name: str, count: int) -> NDArray[np.int64]:
    return np.broadcast_to(columns[name].astype(np.int64, copy=False), count)


def _words(columns: Columns, name: str, count: int) -> NDArray[np.uint64]:
    values = columns[name]
    return np.broadcast_to(values.astype(np.uint64, copy=False), count)


@dataclass(frozen=True, slots=True)
class Entity(Plain):
    """Text of a table, at the position the row has."""

    column: str
    """Which text, such as `user.id`."""

    by: str = ""
    """The row's column with the position; the table's name unless given."""

    quoted = True

    def _position(self) -> str:
        return self.by or self.column.partition(".")[0]

    def one(self, row: Row, tables: Tables) -> str:
        """See `Codec.one`."""
        return tables.text(self.column, row[self._position()])

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:
        """See `Codec.many`."""
        positions = _wide(columns, self._position(), count)
        assert not count or positions.min() >= 0
        if tables.count(self.column) > TABLED:
            return tables.contents_at(self.column, positions)
        return tables.contents(self.column)[positions]

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({self._position()})

    def extent(self, tables: Tables) -> Extent:
        """See `Codec.extent`."""
        least, most = tables.widths(self.column)
        width = most if least == most else -1 if most <= WIDE else None
        if tables.count(self.column) > TABLED:
            return Extent(width)
        return Extent(width, tables.contents(self.column))


@dataclass(frozen=True, slots=True)
class Uuid(Plain):
    """A version 4 UUID drawn from a key for a purpose, and an ordinal if there is one."""

    use: str
    """Name of the purpose."""
    key: str = "key"
    """The key's columns are `<key>_high` and `<key>_low`."""
    ordinal: str = ""
    """The column that tells several of one key apart."""

    quoted = True

    def one(self, row: Row, tables: Tables) -> str:  # noqa: ARG002  # the protocol's signature
        """See `Codec.one`."""
        high, low = row[f"{self.key}_high"], row[f"{self.key}_low"]
        ordinal = row[self.ordinal] if self.ordinal else 0
        use = keys.purpose(self.use)
        return identifiers.uuid4_text(
            keys.word_at(high, low, use, 2 * ordinal), keys.word_at(high, low, use, 2 * ordinal + 1)
        )

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:  # noqa: ARG002
        """See `Codec.many`."""
        high = _words(columns, f"{self.key}_high", count)
        low = _words(columns, f"{self.key}_low", count)
        stem = keys.KeyColumn(high, low).stem(keys.purpose(self.use))
        if self.ordinal:
            doubled = _words(columns, self.ordinal, count) << np.uint64(1)
            first = keys.word_of_many(stem, doubled)
            second = keys.word_of_many(stem, doubled | np.uint64(1))
        else:
            first, second = keys.word_of_many(stem, 0), keys.word_of_many(stem, 1)
        return identifiers.uuid4_text_many(first, second)

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        found = {f"{self.key}_high", f"{self.key}_low"}
        return frozenset(found | {self.ordinal} if self.ordinal else found)

    def extent(self, tables: Tables) -> Extent:  # noqa: ARG002
        """See `Codec.extent`."""
        return Extent(36)


@dataclass(frozen=True, slots=True)
class Pinned:
    """A value that a scenario may fix; drawn where it does not."""

    inner: Codec
    """How it is drawn."""
    by: str
    """The row's column with the position in table `text`, or -1."""

    quoted = True
    word = ""

    @property
    def pin(self) -> str:
        """See `Codec.pin`."""
        return self.by

    def usual(self) -> Codec:
        """See `Codec.usual`."""
        return self.inner

    def one(self, row: Row, tables: Tables) -> Json:
        """See `Codec.one`."""
        place = row[self.by]
        return self.inner.one(row, tables) if place < 0 else tables.text("text.value", place)

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:
        """See `Codec.many`."""
        drawn = self.inner.many(columns, count, tables)
        place = _wide(columns, self.by, count)
        fixed = place >= 0
        if not fixed.any():
            return drawn
        texts = tables.contents("text.value")[np.maximum(place, 0)]
        width = max(drawn.dtype.itemsize, texts.dtype.itemsize)
        made = drawn.astype(f"S{width}")
        made[fixed] = texts[fixed]
        return made

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return self.inner.columns() | {self.by}

    def extent(self, tables: Tables) -> Extent:
        """See `Codec.extent`."""
        return Extent(self.inner.extent(tables).width)


@dataclass(frozen=True, slots=True)
class SessionHandle(Plain):
    """The credentialId of a portal session. See `identifiers.session_handle`."""

    region: str = "instance.region"

    quoted = True

    def one(self, row: Row, tables: Tables) -> str:
        """See `Codec.one`."""
        region = tables.text(self.region, row["instance"])
        return identifiers.session_handle(row["session_high"], row["session_low"], region)

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:
        """See `Codec.many`."""
        high = _words(columns, "session_high", count)
        low = _words(columns, "session_low", count)
        region = tables.text(self.region, 0)
        return identifiers.session_handle_many(high, low, region)

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({"session_high", "session_low", "instance"})

    def extent(self, tables: Tables) -> Extent:
        """See `Codec.extent`."""
        return Extent(len(identifiers.session_handle(0, 0, tables.text(self.region, 0))))


@dataclass(frozen=True, slots=True)
class TokenCredential(Plain):
    """The credentialId of calls made with an access token. See `identifiers`."""

    quoted = True

    def one(self, row: Row, tables: Tables) -> str:  # noqa: ARG002
        """See `Codec.one`."""
        return identifiers.token_credential_id(
            row["token_high"], row["token_low"], row["token_expiry"]
        )

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:  # noqa: ARG002
        """See `Codec.many`."""
        return identifiers.token_credential_id_many(
            _words(columns, "token_high", count),
            _words(columns, "token_low", count),
            _wide(columns, "token_expiry", count),
        )

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({"token_high", "token_low", "token_expiry"})

    def extent(self, tables: Tables) -> Extent:  # noqa: ARG002
        """See `Codec.extent`."""
        return Extent(86)


@dataclass(frozen=True, slots=True)
class SessionToken(Plain):
    """The session token of a user's role session. See `identifiers.session_token`."""

    quoted = True

    def one(self, row: Row, tables: Tables) -> str:  # noqa: ARG002
        """See `Codec.one`."""
        return identifiers.session_token(row["role_high"], row["role_low"])

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:  # noqa: ARG002
        """See `Codec.many`."""
        return identifiers.session_token_many(
            _words(columns, "role_high", count), _words(columns, "role_low", count)
        )

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({"role_high", "role_low"})

    def extent(self, tables: Tables) -> Extent:  # noqa: ARG002
        """See `Codec.extent`."""
        return Extent(len(identifiers.session_token(0, 0)))


@dataclass(frozen=True, slots=True)
class ClientId(Plain):
    """An OIDC client's id. See `identifiers.oidc_client_id`."""

    quoted = True

    def one(self, row: Row, tables: Tables) -> str:
        """See `Codec.one`."""
        region = tables.text("instance.region", row["instance"])
        return identifiers.oidc_client_id(row["client_high"], row["client_low"], region)

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:
        """See `Codec.many`."""
        return identifiers.oidc_client_id_many(
            _words(columns, "client_high", count),
            _words(columns, "client_low", count),
            tables.text("instance.region", 0),
        )

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({"client_high", "client_low", "instance"})

    def extent(self, tables: Tables) -> Extent:
        """See `Codec.extent`."""
        return Extent(len(identifiers.oidc_client_id(0, 0, tables.text("instance.region", 0))))


@dataclass(frozen=True, slots=True)
class DeviceCode(Plain):
    """The device code of a device grant. See `identifiers.device_code`."""

    quoted = True

    def one(self, row: Row, tables: Tables) -> str:  # noqa: ARG002
        """See `Codec.one`."""
        return identifiers.device_code(row["key_high"], row["key_low"])

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:  # noqa: ARG002
        """See `Codec.many`."""
        return identifiers.device_code_many(
            _words(columns, "key_high", count), _words(columns, "key_low", count)
        )

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({"key_high", "key_low"})

    def extent(self, tables: Tables) -> Extent:  # noqa: ARG002
        """See `Codec.extent`."""
        return Extent(86)


_CALL_KEY = keys.purpose("access-key-of-call")


@dataclass(frozen=True, slots=True)
class AccessKeyTail(Plain):
    """What follows the prefix of a temporary access key id. See `identifiers`."""

    key: str
    """The key's columns are `<key>_high` and `<key>_low`."""
    account: str
    """Text column of accounts."""
    ordinal: str = ""
    """The column that tells several of one key apart."""

    quoted = True

    def one(self, row: Row, tables: Tables) -> str:
        """See `Codec.one`."""
        high, low = row[f"{self.key}_high"], row[f"{self.key}_low"]
        if self.ordinal:
            derived = keys.Key(high, low).nth(_CALL_KEY, row[self.ordinal])
            high, low = derived.high, derived.low
        account = tables.text(self.account, row[self.account.partition(".")[0]])
        return identifiers.access_key_tail(high, low, account)

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:
        """See `Codec.many`."""
        key = keys.KeyColumn(
            _words(columns, f"{self.key}_high", count), _words(columns, f"{self.key}_low", count)
        )
        if self.ordinal:
            key = key.nth(_CALL_KEY, _wide(columns, self.ordinal, count))
        accounts = tables.remembered(
            f"{self.account} as numbers",
            lambda: np.array([int(account) for account in tables.texts[self.account]], np.int64),
        )
        held = accounts[_wide(columns, self.account.partition(".")[0], count)]
        return identifiers.access_key_tail_many(key.high, key.low, held)

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        found = {f"{self.key}_high", f"{self.key}_low", self.account.partition(".")[0]}
        return frozenset(found | {self.ordinal} if self.ordinal else found)

    def extent(self, tables: Tables) -> Extent:  # noqa: ARG002
        """See `Codec.extent`."""
        return Extent(16)


@dataclass(frozen=True, slots=True)
class IsoInstant(Plain):
    """An instant as CloudTrail writes it, cut to the second."""

    column: str

    quoted = True

    def one(self, row: Row, tables: Tables) -> str:  # noqa: ARG002
        """See `Codec.one`."""
        return instants.format_instant(row[self.column])

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:  # noqa: ARG002
        """See `Codec.many`."""
        return instants.format_instant_many(_wide(columns, self.column, count))

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({self.column})

    def extent(self, tables: Tables) -> Extent:  # noqa: ARG002
        """See `Codec.extent`."""
        return Extent(20)


@dataclass(frozen=True, slots=True)
class JavaDate(Plain):
    """An instant as services write it inside payloads. See `instants.format_java_date`."""

    column: str
    comma: bool = False

    quoted = True

    def one(self, row: Row, tables: Tables) -> str:  # noqa: ARG002
        """See `Codec.one`."""
        return instants.format_java_date(row[self.column], comma=self.comma)

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:  # noqa: ARG002
        """See `Codec.many`."""
        values = _wide(columns, self.column, count)
        return instants.format_java_date_many(values, comma=self.comma)

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({self.column})

    def extent(self, tables: Tables) -> Extent:  # noqa: ARG002
        """See `Codec.extent`."""
        return Extent(-1)


@dataclass(frozen=True, slots=True)
class Number(Plain):
    """A whole number."""

    column: str

    quoted = False

    def one(self, row: Row, tables: Tables) -> int:  # noqa: ARG002
        """See `Codec.one`."""
        return int(row[self.column])

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:  # noqa: ARG002
        """See `Codec.many`."""
        return _wide(columns, self.column, count).astype(np.bytes_)

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({self.column})

    def extent(self, tables: Tables) -> Extent:  # noqa: ARG002
        """See `Codec.extent`."""
        return Extent(-1)


@dataclass(frozen=True, slots=True)
class Word(Plain):
    """One of a few words, by its position."""

    column: str
    words: tuple[str, ...]

    quoted = True

    @property
    def word(self) -> str:  # type: ignore[override]  # most have none
        """See `Codec.word`."""
        return self.column

    def one(self, row: Row, tables: Tables) -> str:  # noqa: ARG002
        """See `Codec.one`."""
        return self.words[row[self.column]]

    def many(self, columns: Columns, count: int, tables: Tables) -> NDArray[np.bytes_]:  # noqa: ARG002
        """See `Codec.many`."""
        words = np.array([word.encode() for word in self.words], np.bytes_)
        return words[_wide(columns, self.column, count)]

    def columns(self) -> frozenset[str]:
        """See `Codec.columns`."""
        return frozenset({self.column})

    def extent(self, tables: Tables) -> Extent:  # noqa: ARG002
        """See `Codec.extent`."""
        return Extent(-1, np.array([word.encode() for word in self.words], np.bytes_))
