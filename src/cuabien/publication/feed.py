"""The editions that stand beside one another, as a page, a list and an Atom feed: `editions/index.html`, `index.json`, `feed.atom`.

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
from cuabien.base.words import LANGUAGES, N_, say
from cuabien.publication.edition import TOMBSTONE, Edition, open_edition, put_file
from cuabien.publication.verify import verify

FOLDER, INDEX, FEED, PAGE, STYLE = "editions", "index.json", "feed.atom", "index.html", "list.css"
ID = "urn:sha256:"
WITHDRAWN = N_("withdrawn: {reason}")
WAITING = N_("waits for {count} more signatures")
OPEN = N_("published")
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff"
"""Marks that turn the direction of writing, and what is no character."""


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
    put_file(place / PAGE, page(rows).encode())
    put_file(place / STYLE, LOOK.encode())
    return place


def _beside(parent: Path) -> Iterable[Edition]:
    for folder in sorted(parent.iterdir()):
        if folder.is_dir() and not folder.is_symlink() and not folder.name.startswith("."):
            with contextlib.suppress(UnusableInput):
                yield open_edition(folder)


def _row(edition: Edition, place: Path) -> dict[str, Any]:
    manifest, notice = edition.manifest, _notice(edition)
    verdict = verify(edition.folder)
    missing = max(verdict.needed - len(verdict.approvals), 0) if notice is None else 0
    names = manifest["approvals"].get("names", {})
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
        "intact": verdict.intact if notice is None else None,
        "signatures_needed": verdict.needed,
        "signatures_missing": missing,
        "signed_by": [
            {"key": key, "name": names.get(key), "publisher": key == verdict.publisher}
            for key in verdict.approvals
        ],
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


# ---- the page ---------------------------------------------------------------------------------------------

TITLE = N_("Published editions")
EMPTY = N_("No edition was published yet.")
BROKEN = N_("not what was signed")
HEADS = (N_("Published on"), N_("Edition"), N_("State"), N_("Signed by"), N_("Hash of the manifest"))
PUBLISHER, NAMELESS = N_("publisher"), N_("the plan does not say whose key this is")
LOOK = """body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif; color: #12303a; background: #fff; }
code, dd { overflow-wrap: anywhere; }
section { margin-block: 2rem; border-block-start: 1px solid #8a989c; }
dt { font-weight: 600; }
dd { margin: 0 0 0.5rem; }
a { color: #0b5c6b; }
"""


def page(rows: Iterable[Mapping[str, Any]]) -> str:
    """The list for people, in both languages, for any static host and for opening from a disk."""
    rows = list(rows)
    title = " · ".join(dict.fromkeys(say(TITLE, code) for code in LANGUAGES))
    said = "\n".join(_section(row) for row in rows) or f"<p>{_both(EMPTY)}</p>"
    return (
        f'<!doctype html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n<title>{_xml(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="stylesheet" href="{STYLE}">\n<link rel="alternate" type="application/atom+xml" href="{FEED}">\n'
        f'</head>\n<body>\n<main>\n<h1>{_both(TITLE)}</h1>\n<p><a href="{FEED}">Atom</a> · <a href="{INDEX}">JSON</a></p>\n'
        f"{said}\n</main>\n</body>\n</html>\n"
    )


def _section(row: Mapping[str, Any]) -> str:
    names = " · ".join(str(row[key]) for key in ("name_vi", "name_en") if row[key]) or str(row["plan"])
    address = quoteattr(f"{quote(row['folder'])}/index.html")
    values = (
        _xml(row["published"]),
        f"<code>{_xml(row['edition'])}</code>",
        _state_in_html(row),
        "<br>".join(_signer(who) for who in row["signed_by"]) or "–",
        f"<code>{row['manifest_sha256']}</code>",
    )
    lines = "\n".join(
        f"<dt>{_both(head)}</dt><dd>{value}</dd>" for head, value in zip(HEADS, values, strict=True)
    )
    heading = f"<h2><a href={address}>{_xml(names)}, {_xml(row['published'])}</a></h2>"
    return f"<section>\n{heading}\n<dl>\n{lines}\n</dl>\n</section>"


def _state_in_html(row: Mapping[str, Any]) -> str:
    if row["intact"] is False:
        return _both(BROKEN)
    day = f"{_xml(row['withdrawn']['day'])}: " if row["withdrawn"] else ""
    return day + " · ".join(f'<span lang="{code}">{_xml(_said(row, code))}</span>' for code in LANGUAGES)


def _signer(who: Mapping[str, Any]) -> str:
    name = _xml(who["name"]) if who["name"] else _both(NAMELESS)
    role = f" ({_both(PUBLISHER)})" if who["publisher"] else ""
    return f"{name}{role} <code>{_xml(who['key'])}</code>"


def _both(words: str) -> str:
    return " · ".join(f'<span lang="{code}">{_xml(say(words, code))}</span>' for code in LANGUAGES)


def _xml(text: str) -> str:
    """Text of XML and HTML: what they cannot hold, and marks that turn the direction of writing, are left out."""
    return escape("".join(c for c in text if c in "\t\n" or (ord(c) >= 32 and c not in TURNING)))
