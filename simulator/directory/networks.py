"""Where people sign in from: addresses, and the country and kind of network behind each.

Every address comes from a range that is reserved for documentation or benchmarking
(RFC 5737: 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24; RFC 2544: 198.18.0.0/15; RFC 3849:
2001:db8::/32). No such address belongs to anybody, so generated records cannot accuse a real
party, and a file of them cannot be mistaken for evidence. A real geographic data base knows
none of them: `geo_table` lists what a SIEM's look-up needs instead.

Ranges are carved by a country's place in `COUNTRIES`. Append to it only: a country that is
put elsewhere moves the addresses of all after it.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from simulator.primitives.keys import purpose

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulator.primitives.keys import Key, KeyColumn

NetworkKind: TypeAlias = Literal["office", "home", "mobile", "hosting", "vpn", "tor", "aws"]
"""What stands behind an address; `aws` is where AWS's own services call from."""

KINDS: Final[tuple[NetworkKind, ...]] = (
    "office",
    "home",
    "mobile",
    "hosting",
    "vpn",
    "tor",
    "aws",
)
"""All kinds, in the order of `geo_table`."""

LARGE: Final = 9
"""How many countries at the head of `COUNTRIES` get larger ranges, the first the largest."""

COUNTRIES: Final = {
    "US": "America/New_York",
    "GB": "Europe/London",
    "DE": "Europe/Berlin",
    "IN": "Asia/Kolkata",
    "FR": "Europe/Paris",
    "JP": "Asia/Tokyo",
    "CA": "America/Toronto",
    "BR": "America/Sao_Paulo",
    "AU": "Australia/Sydney",
    "AE": "Asia/Dubai",
    "AR": "America/Argentina/Buenos_Aires",
    "AT": "Europe/Vienna",
    "BD": "Asia/Dhaka",
    "BE": "Europe/Brussels",
    "BG": "Europe/Sofia",
    "BY": "Europe/Minsk",
    "CH": "Europe/Zurich",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CO": "America/Bogota",
    "CZ": "Europe/Prague",
    "DK": "Europe/Copenhagen",
    "EE": "Europe/Tallinn",
    "EG": "Africa/Cairo",
    "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki",
    "GR": "Europe/Athens",
    "HK": "Asia/Hong_Kong",
    "HR": "Europe/Zagreb",
    "HU": "Europe/Budapest",
    "ID": "Asia/Jakarta",
    "IE": "Europe/Dublin",
    "IL": "Asia/Jerusalem",
    "IR": "Asia/Tehran",
    "IS": "Atlantic/Reykjavik",
    "IT": "Europe/Rome",
    "KE": "Africa/Nairobi",
    "KP": "Asia/Pyongyang",
    "KR": "Asia/Seoul",
    "LT": "Europe/Vilnius",
    "LU": "Europe/Luxembourg",
    "LV": "Europe/Riga",
    "MA": "Africa/Casablanca",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NG": "Africa/Lagos",
    "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo",
    "NZ": "Pacific/Auckland",
    "PE": "America/Lima",
    "PH": "Asia/Manila",
    "PK": "Asia/Karachi",
    "PL": "Europe/Warsaw",
    "PT": "Europe/Lisbon",
    "RO": "Europe/Bucharest",
    "RS": "Europe/Belgrade",
    "RU": "Europe/Moscow",
    "SA": "Asia/Riyadh",
    "SE": "Europe/Stockholm",
    "SG": "Asia/Singapore",
    "SI": "Europe/Ljubljana",
    "SK": "Europe/Bratislava",
    "TH": "Asia/Bangkok",
    "TR": "Europe/Istanbul",
    "UA": "Europe/Kyiv",
}
"""The time zone where most people of a country live, by ISO 3166-1 alpha-2 code.

The range for homes has room for eight more.
"""


@dataclass(frozen=True, slots=True)
class _Carving:
    """How a kind's range is shared out, as lengths of prefixes."""

    ranges: tuple[str, ...]
    """What is carved, in order."""

    first: int
    """For the first country."""

    large: int
    """For the other large countries."""

    rest: int
    """For every country after these."""


_CARVINGS: Final[dict[NetworkKind, _Carving]] = {
    "office": _Carving(("203.0.113.0/24", "198.51.100.0/24"), 26, 28, 30),
    "home": _Carving(("198.18.0.0/16",), 18, 20, 24),
    "mobile": _Carving(("198.19.0.0/17",), 20, 23, 24),
    "hosting": _Carving(("198.19.128.0/18",), 22, 24, 25),
    "vpn": _Carving(("198.19.192.0/19",), 23, 25, 26),
    "tor": _Carving(("198.19.224.0/19",), 23, 25, 26),
}

_OFFICE: Final = purpose("networks/office")
_HOME: Final = purpose("networks/home")
_ANY: Final = purpose("networks/any")
_SIX: Final = purpose("networks/six")


@dataclass(frozen=True, slots=True)
class Network:
    """Addresses of one country and kind."""

    country: str
    """ISO 3166-1 alpha-2 code."""

    kind: NetworkKind
    """What stands behind the addresses."""

    cidr: str
    """The range, `198.18.0.0/18`."""

    first: int
    """The first address as a number."""

    size: int
    """How many addresses there are. IPv6 ranges are counted in networks of 64 bits."""

    def address(self, index: int) -> str:
        """Return the address at a place from 0 to `size` - 1, in order.

        In an IPv6 range it is the first network's `::1`, the second's, and so on.

        Raises:
            ValueError: There is no such place.
        """
        if not 0 <= index < self.size:
            message = f"{self.cidr} has {self.size} places; {index} is not one"
            raise ValueError(message)
        if ":" in self.cidr:
            return str(ipaddress.IPv6Address(self.first + (index << 64) + 1))
        return str(ipaddress.IPv4Address(self.first + index))


def country(code: str) -> str:
    """Return a country's code if it is known.

    Raises:
        ValueError: It is not in `COUNTRIES`.
    """
    if code in COUNTRIES:
        return code
    message = f"no such country: {code!r}; known are {', '.join(sorted(COUNTRIES))}"
    raise ValueError(message)


def time_zone(code: str) -> str:
    """Return the IANA name of a country's main time zone.

    Raises:
        ValueError: As for `country`.
    """
    return COUNTRIES[country(code)]


def _carve(kind: NetworkKind, carving: _Carving) -> list[Network]:
    spans = [ipaddress.IPv4Network(text) for text in carving.ranges]
    place, next_address = 0, int(spans[0].network_address)
    networks = []
    for position, code in enumerate(COUNTRIES):
        prefix = carving.first if position == 0 else carving.large
        prefix = carving.rest if position >= LARGE else prefix
        size = 1 << (32 - prefix)
        if next_address + size > int(spans[place].broadcast_address) + 1:
            place += 1
            next_address = int(spans[place].network_address)
        cidr = f"{ipaddress.IPv4Address(next_address)}/{prefix}"
        networks.append(Network(code, kind, cidr, next_address, size))
        next_address += size
    return networks


@cache
def geo_table() -> tuple[Network, ...]:
    """Return every range with its country and kind, none overlapping another.

    IPv4 first, by kind; then AWS's, said to be in the United States; then a `/48` of
    2001:db8::/32 for the homes and for the mobile networks of each country.
    """
    rows = [row for kind, carving in _CARVINGS.items() for row in _carve(kind, carving)]
    rows.append(Network("US", "aws", "192.0.2.0/24", 0xC0000200, 256))
    base = int(ipaddress.IPv6Address("2001:db8::"))
    kinds: tuple[NetworkKind, ...] = ("home", "mobile")
    for group, kind in enumerate(kinds, start=1):
        for position, code in enumerate(COUNTRIES):
            first = base + (((group << 8) + position) << 80)
            cidr = f"{ipaddress.IPv6Address(first)}/48"
            rows.append(Network(code, kind, cidr, first, 1 << 16))
    return tuple(rows)


@cache
def _by_place() -> dict[tuple[str, NetworkKind, int], Network]:
    return {(row.country, row.kind, 6 if ":" in row.cidr else 4): row for row in geo_table()}


def network(code: str, kind: NetworkKind, version: Literal[4, 6] = 4) -> Network:
    """Return the range of a country and kind; IPv6 is for `home` and `mobile` alone.

    Raises:
        ValueError: There is no such country, or the country has no such network.
    """
    found = _by_place().get((country(code), kind, version))
    if found is None:
        message = f"{code} has no {kind} network of IPv{version}"
        raise ValueError(message)
    return found


def office_addresses(key: Key, code: str, count: int) -> tuple[str, ...]:
    """Return the addresses behind which an office's people appear, all different.

    Args:
        key: The office's. Two offices of one country may share addresses.
        code: The country.
        count: How many; up to 4, in large countries 16, in the first 64.

    Raises:
        ValueError: There are fewer, or no such country.
    """
    offices = network(code, "office")
    if not 0 < count <= offices.size:
        message = f"an office in {code} can have 1 to {offices.size} addresses, not {count}"
        raise ValueError(message)
    start = key.below(offices.size, _OFFICE)
    return tuple(offices.address((start + step) % offices.size) for step in range(count))


def home_address(key: Key, code: str, version: Literal[4, 6] = 4) -> str:
    """Return where a person's home appears, the same for one key always.

    Raises:
        ValueError: There is no such country.
    """
    homes = network(code, "home", version)
    return homes.address(key.below(homes.size, _HOME if version == 4 else _SIX))


def home_place_many(keys: KeyColumn, code: str) -> NDArray[np.int64]:
    """Draw as `home_address` does, for every key: places in the country's homes of IPv4."""
    return keys.below(network(code, "home").size, _HOME)


def address(key: Key, code: str, kind: NetworkKind, ordinal: int = 0) -> str:
    """Draw an IPv4 address of a country and kind, another for each ordinal.

    Raises:
        ValueError: As for `network`.
    """
    found = network(code, kind)
    return found.address(key.below(found.size, _ANY, ordinal))


def place_many(keys: KeyColumn, code: str, kind: NetworkKind) -> NDArray[np.int64]:
    """Draw as `address` does with ordinal 0, for every key: places in the network."""
    return keys.below(network(code, kind).size, _ANY)


def service_address(key: Key, ordinal: int = 0) -> str:
    """Draw an address from which one of AWS's services calls another for a user."""
    return address(key, "US", "aws", ordinal)
