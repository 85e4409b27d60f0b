"""Addresses are reserved ones, carved without overlap."""

from __future__ import annotations

import ipaddress
import itertools

import pytest

from simulator.directory import networks
from simulator.primitives.instants import zone
from simulator.primitives.keys import Key

RESERVED = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "198.18.0.0/15",
        "2001:db8::/32",
    )
]


def test_every_range_is_reserved_for_documentation_or_benchmarks():
    """RFC 5737, RFC 2544, RFC 3849: no real party is named."""
    for row in networks.geo_table():
        span = ipaddress.ip_network(row.cidr)
        assert any(
            span.version == whole.version and span.subnet_of(whole)  # type: ignore[arg-type]
            for whole in RESERVED
        ), row


def test_no_two_ranges_overlap():
    """An address has one country and one kind."""
    for version in (4, 6):
        spans = sorted(
            (int(span.network_address), int(span.broadcast_address))
            for span in map(ipaddress.ip_network, (row.cidr for row in networks.geo_table()))
            if span.version == version
        )
        assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))


def test_every_country_has_every_kind():
    """65 countries, each with a time zone that exists."""
    assert len(networks.COUNTRIES) >= 60
    for code in networks.COUNTRIES:
        assert zone(networks.time_zone(code))
        for kind in networks.KINDS:
            if kind != "aws":
                assert networks.network(code, kind).size >= 4
        assert networks.network(code, "home", 6).size == 65_536


def test_a_network_lists_its_own_addresses():
    """First and last lie within its range, and nothing beyond."""
    for row in networks.geo_table():
        span = ipaddress.ip_network(row.cidr)
        assert ipaddress.ip_address(row.address(0)) in span
        assert ipaddress.ip_address(row.address(row.size - 1)) in span
        with pytest.raises(ValueError, match=r"places; \d+ is not one"):
            row.address(row.size)


def test_the_first_ranges_stay_where_they_are():
    """Countries are only ever appended."""
    assert networks.network("US", "home").cidr == "198.18.0.0/18"
    assert networks.network("GB", "office").cidr == "203.0.113.64/28"
    assert networks.network("UA", "home").cidr == "198.18.247.0/24"
    assert networks.network("GB", "mobile", 6).cidr == "2001:db8:201::/48"


def test_an_office_has_few_different_addresses():
    """Stable for a key, within the country's range."""
    key = Key.root(1).child("office")

    addresses = networks.office_addresses(key, "SE", 4)

    assert len(set(addresses)) == 4
    assert addresses == networks.office_addresses(key, "SE", 4)
    with pytest.raises(ValueError, match="an office in SE can have 1 to 4 addresses, not 5"):
        networks.office_addresses(key, "SE", 5)


def test_a_home_keeps_its_address():
    """The same key has the same, in either version."""
    key = Key.root(1).child("ana")

    assert networks.home_address(key, "DE") == networks.home_address(key, "DE")
    assert ipaddress.ip_address(networks.home_address(key, "DE", 6)).version == 6


def test_other_addresses_change_with_the_ordinal():
    """A mobile session may come from another address than the last."""
    key = Key.root(1).child("ana")

    seen = {networks.address(key, "US", "mobile", ordinal) for ordinal in range(50)}

    assert len(seen) > 40
    assert networks.service_address(key).startswith("192.0.2.")


def test_unknown_countries_and_networks_are_refused():
    """By name, with what is known."""
    with pytest.raises(ValueError, match="no such country: 'XX'; known are AE, AR"):
        networks.time_zone("XX")
    with pytest.raises(ValueError, match="DE has no tor network of IPv6"):
        networks.network("DE", "tor", 6)
