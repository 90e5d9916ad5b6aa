"""Calibration: parameter sets under which the model lives through the recorded past."""
