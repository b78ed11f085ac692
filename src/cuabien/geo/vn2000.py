"""VN-2000, the national coordinates of Việt Nam, to and from WGS 84.

A provincial map lies on a transverse Mercator plane around its own central meridian: zones of 3 degrees with scale
0.9999 (large-scale and cadastral maps), or of 6 degrees with scale 0.9996 (1:50,000 and smaller). Which meridian a
province takes is law (105 degrees 45 minutes for Hải Phòng), and a file seldom says it: it must be told.

Between the datums stand seven parameters, set by Decision 05/2007/QĐ-BTNMT. Its three angles are rotations of the
coordinate frame (EPSG operation 6960, "VN-2000 to WGS 84 (2)"); the PROJ convention of `+towgs84` turns the position
instead, so their signs change here. Taking them unchanged, as many lists do, moves a point by 0.7 m.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyproj

Floats = npt.NDArray[np.float64]
ZoneWidth = Literal[3, 6]

SHIFT_M = (-191.90441429, -39.30318279, -111.45032835)
ROTATION_ARCSEC = (0.00928836, -0.01975479, 0.00427372)
"""Position vector convention: the signs of the Decision turned."""
SCALE_PPM = 0.252906278

SCALE_ON_MERIDIAN: dict[ZoneWidth, float] = {3: 0.9999, 6: 0.9996}
FALSE_EASTING_M = 500_000.0

MERIDIANS = (102.0, 110.0)
"""Degrees east between which the central meridians of Việt Nam lie, Trường Sa apart."""


@cache
def crs(central_meridian: float, zone_width: ZoneWidth = 3) -> pyproj.CRS:
    """The plane around a central meridian (degrees east), with the official seven parameters."""
    towgs84 = ",".join(str(value) for value in (*SHIFT_M, *ROTATION_ARCSEC, SCALE_PPM))
    return pyproj.CRS.from_proj4(
        f"+proj=tmerc +lat_0=0 +lon_0={central_meridian} +k={SCALE_ON_MERIDIAN[zone_width]} "
        f"+x_0={FALSE_EASTING_M} +y_0=0 +ellps=WGS84 +towgs84={towgs84} +units=m +no_defs +type=crs"
    )


@cache
def _forth(central_meridian: float, zone_width: ZoneWidth) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs(central_meridian, zone_width), "EPSG:4326", always_xy=True)


def to_wgs84(
    easting_m: Floats, northing_m: Floats, central_meridian: float, zone_width: ZoneWidth = 3
) -> tuple[Floats, Floats]:
    """Longitude and latitude (degrees, WGS 84) of eastings and northings (metres, any equal shapes).

    A surveyor writes X for the northing and Y for the easting; here the easting comes first.
    """
    lon, lat = _forth(central_meridian, zone_width).transform(easting_m, northing_m)
    return lon, lat


def from_wgs84(
    lon: Floats, lat: Floats, central_meridian: float, zone_width: ZoneWidth = 3
) -> tuple[Floats, Floats]:
    """Easting and northing (metres, VN-2000) of longitudes and latitudes (degrees, WGS 84)."""
    forth = _forth(central_meridian, zone_width)
    easting, northing = forth.transform(lon, lat, direction=pyproj.enums.TransformDirection.INVERSE)
    return easting, northing
