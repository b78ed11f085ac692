"""Discs have the area they are given, wherever they lie."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from cuabien.geo.draw import disc, metres_per_degree

GLOBE = Geod(ellps="WGS84")
VIETNAM = {"lon": st.floats(102, 118), "lat": st.floats(6, 24)}


@given(**VIETNAM, area_ha=st.floats(0.01, 30_000), points=st.integers(3, 64))
def test_a_disc_has_its_area_on_the_ellipsoid(lon: float, lat: float, area_ha: float, points: int) -> None:
    shape = disc(lon, lat, area_ha, points)
    on_globe_ha = GLOBE.geometry_area_perimeter(shape)[0] / 10_000
    # The local plane is off by a few parts in a million at ten kilometres from its point.
    assert math.isclose(on_globe_ha, area_ha, rel_tol=2e-5)
    assert len(shape.exterior.coords) == points + 1


@given(**VIETNAM, area_ha=st.floats(0.1, 3000))
def test_a_disc_lies_around_its_point(lon: float, lat: float, area_ha: float) -> None:
    middle = disc(lon, lat, area_ha).centroid
    assert math.isclose(middle.x, lon, abs_tol=1e-9) and math.isclose(middle.y, lat, abs_tol=1e-9)


def test_metres_per_degree_at_known_latitudes() -> None:
    # Published lengths on WGS 84: 111,319.5 and 110,574 m at the equator, 96,486 and 110,852 m at 30 degrees.
    assert [round(m) for m in metres_per_degree(0)] == [111_319, 110_574]
    assert [round(m) for m in metres_per_degree(30)] == [96_486, 110_852]
