"""Records and their truth as a dataset: tables, splits, a data card."""
