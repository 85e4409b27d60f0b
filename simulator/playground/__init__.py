"""A page on which scenarios are written and tried, served to this machine alone."""
