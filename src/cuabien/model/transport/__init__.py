"""Transport: who travels where, by which mode, and what the roads then look like."""
