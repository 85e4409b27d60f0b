"""`trailwright serve`: how it begins and ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from urllib.request import Request, urlopen

import orjson
import pytest

from simulator.playground import server
from tests.unit.cli.program import COMMAND, LONG, TINY

pytest.importorskip("uvicorn")

ENDLESS = LONG.replace("2000", "400_000")
"""It takes longer than any test."""


def test_it_answers_at_the_address_it_prints_until_ctrl_c(tmp_path):
    """To whoever has the token; the browser is told the same address.

    Ctrl-C is no error, and does not wait for the run that is under way.
    """
    (tmp_path / "tiny.yaml").write_text(TINY)
    browser = tmp_path / "browser.py"
    browser.write_text("import sys; open('opened', 'w').write(sys.argv[1])")
    environment = os.environ  # noqa: TID251  # a browser for this test alone
    with subprocess.Popen(  # noqa: S603
        (*COMMAND, "serve", "tiny.yaml", "--open"),
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "BROWSER": f"{sys.executable} {browser} %s"},
    ) as process:
        address = process.stderr.readline().split()[-1]
        page, _, token = address.partition("#")
        said = {"X-Trailwright-Token": token, "Content-Type": "application/json"}
        with closing(HTTPConnection(page.split("/")[2])) as running:
            running.request("POST", "/api/run", orjson.dumps({"text": ENDLESS}), said)
            with urlopen(Request(f"{page}api/start", headers=said)) as got:  # noqa: S310
                begun = orjson.loads(got.read())
            process.send_signal(signal.SIGINT)
            ended = running.getresponse().status
        rest, status = process.stderr.read(), process.wait(20)

    assert (status, rest, ended) == (0, "It ends with Ctrl-C.\n", 422)
    assert page.startswith("http://127.0.0.1:")
    assert (tmp_path / "opened").read_text() == address
    assert begun["opened"] == {"name": "tiny.yaml", "text": TINY}
    assert begun["limits"] == {"events": 5_000, "seconds": 30}
    assert "quickstart" in begun["scenarios"]


def test_a_port_that_is_taken_is_told(run, tmp_path):
    """With what to do."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = run("serve", "--port", str(port), cwd=tmp_path)

    told = (
        f"Error: cannot listen at 127.0.0.1:{port}: Address already in use: choose another --port"
    )
    assert (ended.status, ended.err.strip()) == (3, told)


def test_a_scenario_that_is_not_there_is_told_before_anything_listens(run, tmp_path):
    """As by every other command."""
    ended = run("serve", "none.yaml", cwd=tmp_path)

    assert (ended.status, ended.out) == (4, "")
    assert "none.yaml" in ended.err


def test_without_the_extra_it_is_named(run, tmp_path, monkeypatch):
    """Nothing is opened."""
    monkeypatch.setattr(server, "Starlette", None)

    ended = run("serve", cwd=tmp_path)

    assert ended.status == 5
    assert "trailwright[serve]" in ended.err
