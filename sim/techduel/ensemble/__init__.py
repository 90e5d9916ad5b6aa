"""How it is computed: batches of runs, tasks, workers, and the results on disk."""
