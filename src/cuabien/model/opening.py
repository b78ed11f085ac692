"""What is open in a year: links and terminals, as the plan and the years of its projects say; and which berths lie where.

A link that names a project hangs on it: without the project (or with a stopped one) it never comes, and a project
that opens later than its links or phases were dated brings them later by as many years. A link without an opening year exists
today and waits for nobody; it goes with its project all the same, but for a fairway, which its project only deepens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cuabien.model.world import delay, is_alive
from cuabien.plan.objects import LineStop, Link, PortCapacity, Terminal, TransitLine
from cuabien.plan.package import Plan

Dated = Link | TransitLine | LineStop
"""What has an opening year of its own and may hang on a project."""

NEVER = 9999
"""The opening year of what never opens."""


def link_years(plan: Plan) -> dict[str, tuple[int, int]]:
    """Link -> (first year, first year in which it is gone); 0: it exists today, `NEVER`: it never comes or goes."""
    late = _late(plan, plan.links.values())
    return {
        link.id: (
            0 if link.mode == "fairway" and link.opens is None else _first(plan, link, late),
            NEVER if link.closes is None else link.closes,
        )
        for link in plan.links.values()
    }


def line_years(plan: Plan) -> dict[str, tuple[int, int]]:
    """Line -> (first year, first year in which it is gone), as for links."""
    late = _late(plan, plan.lines.values())
    return {
        line.id: (_first(plan, line, late), NEVER if line.closes is None else line.closes)
        for line in plan.lines.values()
    }


def stop_years(plan: Plan) -> dict[str, int]:
    """Stop of a line -> the first year in which vehicles would stop there, whether or not its line runs."""
    late = _late(plan, plan.line_stops.values())
    return {stop.id: _first(plan, stop, late) for stop in plan.line_stops.values()}


def _late(plan: Plan, rows: Iterable[Dated]) -> dict[str, int]:
    """Project -> years by which it opens later than its rows are dated; without those that never come."""
    dated: dict[str, list[int]] = {}
    for row in rows:
        if row.project and row.opens:
            dated.setdefault(row.project, []).append(row.opens)
    return {p: delay(plan.projects[p], years) for p, years in dated.items() if is_alive(plan, p)}


def _first(plan: Plan, row: Dated, late: Mapping[str, int]) -> int:
    if row.opens is None:
        return 0 if is_alive(plan, row.project) else NEVER
    if row.project is None:
        return row.opens
    return row.opens + late[row.project] if row.project in late else NEVER


def open_lines(plan: Plan, year: int) -> tuple[str, ...]:
    """Ids of the lines that run in a year, and of the stops at which they stop, in order of the plan; nothing where the plan has no lines."""
    if not plan.lines:
        return ()
    spans, stops = line_years(plan), stop_years(plan)
    run = {line for line, (first, gone) in spans.items() if first <= year < gone}
    return (
        *(line for line in plan.lines if line in run),
        *(s.id for s in plan.line_stops.values() if s.line in run and stops[s.id] <= year),
    )


def open_links(plan: Plan, year: int) -> tuple[str, ...]:
    """Ids of the links that are open in a year, in order of the plan."""
    return open_of(link_years(plan), year)


def open_of(spans: Mapping[str, tuple[int, int]], year: int) -> tuple[str, ...]:
    """The same from `link_years`, for who asks for many years."""
    return tuple(link for link, (first, gone) in spans.items() if first <= year < gone)


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


# ---- terminals of the sea -----------------------------------------------------------------------------------------------


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
