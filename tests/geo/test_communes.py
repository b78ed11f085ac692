"""The drawing method by hand, and the drawn map of Hải Phòng: a partition that says it is schematic."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box, shape

from cuabien.geo.communes import (
    OUTSIDE,
    Known,
    Sites,
    as_coverage,
    balance,
    draw,
    overlap,
    place_sites,
    power_cells,
)
from cuabien.plan.read import read_plan

FRAME = box(0, 0, 10, 10)


def test_without_weights_the_border_is_halfway() -> None:
    left, right = power_cells(np.array([[2.0, 5.0], [6.0, 5.0]]), np.zeros(2), FRAME)
    assert left.equals(box(0, 0, 4, 10)) and right.equals(box(4, 0, 10, 10))


def test_a_weight_moves_the_border_by_its_share_of_twice_the_distance() -> None:
    left, _ = power_cells(np.array([[2.0, 5.0], [6.0, 5.0]]), np.array([8.0, 0.0]), FRAME)
    assert left.area == pytest.approx((4 + 8 / (2 * 4)) * 10)


def test_an_outweighed_site_gets_nothing() -> None:
    _, small = power_cells(np.array([[2.0, 5.0], [3.0, 5.0]]), np.array([50.0, -50.0]), FRAME)
    assert small.is_empty


points = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(-100, 100)),
    min_size=1, max_size=12, unique_by=lambda p: p[:2],
)  # fmt: skip


@given(points)
def test_power_cells_share_the_frame_without_rest(sites: list[tuple[int, int, int]]) -> None:
    position = np.array([[x, y] for x, y, _ in sites]) / 10
    weight = np.array([w for *_, w in sites]) / 50
    cells = power_cells(position, weight, FRAME)
    assert sum(c.area for c in cells) == pytest.approx(FRAME.area)
    assert shapely.union_all(cells, grid_size=1e-9).area == pytest.approx(FRAME.area)


def test_areas_meet_the_official_ones() -> None:
    """Two communes of 30 and 70 km2 on 100 km2 of land, known by points that would halve it."""
    known = Known(np.array([[1.5, 5.0], [6.5, 5.0]]), np.array([30.0, 70.0]))
    sites = place_sites(np.array([[2.0, 5.0], [8.0, 5.0]]), np.array([0, 1]), known, [FRAME])
    moved, weight = balance(sites, known, [FRAME])
    shapes = draw(moved, weight, [FRAME], 2)
    assert [s.area for s in shapes] == pytest.approx([30, 70], abs=0.6)  # the grid of the balance is 0.25 km


def test_a_river_is_not_crossed() -> None:
    """A site on the near bank takes its bank only, however near it lies to the other."""
    banks = [box(0, 0, 3, 10), box(3, 0, 10, 10)]
    sites = Sites(np.array([[2.9, 5.0], [9.0, 5.0]]), np.array([0, 1]), np.array([0, 1]))
    shapes = draw(sites, np.zeros(2), banks, 2)
    assert shapes[0].equals(banks[0]) and shapes[1].equals(banks[1])


def test_neighbours_keep_their_land() -> None:
    sites = Sites(np.array([[2.0, 5.0], [6.0, 5.0]]), np.array([0, OUTSIDE]), np.array([0, 0]))
    (city,) = draw(sites, np.zeros(2), [FRAME], 1)
    assert city.equals(box(0, 0, 4, 10))


@settings(max_examples=40)
@given(points)
def test_a_coverage_has_no_gap_and_no_overlap(sites: list[tuple[int, int, int]]) -> None:
    cells = power_cells(np.array([[x, y] for x, y, _ in sites]) / 10 + 1e-5, np.zeros(len(sites)), FRAME)
    cells = [c for c in cells if c.area > 1e-3]
    covered = as_coverage(cells, 1e-4, 0.0)
    assert shapely.coverage_is_valid(covered)
    assert shapely.union_all(covered).area == pytest.approx(sum(c.area for c in covered))
    # Corners move to a grid of 1e-4; borders of 10 km in all move by no more than that.
    assert shapely.union_all(covered).area == pytest.approx(FRAME.area, abs=0.05)


# ---- the map that is shipped --------------------------------------------------------------------------------


def test_the_drawn_communes_are_a_partition(hai_phong: Path) -> None:
    plan = read_plan(hai_phong)
    shapes = [feature.geometry for feature in plan.shapes.values()]
    assert set(plan.shapes) == {a.id for a in plan.communes} and len(shapes) == 114
    assert all(s.is_valid for s in shapes) and shapely.coverage_is_valid(shapes)
    outline = shapely.union_all(shapes)
    assert sum(s.area for s in shapes) == pytest.approx(outline.area, abs=1e-9)
    assert all(not part.interiors for part in shapely.get_parts(outline))
    assert {feature.row.shape for feature in plan.shapes.values()} == {"schematic"}
    assert all("drawing.md" in (feature.row.note or "") for feature in plan.shapes.values())
    assert (hai_phong / "map" / "areas.geojson").stat().st_size < 200_000


def test_mainland_areas_are_near_the_official_ones(hai_phong: Path) -> None:
    from cuabien.geo.joining import area_km2

    plan = read_plan(hai_phong)
    off = {
        a.id: abs(area_km2(plan.shapes[a.id].geometry) / a.area_km2 - 1) for a in plan.communes if a.area_km2
    }
    assert np.median(list(off.values())) < 0.02
    # Cát Hải is drawn without its hundreds of small islands.
    assert max(value for code, value in off.items() if code != "11914") < 0.20


def test_the_drawing_overlaps_the_official_outlines(hai_phong: Path, shared: Path) -> None:
    """The figures of docs/theory/drawing.md: more than two thirds in the median."""
    content = json.loads((shared / "data/boundaries/hai_phong_communes_2025.geojson").read_text())
    real = {f["properties"]["code"]: shapely.make_valid(shape(f["geometry"])) for f in content["features"]}
    drawn = {i: feature.geometry for i, feature in read_plan(hai_phong).shapes.items()}
    share = list(overlap(drawn, real).values())
    assert len(share) == 114
    assert np.median(share) > 0.67 and np.mean(np.array(share) > 0.5) > 0.9
