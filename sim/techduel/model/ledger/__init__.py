"""The ledger: why frontiers, sales and real income have changed in a quarter, without a rest; nothing acts on it."""
