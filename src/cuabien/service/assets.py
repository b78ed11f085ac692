"""The built front end: which file is which, read from Vite's manifest.

Without a build the pages still work; they then say how to make one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

BUILT = Path(__file__).parent / "static" / "explorer"
MANIFEST = BUILT / ".vite" / "manifest.json"


@dataclass(frozen=True)
class Assets:
    """Addresses of the explorer's script, its styles, and what to load early; of the style and the small script of
    every page. Empty when nothing is built."""

    script: str = ""
    preload: tuple[str, ...] = ()
    explorer_styles: tuple[str, ...] = ()
    page_styles: tuple[str, ...] = ()
    page_script: str = ""

    @property
    def built(self) -> bool:
        return bool(self.page_styles)


def assets() -> Assets:
    try:
        return _read(MANIFEST.stat().st_mtime_ns)
    except OSError:
        return Assets()


@lru_cache(maxsize=2)
def _read(_when: int) -> Assets:
    try:
        manifest = json.loads(MANIFEST.read_text("utf-8"))
    except (OSError, ValueError):
        return Assets()
    return from_manifest(manifest)


def from_manifest(manifest: dict[str, dict[str, object]]) -> Assets:
    """Of the entries that are scripts one is the explorer; the other, and the style, are for every page."""
    script, page_script, preload, explorer, pages = "", "", [], [], []
    for source, chunk in manifest.items():
        if not chunk.get("isEntry"):
            continue
        file = str(chunk["file"])
        if file.endswith(".css"):
            pages.append(_address(file))
        elif source.startswith("src/site/"):
            page_script = _address(file)
        else:
            script = _address(file)
            explorer += [_address(str(f)) for f in _list(chunk.get("css"))]
            preload += [_address(str(manifest[str(k)]["file"])) for k in _list(chunk.get("imports"))]
    return Assets(script, tuple(preload), tuple(explorer), tuple(pages) or tuple(explorer), page_script)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _address(file: str) -> str:
    return f"/static/explorer/{file}"
