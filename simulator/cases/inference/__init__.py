"""What records are taken for: who acts, what is done, and the scenario that gives them again."""
