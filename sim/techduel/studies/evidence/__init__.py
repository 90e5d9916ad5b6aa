"""Published findings beside the model, and what is learnt from several ensembles at once."""
