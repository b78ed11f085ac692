"""What the report rests on: published figures recomputed, risks, stress, assumptions, sources, method, and how to verify."""

from __future__ import annotations

from collections import Counter

from cuabien.base.words import N_
from cuabien.plan import objects as o
from cuabien.publication.documents.blocks import (
    Band,
    Block,
    Cell,
    Code,
    Column,
    Figure,
    Heading,
    Paragraph,
    Table,
)
from cuabien.publication.documents.material import Material
from cuabien.publication.documents.promises import HEADLINES
from cuabien.publication.documents.writing import decimals_of, tidy

LARGEST_SWINGS = 24
"""Pairs of a headline and a parameter that the table of swings names."""
STATUSES = ("law", "statistic", "press", "calibrated", "derived", "assumed")
PER_STRESS = 5


# ---- claims and risks -----------------------------------------------------------------------------------------------


def claims(m: Material) -> list[Block]:
    w = m.write
    columns = (
        Column(w.say(N_("Statement")), 0.44),
        Column(w.say(N_("Stated")), 0.13, "right"),
        Column(w.say(N_("Recomputed")), 0.13, "right"),
        Column(w.say(N_("Verdict")), 0.13),
        Column(w.say(N_("Why")), 0.17),
    )
    rows: list[tuple[Cell, ...] | Band] = []
    for row in m.claims:
        told = row.as_row(w.language)
        stated = (
            f"{w.as_written(row.stated)} {w.unit(row.unit)}"
            if row.stated is not None
            else w.say(N_("no data"))
        )
        again = (
            Figure("claim", (row.id,), row.recomputed, w.number(row.recomputed))
            if row.recomputed is not None
            else None
        )
        rows.append(
            (
                Cell(f"{row.id}. {w.name(row, 'statement', 260)}"),
                Cell(tidy(stated)),
                Cell(again.shown if again else "–", again),
                Cell(w.say(row.verdict), strong=row.verdict == "conflicting"),
                Cell(tidy(told["reason"], 160) or "–"),
            )
        )
    return [
        Heading(w.say(N_("Published figures, recomputed"))),
        Table(w.say(N_("Each statement against the figures at hand")), columns, tuple(rows)),
    ]


def risks(m: Material) -> list[Block]:
    w = m.write
    columns = (
        Column(w.say(N_("Risk flag")), 0.3),
        Column(w.say(N_("Value")), 0.12, "right"),
        Column(w.say(N_("Bound")), 0.12, "right"),
        Column(w.say(N_("State")), 0.12),
        Column(w.say(N_("Why, and what it does not see")), 0.34),
    )
    rows: list[tuple[Cell, ...] | Band] = []
    for row in m.flags:
        value = Figure("flag", (row.id,), row.value, w.number(row.value)) if row.value is not None else None
        bound = w.bound(row.operator, row.bound)
        rows.append(
            (
                Cell(w.name(row)),
                Cell(value.shown if value else w.say(N_("no data")), value),
                Cell(bound),
                Cell(w.say(row.state), strong=row.state == "raised"),
                Cell(w.name(row, "why", 220)),
            )
        )
    return [
        Heading(w.say(N_("Risks"))),
        Table(w.say(N_("Risk flags: raised when the value passes the bound")), columns, tuple(rows)),
        *stress(m),
    ]


def stress(m: Material) -> list[Block]:
    """What each stress test does to the headlines; said to be missing where none was run beside this run."""
    w = m.write
    if not m.stress:
        return [
            Paragraph(
                w.say(N_("No stress test was run beside this run; `cuabien stress` runs those of the plan."))
            )
        ]
    rows: list[tuple[Cell, ...] | Band] = []
    for scenario in dict.fromkeys(row.scenario for row in m.stress):
        of_it = [row for row in m.stress if row.scenario == scenario]
        rows.append(Band(tidy(of_it[0].title)))
        for row in of_it[:PER_STRESS]:
            percent = row.percent
            shown = w.signed(percent, 1) if percent is not None else "–"
            rows.append(
                (
                    Cell(w.indicator(row.indicator)),
                    Cell(str(row.year)),
                    Cell(w.number(row.base, decimals_of(row.indicator))),
                    Cell(w.number(row.stressed, decimals_of(row.indicator))),
                    Cell(f"{shown} %"),
                    Cell(
                        str(row.recovered)
                        if row.recovered
                        else w.say(N_("not by {year}"), year=row.last_year)
                    ),
                )
            )
    columns = (
        Column(w.say(N_("Indicator")), 0.32),
        Column(w.say(N_("Worst year")), 0.12, "center"),
        Column(w.say(N_("Plan")), 0.15, "right"),
        Column(w.say(N_("Under stress")), 0.15, "right"),
        Column("%", 0.12, "right"),
        Column(w.say(N_("Back in")), 0.14, "center"),
    )
    return [Table(w.say(N_("Stress tests: the hardest year of each headline")), columns, tuple(rows))]


# ---- assumptions ----------------------------------------------------------------------------------------------------


def assumptions(m: Material) -> list[Block]:
    w, year = m.write, m.milestones[-1]
    counts = Counter[str](p.status for p in m.plan.parameters.values())
    told = ", ".join(f"{counts[s]} {w.word(s)}" for s in STATUSES if counts[s])
    columns = (
        Column(w.say(N_("Indicator")), 0.38),
        Column(str(year), 0.16, "right"),
        Column(w.say(N_("Lowest")), 0.15, "right"),
        Column(w.say(N_("Highest")), 0.15, "right"),
        Column(w.say(N_("Moved most by")), 0.16),
    )
    rows: list[tuple[Cell, ...] | Band] = []
    for indicator in HEADLINES:
        swing, value = m.ahead.swings.get((indicator, m.city, year)), m.ahead.value(indicator, m.city, year)
        if swing is None or value is None:
            continue
        decimals = decimals_of(indicator)
        ends = [
            Figure("swing", (indicator, m.city, year, side), v, w.number(v, decimals))
            for side, v in (("low", swing.low), ("high", swing.high))
        ]
        shown = w.number(value, decimals)
        course = m.ahead.path(indicator, m.city)
        rows.append(
            (
                Cell(f"{w.indicator(indicator)}, {w.unit(course.unit if course else '')}"),
                Cell(shown, Figure("run", (indicator, m.city, year), value, shown)),
                *(Cell(f.shown, f) for f in ends),
                Cell(w.parameter(swing.by, m.plan.parameters)),
            )
        )
    return [
        Heading(w.say(N_("Assumptions and how much they move"))),
        Paragraph(
            w.say(
                N_(
                    "The model reads {count} parameters: {told}. An assumed one has a range; each is moved over its range alone, and the "
                    "table says between which values a headline then lies. It is not a probability."
                ),
                count=len(m.plan.parameters),
                told=told,
            )
        ),
        *(
            [Table(w.say(N_("Headlines over the ranges of what is assumed")), columns, tuple(rows))]
            if rows
            else []
        ),
        *_parameters(m, year),
    ]


def _parameters(m: Material, year: int) -> list[Block]:
    """The assumed parameters that move a headline most at the horizon, with their ranges."""
    w, widest = m.write, dict[str, tuple[float, str]]()
    for row in m.table("swing", year=year, area=m.city):
        if row["indicator"] not in HEADLINES or not row["base"]:
            continue
        ends = [v for v in (row["at_low"], row["at_high"]) if v is not None]
        if not ends:
            continue
        moved = 100 * max(abs(v / row["base"] - 1) for v in ends)
        if moved > widest.get(row["parameter"], (0.0, ""))[0]:
            widest[row["parameter"]] = (moved, row["indicator"])
    rows: list[tuple[Cell, ...] | Band] = []
    for identity, (moved, indicator) in sorted(widest.items(), key=lambda x: (-x[1][0], x[0]))[
        :LARGEST_SWINGS
    ]:
        parameter = m.plan.parameters.get(identity)
        if parameter is None:
            continue
        shown = f"{w.number(moved, 1)} %"
        rows.append(
            (
                Cell(w.parameter(identity, m.plan.parameters)),
                Cell(_value(m, parameter)),
                Cell(f"{w.as_written(parameter.low)} – {w.as_written(parameter.high)}"),
                Cell(w.unit(parameter.unit)),
                Cell(
                    f"{shown} ({w.indicator(indicator)})",
                    Figure("swing", (identity, indicator), moved, shown),
                ),
            )
        )
    if not rows:
        return []
    columns = (
        Column(w.say(N_("Parameter")), 0.28),
        Column(w.say(N_("Value")), 0.15, "right"),
        Column(w.say(N_("Range")), 0.16, "right"),
        Column(w.say(N_("Unit")), 0.15),
        Column(w.say(N_("Moves most, in {year}"), year=year), 0.26),
    )
    return [Table(w.say(N_("Assumed parameters that move a headline most")), columns, tuple(rows))]


def _value(m: Material, parameter: o.Parameter) -> str:
    if isinstance(parameter.value, dict):
        first, last = min(parameter.value), max(parameter.value)
        ends = [f"{m.write.as_written(parameter.value[y])} ({y})" for y in dict.fromkeys((first, last))]
        return " – ".join(ends)
    return m.write.as_written(parameter.value)


# ---- sources --------------------------------------------------------------------------------------------------------


def sources(m: Material) -> list[Block]:
    """The sources of what this report shows: targets, observed values, claims, flags, projects and documents."""
    w, uses = m.write, Counter[str]()
    for table in ("targets", "indicators", "claims", "flags", "projects", "documents"):
        uses.update(row.source for row in m.plan.table(table).values())
    columns = (
        Column(w.say(N_("No.")), 0.07, "center"),
        Column(w.say(N_("Source")), 0.55),
        Column(w.say(N_("Date")), 0.12, "center"),
        Column(w.say(N_("Confidence")), 0.17),
        Column(w.say(N_("Rows")), 0.09, "right"),
    )
    rows: list[tuple[Cell, ...] | Band] = []
    for identity, count in sorted(uses.items(), key=lambda x: (-x[1], x[0])):
        source = m.plan.sources.get(identity)
        if source is None:
            continue
        title = ". ".join(part for part in (source.title, source.number, source.issuer) if part)
        rows.append(
            (
                Cell(str(len(rows) + 1)),
                Cell(tidy(title, 180)),
                Cell(w.date(source.date) if source.date else w.say(N_("no date"))),
                Cell(w.word(source.confidence)),
                Cell(str(count)),
            )
        )
    return [
        Heading(w.say(N_("Sources of the figures"))),
        Paragraph(
            w.say(
                N_(
                    "The plan names {all} sources; the {count} below stand behind what this report shows, those that most rests on first. "
                    "All of them, and which figure rests on which, are in the plan's file sources.csv."
                ),
                all=len(m.plan.sources),
                count=len(rows),
            )
        ),
        Table(w.say(N_("Sources with their dates")), columns, tuple(rows)),
    ]


# ---- method and proof -----------------------------------------------------------------------------------------------


def method(m: Material) -> list[Block]:
    w, manifest = m.write, m.run.manifest
    gaps = {str(k): float(v) for k, v in manifest.get("gaps", {}).items() if isinstance(v, int | float)}
    worst = sorted(gaps.items(), key=lambda x: -abs(x[1]))[:3]
    told = ", ".join(f"{tidy(name)} {w.number(100 * value, 4)} %" for name, value in worst)
    faults = Counter(row.get("severity", "") for row in m.run.faults)
    schematic = sum(f.row.shape == "schematic" for f in m.plan.shapes.values())
    gone = sum(p.confidence == "general knowledge, low" for p in m.plan.projects.values())
    paragraphs = [
        w.say(
            N_(
                "People are followed by age and sex; production by sector from workers, capital and productivity, held back by berths, "
                "fairways, land and power; homes, jobs and land by commune; trips, traffic and goods on the network; then services, energy "
                "and gases. Each year follows from the last. Equations, parameters and their sources are open."
            )
        ),
        w.say(N_("How exactly the books close; the widest gaps: {told}."), told=told or "0"),
        w.say(
            N_("The checker and the model had {faults} faults and {warnings} warnings about the plan."),
            faults=faults["fault"],
            warnings=faults["warning"],
        ),
        w.say(
            N_(
                "What is not known stays “no data”; nothing was filled in. {schematic} of {shapes} outlines of communes are schematic, the "
                "network is drawn from point to point, and {low} projects rest on general knowledge of low confidence."
            ),
            schematic=schematic,
            shapes=len(m.plan.shapes),
            low=gone,
        ),
    ]
    return [Heading(w.say(N_("Method and what is not known"))), *(Paragraph(text) for text in paragraphs)]


def proof(m: Material) -> list[Block]:
    w, manifest = m.write, m.run.manifest
    named = [
        *([(w.say(N_("Published edition")), m.edition_id)] if m.edition_id else []),
        (w.say(N_("Edition of the plan")), m.edition),
        (w.say(N_("Run")), m.run.folder.name),
        (w.say(N_("Change")), str(manifest.get("change_hash") or w.say(N_("none: the plan as it stands")))),
        (w.say(N_("Code")), str(manifest.get("code_hash", ""))),
        (w.say(N_("Libraries")), str(manifest.get("lock_hash", ""))),
        (w.say(N_("Seed")), str(manifest["seed"])),
    ]
    plan = m.plan.header.id
    return [
        Heading(w.say(N_("Edition and how to verify"))),
        Paragraph(
            w.say(
                N_(
                    "Every figure comes from the plan and the run named here. Whoever has the plan's files gets the same hash and, with the "
                    "same code, the same run and this same report, letter by letter."
                )
            )
        ),
        Code(tuple(f"{name}: {value}" for name, value in named)),
        Code(
            (
                f"cuabien check plans/{plan}",
                f"cuabien run plans/{plan} --seed {manifest['seed']}",
                f"cuabien report plans/{plan} --run var/runs/{m.run.folder.name} --out report.pdf",
            )
        ),
    ]
