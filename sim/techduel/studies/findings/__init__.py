"""Findings: the evidence as a whole, the table of published findings, and the blocks of pages about them."""
