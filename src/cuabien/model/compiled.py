"""How loops over arrays are compiled, wherever the model has some."""

from __future__ import annotations

from typing import Any

import numba


def compiled(function: Any) -> Any:
    """A function of arrays, compiled once and kept on disk; it lets other threads run while it works."""
    return numba.njit(cache=True, nogil=True, error_model="numpy", boundscheck=False)(function)
