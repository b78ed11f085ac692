"""Electricity and where it comes from, greenhouse gases, land under water (docs/theory/environment.md)."""
