"""How a release is built, and of what it is made: docs/releasing.md tells the steps."""
