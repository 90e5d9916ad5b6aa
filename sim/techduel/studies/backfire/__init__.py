"""Backfire: where a control hurts the state that imposes it, in three meanings, each with its size."""
