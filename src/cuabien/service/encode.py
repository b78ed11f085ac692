"""JSON as short as it can be written; a number that is not finite would be a fault of ours and is refused."""

from __future__ import annotations

import json
from typing import Any


def to_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
