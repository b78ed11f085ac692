"""OGC API Features over the published editions: the layers of each edition as collections, for any GIS.

pygeoapi answers; what it reads is the GeoJSON that an edition was signed with, so a map in a GIS is the map of the edition. A
collection is named `<edition>.<layer>`. Only JSON is given. The library takes seconds to load and is loaded by the first
who asks.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from cuabien.service import editions
from cuabien.service.editions import Published

if TYPE_CHECKING:
    from pygeoapi.api import API  # type: ignore[import-untyped]

LAYERS = "data/geojson/"
PACKAGE = "datapackage.json"
MOST_ITEMS = 1000
"""Of one answer; `next` leads on."""
UNBOUNDED = [-180.0, -90.0, 180.0, 90.0]


@dataclass
class _Held:
    """The interface for the editions as they were when it was made."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    of: object = None
    api: Any = None


_held = _Held()


def collections(found: list[Published]) -> dict[str, dict[str, Any]]:
    """`<edition>.<layer>` -> what pygeoapi is told of it. Withdrawn editions have none."""
    return {
        f"{edition.folder.name}.{path.removeprefix(LAYERS).removesuffix('.geojson')}": _collection(
            edition, path
        )
        for edition in found
        if not edition.withdrawn
        for path in sorted(edition.hashes)
        if path.startswith(LAYERS) and path.endswith(".geojson")
    }


def _collection(edition: Published, path: str) -> dict[str, Any]:
    plan, layer = edition.manifest["plan"], path.removeprefix(LAYERS).removesuffix(".geojson")
    day = str(edition.manifest["published"])
    names = {code: f"{plan.get(f'name_{code}') or plan['id']}, {day}: {layer}" for code in ("vi", "en")}
    return {
        "type": "collection",
        "title": names,
        "description": f"{edition.manifest['edition']}, SHA-256 {edition.hashes[path]}",
        "keywords": [str(plan["id"]), layer],
        "links": _licences(edition, path),
        "extents": {"spatial": {"bbox": bounds(edition, path)}},
        "providers": [
            {
                "type": "feature",
                "name": "GeoJSON",
                "data": str(edition.folder / path),
                "id_field": "id",
            }
        ],
    }


def _licences(edition: Published, path: str) -> list[dict[str, str]]:
    """The licence of a layer as the edition's own data package states it; none where it states none."""
    return [
        {
            "type": "text/html",
            "rel": "license",
            "title": " ".join(str(row[key]) for key in ("title", "attribution") if row.get(key)),
            "href": str(row["path"]),
        }
        for row in _package(edition).get(path, ())
    ]


@lru_cache(maxsize=64)
def _said(folder: Path, _seal: str) -> dict[str, tuple[dict[str, Any], ...]]:
    try:
        resources = json.loads((folder / PACKAGE).read_bytes())["resources"]
        return {str(row["path"]): tuple(row.get("licenses") or ()) for row in resources}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _package(edition: Published) -> dict[str, tuple[dict[str, Any], ...]]:
    """Path of a file -> the licences that the data package of its edition names."""
    return _said(edition.folder, edition.seal)


def bounds(edition: Published, path: str) -> list[float]:
    """West, south, east and north of a layer's features."""
    import shapely

    data = json.loads((edition.folder / path).read_bytes())
    shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in data["features"] if f["geometry"]]
    return [float(edge) for edge in shapely.total_bounds(shapes)] if shapes else UNBOUNDED


def _interface(address: str) -> API:
    found = editions.editions()
    state = (address, tuple((e.seal, e.withdrawn) for e in found))
    with _held.lock:
        if _held.of != state:
            from pygeoapi.api import API

            _held.api, _held.of = API(_configuration(address, found), {}), state
        api: API = _held.api
        return api


def _configuration(address: str, found: list[Published]) -> dict[str, Any]:
    return {
        "server": {
            "url": address,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["vi", "en"],
            "gzip": False,
            "pretty_print": False,
            "admin": False,
            "limits": {"default_items": 100, "max_items": MOST_ITEMS, "on_exceed": "throttle"},
            "map": {"url": "", "attribution": "© OpenStreetMap contributors (ODbL)"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": {"vi": "Cửa Biển: các bản công bố", "en": "Cửa Biển: published editions"},
                "description": {
                    "vi": "Các lớp bản đồ của những bản quy hoạch đã công bố.",
                    "en": "Layers of published editions of the plan.",
                },
                "keywords": {"vi": ["quy hoạch"], "en": ["plan"]},
                "keywords_type": "theme",
                "url": address,
            },
            "license": {"name": "Each collection names its own licence", "url": f"{address}/collections"},
            "provider": {"name": "Cửa Biển", "url": address},
            "contact": {"name": "Cửa Biển", "url": address},
        },
        "resources": collections(found),
    }


@require_safe
def answer(request: HttpRequest, path: str = "") -> HttpResponse:
    """Landing page, conformance, collections, their items and single ones."""
    if editions.root() is None or not settings.CUABIEN_EDITIONS:
        raise Http404(gettext("There is nothing with this id."))
    from pygeoapi import api as core  # type: ignore[import-untyped]
    from pygeoapi.api import APIRequest, itemtypes

    api = _interface(request.build_absolute_uri("/ogc"))
    asked = QueryDict(request.META.get("QUERY_STRING", ""), mutable=True)
    asked["f"] = "json"
    request.GET = asked  # type: ignore[assignment]
    given = APIRequest.from_django(request, api.locales)
    match [part for part in path.split("/") if part]:
        case []:
            headers, status, text = core.landing_page(api, given)
        case ["conformance"]:
            headers, status, text = core.conformance(api, given)
        case ["collections"]:
            headers, status, text = core.describe_collections(api, given)
        case ["collections", name]:
            headers, status, text = core.describe_collections(api, given, name)
        case ["collections", name, "queryables"]:
            headers, status, text = itemtypes.get_collection_queryables(api, given, name)
        case ["collections", name, "items"]:
            headers, status, text = itemtypes.get_collection_items(api, given, name)
        case ["collections", name, "items", item]:
            headers, status, text = itemtypes.get_collection_item(api, given, name, item)
        case _:
            raise Http404(gettext("There is nothing with this id."))
    response = HttpResponse(text, status=int(status), content_type=headers.get("Content-Type"))
    if "Content-Language" in headers:
        response.headers["Content-Language"] = headers["Content-Language"]
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
