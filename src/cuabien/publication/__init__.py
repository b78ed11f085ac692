"""Editions: a plan and its future as one folder that opens anywhere, for years, and proves itself (docs/publication.md)."""
