"""What tests of sinks for AWS share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.services.faults import nobody
from tests.services.moto import Moto, moto_running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    """Run AWS for all tests of a process: each uses names of its own."""
    with moto_running() as running:
        yield running


@pytest.fixture
def credentials(monkeypatch, tmp_path):
    """Give the environment credentials, and nothing else that clients read."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-nobody")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", nobody())
