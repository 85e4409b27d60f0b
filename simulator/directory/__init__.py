"""The identity world: who there is, what they are called, and where they come from."""
