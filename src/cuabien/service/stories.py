"""What a page tells, gathered from the snapshot: small pure functions from a city to rows.

Nothing here models or judges; verdicts, states and explanations come from `indicators` as they are.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from cuabien.base.faults import Fault, Refused
from cuabien.base.words import number, pick
from cuabien.indicators import claims, explain, peers, programme, ranks, series, targets
from cuabien.indicators.targets import TargetRow, in_unit
from cuabien.lexicon.register import Indicator, groups, unit_words
from cuabien.lexicon.register import indicators as registered
from cuabien.plan import objects as o
from cuabien.plan.checks import RULES
from cuabien.plan.checks.register import Rule, is_finished, is_past
from cuabien.service import charts, features, pictures, plain, planned
from cuabien.service.city import City, Finding, with_type
from cuabien.service.order import by_name
from cuabien.service.vocabulary import label

# ---- the reader's language and order ----------------------------------------------------------------------


def reader() -> str:
    return "en" if get_language() == "en" else "vi"


def said(value: str) -> str:
    """A word of the plan for the reader."""
    return gettext(label(value))


def in_order(areas: Iterable[o.Area]) -> list[o.Area]:
    """As a Vietnamese index has them, with their type words; in English by their plain names."""
    if reader() == "en":
        return sorted(areas, key=lambda a: by_name(a.name_en or a.name_vi))
    return sorted(areas, key=lambda a: by_name(with_type(a)))


# ---- projects ---------------------------------------------------------------------------------------------


def is_late(project: o.Project, today: dt.date) -> bool:
    """Its planned date has passed and it is not in use, as the checker sees it. Without a date it is never late."""
    return not is_finished(project) and is_past(project.opens, today)


def projects_by_year(city: City) -> list[tuple[int | None, list[o.Project]]]:
    """Projects by the year in which they open; those without a date last."""
    years: dict[int | None, list[o.Project]] = defaultdict(list)
    for project in city.plan.projects.values():
        years[features.opening_year(project)].append(project)
    return sorted(years.items(), key=lambda pair: (pair[0] is None, pair[0] or 0))


STAGES = {
    "done": "open",
    "operating": "open",
    "continuing": "open",
    "under construction": "building",
    "partly operating": "building",
}
"""state of a project -> how its bar looks; any other is planned."""


def moment(text: str | None) -> float | None:
    """A day, month or year as a point on an axis of years; a bare year is its middle."""
    if not text:
        return None
    parts = [int(p) for p in str(text).split("-")]
    return parts[0] + ((parts[1] - 0.5) / 12 if len(parts) > 1 else 0.5)


def projects_through_time(city: City, projects: Iterable[o.Project], late: set[str]) -> SafeString:
    """Those with a date as a strip, the earliest opening first."""
    language, spans = reader(), []
    for p in projects:
        end = moment(p.opens) or (p.not_before + 0.5 if p.not_before else None)
        if end is None:
            continue
        look = "late" if p.id in late else STAGES.get(p.status, "planned")
        words = f"{said(p.status)}, {p.opens or p.not_before}"
        spans.append(
            pictures.Span(
                pick(p, "name", language), reverse("project", args=[p.id]), moment(p.starts), end, look, words
            )
        )
    spans.sort(key=lambda s: (s.end, s.name))
    today = city.today.year + (city.today.timetuple().tm_yday - 1) / 365
    return pictures.strip(
        spans,
        today,
        gettext("%(count)s projects from their start to their opening; the table below holds all of them.")
        % {"count": len(spans)},
    )


def findings_about(city: City, identity: str) -> list[Finding]:
    """Findings about an object, or that name its id among their values."""
    return [
        f for f in city.findings if f.id == identity or identity in {str(v) for v in f.fault.values.values()}
    ]


# ---- layers -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LayerCount:
    id: str
    count: int
    area_ha: float
    schematic: int


def layer_counts(city: City) -> list[LayerCount]:
    rows = [z.row for z in city.plan.zones.values()]
    return [
        LayerCount(
            layer,
            sum(z.layer == layer for z in rows),
            sum(z.area_ha or 0 for z in rows if z.layer == layer),
            sum(z.layer == layer and z.shape == "schematic" for z in rows),
        )
        for layer in get_args(o.Layer)
    ]


# ---- indicators -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """An indicator of an area from the first to the last modelled year, with its swing at the end."""

    indicator: Indicator
    area: str
    unit: str
    first_year: int
    first: float | None
    last_year: int
    last: float | None
    low: float | None
    high: float | None


def indicator_lines(city: City, area: str) -> list[Line]:
    lines = []
    for identity, row in registered().items():
        course = city.ahead.path(identity, area)
        if course is None or not course.values:
            continue
        first, last = min(course.values), max(course.values)
        swing = city.ahead.swings.get((identity, area, last))
        lines.append(
            Line(
                row,
                area,
                course.unit,
                first,
                course.values[first],
                last,
                course.values[last],
                swing.low if swing else None,
                swing.high if swing else None,
            )
        )
    return lines


# ---- one area: where it lies, and what comes when -----------------------------------------------------------


def where_it_lies(city: City, area: o.Area) -> SafeString:
    if area.kind != "commune":
        return mark_safe("")
    shapes = {a.id: city.plan.shapes[a.id].geometry for a in city.plan.communes if a.id in city.plan.shapes}
    words = gettext("Where it lies in the city")
    return city.remember(("mini map", area.id, words), lambda: pictures.mini_map(shapes, area.id, words))


def sparks(city: City, area: str) -> dict[str, SafeString]:
    """indicator -> how it goes in this area, as a line no larger than a word."""
    paths = {
        i: path for i, a in city.ahead.paths if a == area and (path := city.ahead.path(i, a)) is not None
    }
    return {i: pictures.sparkline(path.values) for i, path in paths.items()}


@dataclass(frozen=True)
class Coming:
    """Something planned in an area: a project, a stretch of network or a zone."""

    year: int | None
    kind: str
    name: str
    address: str
    detail: str
    state: str
    """Blank where nothing but a date is known."""
    by_position: bool
    foreign: bool = False
    """Whether the name is Vietnamese on an English page."""
    area_ha: float | None = None
    length_km: float | None = None


def coming(city: City, here: planned.Here) -> list[tuple[str, list[Coming]]]:
    """What comes by year, then what has no date, then what is here already; each thing once."""
    language, year = reader(), city.today.year
    rows = []
    for p in (city.plan.projects[i] for i in here.projects):
        state = "late" if is_late(p, city.today) else p.status
        rows.append(
            Coming(
                features.opening_year(p),
                "project",
                pick(p, "name", language),
                reverse("project", args=[p.id]),
                said(p.kind),
                state,
                p.id in here.by_position,
            )
        )
    shown = set(here.projects)
    for line in planned.openings(city.plan, here.links_opening):
        if line.project in shown:
            continue
        rows.append(
            Coming(
                line.opens,
                "link",
                line.name_vi or said(line.link_class),
                reverse("project", args=[line.project]) if line.project else "",
                said(line.mode),
                "",
                True,
                foreign=language == "en" and bool(line.name_vi),
                length_km=line.length_km,
            )
        )
    rows += [
        Coming(
            z.from_year,
            "zone",
            pick(z, "name", language),
            f"{reverse('layer', args=[z.layer])}#{z.id}",
            said(z.kind),
            "",
            z.id in here.by_position,
            foreign=language == "en" and not z.name_en,
            area_ha=z.area_ha,
        )
        for z in (city.plan.zones[i].row for i in here.zones)
    ]
    rows.sort(key=lambda r: (r.year or 9999, r.kind, r.name))
    ahead = [r for r in rows if r.year is not None and (r.year >= year or r.state == "late")]
    undated = [r for r in rows if r.year is None]
    rest = [r for r in rows if r.year is not None and r not in ahead]
    groups = [
        (gettext("Coming"), ahead),
        (gettext("Planned, no date"), undated),
        (gettext("Here already"), rest),
    ]
    return [(title, found) for title, found in groups if found]


# ---- zones of a layer ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ZoneTable:
    """Zones of one kind, and which columns anything stands in."""

    rows: list[o.Zone]
    columns: frozenset[str]

    @classmethod
    def of(cls, rows: list[o.Zone]) -> ZoneTable:
        filled = {
            "state": any(z.status for z in rows),
            "years": any(z.from_year or z.to_year for z in rows),
            "area": any(z.area_ha for z in rows),
            "occupied": any(z.occupancy_percent for z in rows),
            "commune": any(z.commune for z in rows),
        }
        return cls(rows, frozenset(name for name, some in filled.items() if some))


def grouped(lines: Iterable[Line]) -> list[tuple[Any, list[Line]]]:
    """Lines by the group of their indicator, in the register's order."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.indicator.group].append(line)
    return [(group, found[group.id]) for group in groups().values() if group.id in found]


HEADLINES = (
    "population",
    "grdp_growth",
    "grdp_per_capita",
    "labour_productivity",
    "port_cargo",
    "budget_revenue_total",
)


def headlines(city: City) -> list[Line]:
    lines = {line.indicator.id: line for line in indicator_lines(city, city.plan.header.city)}
    return [lines[i] for i in HEADLINES if i in lines]


@dataclass(frozen=True)
class Headline:
    """A figure that a leader asks for first, and the target in force that judges it, where there is one."""

    line: Line
    target: TargetRow | None


OPENING = ("population", "grdp_growth", "port_teu")


def opening(city: City) -> list[Headline]:
    """What the first view says: people, growth and containers."""
    home, year = city.plan.header.city, city.today.year
    lines = {line.indicator.id: line for line in indicator_lines(city, home)}
    shown = []
    for line in (lines[i] for i in OPENING if i in lines):
        course = city.ahead.path(line.indicator.id, home)
        if course and year in course.values:
            line = replace(line, first_year=year, first=course.values[year])
        shown.append(Headline(line, target_in_force(city, line.indicator.id)))
    return shown


def target_in_force(city: City, indicator: str) -> TargetRow | None:
    """The farthest target of the city of today that is in force and that the future judges: of a year, or a mean."""
    names = (indicator, f"{indicator}_avg")
    rows = [
        t
        for t in city.targets
        if t.indicator in names
        and t.area == city.plan.header.city
        and not t.superseded
        and t.target is not None
        and (t.year or 0) >= city.today.year
    ]
    return max(rows, key=lambda t: t.year or 0, default=None)


def default_area(city: City, indicator: str) -> str:
    """The whole city of today when anything is known of it there; else the area with the most observations."""
    home = city.plan.header.city
    seen = Counter(row.area for row in city.plan.indicators.values() if row.indicator == indicator)
    if city.ahead.path(indicator, home) or home in seen or not seen:
        return home
    return seen.most_common(1)[0][0]


NOT_MEASURED = ("defence", "status")
"""Groups of the register that hold no measures: what is withheld, and targets in words."""


@dataclass(frozen=True)
class IndicatorSummary:
    row: Indicator
    observed: int
    simulated: bool
    by_commune: bool
    targets: int


def summaries(city: City) -> dict[str, IndicatorSummary]:
    observed = Counter(row.indicator for row in city.plan.indicators.values() if row.value is not None)
    aims = Counter(row.indicator for row in city.plan.targets.values())
    modelled = set(city.ahead.indicators())
    by_commune = {i for i, area in city.ahead.paths if area in {a.id for a in city.plan.communes}}
    return {
        identity: IndicatorSummary(
            row,
            observed[identity],
            identity in modelled,
            identity in by_commune,
            aims[identity],
        )
        for identity, row in registered().items()
        if row.group not in NOT_MEASURED
    }


def indicator_groups(city: City) -> list[tuple[Any, list[IndicatorSummary]]]:
    """Every group of the register with its indicators; a group without one says why."""
    rows = summaries(city)
    return [
        (group, [s for s in rows.values() if s.row.group == group.id])
        for group in groups().values()
        if group.id not in NOT_MEASURED
    ]


# ---- sources ----------------------------------------------------------------------------------------------

CITING = (
    "figures",
    "indicators",
    "targets",
    "claims",
    "programme",
    "flags",
    "documents",
    "projects",
    "areas",
    "port_capacity",
    "power_plants",
    "elevation",
    "peers",
    "nodes",
    "links",
    "terminals",
    "places",
    "zones",
    "water",
    "shapes",
    "parameters",
)


def source_uses(city: City) -> Mapping[str, Mapping[str, int]]:
    """source -> table -> how many of its public rows rest on it."""

    def count() -> dict[str, dict[str, int]]:
        uses: dict[str, dict[str, int]] = defaultdict(dict)
        for table in CITING:
            for row in getattr(city.plan, table).values():
                source = getattr(row, "row", row).source
                uses[source][table] = uses[source].get(table, 0) + 1
        return dict(uses)

    return city.remember("source_uses", count)


def sources_story(city: City) -> dict[str, Any]:
    """Sources by what they are, those that most rests on first."""
    uses = source_uses(city)
    rows = sorted(
        city.plan.sources.values(), key=lambda s: (-sum(uses.get(s.id, {}).values()), by_name(s.title))
    )
    grouped = [(kind, [s for s in rows if plain.source_kind(s) == kind]) for kind in plain.SOURCE_KINDS]
    return {
        "uses": uses,
        "total": len(rows),
        "groups": [(kind, plain.source_kind_words(kind), found) for kind, found in grouped if found],
    }


# ---- targets, claims, peers -------------------------------------------------------------------------------


def counted(values: Iterable[str], order: Iterable[str]) -> list[tuple[str, int]]:
    """(value, how many) in the given order; values without one are left out."""
    counts = Counter(values)
    return [(value, counts[value]) for value in order if counts[value]]


def bar_of(counts: list[tuple[str, int]]) -> SafeString:
    """One bar of how many are in each state."""
    parts = [pictures.Part(said(state), count, state.replace(" ", "-")) for state, count in counts]
    return pictures.stacked_bar(parts, ", ".join(f"{p.words}: {p.count}" for p in parts))


def targets_story(city: City, chosen: str) -> dict[str, Any]:
    """Targets that can be measured, the missed ones first; then those in words, by document."""
    verdicts = counted((t.verdict for t in city.targets), TARGET_VERDICTS)
    chosen = chosen if chosen in TARGET_VERDICTS else ""
    order = {verdict: position for position, verdict in enumerate(TARGET_VERDICTS)}
    rows = [t for t in city.targets if not chosen or t.verdict == chosen]
    rows.sort(key=lambda t: (t.area != city.plan.header.city, order[t.verdict], t.year or 9999, t.id))
    measured = [t for t in rows if t.target is not None]
    standing = [t for t in measured if not t.superseded]
    return {
        "verdicts": verdicts,
        "chosen": chosen,
        "total": len(city.targets),
        "bar": bar_of(verdicts),
        "measured": [t for t in standing if (t.year or 9999) >= city.today.year],
        "past": [t for t in standing if (t.year or 9999) < city.today.year],
        "superseded": [t for t in measured if t.superseded],
        "in_words": [t for t in rows if t.target is None],
    }


TARGET_VERDICTS: tuple[str, ...] = (
    "missed",
    "off track",
    "ambiguous",
    "on track",
    "met",
    "open",
    "not comparable",
    "no data",
    "not measurable",
)
"""In the order in which a leader needs them."""


def verdict_by_target(city: City) -> dict[str, str]:
    return {t.id: t.verdict for t in city.targets}


def claims_story(city: City) -> dict[str, Any]:
    return {
        "claims": city.claims,
        "verdicts": (verdicts := counted((c.verdict for c in city.claims), claims.VERDICTS)),
        "bar": bar_of(verdicts),
        "ranks": city.remember("ranks", lambda: ranks.published(city.plan)),
    }


def peers_story(city: City) -> dict[str, Any]:
    """The peers beside the city, and the city's place among those with a figure."""
    places = [
        peers.rank(city.peers, i).get(own.id) for own in city.peers[:1] for i in range(len(peers.MEASURES))
    ]
    return {
        "peers": [
            (row, list(zip(peers.MEASURES, row.values, row.years, row.ratios, strict=True)))
            for row in city.peers
        ],
        "measures": [
            (measure, places[i] if i < len(places) else None, dots_of(city, i, measure.unit))
            for i, measure in enumerate(peers.MEASURES)
        ],
    }


@dataclass(frozen=True)
class Dots:
    """The city among its peers in one measure: a picture, and its own figure between the two ends."""

    picture: SafeString
    own: pictures.Mark | None
    lowest: pictures.Mark
    highest: pictures.Mark


def dots_of(city: City, measure: int, unit: str) -> Dots | None:
    language = reader()
    marks = [
        pictures.Mark(
            pick(row, "name", language),
            value,
            f"{number(value, language)} {unit_words(unit, language)}",
            own=row.role == "self",
        )
        for row in city.peers
        if (value := row.values[measure]) is not None
    ]
    if not marks:
        return None
    words = gettext("%(count)s cities on one line; the table below holds every figure.") % {
        "count": len(marks)
    }
    return Dots(
        pictures.dot_plot(marks, words),
        next((m for m in marks if m.own), None),
        min(marks, key=lambda m: m.value),
        max(marks, key=lambda m: m.value),
    )


# ---- the programme ------------------------------------------------------------------------------------------

BOARD_GROUPS = (
    "event",
    "actors",
    "D1",
    "D2",
    "D3",
    "D4",
    "D5",
    "D6",
    "directives",
    "proposals",
    "limitations",
    "figures",
    "ranks",
    "vision",
    "documents",
    "follow-up",
    "places",
    "context",
)


def programme_story(city: City, chosen: str) -> dict[str, Any]:
    """The board by group, what is asked for first, and the groups of indicators that nothing measures yet."""
    states = counted((row.state for row in city.board), programme.STATES)
    chosen = chosen if chosen in programme.STATES else ""
    rows = [row for row in city.board if not chosen or row.state == chosen]
    order = [*BOARD_GROUPS, *sorted({row.group for row in rows} - set(BOARD_GROUPS))]
    grouped = [(group, [row for row in rows if row.group == group]) for group in order]
    measured = {row.group for row in registered().values()}
    return {
        "states": states,
        "bar": bar_of(states),
        "chosen": chosen,
        "total": len(city.board),
        "groups": [(group, found) for group, found in grouped if found],
        "unmeasured": [g for g in groups().values() if g.id not in measured and g.id != "defence"],
    }


def statement_story(city: City, statement: o.Statement) -> dict[str, Any]:
    page = city.remember(("statement", statement.id), lambda: programme.page(city.plan, statement.id))
    row = next(row for row in city.board if row.id == statement.id)
    return {
        "row": row,
        "links": page.links,
        "withheld_links": city.withheld_links.get(statement.id, 0),
        "claim": next((claim for claim in city.claims if claim.id == statement.id), None),
        "flags": [flag for flag in city.flags if flag.statement == statement.id],
        "parent": page.parent,
        "parts": [r for r in city.board if r.parent == statement.id],
        "late_projects": [
            p
            for i in statement.projects
            if (p := city.plan.projects.get(i)) is not None and is_late(p, city.today)
        ],
        "lines": [
            line
            for line in indicator_lines(city, city.plan.header.city)
            if line.indicator.id in statement.indicators
        ],
    }


# ---- checks -----------------------------------------------------------------------------------------------


FIRST_SHOWN = 6


@dataclass(frozen=True)
class RuleFindings:
    """What one rule found; the rest folds away behind the first few."""

    id: str
    rule: Rule | None
    one: Fault
    first: list[Finding]
    rest: list[Finding]

    @property
    def count(self) -> int:
        return len(self.first) + len(self.rest)


def checks_story(city: City) -> dict[str, Any]:
    """Findings by rule, faults first, each rule with what it says and why; then the rules that found nothing."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in city.findings:
        found[finding.fault.rule].append(finding)
    order = sorted(
        found, key=lambda rule: (found[rule][0].fault.severity != "fault", -len(found[rule]), rule)
    )
    severities = Counter(f.fault.severity for f in city.findings)
    return {
        "total": len(city.findings),
        "faults": severities["fault"],
        "warnings": severities["warning"],
        "hidden": city.hidden_findings,
        "rules": [
            RuleFindings(
                rule,
                RULES.get(rule),
                found[rule][0].fault,
                found[rule][:FIRST_SHOWN],
                found[rule][FIRST_SHOWN:],
            )
            for rule in order
        ],
        "silent": [rule for identity, rule in RULES.items() if identity not in found],
    }


# ---- one indicator ----------------------------------------------------------------------------------------


def indicator_story(city: City, row: Indicator, area: str) -> dict[str, Any]:
    """Observed, modelled and promised values of one indicator in one area, its chart and where its numbers come from."""
    story = series_of(city, row.id, area)
    areas = [
        a
        for a in city.plan.areas.values()
        if a.kind != "commune"
        and (
            city.ahead.path(row.id, a.id)
            or any(p.indicator == row.id and p.area == a.id for p in city.plan.indicators.values())
        )
    ]
    years = milestones(city, story)
    years_shown = sorted(set(city.plan.header.milestones) & set(modelled_years(city)))
    paths = [(a, city.ahead.path(row.id, a.id)) for a in city.plan.communes]
    last = story.simulated[-1].year if story.simulated else None
    return {
        "series": story,
        "areas": areas,
        "simulated": [p for p in story.simulated if p.year in years],
        "last_year": last,
        "tree": tree_of(city, row.id, area, last),
        "swings": [s for s in swings_of(city, row.id, area) if s.year in years],
        "commune_years": years_shown,
        "by_commune": [
            (a, [path.values.get(y) for y in years_shown]) for a, path in paths if path is not None
        ],
        "chart": chart_of(city, row, story),
    }


def chart_of(city: City, row: Indicator, story: series.Series) -> SafeString:
    """The chart of a series in the reader's words. Observed values in another unit are in the table only."""
    language = reader()
    observed = [
        p for p in story.observed if p.year is not None and in_unit(p.value, p.unit, story.unit) is not None
    ]
    preferred = {(p.boundary, p.year): p for p in reversed(observed)}
    area = pick(city.plan.areas[story.area], "name", language)
    aims = [
        charts.Aim(t.year, value, t.year_from)
        for t in story.targets
        if t.year is not None
        and t.target is not None
        and (value := in_unit(t.target, t.unit, story.unit)) is not None
    ]
    largest = max(
        [*(abs(p.value) for p in preferred.values()), *(abs(p.value) for p in story.simulated), 0.0]
    )
    scale = 1e6 if largest >= 1e6 else 1.0
    return charts.line_chart(
        [
            charts.Dot(int(p.year or 0), in_unit(p.value, p.unit, story.unit) or 0.0, p.boundary)
            for p in preferred.values()
        ],
        [charts.Modelled(p.year, p.value, p.low, p.high) for p in story.simulated],
        aims,
        title=f"{pick(row, 'name', language)}, {area}",
        description=gettext(
            "%(observed)s observed values, %(modelled)s modelled years, %(targets)s targets; the tables below hold them all."
        )
        % {"observed": len(preferred), "modelled": len(story.simulated), "targets": len(aims)},
        chart_id="chart",
        write=lambda value, decimals: number(value, language, decimals),
        per=scale,
        unit=unit_words(story.unit, language)
        if scale == 1
        else f"{gettext('million')} {unit_words(story.unit, language)}",
    )


def modelled_years(city: City) -> tuple[int, ...]:
    return city.remember("years", city.ahead.years)


def series_of(city: City, indicator: str, area: str) -> series.Series:
    return city.remember(
        ("series", indicator, area), lambda: series.series(city.plan, city.run, indicator, area)
    )


def milestones(city: City, story: series.Series) -> set[int]:
    years = {p.year for p in story.simulated}
    return (years & set(city.plan.header.milestones)) | {min(years), max(years)} if years else set()


def tree_of(city: City, indicator: str, area: str, year: int | None) -> explain.Node | None:
    """The walk from the last number back to its equations and sources; None when there is no number."""

    def walk() -> explain.Node | None:
        try:
            return explain.explain(
                city.plan, city.run, indicator, area, year, most=UNFOLDED, judged=_judged(city)
            )
        except Refused:
            return None

    return city.remember(("explain", indicator, area, year), walk)


def _judged(city: City) -> list[TargetRow]:
    return city.remember("judged", lambda: list(targets.judge(city.plan, city.run)))


UNFOLDED = 0
"""How many variables deep the page of an indicator walks back: it shows its own equation. Each variable in it has a page of
its own, written once for all that read it."""


def variable_story(city: City, variable: str) -> dict[str, Any] | None:
    """The equation of a variable of the run, and who reads it; None when the run knows no such variable."""
    if city.run is None:
        return None
    tree = explain.explain_variable(city.plan, city.run, variable, city.plan.header.horizon)
    if tree is None:
        return None
    entries = city.run.explain["variables"]
    by_variables, by_indicators = explain.read_by(city.run, variable)
    meanings = {"vi": "meaning_vi", "en": "meaning"}

    def name_of(one: str) -> str:
        return str(entries[one].get(meanings[reader()]) or one)

    return {
        "variable": variable,
        "name": name_of(variable),
        "unit": str(entries[variable].get("unit") or ""),
        "tree": tree,
        "read_by": [(one, name_of(one)) for one in by_variables],
        "shown_as": [
            registered()[one]
            for one in by_indicators
            if one in registered() and registered()[one].group != "defence"
        ],
    }


@dataclass(frozen=True)
class SwingYear:
    year: int
    low: float
    high: float
    by: str


def swings_of(city: City, indicator: str, area: str) -> list[SwingYear]:
    return [
        SwingYear(year, swing.low, swing.high, swing.by)
        for (i, a, year), swing in sorted(city.ahead.swings.items(), key=lambda pair: pair[0][2])
        if i == indicator and a == area
    ]


# ---- about ------------------------------------------------------------------------------------------------


def about_story(city: City) -> dict[str, Any]:
    statuses = Counter(p.status for p in city.plan.parameters.values())
    return {
        "parameters": counted(statuses.elements(), get_args(o.Status)),
        "assumed": statuses["assumed"],
        "gaps": sorted(city.run.manifest.get("gaps", {}).items()) if city.run else [],
        "unmeasured": [
            g
            for g in groups().values()
            if g.id not in {r.group for r in registered().values()} and g.id != "defence"
        ],
    }
