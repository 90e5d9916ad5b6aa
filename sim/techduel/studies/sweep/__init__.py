"""Sweeps: many configurations of one model, computed in batches that mix them."""
