"""The command line: the only rooms that know the terminal."""
