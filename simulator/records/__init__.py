"""What CloudTrail writes down, and since when."""
