"""What a trail does with records between the engine and the file."""
