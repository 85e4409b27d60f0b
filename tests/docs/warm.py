"""The program, imported once and run many times: pages have more commands than a test has seconds.

`python warm.py serve SOCKET` imports the program and waits. `python -IS warm.py run SOCKET …` hands
its arguments, folder, environment and streams to it, waits, and ends with the status. Each run is
a process of its own, forked from the one that waits: what is saved is importing. Whoever is to be
sent signals must run the program itself.
"""

from __future__ import annotations

import array
import json
import os
import signal
import socket
import sys
from importlib import import_module

_MOST = 1 << 20


def run(address: str, arguments: list[str]) -> int:
    """Have a command line run, and return the status that it ended with."""
    asked = json.dumps([arguments, os.getcwd(), dict(os.environ)]).encode()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(address)
        streams = array.array("i", [0, 1, 2])
        line.sendmsg([len(asked).to_bytes(4)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
        line.sendall(asked)
        status = line.recv(1)
    return status[0] if status else 1


def serve(address: str) -> None:
    """Run command lines until standard input ends."""
    from simulator.cli.commands import program

    program()
    # What nearly every command imports once it runs.
    import_module("simulator.run")
    import_module("simulator.validation")

    # Nobody waits for those who wait for a run.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen(8)
        if not os.fork():
            door.close()
            while os.read(0, _MOST):
                pass
            os.unlink(address)
            os.kill(os.getppid(), signal.SIGKILL)
            os._exit(0)
        while True:
            line, _ = door.accept()
            if not os.fork():
                door.close()
                _attended(line)
            line.close()


def _attended(line: socket.socket) -> None:
    """Run what is asked for in a process of its own, and say how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, streams, *_ = socket.recv_fds(line, 4, 3)
    asked = b""
    while len(asked) < int.from_bytes(head):
        asked += line.recv(_MOST)
    child = os.fork()
    if not child:
        line.close()
        _became(json.loads(asked), streams)
    _, ended = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(ended)
    line.sendall(bytes([code if code >= 0 else 128 - code]))
    os._exit(0)


def _became(asked: list, streams: list[int]) -> None:
    """Be the program."""
    from simulator.cli.app import main

    arguments, folder, environment = asked
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["trailwright", *arguments]
    status: object = 1
    try:
        main()
    except SystemExit as ended:
        status = ended.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                status = 1
        os._exit(status if isinstance(status, int) else 0 if status is None else 1)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        sys.exit(run(sys.argv[2], sys.argv[3:]))
