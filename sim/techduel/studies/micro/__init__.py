"""The regressions of published papers, run on firm panels of simulated worlds as the papers see theirs."""
