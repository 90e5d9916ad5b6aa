"""What is learnt from several ensembles at once: comparisons and studies; nothing here changes a simulation."""
