"""Places that records are sent to, one file each. `addresses.SINKS` lists them."""
