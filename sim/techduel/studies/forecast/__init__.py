"""Forecasts on record: bands of the model and of naive rivals, frozen before the fact and scored after it."""
