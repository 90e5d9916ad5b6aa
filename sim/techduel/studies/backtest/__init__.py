"""Forecasts against what came: outcomes of others, scores, naive rivals, and what the model misses."""
