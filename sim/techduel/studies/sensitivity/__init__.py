"""Which uncertainty drives which outcome: screening after Morris, variance shares after Sobol, luck apart."""
