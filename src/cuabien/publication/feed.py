"""The editions that stand beside one another, as a list and as an Atom feed: `editions/index.json`, `editions/feed.atom`.

Made anew from the folders themselves whenever an edition is published, signed or withdrawn, and renamed into place; it holds
nothing that the editions do not say, so nobody has to trust it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from cuabien.base.faults import UnusableInput
from cuabien.base.words import N_, say
from cuabien.publication.edition import TOMBSTONE, Edition, open_edition, put_file
from cuabien.publication.verify import verify

FOLDER, INDEX, FEED = "editions", "index.json", "feed.atom"
ID = "urn:sha256:"
WITHDRAWN = N_("withdrawn: {reason}")
WAITING = N_("waits for {count} more signatures")
OPEN = N_("published")


def place_of_feed(edition: Path) -> Path:
    """Next to the editions; inside when they stand in a folder of that name already."""
    parent = edition.absolute().parent
    return parent if parent.name == FOLDER else parent / FOLDER


def renew(edition: Path) -> Path:
    """Write list and feed of the editions beside this one."""
    place = place_of_feed(edition)
    place.mkdir(exist_ok=True)
    rows = [_row(found, place) for found in _beside(edition.absolute().parent)]
    rows.sort(key=lambda row: (row["published"], row["edition"]), reverse=True)
    put_file(place / INDEX, json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n")
    put_file(place / FEED, feed(rows).encode())
    return place


def _beside(parent: Path) -> Iterable[Edition]:
    for folder in sorted(parent.iterdir()):
        if folder.is_dir() and not folder.is_symlink() and not folder.name.startswith("."):
            with contextlib.suppress(UnusableInput):
                yield open_edition(folder)


def _row(edition: Edition, place: Path) -> dict[str, Any]:
    manifest, notice = edition.manifest, _notice(edition)
    verdict = verify(edition.folder) if notice is None else None
    missing = max(verdict.needed - len(verdict.approvals), 0) if verdict else 0
    return {
        "edition": edition.id,
        "folder": os.path.relpath(edition.folder, place),
        "address": manifest.get("address"),
        "manifest_sha256": edition.seal,
        "published": manifest["published"],
        "plan": manifest["plan"]["id"],
        "name_vi": manifest["plan"].get("name_vi"),
        "name_en": manifest["plan"].get("name_en"),
        "previous": (manifest.get("previous") or {}).get("manifest_sha256"),
        "intact": verdict.intact if verdict else None,
        "signatures_missing": missing,
        "withdrawn": notice,
    }


def _notice(edition: Edition) -> dict[str, Any] | None:
    file = edition.folder / TOMBSTONE
    try:
        found = json.loads(file.read_bytes())
        return {"day": str(found["withdrawn"]), "reason": str(found["reason"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"day": "", "reason": ""} if file.exists() else None


def feed(rows: Iterable[Mapping[str, Any]]) -> str:
    """Atom (RFC 4287), newest first; an entry is told apart by the hash of its manifest."""
    rows = list(rows)
    updated = max(
        (str((row["withdrawn"] or {}).get("day") or row["published"]) for row in rows), default="1970-01-01"
    )
    plan = rows[0] if rows else {}
    title = f"{plan.get('name_vi') or ''} · {plan.get('name_en') or ''}"
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi">',
        f"  <id>urn:cuabien:editions:{quote(str(plan.get('plan', '')))}</id>",
        f"  <title>{_xml(title)}</title>",
        f"  <updated>{updated}T00:00:00Z</updated>",
        '  <link rel="self" href="feed.atom"/>',
        f"  <author><name>{_xml(str(plan.get('name_vi') or 'cuabien'))}</name></author>",
    ]
    for row in rows:
        gone = row["withdrawn"]
        lines += [
            "  <entry>",
            f"    <id>{ID}{row['manifest_sha256']}</id>",
            f"    <title>{_xml(row['edition'])}</title>",
            f"    <published>{row['published']}T00:00:00Z</published>",
            f"    <updated>{(gone or {}).get('day') or row['published']}T00:00:00Z</updated>",
            f'    <link rel="alternate" href={quoteattr(row["address"] or quote(row["folder"]) + "/")}/>',
            f"    <summary>{_xml(_state(row))}</summary>",
            "  </entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _state(row: Mapping[str, Any]) -> str:
    return " · ".join(_said(row, language) for language in ("vi", "en"))


def _said(row: Mapping[str, Any], language: str) -> str:
    if row["withdrawn"]:
        return say(WITHDRAWN, language, reason=row["withdrawn"]["reason"])
    if row["signatures_missing"]:
        return say(WAITING, language, count=row["signatures_missing"])
    return say(OPEN, language)


def _xml(text: str) -> str:
    """Text of XML: what XML cannot hold is left out."""
    return escape("".join(c for c in text if c in "\t\n" or ord(c) >= 32))
