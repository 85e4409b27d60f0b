"""What in records says who they are of, what stands in for it, and whether anything is left."""
