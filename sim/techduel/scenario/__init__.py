"""What is asked: configurations read strictly, layer on layer, and the parameter sets that runs draw."""
