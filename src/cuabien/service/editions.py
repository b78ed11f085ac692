"""Published editions, as files: a list of them, their feed, and each file as it was signed.

Nothing here needs a plan, a run or a database: an edition is a folder. What is served of one is what its manifest names, and
its seals; an address that is not among these names is not looked for on the disk. An edition that is addressed by the hash of
its manifest can never change, so a browser keeps it; by the name of its folder it is asked for anew, since it may have
been withdrawn. Of a withdrawn edition the tombstone is shown wherever one asks.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

LIST, FEED, MANIFEST, TOMBSTONE = "index.json", "feed.atom", "manifest.json", "withdrawn.json"
SEALS = re.compile(r"manifest\.(json|sig|pub)|withdrawn\.(json|sig)|approvals/[0-9a-f]+\.(sig|pub)")
BY_HASH = re.compile(r"[0-9a-f]{64}")
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
TYPES = {
    ".atom": "application/atom+xml",
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".js": "text/javascript; charset=utf-8",
    ".jsonld": "application/ld+json",
    ".parquet": "application/vnd.apache.parquet",
    ".pmtiles": "application/vnd.pmtiles",
    ".ttl": "text/turtle; charset=utf-8",
    ".toml": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
UTF_8 = ("text/html", "text/css", "text/plain", "text/csv")
WHOLE_BYTES = 8 * 2**20
"""A larger file is sent in pieces and not squeezed."""
PIECE_BYTES = 256 * 1024
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Published:
    """An edition on this disk: its folder, the hash of its manifest, and the hash of each file that it names."""

    folder: Path
    seal: str
    manifest: dict[str, Any]
    hashes: dict[str, str]

    @property
    def withdrawn(self) -> bool:
        return (self.folder / TOMBSTONE).exists()


# ---- what is there ------------------------------------------------------------------------------------------


def root() -> Path | None:
    """The folder whose editions are served; None when none is named."""
    named = settings.CUABIEN_EDITIONS
    return Path(named).resolve() if named else None


def editions() -> list[Published]:
    """Every edition in the folder, newest first; what is no edition is passed over."""
    base = root()
    if base is None or not base.is_dir():
        return []
    found = [edition for folder in base.iterdir() if (edition := _opened(folder)) is not None]
    return sorted(found, key=lambda e: (str(e.manifest["published"]), e.folder.name), reverse=True)


def _opened(folder: Path) -> Published | None:
    if folder.name.startswith(".") or folder.is_symlink() or not folder.is_dir():
        return None
    try:
        return _read(folder, (folder / MANIFEST).stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError):
        return None


@lru_cache(maxsize=64)
def _read(folder: Path, _when: int) -> Published:
    data = (folder / MANIFEST).read_bytes()
    manifest = json.loads(data)
    manifest["edition"], manifest["published"], manifest["plan"]["id"]
    hashes = {str(file["path"]): str(file["sha256"]) for file in manifest["files"]}
    return Published(folder, hashlib.sha256(data).hexdigest(), manifest, hashes)


def named(name: str) -> Published:
    """The edition with this folder's name, or with this hash of its manifest; the others are not looked at."""
    base = root()
    if base is not None:
        for folder in (name, _folders.get(name, "")):
            found = _opened(base / folder) if folder and Path(folder).name == folder else None
            if found is not None and name in (found.folder.name, found.seal):
                return found
        if BY_HASH.fullmatch(name):
            _folders.clear()
            _folders.update({edition.seal: edition.folder.name for edition in reversed(editions())})
            if name in _folders:
                return named(_folders[name])
    raise Http404(gettext("There is nothing with this id."))


_folders: dict[str, str] = {}
"""Hash of a manifest -> the folder where it was last found: a hint, held against what lies there whenever it is used."""


def listed() -> list[dict[str, Any]]:
    """What the list beside the editions says of each (`cuabien publish` writes it); blank where it is older than one."""
    base, rows = root(), []
    for place in (base / "editions", base) if base else ():
        try:
            rows = json.loads((place / LIST).read_bytes())
            break
        except (OSError, ValueError):
            continue
    said = {str(row["manifest_sha256"]): row for row in rows if isinstance(row, dict)}
    return [
        {
            "edition": edition.manifest["edition"],
            "folder": edition.folder.name,
            "manifest_sha256": edition.seal,
            "published": edition.manifest["published"],
            "name_vi": edition.manifest["plan"].get("name_vi") or edition.manifest["plan"]["id"],
            "name_en": edition.manifest["plan"].get("name_en") or edition.manifest["plan"]["id"],
            "intact": said.get(edition.seal, {}).get("intact"),
            "signatures_missing": said.get(edition.seal, {}).get("signatures_missing"),
            "signatures_needed": said.get(edition.seal, {}).get("signatures_needed"),
            "signed_by": said.get(edition.seal, {}).get("signed_by") or [],
            "withdrawn": _notice(edition),
        }
        for edition in editions()
    ]


def _notice(edition: Published) -> dict[str, str] | None:
    if not edition.withdrawn:
        return None
    try:
        found = json.loads((edition.folder / TOMBSTONE).read_bytes())
        return {"day": str(found["withdrawn"]), "reason": str(found["reason"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"day": "", "reason": ""}


# ---- answers ----------------------------------------------------------------------------------------------


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    if root() is None:
        raise Http404(gettext("There is nothing with this id."))
    return render(request, "editions.html", {"editions": listed()})


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list for machines: `editions/index.json`."""
    if root() is None:
        raise Http404(gettext("There is nothing with this id."))
    body = json.dumps(listed(), ensure_ascii=False, indent=1).encode()
    return HttpResponse(body, content_type="application/json")


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The feed as it was written beside the editions; its addresses lead from here."""
    base = root()
    for place in (base / "editions", base) if base else ():
        if (place / FEED).is_file():
            text = (place / FEED).read_text("utf-8").replace('href="../', 'href="')
            return HttpResponse(text.encode(), content_type=TYPES[".atom"])
    raise Http404(gettext("There is nothing with this id."))


@require_safe
def file(request: HttpRequest, edition: str, path: str = "") -> HttpResponseBase:
    """One file of an edition; of a withdrawn one its tombstone."""
    found = named(edition)
    wanted = path + "index.html" if not path or path.endswith("/") else path
    seal = SEALS.fullmatch(wanted) is not None
    if found.withdrawn and not seal:
        body = (found.folder / "index.html").read_bytes()
        return HttpResponse(body, status=410, content_type="text/html; charset=utf-8")
    if not seal and wanted not in found.hashes:
        raise Http404(gettext("There is nothing with this id."))
    place = (found.folder / wanted).resolve()
    if not place.is_relative_to(found.folder) or not place.is_file():
        raise Http404(gettext("There is nothing with this id."))
    response = _ranged(request, place)
    if not seal:
        response.headers["ETag"] = f'"{found.hashes[wanted]}"'
        if BY_HASH.fullmatch(edition):
            response.headers["Cache-Control"] = FOREVER
    return response


def _ranged(request: HttpRequest, place: Path) -> HttpResponseBase:
    """The file, or the part of it that was asked for (RFC 9110, one range)."""
    size, kind = place.stat().st_size, type_of(place.name)
    asked = request.headers.get("Range", "")
    match = RANGE.fullmatch(asked) if request.method == "GET" and "If-Range" not in request.headers else None
    if match and (match[1] or match[2]):
        first = int(match[1]) if match[1] else max(size - int(match[2]), 0)
        last = min(int(match[2]), size - 1) if match[1] and match[2] else size - 1
        if first > last or first >= size:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        length = last - first + 1
        # What is squeezed has other bytes, so a part is streamed, which is never squeezed.
        sent: HttpResponseBase = StreamingHttpResponse(_pieces(place, first, length), status=206)
        sent.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    else:
        length = size
        sent = StreamingHttpResponse(_pieces(place, 0, size)) if size > WHOLE_BYTES else HttpResponse()
        if isinstance(sent, HttpResponse):
            sent.content = place.read_bytes()
    for name, value in {
        "Content-Type": kind,
        "Accept-Ranges": "bytes",
        "Content-Length": str(length),
    }.items():
        sent.headers[name] = value
    return sent


def _pieces(place: Path, first: int, length: int) -> Iterator[bytes]:
    with place.open("rb") as opened:
        opened.seek(first)
        while length > 0 and (piece := opened.read(min(PIECE_BYTES, length))):
            length -= len(piece)
            yield piece


def type_of(name: str) -> str:
    kind = TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind in UTF_8 else kind
