"""The duel: one quarter of two states and their firms, one mechanism a file; it imports NumPy and nothing of ours."""
