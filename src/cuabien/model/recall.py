"""What a process that lives long remembers of earlier futures: results, by the bits of all that they follow from.

Two futures of nearly the same plan share years to the bit, and those need not be computed twice. A result is kept under a key that is made of everything that was
read for it; it is never kept under less. So a future is the same with and without a memory, and only sooner with one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

MOST_BYTES = 300_000_000


class Recall:
    """Results by key, the ones used last; what is older makes way when they grow beyond `most_bytes`."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self.kept: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self.met = 0
        """How often a result was there."""

    def once(self, key: str, make: Callable[[], T]) -> T:
        """The result of this key: as it was kept, or made now and kept. It must not be written to any more."""
        if key in self.kept:
            self.kept.move_to_end(key)
            self.met += 1
            found: T = self.kept[key][0]
            return found
        made = make()
        self.kept[key] = made, bytes_of(made)
        self.bytes += self.kept[key][1]
        while self.bytes > self.most_bytes and self.kept:
            _, (_, freed) = self.kept.popitem(last=False)
            self.bytes -= freed
        return made


def bytes_of(thing: object) -> int:
    """Bytes of the arrays within a result."""
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    if isinstance(thing, Mapping):
        return sum(bytes_of(inner) for inner in thing.values())
    if isinstance(thing, list | tuple):
        return sum(bytes_of(inner) for inner in thing)
    if is_dataclass(thing):
        return sum(bytes_of(getattr(thing, f.name)) for f in fields(thing))
    return 0
