"""How it is seen: tables, figures and pages."""
