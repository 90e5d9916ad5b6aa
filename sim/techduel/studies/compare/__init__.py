"""Several scenarios, paired run by run with the first."""
