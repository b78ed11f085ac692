"""Whether the parts of the city fit: transport connected and in step, land, services, environment, year by milestone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from cuabien.base.words import N_
from cuabien.plan import objects as o
from cuabien.publication.documents.blocks import Band, Block, Cell, Column, Figure, Heading, Paragraph, Table
from cuabien.publication.documents.material import Material
from cuabien.publication.documents.writing import tidy

# words of the pages, which have their translation
MODES = {
    "road": "Road",
    "rail": "Rail",
    "barge": "Barge",
    "waterway": "Barge",
    "fairway": "Sea fairway",
}
STAGES = {
    "berth": "Berth",
    "fairway": "Fairway",
    "yard": "Yard",
    "road": "Road",
    "rail": "Rail",
    "barge": "Barge",
    "gate": "Gate of the city",
}
USES = {
    "housing": "Housing land",
    "industry": "Industrial land",
    "public": "Roads and public land",
    "farmland": "Farmland",
    "protected": "Protected land",
    "water": "Water",
    "reclaimed": "Land won from the sea, not yet used",
}
SERVICES = {
    "kindergarten": "Kindergartens",
    "primary_school": "Primary schools",
    "lower_secondary_school": "Lower secondary schools",
    "upper_secondary_school": "Upper secondary schools",
    "clinic": "Health stations",
    "hospital": "Hospitals",
    "counter": "Public service counters",
    "green_space": "Green space",
}
EMITTERS = {
    "power": "Power plants",
    "industry": "Industry",
    "transport": "Transport",
    "buildings": "Buildings",
}
CRITICAL = 5


def together(m: Material) -> list[Block]:
    w = m.write
    return [
        Heading(w.say(N_("Connected and in step: transport, land, services, environment"))),
        Heading(w.say(N_("Transport")), 2),
        *_transport(m),
        Heading(w.say(N_("Land")), 2),
        *_by_year(m, "land", "use", "ha", USES, w.say(N_("Land of the city by use, hectares")), 0),
        Heading(w.say(N_("Schools, health, public services")), 2),
        *_services(m),
        Heading(w.say(N_("Environment")), 2),
        *_by_year(
            m,
            "emissions",
            "emitter",
            "kt_co2e",
            EMITTERS,
            w.say(N_("Greenhouse gases given off in the city, million tonnes CO2e")),
            2,
            scale=1e-3,
        ),
        *_no_heights(m),
    ]


# ---- transport ------------------------------------------------------------------------------------------------------


def _transport(m: Material) -> list[Block]:
    w, found = m.write, list[Block]()
    islands = [_islands(m, mode) for mode in ("road", "rail", "waterway", "fairway")]
    told = [line for line in islands if line]
    if told:
        found.append(
            Paragraph(
                " ".join(told)
                + " "
                + w.say(N_("One part means that every place of a mode can be reached from every other.")),
                lead=w.say(N_("Parts that each network falls into")),
            )
        )
    found += _out_of_step(m) + _bottlenecks(m) + _critical(m)
    return found or [Paragraph(w.say(N_("The run holds no tables of the network.")))]


def _islands(m: Material, mode: str) -> str:
    counts = {y: len(m.table("islands", year=y, mode=mode)) for y in m.milestones}
    if not any(counts.values()):
        return ""
    told = ", ".join(f"{n} ({y})" for y, n in counts.items() if n)
    return f"{m.write.word(MODES.get(mode, mode))}: {told}."


def _out_of_step(m: Material) -> list[Block]:
    w, plan = m.write, m.plan
    rows: list[tuple[Cell, ...] | Band] = []
    for row in m.table("out_of_step"):
        opens = plan.projects.get(row["project"]) or plan.terminals.get(row["project"])
        needs = plan.projects.get(row["needs"]) or plan.links.get(row["needs"])
        if opens is None or (needs is None and row["needs"] != row["why"]):
            continue
        rows.append(
            (
                Cell(w.name(opens)),
                Cell(str(row["project_opens"] or w.say(N_("no date")))),
                Cell(_need(m, needs, row["why"])),
                Cell(str(row["need_opens"] or w.say(N_("no date")))),
            )
        )
    if not rows:
        return []
    columns = (
        Column(w.say(N_("What opens")), 0.38),
        Column(w.say(N_("Year")), 0.12, "center"),
        Column(w.say(N_("What it needs")), 0.38),
        Column(w.say(N_("Year")), 0.12, "center"),
    )
    return [Table(w.say(N_("Out of step: what opens before something that it needs")), columns, tuple(rows))]


def _need(m: Material, needs: o.Project | o.Link | None, why: str) -> str:
    w = m.write
    if isinstance(needs, o.Link):
        return link_name(m, [needs])
    if needs is None:
        return w.say(N_("a way by {mode}"), mode=w.word(why))
    return w.name(needs)


def _bottlenecks(m: Material) -> list[Block]:
    """Where the chain from berth to gate carries more than it can, at each milestone."""
    w, years = m.write, m.milestones
    at: dict[str, dict[int, Mapping[str, Any]]] = defaultdict(dict)
    for year in years:
        for row in m.table("chains", year=year, bottleneck=True):
            if row["terminal"] in m.plan.terminals and row["use"] is not None:
                at[row["terminal"]][year] = row
    over = {t: by for t, by in at.items() if any(row["use"] > 1 for row in by.values())}
    if not over:
        return []
    rows: list[tuple[Cell, ...] | Band] = []
    for terminal, by in over.items():
        cells = [Cell(w.name(m.plan.terminals[terminal]))]
        for year in years:
            found = by.get(year)
            if found is None:
                cells.append(Cell("–"))
                continue
            use = 100 * found["use"]
            figure = Figure("table", ("chains", terminal, year), use, f"{w.number(use, 0)} %")
            cells.append(
                Cell(
                    f"{figure.shown} ({w.word(STAGES.get(found['stage'], found['stage'])).lower()})",
                    figure,
                    use > 100,
                )
            )
        rows.append(tuple(cells))
    width = 0.68 / max(1, len(years))
    columns = (Column(w.say(N_("Terminal")), 0.32), *(Column(str(y), width, "right") for y in years))
    return [
        Table(w.say(N_("The tightest stage from berth to gate, load against capacity")), columns, tuple(rows))
    ]


def _critical(m: Material) -> list[Block]:
    """The roads whose loss costs most at the horizon; neighbours on one road that cost the same are one."""
    w, year = m.write, m.milestones[-1]
    groups: list[tuple[list[o.Link], float, float]] = []
    for row in sorted(m.table("critical_links", year=year), key=lambda r: r["rank"]):
        link = m.plan.links.get(row["link"])
        if link is None:
            continue
        minutes, stranded = row["extra_minutes"] or 0.0, row["stranded_trips"] or 0.0
        if (
            groups
            and link.name_vi == groups[-1][0][0].name_vi
            and abs(groups[-1][1] - minutes) <= 1e-4 * max(minutes, 1)
        ):
            groups[-1][0].append(link)
        elif len(groups) < CRITICAL:
            groups.append(([link], minutes, stranded))
        else:
            break
    if not groups:
        return []
    rows: list[tuple[Cell, ...] | Band] = []
    for links, minutes, stranded in groups:
        hours = minutes / 60
        rows.append(
            (
                Cell(link_name(m, links)),
                Cell(
                    w.number(hours, 0),
                    Figure("table", ("critical_links", links[0].id, year), hours, w.number(hours, 0)),
                ),
                Cell(w.number(stranded, 0)),
            )
        )
    columns = (
        Column(w.say(N_("Stretch of road")), 0.56),
        Column(w.say(N_("Hours lost by all vehicles in the peak hour")), 0.24, "right"),
        Column(w.say(N_("Vehicles left without a way")), 0.2, "right"),
    )
    return [Table(w.say(N_("Roads whose loss would cost most in {year}"), year=year), columns, tuple(rows))]


def link_name(m: Material, links: list[o.Link]) -> str:
    """The name of a road, and from where to where it runs."""
    name = next((link.name_vi for link in links if link.name_vi), links[0].id)
    ends = [node for link in links for node in (link.from_node, link.to_node)]
    outer = [node for node in dict.fromkeys(ends) if ends.count(node) == 1]
    places = [m.plan.nodes[n].name_vi for n in (*outer[:1], *outer[-1:]) if n in m.plan.nodes]
    between = " – ".join(dict.fromkeys(places))
    return tidy(f"{name} ({between})" if between else name, 140)


# ---- land, services, environment ------------------------------------------------------------------------------------


def _by_year(
    m: Material,
    table: str,
    column: str,
    value: str,
    names: Mapping[str, str],
    caption: str,
    decimals: int,
    scale: float = 1.0,
) -> list[Block]:
    """The city's sum of each kind at each milestone, and all of them together."""
    w, years = m.write, m.milestones
    communes = {a.id for a in m.plan.communes}
    sums: dict[tuple[str, int], float] = defaultdict(float)
    for year in years:
        for row in m.table(table, year=year):
            if row[value] is not None and ("area" not in row or row["area"] in communes):
                sums[row[column], year] += scale * row[value]
    if not sums:
        return [Paragraph(w.say(N_("The run holds no table of this.")))]
    kinds = [
        kind
        for kind in (*names, *{k for k, _ in sums} - set(names))
        if any(sums.get((kind, y)) for y in years)
    ]

    def cell(kind: str | None, year: int) -> Cell:
        total = sums[kind, year] if kind else sum(sums[k, year] for k in kinds)
        shown = w.number(total, decimals)
        return Cell(shown, Figure("table", (table, kind or "all", year), total, shown), strong=kind is None)

    rows = [
        *((Cell(w.word(names.get(k, k))), *(cell(k, y) for y in years)) for k in kinds),
        (Cell(w.say(N_("In all")), strong=True), *(cell(None, y) for y in years)),
    ]
    return [Table(caption, _year_columns(w.say(N_("Kind")), years), tuple(rows))]


def _year_columns(first: str, years: Iterable[int]) -> tuple[Column, ...]:
    listed = list(years)
    return (Column(first, 0.35), *(Column(str(year), 0.65 / max(1, len(listed)), "right") for year in listed))


def _services(m: Material) -> list[Block]:
    """Capacity against what the norm asks for, over the communes of which both are known."""
    w, years = m.write, m.milestones
    rows: list[tuple[Cell, ...] | Band] = []
    for service, name in SERVICES.items():
        cells = [Cell(w.word(name))]
        for year in years:
            found = [
                r
                for r in m.table("services", year=year, service=service)
                if r["capacity"] is not None and r["norm"]
            ]
            own = [
                r for r in found if r["area"] in m.plan.areas and m.plan.areas[r["area"]].kind == "commune"
            ]
            norm = sum(r["norm"] for r in own)
            if not norm:
                cells.append(Cell("–"))
                continue
            share = 100 * sum(r["capacity"] for r in own) / norm
            figure = Figure("table", ("services", service, year), share, f"{w.number(share, 0)} %")
            cells.append(Cell(f"{figure.shown} ({len(own)})", figure, strong=share < 100))
        rows.append(tuple(cells))
    if not any(cell.figure for row in rows if not isinstance(row, Band) for cell in row):
        return [Paragraph(w.say(N_("The run holds no table of this.")))]
    return [
        Table(
            w.say(
                N_("Capacity against the norm (in brackets: communes of which both are known; –: no data)")
            ),
            _year_columns(w.say(N_("Service")), years),
            tuple(rows),
        )
    ]


def _no_heights(m: Material) -> list[Block]:
    if m.table("flood"):
        return []
    text = N_(
        "Flood exposure: no data. No heights of the land are in the plan; `cuabien import elevation` brings them."
    )
    return [Paragraph(m.write.say(text))]
