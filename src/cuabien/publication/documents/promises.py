"""The first parts of the report: what a leader reads on page one, every target with its verdict, indicators by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from cuabien.base.words import N_
from cuabien.indicators import observed
from cuabien.indicators.targets import SPOKEN, TargetRow
from cuabien.lexicon import register
from cuabien.publication.documents.blocks import Band, Block, Cell, Column, Figure, Heading, Paragraph, Table
from cuabien.publication.documents.material import SHORT_HASH, Material
from cuabien.publication.documents.writing import decimals_of, tidy

GOOD, BAD = ("met", "on track"), ("missed", "off track")
WORST = 4
"""Targets that page one names with their gap."""
NAMED_LATE = 3
HEADLINES = (
    "population",
    "grdp_growth_avg",
    "grdp_per_capita",
    "labour_productivity",
    "port_cargo",
    "port_teu",
    "budget_revenue_total",
)
"""What a leader asks for first."""


# ---- page one -------------------------------------------------------------------------------------------------------


def summary(m: Material) -> list[Block]:
    w, header = m.write, m.plan.header
    return [
        Heading(w.say(N_("Summary"))),
        Paragraph(
            w.say(
                N_(
                    "This report says what the plan of {city} promises and what the model expects of it from {first} to {last}. "
                    "States and figures are as of {date}. Edition {edition}. {note}"
                ),
                city=w.name(header),
                first=m.run.manifest["base_year"],
                last=m.run.manifest["last_year"],
                date=w.date(header.as_of),
                edition=m.edition[:SHORT_HASH],
                note=_sentence(w.name(header, "edition")),
            )
        ),
        _targets_in_short(m),
        *_worst(m),
        _projects_in_short(m),
        _published_in_short(m),
        _sureness(m),
    ]


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "…", "!")) else f"{text}."


def in_force(m: Material) -> list[TargetRow]:
    return [row for row in m.targets if not row.superseded]


def _targets_in_short(m: Material) -> Paragraph:
    w, rows = m.write, in_force(m)
    counts = Counter[str](row.verdict for row in rows)
    told = ", ".join(f"{counts[v]} {w.say(v)}" for v in SPOKEN if counts[v])
    good, bad = (sum(counts[v] for v in kind) for kind in (GOOD, BAD))
    text = w.say(
        N_(
            "of {total} targets in force {judged} can be judged: {good} are met or on track, {bad} are missed or off track ({told})."
        ),
        total=len(rows),
        judged=good + bad,
        good=good,
        bad=bad,
        told=told,
    )
    figures = tuple(
        Figure("count", ("targets", v), counts[v], f"{counts[v]} {w.say(v)}") for v in SPOKEN if counts[v]
    )
    return Paragraph(text, figures, lead=w.say(N_("Targets")))


def _worst(m: Material) -> list[Block]:
    """The targets in force that are furthest from what was promised, those of the city of today and ahead first."""
    rows = [r for r in in_force(m) if r.verdict in BAD and r.gap is not None and r.target]
    rows.sort(
        key=lambda r: (r.area != m.city, r.verdict != "off track", -abs((r.gap or 0.0) / (r.target or 1.0)))
    )
    if not rows:
        return []
    told, figures = [], []
    once = {(row.indicator, row.area, row.year): row for row in reversed(rows)}
    for row in list(reversed(once.values()))[:WORST]:
        value, gap = value_figure(m, row), gap_figure(m, row)
        assert value is not None and gap is not None
        told.append(
            m.write.say(
                N_("{name} ({area}, {years}): {value} against {aim}, {gap}"),
                name=m.write.indicator(row.indicator),
                area=area_name(m, row.area),
                years=m.write.years(row),
                value=value.shown,
                aim=m.write.aim(m.plan.targets[row.id]),
                gap=gap.shown,
            )
        )
        figures += [value, gap]
    return [
        Paragraph("; ".join(told) + ".", tuple(figures), lead=m.write.say(N_("Furthest from the target")))
    ]


def _projects_in_short(m: Material) -> Paragraph:
    w = m.write
    names = [f"{w.name(p, most=70)} ({w.date(p.opens)})" for p in m.late[:NAMED_LATE]]
    states = Counter(p.status for p in m.plan.projects.values())
    told = ", ".join(f"{count} {w.word(state)}" for state, count in states.most_common())
    text = w.say(N_("{count} projects in the plan: {told}."), count=len(m.plan.projects), told=told)
    if names:
        text += " " + w.say(N_("{count} late: {names}."), count=len(m.late), names="; ".join(names))
    else:
        text += " " + w.say(N_("No project is late."))
    return Paragraph(
        text,
        (Figure("count", ("projects",), len(m.plan.projects), str(len(m.plan.projects))),),
        lead=w.say(N_("Projects")),
    )


def _published_in_short(m: Material) -> Paragraph:
    w = m.write
    claims, flags = Counter(r.verdict for r in m.claims), Counter(r.state for r in m.flags)
    text = w.say(
        N_(
            "of {count} published figures {told}; of {flags} risk flags {raised} are raised and {unknown} have no data."
        ),
        count=len(m.claims),
        told=", ".join(f"{n} {w.say(v)}" for v, n in claims.most_common()) or "0",
        flags=len(m.flags),
        raised=flags["raised"],
        unknown=flags["no data"],
    )
    return Paragraph(text, lead=w.say(N_("Published figures and risks")))


def _sureness(m: Material) -> Paragraph:
    """How many verdicts about years ahead stand over the whole range of what is assumed."""
    w = m.write
    ahead = [r for r in in_force(m) if r.basis == "simulated"]
    sure = sum(r.sure is True for r in ahead)
    assumed = sum(p.status == "assumed" for p in m.plan.parameters.values())
    text = w.say(
        N_(
            "{sure} of {count} verdicts about years ahead stand over the whole range of each of the {assumed} assumed parameters, "
            "taken one at a time; this is not a probability."
        ),
        sure=sure,
        count=len(ahead),
        assumed=assumed,
    )
    return Paragraph(text, lead=w.say(N_("How firm")))


# ---- targets --------------------------------------------------------------------------------------------------------


def targets(m: Material) -> list[Block]:
    """Every target that can be measured, by document, then how many there are in words only."""
    w = m.write
    columns = (
        Column(w.say(N_("Indicator, area, clause")), 0.34),
        Column(w.say(N_("Year")), 0.1, "center"),
        Column(w.say(N_("Target")), 0.15, "right"),
        Column(w.say(N_("Value")), 0.14, "right"),
        Column(w.say(N_("Gap")), 0.12, "right"),
        Column(w.say(N_("Verdict")), 0.15),
    )
    measured = [row for row in m.targets if row.target is not None]
    rows: list[tuple[Cell, ...] | Band] = []
    for document in dict.fromkeys(row.document for row in measured):
        of_it = [row for row in measured if row.document == document]
        rows.append(Band(_document(m, document, of_it[0].superseded)))
        rows += [_target_row(m, row) for row in of_it]
    in_words = len(m.targets) - len(measured)
    found: list[Block] = [
        Heading(w.say(N_("Targets and verdicts"))),
        Paragraph(
            w.say(
                N_(
                    "A target is judged by what was observed where the year is past, else by the run. The gap is the value less the "
                    "target, on the side that counts: below zero is short of it. A figure of the former city is never held against the "
                    "city of today."
                )
            )
        ),
        Table(w.say(N_("Measured targets by document")), columns, tuple(rows)),
    ]
    if in_words:
        found.append(
            Paragraph(w.say(N_("{count} more targets are in words; nothing measures them."), count=in_words))
        )
    return found


def _document(m: Material, identity: str, superseded: bool) -> str:
    document = m.plan.documents.get(identity)
    if document is None:
        return identity
    number = document.number if document.number and "/" in document.number else ""
    parts = [number, m.write.name(document, "title", 120)]
    text = ": ".join(part for part in parts if part)
    return f"{text} ({m.write.say(N_('no longer in force'))})" if superseded else text


def _target_row(m: Material, row: TargetRow) -> tuple[Cell, ...]:
    w, target = m.write, m.plan.targets[row.id]
    value, gap = value_figure(m, row), gap_figure(m, row)
    where = ", ".join(part for part in (area_name(m, row.area), tidy(target.clause or "", 60)) if part)
    basis = w.say(row.basis) if row.basis else ""
    verdict = w.say(row.verdict)
    return (
        Cell(f"{w.indicator(row.indicator)} ({where})"),
        Cell(w.years(row)),
        Cell(w.aim(target), Figure("target", (row.id,), row.target or 0.0, w.aim(target))),
        Cell(value.shown if value else "–", value),
        Cell(gap.shown if gap else "–", gap),
        Cell(f"{verdict} ({basis})" if basis else verdict, strong=row.verdict in BAD),
    )


def value_figure(m: Material, row: TargetRow) -> Figure | None:
    if row.value is None:
        return None
    shown = m.write.number(row.value, _decimals(row))
    return Figure("run" if row.basis == "simulated" else "observed", ("target", row.id), row.value, shown)


def gap_figure(m: Material, row: TargetRow) -> Figure | None:
    if row.gap is None:
        return None
    return Figure("gap", (row.id,), row.gap, m.write.signed(row.gap, _decimals(row)))


def _decimals(row: TargetRow) -> int:
    """As many as the register gives the indicator; a target in another unit than the register's gets one at least."""
    known = register.indicators().get(row.indicator)
    return known.decimals if known and known.unit == row.unit else max(1, decimals_of(row.indicator))


def area_name(m: Material, area: str) -> str:
    return m.write.name(m.plan.areas[area]) if area in m.plan.areas else area


# ---- indicators -----------------------------------------------------------------------------------------------------


def indicators(m: Material) -> list[Block]:
    """Every group: the last observed value of the city of today, and the run at the milestones; what has none says so."""
    w = m.write
    years = m.milestones
    columns = (
        Column(w.say(N_("Indicator")), 0.24),
        Column(w.say(N_("Unit")), 0.12),
        Column(w.say(N_("Observed (period)")), 0.155, "right"),
        *(Column(str(year), 0.485 / max(1, len(years)), "right") for year in years),
    )
    rows: list[tuple[Cell, ...] | Band] = []
    for group in register.groups().values():
        if group.id in ("defence", "status"):
            continue
        lines = [line for row in register.in_group(group.id) if (line := _indicator_row(m, row.id, years))]
        if lines:
            rows += [Band(w.name(group)), *lines]
    without = [
        f"{w.name(g)}: {w.name(g, 'without')}"
        for g in register.groups().values()
        if g.without_vi and g.id not in ("defence", "status")
    ]
    return [
        Heading(w.say(N_("Indicators by group"))),
        Paragraph(
            w.say(
                N_(
                    "Values of the whole city of today. Observed: the last figure that was published for it; figures of the former "
                    "boundary stand in the plan and are not put into one series with these. The years are those of the run."
                )
            )
        ),
        Table(w.say(N_("Indicators of the city at the milestones")), columns, tuple(rows)),
        *([Paragraph(" ".join(without), lead=w.say(N_("Nothing is measured here yet")))] if without else []),
    ]


def _indicator_row(m: Material, indicator: str, years: Iterable[int]) -> tuple[Cell, ...] | None:
    w, course = m.write, m.ahead.path(indicator, m.city)
    seen = observed.points(m.plan, indicator, m.city)
    last = max((p.period for p in seen), default=None)
    point = next((p for p in seen if p.period == last), None)
    if course is None and point is None:
        return None
    decimals = decimals_of(indicator)
    unit = course.unit if course else point.unit if point else ""
    cells = [Cell(w.indicator(indicator)), Cell(w.unit(unit))]
    if point is None:
        cells.append(Cell("–"))
    else:
        told = w.as_written(point.value)
        own = "" if point.unit == unit else f" {w.unit(point.unit)}"
        seen_figure = Figure("observed", ("observation", point.observation), point.value, told)
        cells.append(Cell(f"{told}{own} ({_period(point.period)})", seen_figure))
    for year in years:
        value = course.values.get(year) if course else None
        figure = (
            Figure("run", (indicator, m.city, year), value, w.number(value, decimals))
            if value is not None
            else None
        )
        cells.append(Cell(figure.shown if figure else "–", figure))
    return tuple(cells)


def _period(text: str) -> str:
    return text.replace("-", "–") if len(text) == 9 else text
