"""AWS as far as tests need it, on loopback.

S3 is moto's; services of the JSON protocol answer what a test tells them to. Clients
find them by what botocore reads from the environment, so that the real `aws` runs unchanged.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Answers = Mapping[str, Callable[[dict[str, Any]], Any]]

LOOPBACK: Final = "127.0.0.1"

CREDENTIALS: Final[Mapping[str, str]] = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    # Neither the machine's own settings nor its instance metadata are asked.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
}
"""What any client is given besides its endpoints."""


@dataclass(frozen=True, slots=True)
class S3:
    """An S3 that forgets everything when the tests end."""

    url: str
    """Its endpoint."""

    def client(self):
        """Return a boto3 client of it."""
        import boto3  # noqa: PLC0415  # an extra

        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106  # moto takes any
        )


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """Give moto's S3, started once: a test makes buckets of its own."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(
        ip_address=LOOPBACK, port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    yield S3(f"http://{host}:{port}")
    server.stop()


@contextmanager
def json_service(answers: Answers) -> Iterator[str]:
    """Run a service of AWS's JSON protocol, and give its URL.

    Args:
        answers: What to do for each operation: a function of the request. All others are
            refused.
    """
    server = ThreadingHTTPServer((LOOPBACK, 0), _handler(answers))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(answers: Answers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            status, answer = 400, {"__type": "UnknownOperationException", "message": operation}
            if operation in answers:
                status, answer = 200, answers[operation](request)
            body = json.dumps(answer).encode()  # noqa: TID251  # nothing that is promised
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def key_listing(listed: Mapping[str, Any]) -> Callable[[dict[str, Any]], Any]:
    """Return how CloudTrail answers ListPublicKeys: with the keys valid in the span asked for.

    Args:
        listed: The answer with all keys, as `public-keys.json` has it.
    """

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        return {
            "PublicKeyList": [
                key
                for key in listed["PublicKeyList"]
                if key["ValidityStartTime"] <= request["EndTime"]
                and key["ValidityEndTime"] >= request["StartTime"]
            ]
        }

    return answer


def aws_command() -> str:
    """Return the AWS CLI of this environment; skip where there is none."""
    pytest.importorskip("awscli")
    return str(Path(sys.executable).with_name("aws"))


def environment(**endpoints: str) -> dict[str, str]:
    """Return the environment of a client that is to find services here.

    Args:
        endpoints: URLs by service: `s3`, `cloudtrail`, `organizations`, …
    """
    path = os.environ["PATH"]  # noqa: TID251  # of a process, not of what is written
    named = {f"AWS_ENDPOINT_URL_{name.upper()}": url for name, url in endpoints.items()}
    return {"PATH": path, **CREDENTIALS, **named}
