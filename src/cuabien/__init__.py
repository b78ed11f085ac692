"""Cửa Biển: the open planning system of a city."""

__version__ = "0.1.0"
