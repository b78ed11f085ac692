"""Cửa Biển: the open planning system of a city."""

import os

__version__ = "0.1.0"

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""A city's matrices are small: threads would wait for each other longer than they work, and the last bits of a number would
hang on how many processors a machine has. It is read when numpy is loaded, so it is said before."""
