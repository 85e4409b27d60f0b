"""The language people write: reading a scenario, checking it, filling in its defaults."""
