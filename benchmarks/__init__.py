"""How fast records are made, as ratios to what others make; README.md says how to read them."""
