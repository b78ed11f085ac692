"""Connected and in step: how each terminal is joined to the networks, what its chain can carry, and what does not fit.

Everything is read from the tables of the run. A capacity that the plan does not give is "no data", never zero; one
that rests on an assumed figure is marked so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from cuabien.base.words import pick
from cuabien.plan import objects as o
from cuabien.service.blocks import language
from cuabien.service.city import City
from cuabien.service.names import MODES, called
from cuabien.service.tables import at, known, table, years_of


@dataclass(frozen=True)
class Access:
    """How one terminal is joined to the network of one mode."""

    mode: str
    connected: bool
    minutes_to_gate: float | None
    capacity: float | None
    load: float | None
    unit: str
    use: float | None


@dataclass(frozen=True)
class Stage:
    """One stage of the chain from berth to gate."""

    order: int
    stage: str
    capacity: float | None
    load: float | None
    unit: str
    use: float | None
    bottleneck: bool
    status: str


@dataclass(frozen=True)
class Terminal:
    row: o.Terminal
    access: tuple[Access, ...]
    chain: tuple[Stage, ...]

    @property
    def bottleneck(self) -> Stage | None:
        return next((stage for stage in self.chain if stage.bottleneck), None)

    @property
    def overloaded(self) -> bool:
        tight = self.bottleneck
        return tight is not None and tight.use is not None and tight.use > 1

    @property
    def joined(self) -> int:
        """By how many modes it is joined to a gate on land: as the indicator `terminals_multimodal` counts them."""
        return sum(way.connected for way in self.access if way.mode in LAND_MODES)


@dataclass(frozen=True)
class Island:
    mode: str
    island: int
    nodes: int
    links: int
    terminals: tuple[o.Terminal, ...]


@dataclass(frozen=True)
class OutOfStep:
    """Something that opens before what it needs; `needs` is a project or a link of the plan, or None: nothing brings it."""

    opens: o.Project | o.Terminal
    needs: o.Project | o.Link | None
    opens_year: int | None
    needs_year: int | None
    why: str


@dataclass(frozen=True)
class Critical:
    """A link whose loss costs most; neighbours on one road that cost the same are told as one."""

    rank: int
    links: tuple[o.Link, ...]
    extra_minutes: float | None
    stranded_trips: float | None


@dataclass(frozen=True)
class Narrow:
    """A link that holds, with others, what the berths could send inland; `rests_on`: what its capacity is known from."""

    link: o.Link
    capacity_mt_year: float
    rests_on: str


@dataclass(frozen=True)
class Connection:
    """What the run says of one year; a part that it does not hold is None."""

    year: int
    terminals: tuple[Terminal, ...] | None
    islands: tuple[Island, ...] | None
    out_of_step: tuple[OutOfStep, ...] | None
    critical: tuple[Critical, ...] | None
    narrows: tuple[Narrow, ...] | None


TERMINALS = ("terminal", "year", "mode", "connected", "minutes_to_gate", "capacity", "load", "unit", "use")
CHAINS = ("terminal", "year", "order", "stage", "capacity", "load", "unit", "use", "bottleneck", "status")
ISLANDS = ("year", "mode", "island", "nodes", "links", "terminals")
OUT_OF_STEP = ("project", "needs", "project_opens", "need_opens", "why")
CRITICAL = ("year", "link", "rank", "extra_minutes", "stranded_trips")
LANDSIDE = ("year", "link", "capacity_mt_year", "rests_on")
MOST_CRITICAL = 12
LAND_MODES = ("road", "rail", "barge")
"""Ships come and go by the fairway; goods change to one of these."""


def years_known(city: City) -> list[int]:
    """The modelled years for which anything of connection is known."""
    found: set[int] = set()
    for name, columns in (("terminals", TERMINALS), ("chains", CHAINS), ("islands", ISLANDS)):
        found |= set(years_of(table(city, name, *columns)))
    return sorted(found)


def connection(city: City, year: int) -> Connection:
    def make() -> Connection:
        return Connection(
            year,
            _terminals(city, year),
            _islands(city, year),
            _out_of_step(city),
            _critical(city, year),
            _narrows(city, year),
        )

    return city.remember(("connection", year), make)


def _terminals(city: City, year: int) -> tuple[Terminal, ...] | None:
    access, chains = table(city, "terminals", *TERMINALS), table(city, "chains", *CHAINS)
    if access is None and chains is None:
        return None
    ways: dict[str, list[Access]] = {}
    stages: dict[str, list[Stage]] = {}
    if access is not None:
        for row in at(access, year).iter_rows(named=True):
            ways.setdefault(row["terminal"], []).append(
                Access(
                    row["mode"],
                    bool(row["connected"]),
                    known(row["minutes_to_gate"]),
                    known(row["capacity"]),
                    known(row["load"]),
                    row["unit"] or "",
                    known(row["use"]),
                )
            )
    if chains is not None:
        for row in at(chains, year).sort("terminal", "order").iter_rows(named=True):
            stages.setdefault(row["terminal"], []).append(
                Stage(
                    int(row["order"]),
                    row["stage"],
                    known(row["capacity"]),
                    known(row["load"]),
                    row["unit"] or "",
                    known(row["use"]),
                    bool(row["bottleneck"]),
                    row["status"] or "no data",
                )
            )
    ids = [i for i in city.plan.terminals if i in ways or i in stages]
    return tuple(
        Terminal(city.plan.terminals[i], tuple(ways.get(i, ())), tuple(stages.get(i, ()))) for i in ids
    )


def _islands(city: City, year: int) -> tuple[Island, ...] | None:
    frame = table(city, "islands", *ISLANDS)
    if frame is None:
        return None
    return tuple(
        Island(
            row["mode"],
            int(row["island"]),
            int(row["nodes"]),
            int(row["links"]),
            tuple(
                city.plan.terminals[i]
                for i in (row["terminals"] or "").split(";")
                if i in city.plan.terminals
            ),
        )
        for row in at(frame, year).iter_rows(named=True)
    )


def _out_of_step(city: City) -> tuple[OutOfStep, ...] | None:
    """Only what stands in the public plan: a need that is withheld is not told, nor who has it."""
    frame = table(city, "out_of_step", *OUT_OF_STEP)
    if frame is None:
        return None
    plan, found = city.plan, []
    for row in frame.select(*OUT_OF_STEP).iter_rows(named=True):
        opens = plan.projects.get(row["project"]) or plan.terminals.get(row["project"])
        needs = plan.projects.get(row["needs"]) or plan.links.get(row["needs"])
        if opens is None or (needs is None and row["needs"] != row["why"]):
            continue
        found.append(OutOfStep(opens, needs, row["project_opens"], row["need_opens"], row["why"]))
    return tuple(found)


def _narrows(city: City, year: int) -> tuple[Narrow, ...] | None:
    """The widest first; a link that is withheld is not told."""
    frame = table(city, "landside", *LANDSIDE)
    if frame is None:
        return None
    return tuple(
        Narrow(city.plan.links[row["link"]], float(row["capacity_mt_year"]), row["rests_on"])
        for row in at(frame, year)
        .sort("capacity_mt_year", "link", descending=[True, False])
        .iter_rows(named=True)
        if row["link"] in city.plan.links
    )


def _critical(city: City, year: int) -> tuple[Critical, ...] | None:
    frame = table(city, "critical_links", *CRITICAL)
    if frame is None:
        return None
    rows = [
        (int(rank), city.plan.links[link], known(minutes), known(stranded))
        for rank, link, minutes, stranded in at(frame, year)
        .sort("rank")
        .select("rank", "link", "extra_minutes", "stranded_trips")
        .iter_rows()
        if link in city.plan.links
    ]
    found: list[Critical] = []
    for rank, link, minutes, stranded in rows:
        last = found[-1] if found else None
        if last and _alike(last, link, minutes, stranded):
            found[-1] = Critical(last.rank, (*last.links, link), last.extra_minutes, last.stranded_trips)
        elif len(found) < MOST_CRITICAL:
            found.append(Critical(rank, (link,), minutes, stranded))
        else:
            break
    return tuple(found)


def _alike(one: Critical, link: o.Link, minutes: float | None, stranded: float | None) -> bool:
    """Whether a link is the next piece of the same road, so that losing either is the same loss."""
    near = abs((one.extra_minutes or 0) - (minutes or 0)) <= 1e-4 * max(abs(one.extra_minutes or 0), 1.0)
    return near and one.stranded_trips == stranded and bool({e.name_vi for e in one.links} & {link.name_vi})


def critical_years(city: City) -> list[int]:
    return years_of(table(city, "critical_links", *CRITICAL))


# ---- names and sentences ----------------------------------------------------------------------------------


def terminal_name(row: o.Terminal) -> str:
    return pick(row, "name", language())


def link_name(city: City, links: Iterable[o.Link]) -> str:
    """The name of a road, and from where to where it runs."""
    listed = list(links)
    name = next((link.name_vi for link in listed if link.name_vi), None)
    ends = [node for link in listed for node in (link.from_node, link.to_node)]
    outer = [node for node in dict.fromkeys(ends) if ends.count(node) == 1]
    places = [city.plan.nodes[node].name_vi for node in (*outer[:1], *outer[-1:]) if node in city.plan.nodes]
    between = " – ".join(dict.fromkeys(places))
    name = name or gettext("link %(id)s") % {"id": ", ".join(link.id for link in listed)}
    return f"{name} ({between})" if between else name


def why_out_of_step(city: City, row: OutOfStep) -> str:
    """A sentence: what opens, what it needs, and when that comes."""
    needs = (
        called(MODES, row.why)
        if row.needs is None
        else link_name(city, [row.needs])
        if isinstance(row.needs, o.Link)
        else pick(row.needs, "name", language())
    )
    values = {
        "name": pick(row.opens, "name", language()),
        "opens": row.opens_year or gettext("a year that is not known"),
        "needs": needs,
        "ready": row.needs_year,
        "mode": called(MODES, row.why).lower(),
    }
    if row.why == "prerequisite":
        if row.needs_year is None:
            return (
                gettext("%(name)s opens in %(opens)s; %(needs)s, which must come before it, has no year.")
                % values
            )
        return (
            gettext(
                "%(name)s opens in %(opens)s; %(needs)s, which must come before it, opens only in %(ready)s."
            )
            % values
        )
    if row.needs_year is None:
        return (
            gettext("%(name)s is open from %(opens)s, and nothing in the plan joins it by %(mode)s.") % values
        )
    return (
        gettext(
            "%(name)s is open from %(opens)s, but is joined by %(mode)s only in %(ready)s, with %(needs)s."
        )
        % values
    )
