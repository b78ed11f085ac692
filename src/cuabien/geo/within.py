"""In which commune does it lie: "what is planned here" from shapes alone.

On a schematic map the answer is a guess, and says so. A row that names its commune is to be believed first; this
is for what names none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cuabien.plan.package import Plan

LEAST_SHARE = 0.01
"""A commune that holds less of a shape than this only touches it: outlines of two sources never quite agree."""


@dataclass(frozen=True)
class Lies:
    """The communes that hold a thing, the one with the largest share of it first; none when it is at sea or abroad."""

    communes: tuple[str, ...] = ()
    schematic: bool = False
    """Whether any of these communes' shapes was drawn by us."""


class Communes:
    """The communes of a plan, ready to be asked many times."""

    def __init__(self, plan: Plan) -> None:
        ids = {area.id for area in plan.communes}
        shapes = {i: feature for i, feature in plan.shapes.items() if i in ids}
        self.ids = tuple(shapes)
        self._shapes = [feature.geometry for feature in shapes.values()]
        self._schematic = [feature.row.shape == "schematic" for feature in shapes.values()]
        self._tree = shapely.STRtree(self._shapes)

    def of(self, geometry: BaseGeometry) -> Lies:
        """Where a point, line or polygon (lon/lat) lies."""
        if geometry.is_empty or not self.ids:
            return Lies()
        hits = np.sort(self._tree.query(geometry, predicate="intersects"))
        shares = {int(k): _share(geometry, self._shapes[k]) for k in hits}
        kept = sorted((k for k in shares if shares[k] >= LEAST_SHARE), key=lambda k: -shares[k])
        return Lies(tuple(self.ids[k] for k in kept), any(self._schematic[k] for k in kept))


def _share(geometry: BaseGeometry, commune: BaseGeometry) -> float:
    """How much of a shape a commune holds: by area, else by length; a point wholly."""
    for measure in ("area", "length"):
        whole = getattr(geometry, measure)
        if whole > 0:
            return float(getattr(geometry.intersection(commune), measure) / whole)
    return 1.0


def communes_of(plan: Plan, geometry: BaseGeometry) -> tuple[str, ...]:
    """The communes that hold a shape. To ask often, keep a `Communes`."""
    return Communes(plan).of(geometry).communes
