"""Rules about the network: can its links be, do they join, and do modes meet where the plan says so?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

from cuabien.base.dates import year_of
from cuabien.base.words import N_
from cuabien.plan import objects as o
from cuabien.plan.checks.register import Context, Found, Rule, complete_by, in_use_from, is_open
from cuabien.plan.widths import of_assumed_width

EARTH_KM = 6371.0
SHORTEST = 0.98
"""Of the straight line: coordinates are rounded, nodes stand a little beside the road."""
LONGEST = 4.0
"""Times the straight line; mountain roads wind so, links of this network do not."""
LONG_CONNECTOR_KM = 5.0
"""Beyond that a commune's way to the roads of the plan is mostly assumed: communes here are some 3 km from middle to edge."""
ISLAND_MODES = ("road", "rail", "metro", "waterway", "fairway")
TERMINAL_MODES = (
    ("road_node", ("road",)),
    ("rail_node", ("rail", "metro")),
    ("fairway_node", ("fairway",)),
    ("waterway_node", ("waterway",)),
)
FASTEST_LINE_KMH = {"metro": 130.0, "tram": 100.0, "train": 350.0, "ferry": 100.0, "bus": 120.0}
"""Faster than any such line runs between two stops."""
MINUTE_ROUNDED = 1.0
"""Timetables are written in whole minutes."""
FASTEST_KMH = {"road": 120.0}
"""Design speed: 120 km/h is the highest class of expressway (TCVN 5729)."""


def straight_km(a: o.Node, b: o.Node) -> float:
    """Great-circle distance between two nodes, km."""
    return _straight(a.lon, a.lat, b)


def _straight(lon: float, lat: float, b: o.Node) -> float:
    """Great-circle distance from a point, km (haversine)."""
    lat_a, lat_b = math.radians(lat), math.radians(b.lat)
    half = math.sin((lat_b - lat_a) / 2) ** 2 + (
        math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b.lon - lon) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


def to_itself(c: Context) -> Iterator[Found]:
    for link in c.plan.links.values():
        if link.from_node == link.to_node:
            yield Found("links", link.id, N_("it runs from {node} to itself"), {"node": link.from_node})


def too_short(c: Context) -> Iterator[Found]:
    for link in c.plan.links.values():
        straight = straight_km(c.plan.nodes[link.from_node], c.plan.nodes[link.to_node])
        if link.length_km < SHORTEST * straight - 0.05:
            yield Found(
                "links",
                link.id,
                N_("it is {length} km long, and its ends are {straight} km apart"),
                {"length": link.length_km, "straight": round(straight, 2)},
            )


def too_long(c: Context) -> Iterator[Found]:
    for link in c.plan.links.values():
        straight = straight_km(c.plan.nodes[link.from_node], c.plan.nodes[link.to_node])
        if link.from_node != link.to_node and link.length_km > LONGEST * straight + 1:
            yield Found(
                "links",
                link.id,
                N_("it is {length} km long, more than {times} times the {straight} km between its ends"),
                {"length": link.length_km, "straight": round(straight, 2), "times": LONGEST},
            )


def closes_before_it_opens(c: Context) -> Iterator[Found]:
    return _closing_too_soon("links", c.plan.links)


def _closing_too_soon(table: str, rows: Mapping[str, o.Link | o.TransitLine]) -> Iterator[Found]:
    for row in rows.values():
        if row.opens is not None and row.closes is not None and row.closes <= row.opens:
            yield Found(
                table,
                row.id,
                N_("it closes in {closes} and opens in {opens}"),
                {"closes": row.closes, "opens": row.opens},
            )


def planned_without_project(c: Context) -> Iterator[Found]:
    for link in c.plan.links.values():
        if link.opens is not None and link.opens > c.today.year and link.project is None:
            yield Found(
                "links",
                link.id,
                N_("it opens in {opens} and belongs to no project"),
                {"opens": link.opens},
            )


def link_before_project(c: Context) -> Iterator[Found]:
    return _before_project(c, "links", c.plan.links)


def _before_project(
    c: Context, table: str, rows: Mapping[str, o.Link | o.TransitLine | o.LineStop]
) -> Iterator[Found]:
    for row in rows.values():
        project = c.plan.projects.get(row.project or "")
        if project is None or project.status in ("operating", "done", "partly operating"):
            continue
        earliest = in_use_from(project)
        if earliest is not None and (row.opens is None or row.opens < earliest):
            yield Found(
                table,
                row.id,
                N_("it opens in {opens}, before its project {project}, which is in use from {year}"),
                {"opens": row.opens or "…", "project": project.id, "year": earliest},
            )


def links_after_project(c: Context) -> Iterator[Found]:
    """Links that open after their project is meant to be whole: told once a project."""
    for project in c.plan.projects.values():
        dated = project.predicted_opens or project.opens or any(p.year for p in project.phases)
        ready = complete_by(project) if dated and project.status != "stopped" else None
        opens = [link.opens for link in c.plan.links.values() if link.project == project.id and link.opens]
        late = [year for year in opens if ready is not None and year > ready]
        if late:
            yield Found(
                "projects",
                project.id,
                N_(
                    "{count} of its {all} links open only in {year}, and it is to be in use as a whole from {ready}"
                ),
                {"count": len(late), "all": len(opens), "year": max(late), "ready": ready},
            )


def islands(c: Context) -> Iterator[Found]:
    """Links of one mode that touch no other part of its network, at the plan's horizon."""
    for mode in ISLAND_MODES:
        links = [
            link
            for link in c.plan.links.values()
            if link.mode == mode and is_open(link, c.plan.header.horizon)
        ]
        parts = _connected(links)
        for part in parts[1:]:
            yield Found(
                "links",
                min(link.id for link in part),
                N_("{count} links of mode {mode} touch no other part of its network; one is {name}"),
                {"count": len(part), "mode": mode, "name": part[0].name_vi or part[0].id},
            )


def _connected(links: list[o.Link]) -> list[list[o.Link]]:
    """The links in parts that hang together, the largest first."""
    lead: dict[str, str] = {}

    def leader(node: str) -> str:
        while lead.setdefault(node, node) != node:
            lead[node] = lead[lead[node]]
            node = lead[node]
        return node

    for link in links:
        lead[leader(link.from_node)] = leader(link.to_node)
    parts: dict[str, list[o.Link]] = {}
    for link in links:
        parts.setdefault(leader(link.from_node), []).append(link)
    return sorted(parts.values(), key=lambda part: (-len(part), part[0].id))


def mode_without_link(c: Context) -> Iterator[Found]:
    for terminal in c.plan.terminals.values():
        for column, modes in TERMINAL_MODES:
            node = getattr(terminal, column)
            if node is not None and not any(c.degree.get((node, mode)) for mode in modes):
                yield Found(
                    "terminals",
                    terminal.id,
                    N_("{column} is {node}, where no link of {mode} ends"),
                    {"column": column, "node": node, "mode": modes[0]},
                )


def one_mode_only(c: Context) -> Iterator[Found]:
    for terminal in c.plan.terminals.values():
        modes = [column for column, _ in TERMINAL_MODES if getattr(terminal, column)]
        if len(modes) < 2:
            yield Found("terminals", terminal.id, N_("fewer than two modes meet here"))


def terminal_before_project(c: Context) -> Iterator[Found]:
    for terminal in c.plan.terminals.values():
        project = c.plan.projects.get(terminal.project or "")
        year = in_use_from(project) if project else None
        if terminal.opens is not None and year is not None and terminal.opens < year and project:
            yield Found(
                "terminals",
                terminal.id,
                N_("it opens in {opens}, before its project {project}, which is in use from {year}"),
                {"opens": terminal.opens, "project": project.id, "year": year},
            )


def port_road_of_default_lanes(c: Context) -> Iterator[Found]:
    """Roads that a port project brings and whose lanes nobody has said: the port of the model may hang on a default."""
    left_open = of_assumed_width(c.plan)
    for link in c.plan.links.values():
        if link.id not in left_open:
            continue
        berths = sum(
            row.capacity_mt_year or 0.0
            for row in c.plan.port_capacity.values()
            if row.project == link.project
        )
        yield Found(
            "links",
            link.id,
            N_(
                "{lanes} lanes are the default of its class, and berths of {project} for {berths} million tonnes a year lie behind it"
            ),
            {"lanes": link.lanes or "…", "project": link.project, "berths": round(berths, 1)},
        )


def commune_off_the_roads(c: Context) -> Iterator[Found]:
    """Communes with no road of the plan within the reach of a connector, at the plan's horizon."""
    reach = _connector_reach(c)
    for area, km in _from_the_roads(c):
        if reach is not None and km > reach:
            yield Found(
                "areas",
                area.id,
                N_(
                    "{name} lies {km} km from the nearest road of the plan, beyond the {reach} km of a connector"
                ),
                {"name": area.name_vi, "km": round(km, 1), "reach": reach},
            )


def commune_far_from_a_road(c: Context) -> Iterator[Found]:
    """Communes that only a long connector joins to the roads of the plan, at its horizon."""
    reach = _connector_reach(c)
    for area, km in _from_the_roads(c):
        if reach is not None and LONG_CONNECTOR_KM < km <= reach:
            yield Found(
                "areas",
                area.id,
                N_("{name} lies {km} km from the nearest junction of the plan's roads"),
                {"name": area.name_vi, "km": round(km, 1)},
            )


def _connector_reach(c: Context) -> float | None:
    """None in a plan without the subject of transport."""
    row = c.plan.parameters.get("transport.connector_reach_km")
    return None if row is None or isinstance(row.value, dict) else row.value


def _from_the_roads(c: Context) -> Iterator[tuple[o.Area, float]]:
    """Each commune of known place, with the km to the nearest junction of roads that are open at the plan's horizon."""
    ends = {
        node
        for link in c.plan.links.values()
        if link.mode == "road" and is_open(link, c.plan.header.horizon)
        for node in (link.from_node, link.to_node)
    }
    roads = [n for n in c.plan.nodes.values() if n.id in ends and n.kind != "gate_of_city"]
    for area in c.plan.communes:
        if area.lon is not None and area.lat is not None:
            yield area, min((_straight(area.lon, area.lat, n) for n in roads), default=math.inf)


def commune_without_people(c: Context) -> Iterator[Found]:
    for area in c.plan.communes:
        if area.population == 0:
            yield Found("areas", area.id, N_("nobody lives in {name}"), {"name": area.name_vi})


def unused_node(c: Context) -> Iterator[Found]:
    used = {node for node, _ in c.degree}
    used |= {getattr(t, column) for t in c.plan.terminals.values() for column, _ in TERMINAL_MODES}
    used |= {stop.node for stop in c.plan.line_stops.values()}
    for node in c.plan.nodes.values():
        if node.id not in used:
            yield Found("nodes", node.id, N_("no link, no line and no terminal uses it"))


def twice(c: Context) -> Iterator[Found]:
    seen: dict[tuple[object, ...], str] = {}
    for link in c.plan.links.values():
        ends = tuple(sorted((link.from_node, link.to_node)))
        key = (ends, link.mode, link.name_vi, link.length_km, link.opens, link.closes)
        first = seen.setdefault(key, link.id)
        if first != link.id:
            yield Found("links", link.id, N_("it is the same as {first}"), {"first": first})


# ---- lines of public transport ------------------------------------------------------------------------------


def _stops_of(c: Context) -> dict[str, list[o.LineStop]]:
    """Line -> its stops in order."""
    found: dict[str, list[o.LineStop]] = {line: [] for line in c.plan.lines}
    for stop in sorted(c.plan.line_stops.values(), key=lambda s: (s.place, s.id)):
        found[stop.line].append(stop)
    return found


def line_without_stops(c: Context) -> Iterator[Found]:
    for line, stops in _stops_of(c).items():
        if len({s.node for s in stops}) < 2:
            yield Found(
                "lines", line, N_("it stops at {count} places"), {"count": len({s.node for s in stops})}
            )


def line_stop_twice(c: Context) -> Iterator[Found]:
    for line, stops in _stops_of(c).items():
        for one, other in pairwise(stops):
            if one.place == other.place:
                yield Found(
                    "line_stops",
                    other.id,
                    N_("{first} is number {place} of the line {line}, too"),
                    {"first": one.id, "place": other.place, "line": line},
                )


def line_closes_before_it_opens(c: Context) -> Iterator[Found]:
    return _closing_too_soon("lines", c.plan.lines)


def line_before_project(c: Context) -> Iterator[Found]:
    yield from _before_project(c, "lines", c.plan.lines)
    yield from _before_project(c, "line_stops", c.plan.line_stops)


def stop_before_line(c: Context) -> Iterator[Found]:
    """Stations that open in a year of their own before any vehicle comes."""
    for stop in c.plan.line_stops.values():
        line = c.plan.lines[stop.line]
        if stop.opens is not None and line.opens is not None and stop.opens < line.opens:
            yield Found(
                "line_stops",
                stop.id,
                N_("it opens in {opens}, and its line {line} in {year}"),
                {"opens": stop.opens, "line": line.id, "year": line.opens},
            )


def line_too_fast(c: Context) -> Iterator[Found]:
    for line, stops in _stops_of(c).items():
        limit = FASTEST_LINE_KMH[c.plan.lines[line].mode]
        for one, other in pairwise(stops):
            km = straight_km(c.plan.nodes[one.node], c.plan.nodes[other.node])
            if other.minutes is not None and km > limit * (other.minutes + MINUTE_ROUNDED) / 60:
                yield Found(
                    "line_stops",
                    other.id,
                    N_("{km} km in {minutes} minutes: faster than {limit} km/h"),
                    {"km": round(km, 1), "minutes": other.minutes, "limit": limit},
                )


def too_fast(c: Context) -> Iterator[Found]:
    for link in c.plan.links.values():
        limit = FASTEST_KMH.get(link.mode)
        if limit and link.design_speed_kmh and link.design_speed_kmh > limit:
            yield Found(
                "links",
                link.id,
                N_("its design speed of {speed} km/h is above {limit}"),
                {"speed": link.design_speed_kmh, "limit": limit},
            )


def project_without_link(c: Context) -> Iterator[Found]:
    carried = {row.project for table in (c.plan.links, c.plan.lines) for row in table.values()}
    for project in c.plan.projects.values():
        if project.kind in ("bridge", "road", "railway", "urban rail") and project.id not in carried:
            year = year_of(project.opens) if project.opens else project.not_before
            if year is None or year <= c.plan.header.horizon:
                yield Found(
                    "projects",
                    project.id,
                    N_("no link of the network belongs to it, so it changes no trip (no data on its line)"),
                )


RULES = (
    Rule(
        "line-without-stops",
        "warning",
        N_("A line joins two places"),
        N_("With fewer than two stops it carries nobody."),
        N_("technical: line table"),
        N_("add its stops to line_stops.csv, or remove the line"),
        line_without_stops,
    ),
    Rule(
        "line-stop-twice",
        "fault",
        N_("The stops of a line have an order"),
        N_("Of two stops with one number nobody can say which comes first."),
        N_("technical: line table"),
        N_("give each stop of the line a number of its own"),
        line_stop_twice,
    ),
    Rule(
        "line-closes-before-opening",
        "fault",
        N_("A line opens before it closes"),
        N_("No future can carry this out."),
        N_("technical: time"),
        N_("correct one of the two years"),
        line_closes_before_it_opens,
    ),
    Rule(
        "line-before-project",
        "warning",
        N_("A line opens with its project"),
        N_("The model would let people ride on what is not built."),
        N_("technical: time"),
        N_("open it when the project opens"),
        line_before_project,
    ),
    Rule(
        "stop-before-line",
        "warning",
        N_("A station does not open before its line"),
        N_("Nobody gets on where no vehicle comes: what was built stands idle."),
        N_("directive D2d of the report: modes of transport connected and in step"),
        N_("open the station with its line, or the line sooner"),
        stop_before_line,
    ),
    Rule(
        "line-too-fast",
        "warning",
        N_("A line keeps to a speed that there is"),
        N_(
            "Mostly seconds for minutes, or a stop at the wrong place; trips would become faster than they can be."
        ),
        N_("technical: distance over time"),
        N_("correct the minutes, or move the node that stands wrong"),
        line_too_fast,
    ),
    Rule(
        "link-to-itself",
        "fault",
        N_("A link joins two places"),
        N_("It carries nobody anywhere and breaks route search."),
        N_("technical: GMNS link table"),
        N_("correct one of its ends"),
        to_itself,
    ),
    Rule(
        "link-too-short",
        "warning",
        N_("A link is at least as long as the straight line"),
        N_("A link shorter than the straight line makes trips faster than they can be."),
        N_("technical: geometry"),
        N_("measure the length again, or move the node that stands wrong"),
        too_short,
    ),
    Rule(
        "link-too-long",
        "warning",
        N_("A link is not far longer than the straight line"),
        N_("Mostly a unit (metres) or a node far from its road."),
        N_("technical: geometry"),
        N_("check the unit and the nodes, or split the link"),
        too_long,
    ),
    Rule(
        "link-closes-before-opening",
        "fault",
        N_("A link opens before it closes"),
        N_("No future can carry this out."),
        N_("technical: time"),
        N_("correct one of the two years"),
        closes_before_it_opens,
    ),
    Rule(
        "planned-link-without-project",
        "warning",
        N_("A planned link belongs to a project"),
        N_("Without a project nobody builds it, pays for it or can be asked about it."),
        N_("technical: a plan's works are its projects"),
        N_("name its project, or add one"),
        planned_without_project,
    ),
    Rule(
        "link-before-project",
        "warning",
        N_("A link opens with its project"),
        N_("The model would let traffic use what is not built."),
        N_("technical: time"),
        N_("open the link when the project opens"),
        link_before_project,
    ),
    Rule(
        "link-after-project",
        "warning",
        N_("A project is whole when its links are"),
        N_("The model would wait for the links longer than the project says."),
        N_("technical: time"),
        N_("open the links with the project, or give the project the year in which they come"),
        links_after_project,
    ),
    Rule(
        "network-island",
        "warning",
        N_("The links of a mode hang together"),
        N_("What touches nothing carries only trips that begin and end in it."),
        N_("directive D2d of the report: modes of transport connected and in step"),
        N_("add the missing link, or note why it stands alone"),
        islands,
    ),
    Rule(
        "terminal-mode-without-link",
        "warning",
        N_("A mode that a terminal claims ends there"),
        N_("A railway station without a railway connects nothing."),
        N_("directive D2d of the report: modes of transport connected and in step"),
        N_("add the link, or leave the mode blank until it comes"),
        mode_without_link,
    ),
    Rule(
        "terminal-of-one-mode",
        "warning",
        N_("Two modes meet at a terminal"),
        N_("A terminal is where goods or people change from one mode to another."),
        N_("technical: definition (docs/plan-format.md)"),
        N_("name the nodes of the other modes, or remove the terminal"),
        one_mode_only,
    ),
    Rule(
        "terminal-before-project",
        "warning",
        N_("A terminal opens with its project"),
        N_("The model would let goods change where nothing stands."),
        N_("technical: time"),
        N_("open it when its project opens"),
        terminal_before_project,
    ),
    Rule(
        "port-road-of-default-lanes",
        "warning",
        N_("The road of a planned port says how wide it gets"),
        N_(
            "What leaves the port is bounded by this road: the model takes the lanes of its class, and what then holds the port is an assumption."
        ),
        N_("technical: transport.port_road_width; docs/theory/economy.md"),
        N_("write the lanes of its project, and `read` as its attributes"),
        port_road_of_default_lanes,
    ),
    Rule(
        "commune-off-the-roads",
        "warning",
        N_("A road of the plan reaches every commune"),
        N_("The model joins it to no road: its people work and shop on their own, and only boats lead away."),
        N_("technical: transport.connector_reach_km; docs/theory/transport.md"),
        N_("add its road, or note that it is an island"),
        commune_off_the_roads,
    ),
    Rule(
        "commune-far-from-a-road",
        "warning",
        N_("A road of the plan passes near every commune"),
        N_(
            "The model joins it by a straight line of its own at local speed: an assumed way, too short or too long for its people."
        ),
        N_("technical: docs/theory/transport.md, connectors"),
        N_("add the road that leads there"),
        commune_far_from_a_road,
    ),
    Rule(
        "commune-without-people",
        "warning",
        N_("Somebody lives in every commune"),
        N_("Where nobody lives, figures a head and means over residents say nothing: they are no data."),
        N_("technical: population of areas.csv"),
        N_("write the residents, or leave the field blank where they are not known"),
        commune_without_people,
    ),
    Rule(
        "node-unused",
        "warning",
        N_("Every node is used"),
        N_("A node that nothing uses is mostly a slip in an id."),
        N_("technical: GMNS node table"),
        N_("add the link that was meant, or remove the node"),
        unused_node,
    ),
    Rule(
        "link-twice",
        "warning",
        N_("No link stands twice"),
        N_("Twice the same link is twice the capacity."),
        N_("technical: GMNS link table"),
        N_("remove one of them, or say what differs"),
        twice,
    ),
    Rule(
        "speed-beyond-norm",
        "warning",
        N_("Design speeds stay within the norm"),
        N_("A higher figure is mostly a slip and makes the road faster than it can be."),
        N_("TCVN 5729: expressways, design speed at most 120 km/h"),
        N_("correct the speed, or cite the design that allows it"),
        too_fast,
    ),
    Rule(
        "project-without-link",
        "warning",
        N_("A road, bridge or railway stands in the network"),
        N_("A line that is not in the network changes no trip in the model."),
        N_("technical: the model reads links, not points of projects"),
        N_("add its links to map/links.csv with the project's id"),
        project_without_link,
    ),
)
