"""Projects by state, and what each gives: size, kilometres of links, berths, power and land that the plan ties to it."""

from __future__ import annotations

from collections import defaultdict

from cuabien.base.words import N_
from cuabien.plan import objects as o
from cuabien.publication.documents.blocks import Band, Block, Cell, Column, Figure, Heading, Paragraph, Table
from cuabien.publication.documents.material import Material
from cuabien.publication.documents.writing import upper

STATES = (
    "under construction",
    "partly operating",
    "planned",
    "consultation",
    "proposed",
    "idea",
    "operating",
    "done",
    "continuing",
    "narrative",
    "stopped",
)


def projects(m: Material) -> list[Block]:
    w = m.write
    columns = (
        Column(w.say(N_("Project")), 0.24),
        Column(w.say(N_("State (date)")), 0.14),
        Column(w.say(N_("Planned end")), 0.1, "center"),
        Column(w.say(N_("Open in the run")), 0.1, "center"),
        Column(w.say(N_("Cost, billion đồng")), 0.12, "right"),
        Column(w.say(N_("What it gives")), 0.3),
    )
    rows: list[tuple[Cell, ...] | Band] = []
    for state in STATES:
        of_it = [p for p in m.plan.projects.values() if p.status == state]
        if of_it:
            rows.append(Band(f"{upper(w.word(state))} ({len(of_it)})"))
            rows += [_row(m, p) for p in of_it]
    found: list[Block] = [
        Heading(w.say(N_("Projects by state"))),
        Paragraph(
            w.say(
                N_(
                    "Late: the planned end has passed on {date} and the project is neither in use nor done. “Open in the run” is the year "
                    "from which the model counts on it."
                ),
                date=w.date(m.plan.header.as_of),
            )
        ),
        Table(w.say(N_("Projects by state")), columns, tuple(rows)),
    ]
    if m.withheld:
        told = ", ".join(f"{count} {w.word(kind)}" for kind, count in m.withheld.items())
        found.append(Paragraph(w.say(N_("Withheld from public view: {told}."), told=told)))
    return found


def _row(m: Material, p: o.Project) -> tuple[Cell, ...]:
    w, opens = m.write, m.openings.get(p.id)
    late = p in m.late
    end = w.date(p.opens) if p.opens else (f"≥ {p.not_before}" if p.not_before else w.say(N_("no date")))
    state = w.name(p, "status", 90) or w.word(p.status)
    dated = (
        f"{state} ({w.date(p.status_date)})"
        if p.status_date and not any(c.isdigit() for c in state)
        else state
    )
    cost = (
        Figure("target", ("project", p.id), p.cost_bn_vnd, w.as_written(p.cost_bn_vnd))
        if p.cost_bn_vnd
        else None
    )
    return (
        Cell(w.name(p)),
        Cell(dated),
        Cell(f"{end} – {w.word('late')}" if late else end, strong=late),
        Cell(
            str(opens) if opens else "–",
            Figure("table", ("projects", p.id), opens, str(opens)) if opens else None,
        ),
        Cell(cost.shown if cost else w.say(N_("no data")), cost),
        Cell("; ".join(gives(m, p)) or "–"),
    )


def gives(m: Material, p: o.Project) -> list[str]:
    """What the plan says that a project brings."""
    w, plan = m.write, m.plan
    found = [w.name(p, "size", 240)] if (p.size_vi or p.size_en) else []
    km: dict[str, float] = defaultdict(float)
    for link in plan.links.values():
        if link.project == p.id:
            km[link.mode] += link.length_km
    found += [
        w.say(N_("{km} km of links ({mode}, schematic)"), km=w.number(length, 1), mode=w.word(mode))
        for mode, length in km.items()
    ]
    berths = [
        b.capacity_mt_year for b in plan.port_capacity.values() if b.project == p.id and b.capacity_mt_year
    ]
    if berths:
        found.append(w.say(N_("berths: {value} million tonnes a year"), value=w.as_written(sum(berths))))
    plants = [x.capacity_mw for x in plan.power_plants.values() if x.project == p.id and x.capacity_mw]
    if plants and not any("MW" in text for text in found):
        found.append(f"{w.as_written(sum(plants))} MW")
    land = [z.row.area_ha for z in plan.zones.values() if z.row.project == p.id and z.row.area_ha]
    if land and not any(" ha" in text for text in found):
        found.append(f"{w.as_written(sum(land))} ha")
    return found
