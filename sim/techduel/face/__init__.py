"""The Python face: what `import techduel` offers, made of the functions that the commands use."""
