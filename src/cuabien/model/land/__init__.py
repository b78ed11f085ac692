"""Where households and jobs go: land, dwellings, prices that clear (docs/theory/land.md)."""
