"""Cases: somebody's records as a small scenario, made smaller, and kept in one file."""
