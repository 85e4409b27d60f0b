"""Cases: a failure made small, and kept so that it can be shown again."""
