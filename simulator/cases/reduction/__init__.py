"""Making few: the least that a program fails on, and the scenario that gives just that."""
