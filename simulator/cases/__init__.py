"""A customer's records as a small scenario that says nothing of the customer."""
