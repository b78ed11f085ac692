"""How far services are, and how much of them is within reach."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cuabien.model.variables import Array

NEVER_MIN = 720.0
"""A service half a day away serves nobody: from here on a place counts as not reached."""

EARTH_KM = 6371.0


def straight_minutes(lon: Array, lat: Array, speed_kmh: float, detour: float) -> Array:
    """Minutes between communes [commune, commune] along straight lines made longer by `detour`; degrees in.

    T[i,j] = 60 f d[i,j] / v on the plane that touches at the mean latitude. Where a position is not known (NaN) nobody
    is reached: NEVER_MIN.
    """
    x = np.radians(lon) * np.cos(np.radians(_mean(lat)))
    y = np.radians(lat)
    km = EARTH_KM * np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    return np.asarray(np.nan_to_num(60 * detour * km / speed_kmh, nan=NEVER_MIN))


def _mean(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def minutes_inside(area_km2: Array, sites: Array, speed_kmh: float, detour: float) -> Array:
    """Minutes to the nearest site in one's own commune [commune, service]; infinite where there is none.

    The mean distance to the nearest of n sites scattered over an area is 0.5 sqrt(area / n) (Clark and Evans 1954), so
    60 f 0.5 sqrt(A[i] / n[i,s]) / v. Less than one site is a share of a site that several communes have between them.
    """
    a_site = np.divide(area_km2[:, None], sites, out=np.full_like(sites, np.nan), where=sites > 0)
    return np.asarray(np.nan_to_num(60 * detour * 0.5 * np.sqrt(a_site) / speed_kmh, nan=np.inf))


def nearest_minutes(minutes: Array, inside: Array, sites: Array, sites_known: Array) -> tuple[Array, Array]:
    """Minutes to the nearest site [commune, service], and whether that is known (1 or 0; 0 minutes where not).

    The least of `inside`, one's own commune, and T[i,j] to another one that has at least half a site. It is known when
    a site is reached and no commune that is nearer than it has unknown sites.
    """
    away = minutes + np.where(np.eye(len(minutes)) > 0, np.inf, 0.0)
    found = np.minimum(inside, _least(away, sites >= 0.5))
    nearest_unknown = np.minimum(_least(away, sites_known == 0), np.where(sites_known > 0, np.inf, 0.0))
    known = (found < NEVER_MIN) & (found <= nearest_unknown)
    return np.where(known, found, 0.0), known.astype(float)


def _least(minutes: Array, there: NDArray[np.bool_]) -> Array:
    """Least minutes to a commune where `there` [commune, service] is true; infinite when there is none."""
    return np.stack(
        [
            minutes[:, there[:, s]].min(axis=1) if there[:, s].any() else np.full(len(minutes), np.inf)
            for s in range(there.shape[1])
        ],
        axis=1,
    )


def within_reach(
    minutes: Array, need: Array, capacity: Array, known: Array, catchment_min: float
) -> tuple[Array, Array]:
    """Capacity within reach over the need that shares it [commune, service], and whether it is known (1 or 0).

    The two-step floating catchment area (Luo and Wang 2003): R[j] = S[j] / sum of N[k] over k with T[k,j] <= d0;
    A[i] = sum of R[j] over j with T[i,j] <= d0. One's own commune is always within. Unknown where the capacity of a
    commune within reach is. Need-weighted, A adds up to all capacity that anybody reaches.
    """
    near = (minutes <= catchment_min) | np.eye(len(minutes), dtype=bool)
    sharing = near.T.astype(float) @ need
    rate = np.divide(capacity, sharing, out=np.zeros_like(capacity), where=sharing > 0)
    reach = near.astype(float) @ rate
    unknown = near.astype(float) @ (1 - known)
    all_known = unknown < 0.5
    return np.where(all_known, reach, 0.0), all_known.astype(float)
