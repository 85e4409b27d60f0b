"""What the tests of buckets, queues and topics share."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from simulator.sinks.objects import Patience
from tests.services.faults import Faulty, faulty, nobody
from tests.services.moto import Moto, moto_running

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105  # that of every example
QUICK = Patience(
    tries=3,
    first=timedelta(milliseconds=1),
    longest=timedelta(milliseconds=5),
    whole=timedelta(seconds=20),
    answer=timedelta(seconds=10),
    connection=timedelta(seconds=5),
)


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    """Run AWS for all tests of a process: each uses names of its own."""
    with moto_running() as running:
        yield running


@pytest.fixture
def wrong() -> Iterator[Faulty]:
    """Run a server that stands alone and answers as it is told."""
    with faulty() as server:
        yield server


@pytest.fixture
def credentials(monkeypatch, tmp_path):
    """Give the environment credentials, and nothing else that clients read."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    # Nobody is asked for the credentials of the machine.
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", nobody())
