"""Why did this commune grow: the model's causes of a span of years summed, and told in sentences with their numbers.

Births, deaths, arrivals and moves are an exact split of the change of residents. Homes, access and jobs say of those
who came how many more (or fewer) they are than if people settled where they did in the base year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from cuabien.base.words import pick
from cuabien.plan import objects as o
from cuabien.service import features, names
from cuabien.service.blocks import language, signed, written
from cuabien.service.city import City, with_type
from cuabien.service.tables import communes_of, table, years_of

UNCHANGED = 0.0005
"""Relative: a smaller change is none."""
FEW = 0.5
"""Persons: fewer are nobody."""
MOST_NAMED = 5


@dataclass(frozen=True)
class Growth:
    """Residents of an area at both ends of a span, and what made the difference (persons)."""

    area: str
    first: int
    last: int
    before: float
    after: float
    causes: Mapping[str, float]
    reasons: Mapping[str, float]

    @property
    def change(self) -> float:
        return self.after - self.before


def years_known(city: City) -> list[int]:
    """The years between which growth can be told: the base year and every year with causes."""
    caused = years_of(table(city, "growth_causes", "area", "year", "cause", "persons"))
    return [caused[0] - 1, *caused] if caused else []


def growth(city: City, area: str, first: int, last: int) -> Growth | None:
    """What made an area grow or shrink between two years; None where the run does not say."""
    inside = communes_of(city.plan, area)
    known = years_known(city)
    if not inside or first not in known or last not in known or first >= last:
        return None
    by_commune = _yearly(city)
    summed = dict.fromkeys((*names.CAUSES, *names.REASONS), 0.0)
    for commune in inside:
        for (year, cause), persons in by_commune.get(commune, {}).items():
            if first < year <= last and cause in summed:
                summed[cause] += persons
    ends = [[city.ahead.value("population", c, year) for c in inside] for year in (first, last)]
    if any(value is None for end in ends for value in end):
        return None
    before, after = (sum(value or 0.0 for value in end) for end in ends)
    return Growth(
        area,
        first,
        last,
        before,
        after,
        {cause: summed[cause] for cause in names.CAUSES},
        {reason: summed[reason] for reason in names.REASONS},
    )


def _yearly(city: City) -> Mapping[str, Mapping[tuple[int, str], float]]:
    """commune -> (year, cause) -> persons."""

    def gather() -> dict[str, dict[tuple[int, str], float]]:
        frame = table(city, "growth_causes", "area", "year", "cause", "persons")
        found: dict[str, dict[tuple[int, str], float]] = {}
        if frame is not None:
            for area, year, cause, persons in frame.select("area", "year", "cause", "persons").iter_rows():
                found.setdefault(area, {})[int(year), cause] = float(persons or 0.0)
        return found

    return city.remember("growth", gather)


# ---- in sentences -----------------------------------------------------------------------------------------


def area_name(area: o.Area) -> str:
    return with_type(area) if language() == "vi" else pick(area, "name", "en")


def sentences(city: City, found: Growth) -> list[str]:
    """What happened and why, in the reader's language: the change, its main cause, each cause, what opens meanwhile."""
    return [
        _change(city, found),
        *_main_cause(found),
        _natural(found),
        *_migration(found),
        *_reasons(city, found),
        *_openings(city, found),
        *_unhoused(city, found),
    ]


def _change(city: City, found: Growth) -> str:
    values = {
        "name": area_name(city.plan.areas[found.area]),
        "first": found.first,
        "last": found.last,
        "before": written(found.before, 0),
        "after": written(found.after, 0),
        "change": signed(found.change),
        "percent": signed(100 * found.change / found.before, 1) if found.before else "–",
    }
    if abs(found.change) < max(UNCHANGED * found.before, FEW):
        return (
            gettext("%(name)s hardly changes: %(before)s residents in %(first)s, %(after)s in %(last)s.")
            % values
        )
    if found.change > 0:
        template = gettext(
            "%(name)s grows from %(before)s residents in %(first)s to %(after)s in %(last)s: %(change)s, %(percent)s percent."
        )
    else:
        template = gettext(
            "%(name)s shrinks from %(before)s residents in %(first)s to %(after)s in %(last)s: %(change)s, %(percent)s percent."
        )
    return template % values


def parts(found: Growth) -> dict[str, float]:
    """The change in three: natural change, the rest of the world, and the rest of the city."""
    return {
        "natural": found.causes["births"] + found.causes["deaths"],
        "arrivals": found.causes["arrivals"],
        "moves_within": found.causes["moves_within"],
    }


def _main_cause(found: Growth) -> list[str]:
    """The part that pushes the same way as the change and pushes most."""
    if abs(found.change) < max(UNCHANGED * found.before, FEW):
        return []
    same_way = {cause: persons for cause, persons in parts(found).items() if persons * found.change > 0}
    if not same_way:
        return []
    main = max(same_way, key=lambda cause: abs(same_way[cause]))
    values = {"persons": signed(same_way[main])}
    return [
        {
            ("natural", True): gettext("The main cause is that more people are born than die: %(persons)s."),
            ("natural", False): gettext("The main cause is that more people die than are born: %(persons)s."),
            ("arrivals", True): gettext("The main cause is arrivals from outside the city: %(persons)s."),
            ("arrivals", False): gettext("The main cause is that people leave the city: %(persons)s."),
            ("moves_within", True): gettext("The main cause is moves from other communes: %(persons)s."),
            ("moves_within", False): gettext("The main cause is moves to other communes: %(persons)s."),
        }[main, found.change > 0]
        % values
    ]


def _natural(found: Growth) -> str:
    return gettext("Births: %(births)s. Deaths: %(deaths)s. Together: %(together)s.") % {
        "births": signed(found.causes["births"]),
        "deaths": signed(found.causes["deaths"]),
        "together": signed(found.causes["births"] + found.causes["deaths"]),
    }


def _migration(found: Growth) -> list[str]:
    said = []
    arrivals, moves = found.causes["arrivals"], found.causes["moves_within"]
    if abs(arrivals) >= FEW:
        said.append(
            (
                gettext("%(persons)s more people come from outside the city than leave it.")
                if arrivals > 0
                else gettext("%(persons)s more people leave the city than come from outside it.")
            )
            % {"persons": written(abs(arrivals), 0)}
        )
    if abs(moves) >= FEW:
        said.append(
            (
                gettext("%(persons)s more people move here from other communes than move away to them.")
                if moves > 0
                else gettext("%(persons)s more people move away to other communes than come from them.")
            )
            % {"persons": written(abs(moves), 0)}
        )
    return said


def _reasons(city: City, found: Growth) -> list[str]:
    """Why arrivals and movers choose this commune or another, the strongest reason first."""
    if found.area == city.plan.header.city:
        return []  # of the whole city they cancel out: they say where in it people settle
    said = {
        ("homes", True): gettext(
            "Room for homes draws %(persons)s more people here than if people settled as in %(base)s."
        ),
        ("homes", False): gettext(
            "Little room for homes, and their price, send %(persons)s people elsewhere."
        ),
        ("access", True): gettext("Short ways to jobs and people draw %(persons)s more people here."),
        ("access", False): gettext(
            "Ways to jobs and people that are longer than elsewhere send %(persons)s people elsewhere."
        ),
        ("jobs", True): gettext("Jobs that grow nearby draw %(persons)s more people here."),
        ("jobs", False): gettext("Jobs that grow elsewhere draw %(persons)s people away."),
    }
    strongest = sorted(found.reasons, key=lambda reason: -abs(found.reasons[reason]))
    base = city.plan.header.base_year
    return [
        said[reason, found.reasons[reason] > 0]
        % {"persons": written(abs(found.reasons[reason]), 0), "base": base}
        for reason in strongest
        if abs(found.reasons[reason]) >= FEW
    ]


def openings(city: City, found: Growth) -> list[tuple[int, o.Project]]:
    """Public projects of the plan that open in the area in these years, by year."""
    inside = communes_of(city.plan, found.area)
    ids = dict.fromkeys(i for commune in inside if commune in city.here for i in city.here[commune].projects)
    dated = [(features.opening_year(city.plan.projects[i]), city.plan.projects[i]) for i in ids]
    return sorted(
        ((year, p) for year, p in dated if year is not None and found.first < year <= found.last),
        key=lambda pair: (pair[0], pair[1].id),
    )


def _openings(city: City, found: Growth) -> list[str]:
    opened = openings(city, found)
    if not opened or found.area == city.plan.header.city:
        return []
    listed = ", ".join(f"{pick(p, 'name', language())} ({year})" for year, p in opened[:MOST_NAMED])
    if len(opened) > MOST_NAMED:
        return [
            gettext("Opening here in these years: %(names)s, and %(more)s more.")
            % {"names": listed, "more": len(opened) - MOST_NAMED}
        ]
    return [gettext("Opening here in these years: %(names)s.") % {"names": listed}]


def _unhoused(city: City, found: Growth) -> list[str]:
    frame = table(city, "homes", "area", "year", "unhoused", "why")
    if frame is None:
        return []
    inside = set(communes_of(city.plan, found.area))
    rows = [
        (float(without or 0.0), why or "")
        for area, year, without, why in frame.select("area", "year", "unhoused", "why").iter_rows()
        if year == found.last and area in inside
    ]
    without = sum(count for count, _ in rows)
    if without < FEW:
        return []
    reasons = {why for count, why in rows if count >= FEW and why}
    values = {
        "year": found.last,
        "households": written(without, 0),
        "why": ", ".join(names.called(names.WHY_UNHOUSED, why) for why in sorted(reasons)),
    }
    if reasons:
        return [
            gettext("In %(year)s, %(households)s households have no dwelling of their own: %(why)s.") % values
        ]
    return [gettext("In %(year)s, %(households)s households have no dwelling of their own.") % values]
