"""Shapes where nobody has published one: drawn by us, of the true area, and marked as schematic.

A zone known by a point and an area becomes a disc. Work in metres happens on a local plane: at the size of a
commune or a park the earth's curvature is far below the uncertainty of the centre.
"""

from __future__ import annotations

import math

import numpy as np
from shapely.geometry import Polygon

EARTH_A_M, EARTH_E2 = 6_378_137.0, 0.006_694_379_990_14
"""WGS 84: semi-major axis in metres and first eccentricity squared."""


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres in one degree of longitude and of latitude on the WGS 84 ellipsoid at a latitude (degrees)."""
    sine2 = math.sin(math.radians(lat)) ** 2
    east = EARTH_A_M * math.cos(math.radians(lat)) / math.sqrt(1 - EARTH_E2 * sine2)
    north = EARTH_A_M * (1 - EARTH_E2) / (1 - EARTH_E2 * sine2) ** 1.5
    return math.radians(1) * east, math.radians(1) * north


def disc(lon: float, lat: float, area_ha: float, points: int = 32) -> Polygon:
    """A regular polygon of `points` corners around a point (degrees), of exactly `area_ha` hectares.

    The radius is that of the polygon of that area, r = sqrt(2 A / (n sin(2 pi / n))), not that of the circle,
    which would enclose 0.6 % less with 32 corners.
    """
    radius_m = math.sqrt(2 * area_ha * 10_000 / (points * math.sin(2 * math.pi / points)))
    east, north = metres_per_degree(lat)
    angles = 2 * np.pi * np.arange(points) / points
    corners = np.column_stack(
        [lon + radius_m * np.cos(angles) / east, lat + radius_m * np.sin(angles) / north]
    )
    return Polygon(corners)
