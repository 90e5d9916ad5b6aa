"""The commands: each composes a configuration, calls the package and saves what comes out. No modelling here."""
