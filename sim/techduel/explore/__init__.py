"""Explore: the model under one's hands, in a browser on the same machine; computed by what the commands use."""
