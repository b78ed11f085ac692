"""VN-2000 against its inverse, a computation of our own from textbook formulas, and the EPSG register."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuabien.geo import vn2000

A, F = 6_378_137.0, 1 / 298.257223563
E2 = F * (2 - F)


@given(
    lon=st.floats(105, 108),
    lat=st.floats(20, 22),
    meridian=st.sampled_from([105.0, 105.75, 106.5]),
    width=st.sampled_from([3, 6]),
)
def test_there_and_back_is_within_a_centimetre(
    lon: float, lat: float, meridian: float, width: vn2000.ZoneWidth
) -> None:
    back = vn2000.to_wgs84(
        *vn2000.from_wgs84(np.array([lon]), np.array([lat]), meridian, width), meridian, width
    )
    # Heights are taken as 0 on both ellipsoids, which costs about a millimetre.
    assert abs(back[0][0] - lon) * 104_000 < 0.01
    assert abs(back[1][0] - lat) * 110_700 < 0.01


@pytest.mark.parametrize(
    ("meridian", "epsg"), [(105.0, 5897), (105.5, 9209), (105.75, 9210), (106.0, 9211), (107.75, 5899)]
)
def test_the_plane_of_three_degrees_is_the_registered_one(meridian: float, epsg: int) -> None:
    registered = pyproj.Transformer.from_crs(f"EPSG:{epsg}", "EPSG:4326", always_xy=True)
    lon, lat = vn2000.to_wgs84(np.array([594_000.0]), np.array([2_305_000.0]), meridian)
    theirs = registered.transform(594_000.0, 2_305_000.0)
    assert lon[0] == pytest.approx(theirs[0], abs=1e-9)
    assert lat[0] == pytest.approx(theirs[1], abs=1e-9)


def test_the_plane_of_six_degrees_is_the_registered_one() -> None:
    lon, lat = vn2000.to_wgs84(np.array([680_000.0]), np.array([2_305_000.0]), 105.0, 6)
    theirs = pyproj.Transformer.from_crs("EPSG:3405", "EPSG:4326", always_xy=True).transform(
        680_000, 2_305_000
    )
    assert (lon[0], lat[0]) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("point", [(106.68, 20.86), (106.13, 21.2), (107.73, 20.13)])
def test_by_textbook_formulas(point: tuple[float, float]) -> None:
    """The seven parameters of Decision 05/2007 as printed there (angles of the frame), then Krüger's series."""
    x, y, z = _geocentric(*point)
    # From WGS 84 back to VN-2000: subtract the shift, divide by the scale, turn the frame the other way.
    w, p, e = np.radians(np.array([-0.00928836, 0.01975479, -0.00427372]) / 3600)
    frame = np.array([[1, e, -p], [-e, 1, w], [p, -w, 1]])
    shifted = np.array([x, y, z]) - [-191.90441429, -39.30318279, -111.45032835]
    lon, lat = _geodetic(*np.linalg.solve(frame * 1.000000252906278, shifted))
    easting, northing = _transverse_mercator(lon, lat, 105.75, 0.9999)
    ours = vn2000.from_wgs84(np.array([point[0]]), np.array([point[1]]), 105.75)
    assert ours[0][0] == pytest.approx(easting, abs=0.002)
    assert ours[1][0] == pytest.approx(northing, abs=0.002)


def test_the_datums_lie_some_two_hundred_metres_apart() -> None:
    plain = pyproj.Proj("+proj=tmerc +lat_0=0 +lon_0=105.75 +k=0.9999 +x_0=500000 +ellps=WGS84")(
        106.68, 20.86
    )
    ours = vn2000.from_wgs84(np.array([106.68]), np.array([20.86]), 105.75)
    assert 190 < np.hypot(ours[0][0] - plain[0], ours[1][0] - plain[1]) < 240


def _geocentric(lon: float, lat: float) -> tuple[float, float, float]:
    lam, phi = np.radians([lon, lat])
    n = A / np.sqrt(1 - E2 * np.sin(phi) ** 2)
    return n * np.cos(phi) * np.cos(lam), n * np.cos(phi) * np.sin(lam), n * (1 - E2) * np.sin(phi)


def _geodetic(x: float, y: float, z: float) -> tuple[float, float]:
    r = np.hypot(x, y)
    phi = np.arctan2(z, r * (1 - E2))
    for _ in range(10):
        n = A / np.sqrt(1 - E2 * np.sin(phi) ** 2)
        phi = np.arctan2(z + E2 * n * np.sin(phi), r)
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(phi))


def _transverse_mercator(lon: float, lat: float, meridian: float, k: float) -> tuple[float, float]:
    """Krüger's series to the third order in n (Karney 2011, equations 7 to 10 and 35)."""
    n = F / (2 - F)
    radius = A / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = (n / 2 - 2 / 3 * n**2 + 5 / 16 * n**3, 13 / 48 * n**2 - 3 / 5 * n**3, 61 / 240 * n**3)
    lam, phi = np.radians(lon - meridian), np.radians(lat)
    e = np.sqrt(E2)
    t = np.sinh(np.arctanh(np.sin(phi)) - e * np.arctanh(e * np.sin(phi)))
    xi, eta = np.arctan2(t, np.cos(lam)), np.arctanh(np.sin(lam) / np.hypot(1, t))
    north = xi + sum(a * np.sin(2 * j * xi) * np.cosh(2 * j * eta) for j, a in enumerate(alpha, 1))
    east = eta + sum(a * np.cos(2 * j * xi) * np.sinh(2 * j * eta) for j, a in enumerate(alpha, 1))
    return 500_000 + k * radius * east, k * radius * north
