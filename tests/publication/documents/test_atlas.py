"""The atlas: a sheet for each layer and year, true to its scale, readable without colour, safe from names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely

from cuabien.geo.vn2000 import to_wgs84
from cuabien.publication import documents
from cuabien.publication.documents.atlas import build, scale_bar
from cuabien.publication.documents.canvas import MAP_MM, canvas, frame_around, path_of, round_scale
from cuabien.publication.documents.material import gather
from cuabien.publication.documents.sheets import FLOWS, LAYERS, LOOKS, SYMBOLS, breaks, placed
from cuabien.publication.documents.sheets import Label as MapLabel
from tests.publication.documents.conftest import City
from tests.publication.documents.test_report import HOSTILE, hostile, manifest_of

TextOfPdf = Callable[[bytes], str]


@pytest.fixture(scope="module")
def data(tiny: City) -> dict[str, Any]:
    return build(gather(tiny.plan, tiny.run, "en"))


def test_there_is_a_sheet_for_each_layer_and_milestone(tiny: City, data: dict[str, Any]) -> None:
    years = list(tiny.plan.header.milestones)
    assert [sheet["year"] for sheet in data["sheets"]] == years * len(LAYERS)
    pages = [page for row in data["index"]["rows"] for page in row["pages"] if page.isdigit()]
    assert pages == [str(k) for k in range(2, len(data["sheets"]) + 2)]


def test_floods_without_heights_are_said_to_have_no_sheet(data: dict[str, Any]) -> None:
    assert data["index"]["rows"][-1] == {"name": "Floods", "pages": ["no data"] * 5}
    assert any("no sheet of floods" in text for text in data["words"]["about"])


def test_every_sheet_has_what_a_map_must(tiny: City, text_of_pdf: TextOfPdf, data: dict[str, Any]) -> None:
    for sheet in data["sheets"]:
        assert sheet["title"] and sheet["legend"] and sheet["source"]
    told = text_of_pdf(documents.atlas_pdf(tiny.plan, tiny.run, "en"))
    for words in (
        "Legend",
        "Sheet 12",
        f"1:{200_000:,}",
        "VN-2000",
        "km",
        "Hoàng Sa (Việt Nam)",
        "Trường Sa (Việt Nam)",
    ):
        assert words in told
    assert str(tiny.run.manifest["plan_hash"])[:12] in told


def test_the_scale_bar_measures_truly(tiny: City) -> None:
    m = gather(tiny.plan, tiny.run, "en")
    frame = canvas(tiny.plan).main
    bar = scale_bar(m, frame)
    km = float(bar["marks"][-1])
    east = frame.west_m + 20_000 + np.array([0.0, km * 1000])
    lon, lat = to_wgs84(east, np.full(2, frame.north_m - 20_000), frame.meridian)
    (ax, ay), (bx, by) = frame.at(np.column_stack([lon, lat]))
    assert np.hypot(bx - ax, by - ay) == pytest.approx(bar["mm"], rel=1e-6)
    import pyproj

    on_the_ground = pyproj.Geod(ellps="WGS84").inv(lon[0], lat[0], lon[1], lat[1])[2]
    assert on_the_ground == pytest.approx(km * 1000, rel=5e-4)  # the plane's own scale: within 1 in 2,000


def test_the_city_lies_inside_the_map(tiny: City) -> None:
    frame = canvas(tiny.plan).main
    points = np.vstack([shapely.get_coordinates(f.geometry) for f in tiny.plan.shapes.values()])
    on_paper = frame.at(points)
    assert (on_paper >= 0).all() and (on_paper <= np.array(MAP_MM)).all()
    assert np.ptp(on_paper, axis=0).max() > 0.55 * min(MAP_MM)


@pytest.mark.parametrize(
    ("needed", "wanted"), [(512_345, 600_000), (200_000, 200_000), (76_000, 100_000), (9_100, 10_000)]
)
def test_scales_are_round(needed: float, wanted: float) -> None:
    assert round_scale(needed) == wanted


def test_north_is_up_and_east_is_right() -> None:
    frame = frame_around([shapely.box(106.5, 20.7, 106.7, 20.9)], 105.75, MAP_MM)
    (x, y), (x_east, _), (_, y_north) = frame.at([(106.6, 20.8), (106.65, 20.8), (106.6, 20.85)])
    assert x_east > x and y_north < y


def test_holes_and_parts_are_drawn() -> None:
    frame = frame_around([shapely.box(106.5, 20.7, 106.7, 20.9)], 105.75, MAP_MM)
    ring = shapely.box(106.5, 20.7, 106.7, 20.9).difference(shapely.box(106.55, 20.75, 106.6, 20.8))
    assert path_of(frame, ring).count("M") == 2
    assert path_of(frame, shapely.MultiPoint([(106.6, 20.8)])) == ""


def test_islands_far_out_have_a_box_of_their_own(hai_phong: Any) -> None:
    from cuabien.plan.read import read_plan

    plan = read_plan(hai_phong)
    drawn = canvas(plan)
    assert {plan.areas[i].name_vi for i in drawn.far_communes} == {"Bạch Long Vĩ"}
    assert drawn.far is not None and drawn.main.scale <= 600_000


# ---- not by colour alone --------------------------------------------------------------------------------------------


def test_lines_differ_without_their_colour() -> None:
    assert len({(width, dash) for _, width, dash in LOOKS.values()}) == len(LOOKS)
    assert len({(width, dash) for _, _, width, dash, _ in FLOWS}) == len(FLOWS)
    assert len(set(SYMBOLS)) == len(SYMBOLS)


def test_a_class_is_written_in_its_commune(tiny: City, data: dict[str, Any]) -> None:
    sheet = next(s for s in data["sheets"] if s["title"] == "Population density")
    classes = {entry["mark"] for entry in sheet["legend"] if entry["mark"]}
    written = [label["text"] for label in sheet["labels"] if label["text"].isdigit()]
    assert len(written) == len(tiny.plan.shapes) and set(written) <= classes
    counts = [int(re.findall(r"\((\d+)\)$", entry["text"])[0]) for entry in sheet["legend"]]
    assert sum(counts) == len(tiny.plan.shapes)


def test_classes_are_the_same_in_every_year(data: dict[str, Any]) -> None:
    def bounds(sheet: dict[str, Any]) -> list[str]:
        return [entry["text"].rsplit(" (", 1)[0] for entry in sheet["legend"]]

    sheets = [s for s in data["sheets"] if s["title"] == "Population density"]
    assert len({tuple(bounds(sheet)) for sheet in sheets}) == 1


def test_breaks_part_values_evenly_and_drop_equal_ones() -> None:
    assert breaks([1.0] * 10) == [1.0]
    assert breaks([]) == []
    found = breaks([float(v) for v in range(1, 101)])
    assert found == [21.0, 41.0, 60.0, 80.0]


def test_labels_do_not_lie_on_one_another() -> None:
    labels = [
        MapLabel(50, 50, "một"),
        MapLabel(50.5, 50, "hai"),
        MapLabel(80, 50, "ba"),
        MapLabel(0, 0, "ngoài"),
    ]
    assert [label.text for label in placed(labels)] == ["một", "ba"]


# ---- bytes and names ------------------------------------------------------------------------------------------------


def test_equal_inputs_give_equal_bytes(tiny: City) -> None:
    assert documents.atlas_pdf(tiny.plan, tiny.run) == documents.atlas_pdf(tiny.plan, tiny.run)


@pytest.mark.parametrize("name", HOSTILE[:6], ids=range(6))
def test_a_hostile_name_never_enters_a_drawing(tiny: City, name: str) -> None:
    city = manifest_of(tiny, hostile(tiny.plan, name))
    made = build(gather(city.plan, city.run, "vi"))
    drawings = [made["under"], made["over"], made["inset"]["svg"], *(s["svg"] for s in made["sheets"])]
    drawings += [entry["svg"] for s in made["sheets"] for entry in s["legend"]]
    for svg in drawings:
        root = ElementTree.fromstring(svg)
        assert not "".join(root.itertext()).strip()
    assert documents.atlas_pdf(city.plan, city.run, "vi").startswith(b"%PDF")


def test_very_long_names_keep_the_map_whole(tiny: City) -> None:
    city = manifest_of(tiny, hostile(tiny.plan, "x" * 10_000))
    assert documents.atlas_pdf(city.plan, city.run, "vi").startswith(b"%PDF")
