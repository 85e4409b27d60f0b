"""Plan to records, two ways, one answer."""
