"""API calls that are recorded as their API models have them: tables, and how to read them."""
