"""What is open in a year: links, terminals and berths, as the plan and the years of its projects say.

A link that names a project hangs on it: without the project (or with a stopped one) it never comes, and a project
that opens later than its links or phases were dated brings them later by as many years. A link without an opening year exists
today and waits for nobody; only a project that is stopped, or one taken out after its link was dated, closes it.
"""

from __future__ import annotations

from cuabien.model.world import delay, is_alive, opening_year
from cuabien.plan.objects import PortCapacity, Project, Terminal
from cuabien.plan.package import Plan

NEVER = 9999
"""The opening year of what never opens."""
AFTER_A_YEAR = "plan after 2030"
BY_A_YEAR = ("plan by 2025", "plan by 2030")


def link_years(plan: Plan) -> dict[str, tuple[int, int]]:
    """Link -> (first year, first year in which it is gone); 0: it exists today, `NEVER`: it never comes or goes."""
    dated: dict[str, list[int]] = {}
    for link in plan.links.values():
        if link.project and link.opens:
            dated.setdefault(link.project, []).append(link.opens)
    late = {p: delay(plan.projects[p], years) for p, years in dated.items() if is_alive(plan, p)}
    found = {}
    for link in plan.links.values():
        project = plan.projects.get(link.project or "")
        if link.opens is None:
            first = NEVER if project is not None and project.status == "stopped" else 0
        elif link.project is None:
            first = link.opens
        else:
            first = link.opens + late[link.project] if link.project in late else NEVER
        found[link.id] = (first, NEVER if link.closes is None else link.closes)
    return found


def open_links(plan: Plan, year: int) -> tuple[str, ...]:
    """Ids of the links that are open in a year, in order of the plan."""
    return tuple(link for link, (first, gone) in link_years(plan).items() if first <= year < gone)


def terminal_opens(plan: Plan, terminal: Terminal) -> int:
    """The first year of a terminal; 0: it operates today; `NEVER`: it is planned and the plan gives no year.

    A terminal that is planned without a year opens with the first of its dated berths.
    """
    if terminal.opens is not None:
        if terminal.project is None:
            return terminal.opens
        if not is_alive(plan, terminal.project):
            return NEVER
        return terminal.opens + delay(plan.projects[terminal.project], [terminal.opens])
    if not terminal.state.startswith("planned"):
        return 0
    rows = [r for r in plan.port_capacity.values() if terminal.id in terminals_of(plan, r) and r.from_year]
    return min((r.from_year for r in rows if r.from_year), default=NEVER)


# ---- berths -----------------------------------------------------------------------------------------------


def is_port(terminal: Terminal) -> bool:
    """Whether sea ships berth at a terminal: it lies on a fairway and is more than a place where waterways meet."""
    return terminal.fairway_node is not None and not terminal.state.startswith("water transfer")


def terminals_of(plan: Plan, row: PortCapacity) -> tuple[str, ...]:
    """The terminals at which a row of berths lies, as the plan says: by its project, else by the name of its area.

    "Đình Vũ" lies at every terminal whose name holds these words. Empty when the plan does not say.
    """
    project = plan.projects.get(row.project or "")
    if project is not None and project.terminals:
        return tuple(t for t in project.terminals if t in plan.terminals)
    area = row.berth_area_vi
    return tuple(
        t.id for t in plan.terminals.values() if is_port(t) and (area in t.name_vi or t.name_vi in area)
    )


def berth_weight(plan: Plan, row: PortCapacity, year: int, years_by: float, years_after: float) -> float:
    """Million tonnes a year of one row that are open in a year, on the rules of the economy's port."""
    if row.capacity_mt_year is None or not is_alive(plan, row.project):
        return 0.0
    project = plan.projects.get(row.project or "")
    if row.to_year is not None and year >= row.to_year:
        return 0.0
    if row.from_year is None:
        return row.capacity_mt_year
    first, late = float(row.from_year), _late(plan, project)
    if row.phase == AFTER_A_YEAR:
        whole = opening_year(project) if project else None
        last = max(float(whole) - late, first) if whole else first + years_after - 1
        return row.capacity_mt_year * _ramp(year - late, first, last)
    if row.phase in BY_A_YEAR and project is None:
        return row.capacity_mt_year * _ramp(year, first - years_by + 1, first)
    return row.capacity_mt_year if year >= first + late else 0.0


def _late(plan: Plan, project: Project | None) -> int:
    if project is None:
        return 0
    rows = [r for r in plan.port_capacity.values() if r.project == project.id]
    return delay(project, [r.from_year for r in rows if r.from_year and r.phase != AFTER_A_YEAR])


def _ramp(now: float, first: float, last: float) -> float:
    return min(max((now - first + 1) / (last - first + 1), 0.0), 1.0)


def berths_of_terminals(plan: Plan, year: int, years_by: float, years_after: float) -> dict[str, float]:
    """Terminal -> million tonnes a year of its berths that are open; a terminal without figures is left out.

    Berths of several terminals count in equal parts for those that are open. Berths whose place the plan does not say are shared
    equally among the open sea terminals that have none of their own: assumed.
    """
    open_now = {t.id for t in plan.terminals.values() if terminal_opens(plan, t) <= year}
    places_of = {name: terminals_of(plan, row) for name, row in plan.port_capacity.items()}
    named = {t for places in places_of.values() for t in places}
    rest = [
        t.id for t in plan.terminals.values() if t.fairway_node and t.id in open_now and t.id not in named
    ]
    rest = [t for t in rest if not plan.terminals[t].state.startswith("water transfer")]
    found: dict[str, float] = {}
    for name, row in plan.port_capacity.items():
        weight = berth_weight(plan, row, year, years_by, years_after)
        places = [t for t in places_of[name] if t in open_now] or rest
        for terminal in places:
            found[terminal] = found.get(terminal, 0.0) + weight / len(places)
    return {t: w for t, w in found.items() if w > 0}
