"""What Prometheus reads of a stream."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from simulator.errors import MissingExtraError, OutputError, RequestError
from simulator.streaming.metrics import served
from simulator.streaming.progress import Seen


def test_metrics_are_what_was_last_seen():
    """In Prometheus's text format, from a real server."""
    parser = pytest.importorskip("prometheus_client.parser")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    seen = Seen(5, 10, 7, 1, 2, 7000, 300, 250_000, 3, 4, "busy", {"sso/Federate": 7})
    with served(str(port)) as metrics:
        address = f"http://127.0.0.1:{port}/metrics"
        with urllib.request.urlopen(address) as answer:  # our own
            assert "records_settled" not in answer.read().decode()
        metrics.seen(seen)
        with urllib.request.urlopen(address) as answer:  # our own
            text = answer.read().decode()
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in parser.text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found == {
        ("trailwright_records_settled_total",): 7,
        ("trailwright_records_refused_total",): 1,
        ("trailwright_records_uncertain_total",): 4,
        ("trailwright_bytes_settled_total",): 7000,
        ("trailwright_retries_total",): 3,
        ("trailwright_records_in_flight",): 2,
        ("trailwright_bytes_waiting",): 300,
        ("trailwright_lag_seconds",): 0.25,
        ("trailwright_records_by_kind_total", "sso/Federate"): 7,
    }


def test_a_port_that_is_taken_is_told():
    """And what is no port is refused."""
    pytest.importorskip("prometheus_client")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OutputError, match="cannot serve metrics"), served(str(port)):
            pass
    with pytest.raises(RequestError, match="expected PORT"), served("none"):
        pass


def test_without_the_client_the_extra_is_named(monkeypatch):
    """With how to install it."""
    monkeypatch.setitem(__import__("sys").modules, "prometheus_client", None)
    with pytest.raises(MissingExtraError, match=r"trailwright\[metrics\]"), served("1"):
        pass
