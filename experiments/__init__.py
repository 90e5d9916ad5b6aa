"""The commands: each composes a configuration, calls `sim` and saves what comes out. No modelling here."""
