"""Make the peers' environments: python -m benchmarks.peers [NAME ...]."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.peers import PEERS


def main() -> None:
    """Install those named, or all; one that cannot be had does not keep the others away."""
    asked = sys.argv[1:]
    for peer in PEERS:
        if asked and peer.name not in asked:
            continue
        try:
            peer.install()
        except subprocess.CalledProcessError as error:
            print(f"{peer.name}: not installed, {error}", file=sys.stderr)
        else:
            print(f"{peer.name}: installed")


if __name__ == "__main__":
    main()
