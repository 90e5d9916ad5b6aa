"""What many runs say in numbers, and how that is written down: bands, leads, directions, bounds and tables."""
