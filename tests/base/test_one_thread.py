"""The last bits of a number must not hang on how many processors a machine has."""

from __future__ import annotations

import os
import subprocess
import sys

SOLVE = """
import cuabien
import hashlib
import numpy as np
luck = np.random.default_rng(1)
a, b = luck.random((240, 240)), luck.random(240)
print(hashlib.sha256(np.linalg.solve(a, b).tobytes() + (a @ a).tobytes()).hexdigest())
"""


def solved(threads: str | None) -> str:
    env = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    if threads is not None:
        env["OPENBLAS_NUM_THREADS"] = threads
    done = subprocess.run([sys.executable, "-c", SOLVE], capture_output=True, text=True, check=True, env=env)
    return done.stdout


def test_linear_algebra_is_counted_with_one_thread() -> None:
    assert solved(None) == solved("1")
