"""How far apart two runs may be without a cause: what their solvers leave open.

Traffic and the market of homes are fixed points, found to a gap that every run states (`manifest.json`, `gaps`). Two runs of
plans that say the same may differ by as much, so a difference below it is no answer of the plan, and nobody gains or loses
by it. Nothing else in a run is left open: the same inputs give the same bytes.

How much of the gap of traffic reaches an indicator was measured, by solving a hundred times closer (docs/runs.md, noise).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import hypot
from typing import Any

from cuabien.lexicon import register
from cuabien.results import Run

LEAST = 1e-4
"""Relative: what moves by less is never called a difference, whatever it rests on."""
SOLVERS = {
    "transport": ("transport.demand_gap", "transport.road_gap", "arrivals"),
    "land": ("land_price", "industrial_land_price"),
}
"""Subject -> the gaps of its fixed points, by their names in the manifest."""
OF_THE_CITY = ("population", "economy")
"""Subjects whose totals of the city rest on no place (docs/decisions/0012): no gap of traffic or land reaches them."""
PASSED_ON = {
    indicator: share
    for share, indicators in {
        0.1: (
            "population", "population_density", "households", "labour_force", "births", "deaths", "dwellings",
            "urban_land_ha", "farmland_ha", "industrial_land_ha", "share_aged_65", "share_working_age", "share_children",
            "median_age", "school_places_needed", "places_per_child_primary", "places_per_child_lower_secondary",
            "places_per_child_upper_secondary", "health_stations_per_10000", "near_counter", "near_upper_secondary_school",
        ),
        0.5: (
            "jobs", "jobs_industry", "jobs_services", "share_car", "access_minutes", "emissions_total",
            "emissions_per_person", "emissions_per_grdp", "emissions_induced", "electricity_net_import",
        ),
        2.0: ("share_public_transport", "housing_price_index", "dwellings_built", "land_taken_ha", "net_migration"),
        4.0: ("school_places_short",),
        12.0: ("congestion_hours",),
        16.0: ("roads_over_capacity",),
    }.items()
    for indicator in indicators
}  # fmt: skip
"""Indicator -> what one percent of the gap of traffic moves it by, in percent; 1 for those that are not named.

People and buildings answer to minutes of a year ago and remember much; what is a difference of two large numbers (places
short, hours lost to delay) or stands at a threshold (roads over capacity) moves more than the traffic behind it.
"""


@dataclass(frozen=True, slots=True)
class Noise:
    """The relative difference below which two runs do not differ, by indicator: in the whole city and in its parts."""

    city: str = ""
    of_city: Mapping[str, float] = field(default_factory=dict)
    of_parts: Mapping[str, float] = field(default_factory=dict)

    def of(self, indicator: str, area: str) -> float:
        """Relative, never below `LEAST`."""
        return (self.of_city if area == self.city else self.of_parts).get(indicator, LEAST)

    def differs(self, indicator: str, area: str, one: float | None, two: float | None) -> bool:
        """Whether two values are further apart than the noise, and by more than their last digit can show."""
        if one is None or two is None:
            return one is not two
        return abs(two - one) > max(
            self.of(indicator, area) * max(abs(one), abs(two)), smallest_shown(indicator)
        )

    def widest(self, indicators: Collection[str], area: str) -> float:
        """The largest noise among these indicators: one figure that can be said of them all."""
        return max((self.of(indicator, area) for indicator in indicators), default=LEAST)


SILENT = Noise()
"""Of futures without solvers."""


def noise_of(first: Run, second: Run) -> Noise:
    """The noise between two runs, from what each says of its gaps and of what rests on what."""
    alike = _says(first) == _says(second)
    rests = [_rests_of(run) for run in ((first, first) if alike else (first, second))]
    gaps = [run.manifest.get("gaps", {}) for run in (first, second)]
    city = str(first.manifest.get("city", ""))
    whole, parts = (
        {
            indicator: between(
                indicator, *(_gaps(rest.get((indicator, cut), ()), of) for rest, of in zip(rests, gaps, strict=True))
            )
            for indicator in dict.fromkeys(i for rest in rests for i, _ in rest)
        }
        for cut in (True, False)
    )  # fmt: skip
    return Noise(city, whole, parts)


def between(indicator: str, *gaps: Mapping[str, float]) -> float:
    """The noise of one indicator between runs whose subjects have these gaps: errors that know nothing of one another
    add as squares do."""
    passed = PASSED_ON.get(indicator, 1.0)
    each = [
        sum(gap * (passed if subject == "transport" else 1.0) for subject, gap in of.items()) for of in gaps
    ]
    return max(hypot(*each), LEAST)


def gaps_behind(
    book: Mapping[str, Any], indicator: str, gaps: Mapping[str, float], *, to_the_city: bool = False
) -> dict[str, float]:
    """Subject with a solver -> the sum of its gaps, for those that an indicator rests on by a run's `explain.json`."""
    return _gaps(_subjects(book, indicator, to_the_city=to_the_city), gaps)


def _gaps(subjects: Collection[str], gaps: Mapping[str, float]) -> dict[str, float]:
    return {
        subject: sum(float(gaps.get(name, 0.0)) for name in solvers)
        for subject, solvers in SOLVERS.items()
        if subject in subjects
    }


def _subjects(book: Mapping[str, Any], indicator: str, *, to_the_city: bool) -> frozenset[str]:
    """Subjects that an indicator rests on."""
    return frozenset(name.split(".")[0] for name in _behind(book, indicator, to_the_city=to_the_city))


def smallest_shown(indicator: str) -> float:
    """Half of the last digit that the register gives an indicator."""
    row = register.indicators().get(indicator)
    return 0.5 * 10.0**-row.decimals if row else 0.0


def _behind(book: Mapping[str, Any], indicator: str, *, to_the_city: bool) -> set[str]:
    """Every variable that an indicator rests on, this year or before."""
    variables = book["variables"]
    wanted = list(book["indicators"].get(indicator, {}).get("reads", ()))
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        found.add(name)
        entry = variables.get(name)
        if entry is None or (to_the_city and name.split(".")[0] in OF_THE_CITY):
            continue
        wanted += [*entry.get("reads", ()), *entry.get("reads_last", ())]
    return found


def _stamp(run: Run) -> int:
    return (run.folder / "manifest.json").stat().st_mtime_ns


def _says(run: Run) -> object:
    """The hash of what a run says its figures follow from: changes that move numbers only say the same."""
    return run.manifest.get("files", {}).get("explain.json", run.folder)


def _rests_of(run: Run) -> Mapping[tuple[str, bool], frozenset[str]]:
    return _rests(str(run.folder.resolve()), _stamp(run))


@lru_cache(maxsize=4)
def _rests(folder: str, stamp: int) -> Mapping[tuple[str, bool], frozenset[str]]:
    """(indicator, whether it is the city's) -> subjects that it rests on, for every indicator of a run."""
    from cuabien.results import open_run

    book = open_run(folder).explain
    whole = {"indicators": book.get("indicators", {}), "variables": book.get("variables", {})}
    return {
        (indicator, cut): _subjects(whole, indicator, to_the_city=cut)
        for indicator in whole["indicators"]
        for cut in (True, False)
    }
