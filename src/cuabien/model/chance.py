"""Chance that two scenarios share.

A draw depends on (seed, stream, year, id) and on nothing else: not on how many draws came before, nor on their
order. Two runs that differ by one project therefore meet the same luck, and their difference is the project's.
"""

from __future__ import annotations

import hashlib

import numpy as np

from cuabien.model.variables import Array


def draw(seed: int, stream: str, year: int, identity: str, count: int = 1) -> Array:
    """`count` independent standard normal numbers for one thing in one year.

    The key goes through SHA-256 into the counter-based generator Philox 4x64 (Salmon et al. 2011, "Parallel
    random numbers: as easy as 1, 2, 3").
    """
    text = f"{seed}\x1f{stream}\x1f{year}\x1f{identity}"
    key = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(key=key)).standard_normal(count)
