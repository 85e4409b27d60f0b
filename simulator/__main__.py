"""Let `python -m simulator` do as `trailwright` does."""

from __future__ import annotations

from simulator.cli.app import main

if __name__ == "__main__":
    main()
