"""What it says: one folder a study, with its settings, its numbers and its words."""
