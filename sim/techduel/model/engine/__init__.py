"""The engine: runs as records in memory, equations as machine code, quarters that pass; no equation lies here."""
