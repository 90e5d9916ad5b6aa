"""Posterior parameter sets: ``posterior_YEAR.csv`` for each base year, ``posterior_YEAR.json`` on how it was made."""
