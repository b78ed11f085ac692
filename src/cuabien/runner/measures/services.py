"""Indicators of the services subject: of every area, and beds of the city.

An area has a figure where communes with nearly all of its residents have one (`COVERED`); the figure is then of those
communes. Where fewer have one there is none: a city of which half is known has no figure.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cuabien.model.variables import SERVICES, Array
from cuabien.runner.measures.year import AreaMeasure, AreaYear, CityMeasure, Year

SCHOOLS = ("primary_school", "lower_secondary_school", "upper_secondary_school")
"""Levels of general school; of kindergartens nothing is known."""
COVERED = 0.95
"""Share of an area's residents whose communes must be known before the area has a figure."""
SOMEBODY = 1.0
"""Persons: where fewer live, a figure a head says nothing and is left out."""
_S = "theory/services"
_SUPPLY = ("services.places_since_count",)


def _column(y: AreaYear, variable: str, service: str) -> Array:
    return np.asarray(y.year.now[variable][:, SERVICES.index(service)])


def covered(membership: Array, residents: Array, mask: Array) -> Array:
    """1 for areas [area] whose communes that the mask allows hold nearly all residents, NaN for the others."""
    everyone = membership @ residents
    known = membership @ (residents * mask)
    return np.where((known >= COVERED * everyone) & (membership @ mask > 0), 1.0, np.nan)


def _sum(y: AreaYear, values: Array, mask: Array) -> Array:
    """Sum over the communes that the mask allows; NaN where they are not nearly all."""
    persons = y.year.now["population.persons"].sum(axis=(1, 2))
    return np.asarray(covered(y.membership, persons, mask) * (y.membership @ (values * mask)))


def _capacity(y: AreaYear, service: str) -> Array:
    return _sum(y, _column(y, "services.capacity", service), _column(y, "services.known", service))


def _need(y: AreaYear, service: str) -> Array:
    return np.asarray(y.membership @ _column(y, "services.need", service))


def _places_per_child(service: str) -> Callable[[AreaYear], Array | None]:
    def value(y: AreaYear) -> Array:
        need = _sum(y, _column(y, "services.need", service), _column(y, "services.known", service))
        return np.asarray(_capacity(y, service) / np.where(need >= SOMEBODY, need, np.nan))

    return value


def _places_needed(y: AreaYear) -> Array:
    return np.asarray(sum(_need(y, service) for service in SCHOOLS))


def _places_short(y: AreaYear) -> Array:
    """Of each level and commune what is short; a place too many in one commune fills no gap in another."""
    short = np.zeros(len(y.membership))
    for service in SCHOOLS:
        gap = _column(y, "services.need", service) - _column(y, "services.capacity", service)
        short = short + _sum(y, np.maximum(gap, 0.0), _column(y, "services.known", service))
    return short


def _stations(y: AreaYear) -> Array:
    return np.asarray(
        10_000 * _capacity(y, "clinic") / np.where(y.residents >= SOMEBODY, y.residents, np.nan)
    )


def _near(service: str) -> Callable[[AreaYear], Array | None]:
    """Percent of residents who live in communes from where the nearest site is near; NaN where that is not known."""

    def value(y: AreaYear) -> Array:
        persons = y.year.now["population.persons"].sum(axis=(1, 2))
        reached = _column(y, "services.reached", service)
        near = _sum(y, persons * _column(y, "services.near", service), reached)
        counted = _sum(y, persons, reached)
        return np.asarray(100 * near / np.where(counted > 0, counted, np.nan))

    return value


def _of_city(variable: str, y: Year) -> float:
    return float(y.now[variable][SERVICES.index("hospital")])


def _beds(y: Year) -> float | None:
    if not _of_city("services.city_known", y) or y.residents <= 0:
        return None
    return 10_000 * _of_city("services.city_capacity", y) / y.residents


def _beds_short(y: Year) -> float | None:
    if not _of_city("services.city_known", y):
        return None
    needed = float(y.now["services.need"][:, SERVICES.index("hospital")].sum())
    return max(needed - _of_city("services.city_capacity", y), 0.0)


CITY: tuple[CityMeasure, ...] = (
    CityMeasure(
        "hospital_beds_per_10000",
        "beds per 10000",
        "services.city_capacity",
        "10,000 x beds outside health stations / residents",
        f"{_S}#capacity",
        ("services.beds_since_count",),
        value=_beds,
    ),
    CityMeasure(
        "hospital_beds_short",
        "beds",
        "services.city_capacity",
        "max(0, 4 beds per 1,000 residents - beds outside health stations)",
        f"{_S}#capacity",
        ("services.beds_since_count",),
        value=_beds_short,
    ),
)

AREAS: tuple[AreaMeasure, ...] = (
    AreaMeasure(
        "school_places_needed",
        "places",
        "services.need",
        "share at school x children of the age, primary to upper secondary",
        f"{_S}#need",
        value=_places_needed,
    ),
    *(
        AreaMeasure(
            f"places_per_child_{service.removesuffix('_school')}",
            "places per child",
            "services.capacity",
            "places / places needed",
            f"{_S}#capacity",
            _SUPPLY,
            value=_places_per_child(service),
        )
        for service in SCHOOLS
    ),
    AreaMeasure(
        "school_places_short",
        "places",
        "services.capacity",
        "sum over levels and communes of max(0, places needed - places)",
        f"{_S}#capacity",
        _SUPPLY,
        value=_places_short,
    ),
    AreaMeasure(
        "health_stations_per_10000",
        "stations per 10000",
        "services.capacity",
        "10,000 x health stations / residents",
        f"{_S}#capacity",
        ("services.stations_kept",),
        value=_stations,
    ),
    AreaMeasure(
        "public_service_counters",
        "count",
        "services.capacity",
        "one in each commune",
        f"{_S}#capacity",
        value=lambda y: _capacity(y, "counter"),
    ),
    *(
        AreaMeasure(
            f"near_{service}",
            "percent",
            "services.near",
            "100 x residents of communes from where the nearest site is within the minutes that count as near / residents",
            f"{_S}#access",
            ("services.near_minutes", "services.speed_kmh", "services.detour"),
            value=_near(service),
        )
        for service in ("primary_school", "upper_secondary_school", "clinic", "counter")
    ),
)
