"""What zones bring, when and where; and cells of 100 m."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from cuabien.base.faults import Fault
from cuabien.model import city
from cuabien.model.land import cells, zones
from cuabien.plan.package import Plan
from cuabien.plan.read import read_plan
from tests.plan.edits import edit, edited, new, remove, square

PLANS = Path(__file__).parents[3] / "plans"
YEARS = (2025, 2029, 2030, 2031, 2034, 2040)


@pytest.fixture(scope="module")
def town() -> Plan:
    return read_plan(PLANS / "tinytown")


@pytest.fixture(scope="module")
def hai_phong() -> Plan:
    return read_plan(PLANS / "hai-phong")


def brought(plan: Plan, years: tuple[int, ...] = YEARS) -> zones.ZoneLand:
    return zones.zone_land(replace(city.build(plan), years=years, remembered={}))


def zone(plan: Plan, **fields: object) -> Plan:
    """The plan with one more zone."""
    return edited(plan, new("zone", "Z9", geometry=square(106.64, 20.83, 0.01), **fields))


# ---- when -------------------------------------------------------------------------------------------------------


def test_the_parks_of_tinytown(town: Plan) -> None:
    """Z1 stands in T6 with all of its 100 ha in use; Z2 opens in T4 with its project in 2030, whole, 80 ha in use."""
    found = brought(town)
    assert found.parks[:, 5].tolist() == [100] * 6
    assert found.parks[:, 3].tolist() == [0, 0, 100, 100, 100, 100]
    assert found.parks_filled[-1].tolist() == [0, 0, 0, 80, 0, 100]
    assert found.urban[-1].tolist() == [0, 400, 0, 0, 0, 0]


def test_a_park_without_a_project_is_laid_out_over_five_years(town: Plan) -> None:
    plan = zone(town, commune="T5", from_year=2030, area_ha=50)
    assert brought(plan).parks[:, 4].tolist() == pytest.approx([0, 0, 10, 20, 50, 50])


def test_a_zone_waits_for_its_project_and_goes_with_it(town: Plan) -> None:
    late = edited(town, edit("project", "P3", opens="2033"))
    assert brought(late).parks[:, 3].tolist() == [0, 0, 0, 0, 100, 100]
    gone = edited(town, edit("project", "P3", status="stopped"))
    assert brought(gone).parks[:, 3].sum() == 0


def test_without_a_date_only_what_stands_counts(town: Plan) -> None:
    for status, expected in (("operating", 50), ("planned", 0), ("under construction", 0), (None, 0)):
        plan = zone(town, commune="T5", area_ha=50, **({"status": status} if status else {}))
        assert brought(plan).parks[-1, 4] == expected, status


def test_a_town_that_is_being_built_counts_from_the_base_year(town: Plan) -> None:
    """300 ha over five years at 50 persons a hectare: 60 ha and 3,000 persons in 2025."""
    fields = {"layer": "urban", "kind": "urban area", "status": "under construction"}
    plan = zone(town, commune="T5", area_ha=300, **fields)
    found = brought(plan)
    assert found.urban[0, 4] == pytest.approx(60)
    assert found.urban_persons[0, 4] == pytest.approx(3000)
    assert found.urban_persons[-1, 4] == pytest.approx(15_000)


def test_an_economic_zone_adds_only_what_exceeds_its_parks(town: Plan) -> None:
    """A tenth of 5,000 ha is 500, in ten parts from 2031: in 2040 T6 has 500 with its park of 100 inside, not 600."""
    plan = zone(town, kind="economic zone", commune="T6", from_year=2031, area_ha=5000)
    found = brought(plan)
    assert found.industrial[:, 5].tolist() == pytest.approx([100, 100, 100, 100, 200, 500])
    old = zone(town, kind="economic zone", commune="T6", from_year=2008, area_ha=5000)
    assert brought(old).industrial[-1, 5] == 100, "what opened before is known by its parks"


def test_land_is_won_from_the_sea_with_its_project_or_after_what_it_needs(town: Plan) -> None:
    """500 ha of P3 (2030) over five years. Without a date of its own it starts when P2, which it needs, is open: 2028."""
    fields = {"layer": "marine", "kind": "reclamation", "area_ha": 500, "commune": "T6", "project": "P3"}
    plan = zone(town, **fields)
    assert brought(plan).reclaimed[:, 5].tolist() == pytest.approx([0, 0, 100, 200, 500, 500])
    undated = edited(plan, edit("project", "P3", blank=["opens", "starts"]))
    assert brought(undated).reclaimed[:3, 5].tolist() == pytest.approx([0, 200, 300])
    assert brought(edited(undated, edit("project", "P2", status="stopped"))).reclaimed.sum() == 0


# ---- where ------------------------------------------------------------------------------------------------------


def test_where_no_commune_is_named_the_drawn_shape_says_it(town: Plan) -> None:
    """A square over the border of T4 and T5 at 20.88: half in each; a point far out at sea: the nearest commune."""
    plan = edited(
        town, new("zone", "Z9", geometry=square(106.64, 20.88, 0.01), status="operating", area_ha=100)
    )
    assert brought(plan).parks[0].tolist() == pytest.approx([0, 0, 0, 50, 50, 100])
    at_sea = {"type": "Point", "coordinates": [106.9, 20.6]}
    far = edited(town, new("zone", "Z9", geometry=at_sea, status="operating", area_ha=100))
    assert brought(far).parks[0].tolist() == [0, 0, 0, 0, 0, 200]


def test_the_communes_of_its_project_bound_where_it_can_lie(town: Plan) -> None:
    plan = edited(
        town,
        new("zone", "Z9", geometry=square(106.64, 20.88, 0.01), from_year=2025, area_ha=100, project="P3"),
    )
    assert brought(plan).parks[-1].tolist() == [0, 0, 0, 200, 0, 100], "P3 names T4 alone"


def test_every_hectare_of_a_dated_zone_is_somewhere(hai_phong: Plan) -> None:
    """Zones whose commune is known only by its drawing lose nothing: all measured parks that stand, by hand from the file."""
    found = brought(hai_phong, (2045,))
    expected = 0.0
    for feature in hai_phong.zones.values():
        row = feature.row
        first = zones.first_year(hai_phong, row, 2025)
        if row.kind in zones.PARKS and row.area_ha and first is not None and first < 2035:
            expected += row.area_ha
    assert expected > 10_000
    assert found.parks.sum() == pytest.approx(expected)


# ---- cells ------------------------------------------------------------------------------------------------------


def test_cells_of_a_commune_by_hand(town: Plan) -> None:
    """T2 is 100 km2: about 10,000 cells; its town Z3 of 400 ha has about 400, and nothing else is zoned."""
    grid = cells.zoned_grid(town, "T2", 2030)
    assert not isinstance(grid, Fault)
    assert grid.hectares == pytest.approx(10_000, rel=0.01)
    assert (grid.zoned == cells.HOUSING).sum() == pytest.approx(400, rel=0.03)
    assert set(grid.zoned.tolist()) == {cells.OPEN, cells.HOUSING}


def test_a_reserve_wins_over_a_town_on_the_same_ground() -> None:
    outline = shapely.box(106.5, 20.8, 106.52, 20.82)
    whole, west = outline, shapely.box(106.5, 20.8, 106.51, 20.82)
    grid = cells.grid(outline, [(cells.NOTHING, west), (cells.HOUSING, whole)])
    free = grid.zoned == cells.NOTHING
    assert free.any()
    assert (grid.lon[free] < 106.51).all()
    assert (grid.zoned[grid.lon > 106.511] == cells.HOUSING).all()


def test_households_on_cells_by_hand() -> None:
    """Two cells zoned for houses hold 10 each, one is open, one a reserve, one for firms. Of 24 with half for the zone:
    12 there, 12 on the open cell. With all of 30 for the zone: 20 fit, the other 10 take the open cell.
    """
    zoned = np.array([cells.HOUSING, cells.HOUSING, cells.OPEN, cells.NOTHING, cells.INDUSTRY])
    capacity = np.array([10.0, 10, 100, 100, 100])
    placed, without = cells.on_cells(24, zoned, cells.HOUSING, 0.5, capacity)
    assert placed.tolist() == [6, 6, 12, 0, 0]
    assert without == 0
    placed, without = cells.on_cells(30, zoned, cells.HOUSING, 1.0, capacity)
    assert placed.tolist() == [10, 10, 10, 0, 0]
    placed, without = cells.on_cells(150, zoned, cells.HOUSING, 0.5, capacity)
    assert placed.sum() == 120
    assert without == pytest.approx(30), "what found no cell is told"


def test_on_drawn_shapes_there_is_no_data(town: Plan, hai_phong: Plan) -> None:
    found = cells.zoned_grid(hai_phong, "11311", 2030)
    assert isinstance(found, Fault)
    assert "official zoning layer" in found.mend("en")
    drawn = edited(town, edit("zone", "Z3", shape="schematic"))
    assert isinstance(cells.zoned_grid(drawn, "T2", 2030), Fault)
    assert not isinstance(cells.zoned_grid(drawn, "T1", 2030), Fault)
    bare = edited(town, *(remove("zone", z) for z in town.zones))
    assert isinstance(cells.zoned_grid(bare, "T1", 2030), Fault)
