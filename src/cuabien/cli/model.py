"""Placeholder until the theme's commands land."""

from __future__ import annotations

import typer


def add_commands(app: typer.Typer) -> None:
    """Add this theme's commands."""
