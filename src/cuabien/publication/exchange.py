"""One GeoPackage of a plan for other programs: its network, communes, projects and zones, and what a run says of every road.

What the plan withholds is taken out before anything is drawn; a run's figures are shown of the links that are left. A road's flows are
one feature for each year and direction, drawn the way in which people drive, so that a map of one year is one filter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import polars as pl

from cuabien.base.dates import last_day
from cuabien.base.faults import Refused
from cuabien.base.words import N_
from cuabien.plan.package import Plan
from cuabien.plan.withheld import Withheld, public_part
from cuabien.publication.edition import Writer
from cuabien.publication.features import Layer, Spot, layers, properties, shape_of
from cuabien.publication.maps import WGS84, geopackage
from cuabien.results import Run

TABLES = ("zones", "projects", "links", "nodes")
COMMUNES, FLOWS = "communes", "link_flows"
OF_THE_ROAD = ("name_vi", "link_class", "mode")
"""What a flow repeats of its link, so that it can be drawn and read alone."""


def layers_for_exchange(
    plan: Plan, run: Run | None = None, years: Collection[int] = ()
) -> tuple[list[Layer], dict[str, Withheld]]:
    """The layers, and what was left out. `plan` as the run has it; `years`: only flows of these, of all when empty."""
    shown, withheld = public_part(plan)
    found = [Layer(COMMUNES, tuple(_communes(shown)))]
    found += [layer for layer in layers(shown) if layer.table in TABLES]
    if run is not None:
        found.append(Layer(FLOWS, tuple(_flows(shown, run, years))))
    return [layer for layer in found if layer.spots], withheld


def writer(plan: Plan, found: list[Layer]) -> Writer:
    """Dated by the day for which the plan speaks: equal inputs give equal bytes."""
    return geopackage(found, WGS84, f"{last_day(plan.header.as_of).isoformat()}T00:00:00.000Z")


def _communes(plan: Plan) -> Iterator[Spot]:
    for commune in sorted(plan.communes, key=lambda area: area.id):
        shape = shape_of(plan, "areas", commune)
        if shape is not None and not shape.is_empty:
            yield Spot(commune.id, properties(plan, "areas", commune), shape)


def _flows(plan: Plan, run: Run, years: Collection[int]) -> Iterator[Spot]:
    from cuabien.runner.again import checked_year

    if not run.has_table("links"):
        raise Refused(N_("this run holds no flows: its plan models no transport"))
    kept = run.table("links")
    if years:
        kept = kept.filter(pl.col("year").is_in(sorted(checked_year(run, year) for year in years)))
    shapes = {i: shape_of(plan, "links", link) for i, link in plan.links.items()}
    for row in kept.sort("link", "year", "direction", descending=[False, False, True]).iter_rows(named=True):
        shape = shapes.get(row["link"])
        if shape is None:
            continue
        link = plan.links[row["link"]]
        yield Spot(
            f"{row['link']}-{row['year']}-{row['direction']}",
            {**row, **{column: getattr(link, column) for column in OF_THE_ROAD}},
            shape.reverse() if row["direction"] == "backward" else shape,
        )
