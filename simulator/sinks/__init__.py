"""Where bytes end."""
