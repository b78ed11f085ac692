"""A permanent address for every object at each edition: `objects/<kind>/<id>.json`, and `.geojson` for one with a place.

`<kind>` is the singular of its table and never changes; `<id>` is the object's id, with `=` for `:`. The file says all that the
edition knows of the object: its row, its source, where in the plan's files it stands, and what the run makes of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cuabien.lexicon import register
from cuabien.plan.change import ENTRY_OF
from cuabien.plan.edition import entry_content
from cuabien.plan.package import TABLES
from cuabien.plan.references import row_of
from cuabien.publication.edition import EditionInput, Piece, address_of
from cuabien.publication.features import Spot, properties, shape_of
from cuabien.publication.maps import feature

FOLDER = "objects"
KIND_OF = {**ENTRY_OF, "indicators": "observation", "programme": "statement"}
"""Table -> the kind of its objects; indicators of the register, which no table of the plan holds, are `indicator`."""
LEFT_OUT = ("shapes", "elevation")
"""Tables whose rows are told with the area that they belong to."""


def pieces(edition: EditionInput) -> Iterable[Piece]:
    results = Results(edition)
    index: list[dict[str, Any]] = []
    for table in ("parameters", *(t.name for t in TABLES if t.name not in LEFT_OUT)):
        for identity, entry in sorted(edition.plan.table(table).items()):
            at = address(KIND_OF[table], identity)
            told = _told(edition, table, identity, entry, results)
            yield f"{at}.json", _json(told)
            spot = _spot(edition, table, identity, entry)
            if spot is not None:
                yield f"{at}.geojson", _json(feature(spot))
            index.append(_entry(told, at, spot is not None))
    for name, values in sorted(results.of_indicator.items()):
        at = address("indicator", name)
        told = _of_indicator(edition, name, values)
        yield f"{at}.json", _json(told)
        index.append(_entry(told, at, False))
    yield f"{FOLDER}/index.json", _lines(index)


def address(kind: str, identity: str) -> str:
    """Where an object is, without the ending."""
    return f"{FOLDER}/{kind}/{address_of(identity)}"


class Results:
    """What the run says, by object; read once."""

    def __init__(self, edition: EditionInput) -> None:
        from cuabien.indicators.targets import judge

        run, plan = edition.run, edition.plan
        years = set(plan.header.milestones or (plan.header.base_year, plan.header.horizon))
        self.of_area: dict[str, dict[str, dict[str, Any]]] = {}
        self.of_indicator: dict[str, dict[int, float]] = {}
        for row in run.table("indicators").iter_rows(named=True):
            if row["area"] == plan.header.city:
                self.of_indicator.setdefault(row["indicator"], {})[row["year"]] = row["value"]
            if row["year"] in years:
                of_area = self.of_area.setdefault(row["area"], {})
                of_area.setdefault(row["indicator"], {"unit": row["unit"]})[str(row["year"])] = row["value"]
        self.of_project = (
            {
                row["project"]: {"opens": row["opens"], "comes": row["comes"]}
                for row in run.table("projects").iter_rows(named=True)
            }
            if run.has_table("projects")
            else {}
        )
        self.of_target = {row.id: row.as_row("en") for row in judge(plan, run)}

    def of(self, table: str, identity: str) -> Any:
        known: Mapping[str, Mapping[str, Any]] = {
            "areas": self.of_area,
            "projects": self.of_project,
            "targets": self.of_target,
        }
        return known.get(table, {}).get(identity)


def _told(edition: EditionInput, table: str, identity: str, entry: Any, results: Results) -> dict[str, Any]:
    file, row = edition.plan.place(table, identity)
    content = entry_content(entry)
    told: dict[str, Any] = {
        "edition": edition.id,
        "kind": KIND_OF[table],
        "id": identity,
        "table": table,
        "file": f"plan/{file}",
        "row": row,
        "object": content.get("row", content) if isinstance(content, dict) else content,
    }
    source = edition.plan.sources.get(getattr(row_of(entry), "source", "") or "")
    if source is not None:
        told["source"] = entry_content(source)
    found = results.of(table, identity)
    if found is not None:
        told["run"] = found
    return told


def _of_indicator(edition: EditionInput, name: str, values: Mapping[int, float]) -> dict[str, Any]:
    known = register.indicators().get(name)
    return {
        "edition": edition.id,
        "kind": "indicator",
        "id": name,
        "object": {
            "id": name,
            "name_vi": register.indicator_name(name, "vi"),
            "name_en": register.indicator_name(name, "en"),
            "unit": known.unit if known else None,
        },
        "run": {
            "area": edition.plan.header.city,
            "values": {str(year): value for year, value in sorted(values.items())},
        },
        "explained": edition.run.explain.get("indicators", {}).get(name),
    }


def _spot(edition: EditionInput, table: str, identity: str, entry: Any) -> Spot | None:
    shape = shape_of(edition.plan, table, entry)
    if shape is None or shape.is_empty:
        return None
    return Spot(
        identity,
        {"edition": edition.id, "kind": KIND_OF[table], **properties(edition.plan, table, entry)},
        shape,
    )


def _entry(told: Mapping[str, Any], at: str, placed: bool) -> dict[str, Any]:
    row = told["object"]
    names = {key: row[key] for key in ("name_vi", "name_en") if isinstance(row, dict) and row.get(key)}
    forms = [f"{at}.json", *([f"{at}.geojson"] if placed else [])]
    return {"kind": told["kind"], "id": told["id"], **names, "forms": forms}


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return (
        "[\n" + ",\n".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in rows) + "\n]\n"
    ).encode()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False, default=str).encode() + b"\n"
