"""Who travels where, by which mode, how full the roads are, and whether modes join in time (docs/theory/transport.md)."""
