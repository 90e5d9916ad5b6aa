"""Hindcasts: what the model misses beyond parameters and luck."""
