"""Every decision, made once."""
