"""Branches: policies from a common past, and the regret of having chosen early or late."""
