"""Numbers, time and text; has never heard of AWS."""
