"""Azure's blobs on loopback: Azurite, from the npm package `azurite`.

Its command `azurite-blob` must be on the PATH: `npm install --prefix SOMEWHERE azurite`, then
`PATH=SOMEWHERE/node_modules/.bin:$PATH`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import shutil
import subprocess
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

ACCOUNT = "trailaccount"
KEY = base64.b64encode(b"a key for tests, and for nothing else").decode()
_LISTENS = re.compile(r"successfully listen\S* \w+ (http://127\.0\.0\.1:\d+)")


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Azurite:
    """A server that runs."""

    url: str
    """Its address, which ends in the account's name."""

    def ask(self, method: str, path: str) -> Said:
        """Ask for something below the account, signed as Azure's "Shared Key" page says."""
        date = formatdate(usegmt=True)
        headers = {"x-ms-date": date, "x-ms-version": "2021-12-02", "Content-Length": "0"}
        resource, _, query = path.partition("?")
        canonical = f"/{ACCOUNT}{urlsplit(self.url).path}{resource}" + "".join(
            f"\n{name}:{value}" for name, value in sorted(parse_qsl(query))
        )
        signed = f"{method}{chr(10) * 12}x-ms-date:{date}\nx-ms-version:2021-12-02\n{canonical}"
        digest = hmac.digest(base64.b64decode(KEY), signed.encode(), hashlib.sha256)
        headers["Authorization"] = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=10)) as connection:
            connection.request(method, urlsplit(self.url).path + path, headers=headers)
            answer = connection.getresponse()
            return Said(answer.status, answer.headers, answer.read())


@contextmanager
def azurite_running() -> Iterator[Azurite]:
    """Run a server on a free port; skip the test where it is not installed."""
    command = shutil.which("azurite-blob")
    if command is None:
        pytest.skip("azurite-blob is not on the PATH: see tests/services/azurite.py")
    environment = {
        **os.environ,  # noqa: TID251  # node is found by it
        "AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}",
    }
    options = ["--blobPort", "0", "--inMemoryPersistence", "--disableTelemetry", "--silent"]
    with subprocess.Popen(  # noqa: S603  # nobody else's words
        [command, *options], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if found := _LISTENS.search(line):
                    yield Azurite(f"{found[1]}/{ACCOUNT}")
                    break
            else:
                pytest.fail("azurite-blob did not say where it listens")
        finally:
            process.terminate()
