"""What a stream does, as Prometheus reads it.

Names follow the project's own and Prometheus's rules ("Metric and label naming"): base units,
`_total` for what only grows.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.errors import MissingExtraError, OutputError, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from simulator.streaming.progress import Seen

LOOPBACK: Final = "127.0.0.1"

_COUNTERS: Final = {
    "records_settled": "Records that the receiver has, as far as it says.",
    "records_refused": "Records that the receiver will never take.",
    "records_uncertain": "Records that may be there twice.",
    "bytes_settled": "Bytes of settled records.",
    "retries": "How often a batch had to be sent again.",
}
_GAUGES: Final = {
    "records_in_flight": "Records that were taken up and are not settled.",
    "bytes_waiting": "Bytes of records that were made ahead.",
    "lag_seconds": "By how much the last batch was sent late.",
}


@dataclass(eq=False, slots=True)
class Metrics:
    """What the last look at a stream saw. See `running.Observer`."""

    last: Seen | None = None

    def seen(self, seen: Seen) -> None:
        """See `Observer.seen`."""
        self.last = seen

    def collect(self) -> Iterator[Metric]:
        """Yield what Prometheus asks for."""
        from prometheus_client.core import (  # noqa: PLC0415  # an extra
            CounterMetricFamily,
            GaugeMetricFamily,
        )

        seen = self.last
        if seen is None:
            return
        values: dict[str, float] = {
            "records_settled": seen.settled,
            "records_refused": seen.refused,
            "records_uncertain": seen.uncertain,
            "bytes_settled": seen.size,
            "retries": seen.retries,
            "records_in_flight": seen.in_flight,
            "bytes_waiting": seen.waiting,
            "lag_seconds": seen.lag / 1_000_000,
        }
        for name, meaning in _COUNTERS.items():
            yield CounterMetricFamily(f"trailwright_{name}", meaning, value=values[name])
        for name, meaning in _GAUGES.items():
            yield GaugeMetricFamily(f"trailwright_{name}", meaning, value=values[name])
        kinds = CounterMetricFamily(
            "trailwright_records_by_kind", "Settled records by kind.", labels=["kind"]
        )
        for kind, count in seen.kinds.items():
            kinds.add_metric([kind], count)
        yield kinds


@contextmanager
def served(text: str) -> Iterator[Metrics]:
    """Serve metrics while the context lasts, and give what is to be told of the stream.

    Args:
        text: `PORT`, on loopback, or `HOST:PORT`.

    Raises:
        RequestError: It is neither.
        OutputError: The port cannot be listened at.
        MissingExtraError: The client of Prometheus is not installed.
    """
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) >= 65_536:
        raise RequestError("--metrics: expected PORT or HOST:PORT, such as 9464")
    try:
        from prometheus_client import CollectorRegistry, start_http_server  # noqa: PLC0415
    except ImportError:
        feature = "serving metrics"
        raise MissingExtraError(feature, "metrics") from None
    metrics = Metrics()
    registry = CollectorRegistry()
    registry.register(metrics)
    try:
        server, thread = start_http_server(int(port), host or LOOPBACK, registry)
    except OSError as error:
        message = f"cannot serve metrics at {text}: {error.strerror or error}"
        raise OutputError(message) from error
    try:
        yield metrics
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
