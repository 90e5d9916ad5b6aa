"""Who acts: what states may do and what may happen to them, one family a file."""
