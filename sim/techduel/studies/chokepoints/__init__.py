"""Choke points: which input one state can deny the other, at what loss to either side, and for how long."""
