"""Game: which policies two reacting states hold to, what a lead is worth to them, and what would change that."""
