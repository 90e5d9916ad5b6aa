"""What the sectors with firms are not: the rest of the economy, traded among the blocs."""
