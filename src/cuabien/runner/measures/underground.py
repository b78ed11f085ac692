"""Indicators of the underground subject: of the city alone."""

from __future__ import annotations

from cuabien.runner.measures.year import AreaMeasure, CityMeasure

_U = "theory/underground"


CITY: tuple[CityMeasure, ...] = (
    CityMeasure(
        "underground_works",
        "count",
        "underground.works",
        "works of the layer underground that stand in the year; corridors and utilities are not counted",
        f"{_U}#works",
        value=lambda y: float(y.now["underground.works"]),
    ),
    CityMeasure(
        "underground_not_judged",
        "count",
        "underground.not_judged",
        "of them and of corridors and utilities, those that are only drawn or whose depth is not known",
        f"{_U}#what-is-not-judged",
        value=lambda y: float(y.now["underground.not_judged"]),
    ),
    CityMeasure(
        "underground_clashes",
        "count",
        "underground.clashes",
        "pairs that share ground in plan view, depth and years",
        f"{_U}#clashes",
        ("underground.margin_m",),
        value=lambda y: float(y.now["underground.clashes"]),
    ),
)

AREAS: tuple[AreaMeasure, ...] = ()
