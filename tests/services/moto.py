"""AWS on loopback: moto's server, and clients for it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "us-east-1"
ACCOUNT = "123456789012"
"""Whose everything is, as moto has it."""


@dataclass(frozen=True)
class Moto:
    """A server that runs."""

    url: str
    """Its address."""

    def client(self, service: str) -> Any:
        """Return boto3's client for one of its services."""
        import boto3  # noqa: PLC0415  # not there with the lowest versions

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106  # moto takes any
        )


@contextmanager
def moto_running() -> Iterator[Moto]:
    """Run a server on a free port of loopback; skip the test where moto is not installed."""
    server_of = pytest.importorskip("moto.server").ThreadedMotoServer
    server = server_of(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield Moto(f"http://{host}:{port}")
    finally:
        server.stop()
