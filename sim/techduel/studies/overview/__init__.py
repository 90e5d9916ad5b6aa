"""The title's question on one page: every scenario against the baseline."""
