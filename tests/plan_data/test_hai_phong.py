"""What the plan of Hải Phòng must contain: counts and sums that can be checked by hand against the sources.

These tests read the package and nothing else; they say when a figure was lost, spliced or left without its parent.
"""

from __future__ import annotations

import csv
import io
import json
import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from cuabien.lexicon import __file__ as lexicon_init
from cuabien.plan import objects as o
from cuabien.plan import write
from cuabien.plan.package import TABLES, Plan, Table
from cuabien.plan.read import read_plan


@pytest.fixture(scope="module")
def plan(hai_phong: Path) -> Plan:
    return read_plan(hai_phong)


# ---- areas ------------------------------------------------------------------------------------------------


def test_the_114_communes_and_their_types(plan: Plan) -> None:
    """67 xã, 45 phường and 2 đặc khu (Resolution 202/2025/QH15); 50 of former Hải Phòng, 64 of Hải Dương."""
    types = [c.type_vi for c in plan.communes]
    assert {t: types.count(t) for t in set(types)} == {"xã": 67, "phường": 45, "đặc khu": 2}
    assert sum(c.part_of == "HP_old" for c in plan.communes) == 50
    assert sum(c.part_of == "HD" for c in plan.communes) == 64
    assert len({c.name_vi for c in plan.communes}) == 114


def test_registered_population_adds_up(plan: Plan) -> None:
    """4,664,124 registered persons: 2,468,029 in former Hải Phòng and 2,196,095 in former Hải Dương."""
    persons = {
        part: sum(c.population or 0 for c in plan.communes if c.part_of == part) for part in ("HP_old", "HD")
    }
    assert persons == {"HP_old": 2_468_029, "HD": 2_196_095}
    for area, sum_of_communes in {**persons, "HP_new": 4_664_124}.items():
        assert plan.areas[area].population == sum_of_communes


def test_areas_of_communes_make_the_city(plan: Plan) -> None:
    """3,194.72 km2 in Resolution 202/2025/QH15; communes are rounded to 0.01 km2, so 114 of them to 0.6 at most."""
    assert sum(c.area_km2 or 0 for c in plan.communes) == pytest.approx(3194.72, abs=0.57)
    assert plan.areas["HP_old"].area_km2 == pytest.approx(1526.52, abs=0.57)


def test_former_districts_are_history(plan: Plan) -> None:
    districts = [a for a in plan.areas.values() if a.kind == "district"]
    assert len(districts) == 15
    assert {d.boundary for d in districts} == {"before-2025-07"}
    assert all(d.population is None for d in districts), (
        "the remembered census by district is not a statistic"
    )


def test_a_name_and_a_type_stand_apart(plan: Plan) -> None:
    assert plan.areas["11948"].type_vi == "đặc khu"
    assert plan.areas["11948"].name_vi == "Bạch Long Vĩ"
    assert not [c.name_vi for c in plan.communes if c.name_vi.startswith(("Xã ", "Phường ", "Đặc khu "))]


# ---- old and new boundary ---------------------------------------------------------------------------------

BOUNDARY = {"HP_old": "before-2025-07", "HD": "before-2025-07", "HP_new": "since-2025-07"}


def test_no_series_is_spliced(plan: Plan) -> None:
    rows: list[Any] = [*plan.indicators.values(), *plan.targets.values()]
    assert [r.id for r in rows if r.boundary != BOUNDARY.get(r.area, r.boundary)] == []
    keys = {(r.area, r.boundary) for r in plan.indicators.values()}
    assert ("HP_old", "before-2025-07") in keys and ("HP_new", "since-2025-07") in keys


def test_documents_before_the_merger_bind_the_former_city(plan: Plan) -> None:
    """1 July 2025 parts them; 226/2025/QH15 was passed days before and is in force from that day."""
    for target in plan.targets.values():
        document = plan.documents[target.document]
        if document.date and document.id != "226-2025-QH15":
            assert (target.area == "HP_new") == (document.date >= "2025-07"), target.id


# ---- figures ----------------------------------------------------------------------------------------------


def test_counts(plan: Plan) -> None:
    assert len(plan.indicators) >= 324, "324 figures were read; ranks stand beside them"
    assert len(plan.targets) == 73 and list(plan.targets) == [f"T{k:02d}" for k in range(1, 74)]
    assert list(plan.projects) == [f"PR{k:02d}" for k in range(1, 37)]
    assert len(plan.figures) == 460 + 466 + (174 + 4) + (180 + 7) + 127 + 87 + 118, (
        "four depths of entrances, schools and beds of 2015-2016, and former communes by district were added"
    )
    assert len(plan.peers) == 21
    assert (len(plan.nodes), len(plan.links), len(plan.terminals)) == (366, 468, 24)
    assert sorted(p.proposal for p in plan.projects.values() if p.proposal) == sorted(
        ["P05", *(f"P{k:02d}" for k in range(1, 12))]
    ), "eleven proposals; clean energy is two projects"


def test_every_row_names_a_source_that_exists(plan: Plan) -> None:
    missing = [(table, row.id, row.source) for table, row in _rows(plan) if row.source not in plan.sources]
    assert missing == []


def test_every_reference_leads_somewhere(plan: Plan) -> None:
    lost = [
        (table.name, row.id, field, wanted)
        for table in TABLES
        for field, refers_to in _references(table.row)
        for row in _of(plan, table)
        for wanted in _ids(getattr(row, field))
        if wanted not in getattr(plan, refers_to)
    ]
    assert lost == []


def test_indicators_of_targets_and_observations_are_registered(plan: Plan) -> None:
    with (Path(lexicon_init).parent / "indicators.csv").open(encoding="utf-8") as file:
        registered = {row["id"]: row["unit"] for row in csv.DictReader(file)}
    rows: list[Any] = [*plan.targets.values(), *plan.indicators.values()]
    used = {r.indicator for r in rows}
    assert used - set(registered) == set()
    # Per head, documents and statistics count in dollars or in đồng; a rank says of how many where it is known.
    units = {(r.indicator, r.unit) for r in rows if r.unit and not r.unit.startswith("rank")}
    assert {u for u in units if u[1] != registered[u[0]]} == {("grdp_per_capita", "million VND")}


def test_the_growth_series_that_the_report_was_made_from(plan: Plan) -> None:
    """Mean of the revised 17.02, 10.61, 12.86, 12.48, 10.34 = 12.662, over the nation's 5.190 = 2.44."""

    def mean(indicator: str, area: str, vintage: str) -> float:
        years = {str(y) for y in range(2019, 2024)}
        values = [
            r.value
            for r in plan.indicators.values()
            if (r.indicator, r.area, r.vintage) == (indicator, area, vintage) and r.period in years
        ]
        assert len(values) == 5
        return sum(v or math.nan for v in values) / 5

    city = mean("grdp_growth", "HP_old", "revised")
    assert city == pytest.approx(12.662)
    assert city / mean("gdp_growth", "VN", "as used in the NQ45 review") == pytest.approx(2.44, abs=0.0005)


def test_vintages_stand_side_by_side(plan: Plan) -> None:
    of_2019 = {
        r.vintage: r.value
        for r in plan.indicators.values()
        if (r.indicator, r.area, r.period) == ("grdp_growth", "HP_old", "2019")
    }
    assert of_2019 == {"first release": 16.68, "revised": 17.02}
    populations = {
        r.value
        for r in plan.indicators.values()
        if (r.indicator, r.area, r.period) == ("population", "HP_new", "2025")
    }
    assert populations == {4_600_000, 4_100_000, 3_776_000}, "three populations circulate; none is dropped"


def test_an_assumed_figure_has_a_range(plan: Plan) -> None:
    assumed = [f for f in plan.figures.values() if f.status == "assumed" and f.value is not None]
    assert len(assumed) > 50
    for figure in assumed:
        assert figure.low is not None and figure.high is not None and figure.value is not None
        assert figure.low <= figure.value <= figure.high, figure.id
    remembered = [f for f in plan.figures.values() if f.confidence == "general knowledge, low"]
    assert {f.status for f in remembered if f.value is not None} <= {"assumed", "derived"}


def test_a_gap_stays_blank(plan: Plan) -> None:
    gaps = [f for f in plan.figures.values() if f.source == "not-found"]
    assert len(gaps) == 70
    assert all(f.value is None and f.low is None for f in gaps)
    gap = plan.indicators["grdp_current.HP_old.2023"]
    assert gap.value is None


def test_targets_in_words_are_in_both_languages(plan: Plan) -> None:
    words = [t for t in plan.targets.values() if t.operator == "text"]
    assert len(words) == 15
    assert all(t.text_vi and t.text_en and t.value is None for t in words)
    figures = [t for t in plan.targets.values() if t.operator != "text"]
    assert all(t.value is not None and t.unit for t in figures)
    ranges = [t for t in figures if t.operator == "range"]
    assert all(t.high is not None and t.high > (t.value or 0) for t in ranges)


# ---- berths: totals by area and phase ---------------------------------------------------------------------


def test_mapped_berth_capacity(plan: Plan) -> None:
    """Mt a year: 81.2 stays, 22.2 and 34.7 leave, 63.2 and 96.4 are planned; 240.8 in 2030, 138.1 today."""
    by_phase: dict[str, float] = {}
    for row in plan.port_capacity.values():
        by_phase[row.phase] = by_phase.get(row.phase, 0.0) + (row.capacity_mt_year or 0.0)
    expected = {
        "existing": 81.1634,
        "relocate by 2025": 22.2477,
        "relocate by 2030": 34.694,
        "plan by 2025": 63.25,
        "plan by 2030": 96.44,
        "plan after 2030": 267.3,
    }
    assert by_phase == pytest.approx(expected, abs=1e-6)
    assert sum(by_phase[p] for p in MAPPED_2030) == pytest.approx(240.8534)
    assert sum(by_phase[p] for p in TODAY) == pytest.approx(138.1051)


MAPPED_2030 = ("existing", "plan by 2025", "plan by 2030")
TODAY = ("existing", "relocate by 2025", "relocate by 2030")


def test_berths_without_a_figure_are_counted_not_zeroed(plan: Plan) -> None:
    of_2030 = [r for r in plan.port_capacity.values() if r.phase in MAPPED_2030]
    assert sum(r.berths for r in of_2030) == 47
    assert sum(r.berths_without_figure for r in of_2030) == 5
    nothing_known = [r for r in plan.port_capacity.values() if r.berths == r.berths_without_figure]
    assert [r.id for r in nothing_known] == ["van-uc.plan-after-2030"]
    assert nothing_known[0].capacity_mt_year is None


# ---- documents --------------------------------------------------------------------------------------------


def test_the_city_planning_was_published_44_days_after_approval(plan: Plan) -> None:
    planning = plan.documents["1516-QD-TTg"]
    assert (planning.regime, planning.approved, planning.published) == ("R1", "2023-12-02", "2024-01-15")
    assert plan.documents["323-QD-TTg"].regime == "R0"


def test_what_was_replaced_names_what_replaced_it(plan: Plan) -> None:
    assert plan.documents["35-2021-QH15"].replaced_by == "226-2025-QH15"
    assert plan.documents["law-21-2017-QH14"].replaced_by == "law-112-2025-QH15"
    for document in plan.documents.values():
        if document.replaced_by and document.in_force_to:
            later = plan.documents[document.replaced_by]
            assert (later.in_force_from or later.date or "9999") > document.in_force_to[:4], document.id


# ---- projects ---------------------------------------------------------------------------------------------


def test_a_missing_cost_is_blank(plan: Plan) -> None:
    assert plan.projects["PR06"].cost_bn_vnd is None, "the sum read is for four of the ten wind projects"
    assert all(p.cost_bn_vnd != 0 for p in plan.projects.values())
    assert plan.projects["PR05"].cost_note and "conflict" in plan.projects["PR05"].cost_note


def test_nam_do_son_grows_in_three_phases(plan: Plan) -> None:
    phases = [(p.year, p.value, p.unit) for p in plan.projects["PR08"].phases]
    assert phases == [
        (2030, 2.0, "million TEU a year"),
        (2035, 24.0, "million TEU a year"),
        (2040, 42.0, "million TEU a year"),
    ]


def test_after_2030_is_not_a_date(plan: Plan) -> None:
    for project in ("PR10", "PR26", "PR33"):
        assert plan.projects[project].opens is None
        assert plan.projects[project].not_before == 2031


def test_prerequisites_have_no_cycle(plan: Plan) -> None:
    def ends(project: str, path: tuple[str, ...] = ()) -> bool:
        assert project not in path, (*path, project)
        return all(ends(p, (*path, project)) for p in plan.projects[project].prerequisites)

    assert all(ends(project) for project in plan.projects)


def test_defence_content_is_withheld(plan: Plan) -> None:
    withheld = [p.id for p in plan.projects.values() if not p.public]
    assert withheld == ["PR04"]
    project = plan.projects["PR04"]
    assert (project.size_vi, project.size_en, project.cost_bn_vnd, project.phases) == (None, None, None, ())
    assert [z.row.id for z in plan.zones.values() if not z.row.public] == ["Z165"]


# ---- the map ----------------------------------------------------------------------------------------------


def test_the_six_layers_exist(plan: Plan) -> None:
    layers = [z.row.layer for z in plan.zones.values()]
    assert len(layers) == 171
    assert set(layers) == set(get_args(o.Layer))
    assert {z.row.shape for z in plan.zones.values()} == {"schematic"}
    assert [n for n in plan.files if n.startswith("map/layers/")] == [
        f"map/layers/{layer}.geojson" for layer in sorted(get_args(o.Layer))
    ]


def test_a_disc_has_the_area_of_its_zone(plan: Plan) -> None:
    """One hectare in degrees at 20.8 N: 1e4 / (104,000 x 110,700) square degrees, within one percent."""
    discs = [z for z in plan.zones.values() if z.geometry.geom_type == "Polygon"]
    for zone in discs:
        metres2 = 111_320 * math.cos(math.radians(zone.geometry.centroid.y)) * 110_700
        assert zone.geometry.area * metres2 / 1e4 == pytest.approx(zone.row.area_ha, rel=0.01), zone.row.id
    points = [z for z in plan.zones.values() if z.geometry.geom_type == "Point"]
    assert len(points) + len(discs) == 171
    assert all(z.row.area_ha is not None for z in discs)
    assert {z.row.id for z in points if z.row.area_ha is not None} == {"Z081", "Z124"}


def test_the_archipelagos_are_on_the_map(plan: Plan) -> None:
    names = {p.name_vi: (p.rank, p.lon, p.lat) for p in plan.places.values() if p.kind == "archipelago"}
    assert names == {
        "Quần đảo Hoàng Sa (Việt Nam)": (1, 112.0, 16.5),
        "Quần đảo Trường Sa (Việt Nam)": (1, 114.0, 10.0),
    }


def test_class_defaults_are_marked(plan: Plan) -> None:
    assert sum(link.attributes == "read" for link in plan.links.values()) == 21
    closed = {link.id for link in plan.links.values() if "(closed)" in link.link_class}
    assert closed and all(plan.links[i].closes is not None for i in closed)


def test_the_map_folder_carries_its_licence(hai_phong: Path) -> None:
    text = (hai_phong / "map" / "LICENSE.md").read_text(encoding="utf-8")
    assert "ODbL" in text and "© OpenStreetMap contributors" in text


# ---- form -------------------------------------------------------------------------------------------------


def test_files_are_canonical(plan: Plan) -> None:
    """Read and written again, every file has the bytes it had."""
    assert write.render_toml(plan.header) == plan.files["plan.toml"]
    for name, data in plan.files.items():
        table = next((t for t in TABLES if any(Path(name).match(pattern) for pattern in t.paths)), None)
        if table is not None:
            assert _written(plan, table, data) == data, name


def test_vietnamese_names_keep_their_accents(plan: Plan) -> None:
    names = " ".join(d.title_vi for d in plan.documents.values()) + plan.header.name_vi
    assert all(letter in names for letter in "ảạốướđĐ")
    unaccented = [p.id for p in plan.projects.values() if p.name_vi.isascii()]
    assert unaccented == []


# ---- helpers ----------------------------------------------------------------------------------------------


def _of(plan: Plan, table: Table) -> list[Any]:
    return [getattr(item, "row", item) for item in getattr(plan, table.name).values()]


def _rows(plan: Plan) -> Iterator[tuple[str, Any]]:
    for table in TABLES:
        if "source" in table.row.model_fields:
            yield from ((table.name, row) for row in _of(plan, table))


def _references(row: type[o.Row]) -> Iterator[tuple[str, str]]:
    """Columns whose ids live in another table, with the name of that table."""
    for name, field in row.model_fields.items():
        extras = [field.json_schema_extra, *_extras(field.annotation), *_extras_of(field.metadata)]
        yield from ((name, str(e["refers_to"])) for e in extras if isinstance(e, dict) and "refers_to" in e)


def _extras(annotation: Any) -> Iterator[Any]:
    yield from _extras_of(getattr(annotation, "__metadata__", ()))
    for inner in get_args(annotation):
        yield from _extras(inner)


def _extras_of(metadata: Any) -> Iterator[Any]:
    yield from (getattr(m, "json_schema_extra", None) for m in metadata)


def _ids(cell: Any) -> tuple[str, ...]:
    return cell if isinstance(cell, tuple) else (cell,) if cell else ()


def _written(plan: Plan, table: Table, data: bytes) -> bytes:
    """The file written again from the rows that it holds."""
    rows = getattr(plan, table.name)
    if table.form == "toml":
        return write.render_toml(rows[tomllib.loads(data.decode())["id"]])
    if table.form == "geojson":
        return write.render_geojson([rows[f["properties"]["id"]] for f in json.loads(data)["features"]])
    return write.render_csv(table, [rows[r["id"]] for r in csv.DictReader(io.StringIO(data.decode()))])
