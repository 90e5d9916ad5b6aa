"""Why: what moved a lead, by cause, and which measure of another scenario moves it by which cause."""
