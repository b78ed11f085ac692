"""The pages of the subjects, of connection, of growth and of two runs side by side: plain answers that need no script."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from cuabien.indicators.compare import Comparison, Difference
from cuabien.indicators.noise import Noise
from cuabien.indicators.simulated import Future, future
from cuabien.lexicon.register import Indicator, indicator_name
from cuabien.lexicon.register import indicators as registered
from cuabien.plan import objects as o
from cuabien.plan.widths import LEFT_OPEN
from cuabien.service import connection as connections
from cuabien.service import diagrams, growth, names, residents, runs, stories, subjects
from cuabien.service.blocks import (
    Block,
    Cell,
    Table,
    change,
    head,
    language,
    missing,
    no_data,
    number,
    percent,
    signed,
    text,
    unit,
    written,
)
from cuabien.service.city import City, current
from cuabien.service.names import called
from cuabien.service.pages import found, show
from cuabien.service.tables import communes_of

LONGEST_YEAR = 4


def chosen_year(request: HttpRequest, years: list[int], usual: int | None, name: str = "year") -> int | None:
    """The year that the address asks for, else the usual one. A year that is not modelled is not found."""
    asked = request.GET.get(name)
    if not asked:
        return usual
    if not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_YEAR and int(asked) in years):
        raise Http404(gettext("This year is not modelled."))
    return int(asked)


# ---- subjects ---------------------------------------------------------------------------------------------


@require_safe
def all_subjects(request: HttpRequest) -> HttpResponse:
    city = current()
    lines = [
        (
            subject,
            gettext(subject.name),
            gettext(subject.about),
            next(
                (line for line in subjects.lines_of(city, subject) if line.indicator.id == subject.headline),
                None,
            ),
        )
        for subject in subjects.SUBJECTS.values()
    ]
    return show(request, "subjects.html", city, subjects=lines)


@require_safe
def subject(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    row: subjects.Subject = found(subjects.SUBJECTS, identity)
    years = subjects.chosen_years(city)
    year = chosen_year(request, list(stories.modelled_years(city)), subjects.usual_year(city))
    return show(
        request,
        "subject.html",
        city,
        subject=row,
        name=gettext(row.name),
        about=gettext(row.about),
        years=years,
        year=year,
        blocks=row.blocks(city, year) if year is not None else [],
        lines=subjects.lines_of(city, row),
        others=[(s.id, gettext(s.name)) for s in subjects.SUBJECTS.values()],
    )


# ---- connected and in step --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChainStage:
    """One stage of a chain as the page shows it."""

    name: str
    stage: connections.Stage
    capacity: Cell
    load: Cell
    use: Cell
    unit: str
    gauge: Any


@dataclass(frozen=True)
class ChainOf:
    terminal: connections.Terminal
    verdict: str
    stages: tuple[ChainStage, ...]


@require_safe
def connection(request: HttpRequest) -> HttpResponse:
    city = current()
    known = connections.years_known(city)
    milestones = [y for y in subjects.chosen_years(city) if y in known]
    usual = next((y for y in milestones if y > city.today.year), milestones[-1] if milestones else None)
    year = chosen_year(request, known, usual)
    here = connections.connection(city, year) if year is not None else None
    return show(
        request,
        "connection.html",
        city,
        years=milestones,
        year=year,
        summary=connection_summary(here) if here else [],
        access=access_block(here) if here else None,
        chains=[
            chain_of(terminal) for terminal in (here.terminals if here else None) or () if terminal.chain
        ],
        chains_known=here is not None and here.terminals is not None,
        blocks=(
            [
                landside_block(city, here),
                islands_block(here),
                steps_block(city, here),
                critical_block(city, here),
            ]
            if here
            else []
        ),
    )


def connection_summary(here: connections.Connection) -> list[str]:
    """What a leader asks first, in sentences."""
    said = []
    if here.terminals is not None:
        joined = sum(t.joined >= 2 for t in here.terminals)
        said.append(
            gettext("%(count)s terminals are open in %(year)s; %(joined)s are joined by two or more modes.")
            % {"count": written(len(here.terminals), 0), "year": here.year, "joined": written(joined, 0)}
        )
        tight = [t for t in here.terminals if t.overloaded]
        said.append(
            gettext("The chain of %(count)s of them has a stage that is asked for more than it can carry.")
            % {"count": written(len(tight), 0)}
            if tight
            else gettext("No known stage of their chains is asked for more than it can carry.")
        )
    if here.islands is not None:
        parts: dict[str, int] = {}
        for island in here.islands:
            parts[island.mode] = parts.get(island.mode, 0) + 1
        broken = [mode for mode, count in parts.items() if count > 1]
        said.append(
            gettext("Networks in separate parts: %(modes)s.")
            % {"modes": ", ".join(f"{called(names.MODES, m).lower()} ({parts[m]})" for m in broken)}
            if broken
            else gettext("The network of each mode is one whole.")
        )
    if here.out_of_step is not None:
        said.append(
            gettext("Projects and terminals that open before what they need: %(count)s.")
            % {"count": written(len(here.out_of_step), 0)}
        )
    return said


def access_block(here: connections.Connection) -> Block:
    heading = gettext("How each terminal is joined")
    if here.terminals is None:
        return missing("access", heading)
    modes = [mode for mode in names.MODES if any(w.mode == mode for t in here.terminals for w in t.access)]
    rows = []
    for terminal in here.terminals:
        ways = {way.mode: way for way in terminal.access}
        rows.append(
            (text(connections.terminal_name(terminal.row)), *(access_cell(ways.get(mode)) for mode in modes))
        )
    return Block(
        "access",
        heading,
        tables=(
            Table(
                gettext(
                    "Minutes to a gate of the city in %(year)s; a dash where the terminal is not meant for the mode"
                )
                % {"year": here.year},
                tuple(Cell(name) for name in (gettext("Terminal"), *(called(names.MODES, m) for m in modes))),
                tuple(rows),
            ),
        ),
    )


def access_cell(way: connections.Access | None) -> Cell:
    if way is None:
        return Cell("–")
    if not way.connected:
        return Cell("", state="not joined")
    if way.minutes_to_gate is None:
        return Cell("", state="joined")
    minutes = gettext("%(minutes)s minutes") % {"minutes": written(way.minutes_to_gate, 0)}
    return Cell(minutes, state="joined")


def chain_of(terminal: connections.Terminal) -> ChainOf:
    return ChainOf(
        terminal,
        bottleneck_words(terminal),
        tuple(
            ChainStage(
                called(names.STAGES, stage.stage),
                stage,
                figure_of(stage.capacity),
                figure_of(stage.load),
                percent(stage.use),
                unit(stage.unit),
                diagrams.gauge(stage.use),
            )
            for stage in terminal.chain
        ),
    )


def figure_of(value: float | None) -> Cell:
    """A capacity or a load: whole where it is large, with a decimal where it is small."""
    return number(value, None if value is None else 0 if abs(value) >= 100 else 1)


def bottleneck_words(terminal: connections.Terminal) -> str:
    tight = terminal.bottleneck
    if tight is None or tight.use is None:
        return gettext("no stage has both a capacity and a load")
    values = {"stage": called(names.STAGES, tight.stage).lower(), "use": written(100 * tight.use, 0)}
    if tight.use > 1:
        return gettext("too narrow: %(stage)s, asked for %(use)s percent of what it can carry") % values
    return gettext("tightest: %(stage)s, %(use)s percent used") % values


def landside_block(city: City, here: connections.Connection) -> Block:
    heading = gettext("What holds the port on land")
    if here.narrows is None:
        return missing("landside", heading)
    if not here.narrows:
        return Block(
            "landside",
            heading,
            (gettext("All that the berths of this year could send inland gets away."),),
        )
    left_open = [row.link for row in here.narrows if row.rests_on == LEFT_OPEN]
    warning = (
        gettext(
            "Nobody has said how wide %(links)s will be: its lanes are the default of its class, an assumption and no finding."
        )
        % {"links": ", ".join(connections.link_name(city, [link]) for link in left_open)}
        if left_open
        else ""
    )
    return Block(
        "landside",
        heading,
        (
            gettext(
                "The berths of %(year)s could send more inland than these links let through together, each full one way."
            )
            % {"year": here.year},
            *([warning] if warning else []),
        ),
        tables=(
            Table(
                heading,
                head(
                    gettext("Link"),
                    gettext("Million tonnes a year"),
                    gettext("Lanes"),
                    gettext("What its capacity rests on"),
                    numbers=(1, 2),
                ),
                tuple(
                    (
                        text(connections.link_name(city, [row.link])),
                        number(row.capacity_mt_year, 1),
                        number(row.link.lanes, 0) if row.link.mode == "road" else text("–"),
                        text(called(names.RESTS_ON, row.rests_on)),
                    )
                    for row in here.narrows
                ),
            ),
        ),
    )


def islands_block(here: connections.Connection) -> Block:
    heading = gettext("Parts of each network")
    if here.islands is None:
        return missing("islands", heading)
    return Block(
        "islands",
        heading,
        (gettext("A network in one part is joined in itself; between parts nothing can go by that mode."),),
        tables=(
            Table(
                heading,
                head(
                    gettext("Network"),
                    gettext("Part"),
                    gettext("Nodes"),
                    gettext("Links"),
                    gettext("Terminals"),
                    numbers=(1, 2, 3),
                ),
                tuple(
                    (
                        text(called(names.MODES, row.mode)),
                        number(row.island, 0),
                        number(row.nodes, 0),
                        number(row.links, 0),
                        text(", ".join(connections.terminal_name(t) for t in row.terminals) or "–"),
                    )
                    for row in here.islands
                ),
            ),
        ),
    )


def steps_block(city: City, here: connections.Connection) -> Block:
    heading = gettext("Out of step")
    if here.out_of_step is None:
        return missing("out-of-step", heading)
    if not here.out_of_step:
        return Block("out-of-step", heading, (gettext("Nothing opens before what it needs."),))
    return Block(
        "out-of-step",
        heading,
        tuple(connections.why_out_of_step(city, row) for row in here.out_of_step),
    )


def critical_block(city: City, here: connections.Connection) -> Block:
    heading = gettext("The links whose loss hurts most")
    if here.critical is None:
        return missing("critical", heading)
    if not here.critical:
        return Block(
            "critical",
            heading,
            (gettext("The loss of links is reckoned for milestone years only; choose one."),),
        )
    return Block(
        "critical",
        heading,
        tables=(
            Table(
                gettext("What the loss of each alone would cost in the peak hour of %(year)s")
                % {"year": here.year},
                head(
                    gettext("Link"),
                    gettext("Rank"),
                    gettext("Hours lost by all vehicles"),
                    gettext("Vehicles left without a way"),
                ),
                tuple(
                    (
                        text(connections.link_name(city, row.links)),
                        number(row.rank, 0),
                        number(None if row.extra_minutes is None else row.extra_minutes / 60, 0),
                        number(row.stranded_trips, 0),
                    )
                    for row in here.critical
                ),
            ),
        ),
    )


# ---- why did this commune grow ----------------------------------------------------------------------------


@require_safe
def growth_of(request: HttpRequest, identity: str) -> HttpResponse:
    city = current()
    row: o.Area = found(city.plan.areas, identity)
    known = growth.years_known(city) if communes_of(city.plan, identity) else []
    first = chosen_year(request, known, known[0] if known else None, "from")
    last = chosen_year(request, known, known[-1] if known else None, "to")
    told = growth.growth(city, identity, first, last) if first is not None and last is not None else None
    if told is None and first is not None and last is not None and first >= last:
        raise Http404(gettext("The span of years must begin before it ends."))
    marks = [y for y in subjects.chosen_years(city) if y in known]
    return show(
        request,
        "growth.html",
        city,
        area=row,
        first=first,
        last=last,
        spans=list(dict.fromkeys([(marks[0], marks[-1]), *pairwise(marks)])) if len(marks) > 1 else [],
        unasked=(known[0], known[-1]) if known else None,
        growth=told,
        grows=told is not None and told.change >= 0,
        sentences=growth.sentences(city, told) if told else [],
        blocks=growth_blocks(city, told) if told else [],
    )


def growth_blocks(city: City, told: growth.Growth) -> list[Block]:
    rows = [(called(names.CAUSES, cause), persons) for cause, persons in told.causes.items()]
    heading = gettext("What it is made of")
    reasons = [(called(names.REASONS, reason), persons) for reason, persons in told.reasons.items()]
    why = gettext("Why people settle here or elsewhere")
    blocks = [
        Block(
            "causes",
            heading,
            drawing=cause_bars("chart-causes", heading, rows),
            tables=(cause_table(heading, rows, told.change),),
        )
    ]
    if told.area != city.plan.header.city:
        blocks.append(
            Block(
                "reasons",
                why,
                (
                    gettext(
                        "Of those who come from outside or from other communes: how many more, or fewer, than if people settled as in %(base)s."
                    )
                    % {"base": city.plan.header.base_year},
                ),
                cause_bars("chart-reasons", why, reasons),
                tables=(cause_table(why, reasons, None),),
            )
        )
    if residents.ages(city, told.area, told.last):
        blocks.append(subjects.pyramid_block(city, told.area, told.last))
    return blocks


def cause_bars(identity: str, heading: str, rows: list[tuple[str, float]]) -> Any:
    return diagrams.causes(
        identity,
        [(name, persons, signed(persons)) for name, persons in rows],
        title=heading,
        description=gettext("One bar a cause; the table below holds the numbers."),
    )


def cause_table(heading: str, rows: list[tuple[str, float]], total: float | None) -> Table:
    cells = [(text(name), change(persons)) for name, persons in rows]
    if total is not None:
        cells.append((text(gettext("Together")), change(total)))
    return Table(f"{heading} ({unit('persons')})", head(gettext("Cause"), gettext("Persons")), tuple(cells))


# ---- two runs side by side --------------------------------------------------------------------------------

USUAL_MAP = "population"


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    city = current()
    listed = runs.listed(city)
    ids = list(listed)
    first = request.GET.get("run") or (ids[0] if ids else "")
    second = request.GET.get("other") or next((i for i in ids if i != first), "")
    if (request.GET.get("run") and first not in listed) or (
        request.GET.get("other") and second not in listed
    ):
        raise Http404(gettext("There is no run with this id."))
    told = runs.compared(city, first, second, language()) if first and second else None
    named = named_runs(list(listed.values()))
    choice = list(named.items())
    return show(
        request,
        "compare.html",
        city,
        choice=choice,
        first=first,
        second=second,
        first_words=named.get(first, ""),
        second_words=named.get(second, ""),
        told=told,
        other_code=told is not None and listed[first].code != listed[second].code,
        sentences=told.words(language()) if told else [],
        caveat=told.caveat(language()) if told else "",
        blocks=compared_blocks(city, told) if told else [],
        **(side_by_side(request, city, first, second, told.noise) if told else {}),
    )


def named_runs(rows: list[runs.Listed]) -> dict[str, str]:
    """Run id -> what a reader calls it: its name alone where that tells it from all others."""
    short = {row.id: run_name(row) for row in rows}
    alike = [name for name in short.values() if list(short.values()).count(name) > 1]
    whole = {row.id: run_words(row) if short[row.id] in alike else short[row.id] for row in rows}
    again = [name for name in whole.values() if list(whole.values()).count(name) > 1]
    return {
        row.id: f"{whole[row.id]}, {row.code[:8]}" if whole[row.id] in again and row.code else whole[row.id]
        for row in rows
    }


def run_name(row: runs.Listed) -> str:
    """The plan as it stands, or a change by its title or the first letters of its hash."""
    if row.change is None:
        return gettext("The plan as it stands")
    return row.title[language()] if row.title else gettext("A change (%(hash)s)") % {"hash": row.change[:8]}


def run_words(row: runs.Listed) -> str:
    """The name of a run, how far it goes and by which chance."""
    return gettext("%(name)s, to %(year)s, seed %(seed)s") % {
        "name": run_name(row),
        "year": row.last_year,
        "seed": row.seed,
    }


def compared_blocks(city: City, told: Comparison) -> list[Block]:
    blocks = [verdicts_block(city, told), communes_block(city, told), indicators_block(city, told)]
    return [*blocks, quiet_block(city, told)] if any(of_city(city, told.quiet)) else blocks


def of_city(city: City, rows: Iterable[Difference]) -> list[Difference]:
    return [row for row in rows if row.area == city.plan.header.city]


FIRST_SHOWN = 10


def indicators_block(city: City, told: Comparison) -> Block:
    """What differs in the whole city, one row an indicator in the year in which it is furthest apart, the largest first."""
    heading = gettext("What differs in the whole city")
    furthest = [row for row in of_city(city, told.indicators) if row.widest]
    if not furthest:
        return Block("indicators", heading, (gettext("Nothing differs in the whole city."),))
    rows = sorted(furthest, key=lambda row: -abs(row.percent or 0.0))
    caption = gettext(
        "Each in the year in which the two are furthest apart, the largest difference in percent first"
    )
    first = difference_table(caption, rows[:FIRST_SHOWN], "")
    rest = rows[FIRST_SHOWN:]
    return Block(
        "indicators",
        heading,
        tables=(first, difference_table(caption, rest, gettext("Smaller differences"))) if rest else (first,),
    )


def quiet_block(city: City, told: Comparison) -> Block:
    """What differs by less than the solvers leave open: shown in grey, so that nobody looks for it in vain."""
    rows = sorted(of_city(city, told.quiet), key=lambda row: -row.noise)
    heading = gettext("Within the model's own gap")
    words = gettext(
        "These differ by less than the two runs may differ without a cause. They are no answer of the plan."
    )
    table = difference_table(heading, rows, gettext("Indicators that do not differ by more than the gap"))
    return Block("quiet", heading, (words,), tables=(replace(table, quiet=True),))


def difference_table(caption: str, rows: list[Difference], folded: str) -> Table:
    def shown(row: Difference, value: float | None) -> Cell:
        return number(value, registered()[row.indicator].decimals)

    names_of_columns = (
        gettext("Indicator"), gettext("Unit"), gettext("Year"), gettext("First run"), gettext("Second run"),
        gettext("Difference"), gettext("Percent"),
    )  # fmt: skip
    return Table(
        caption,
        head(*names_of_columns, numbers=(2, 3, 4, 5, 6)),
        tuple(
            (
                text(indicator_name(row.indicator, language())),
                text(unit(row.unit)),
                Cell(str(row.year), number=True),
                shown(row, row.first),
                shown(row, row.second),
                change(row.change, registered()[row.indicator].decimals),
                Cell("–", number=True) if row.percent is None else change(row.percent, 2),
            )
            for row in rows
        ),
        folded,
    )


def verdicts_block(city: City, told: Comparison) -> Block:
    heading = gettext("Targets")
    rows = [row for row in told.targets if row.verdict_first != row.verdict_second]
    others = len(told.targets) - len(rows)
    said = [gettext("No verdict changes.")] if not rows else []
    if others:
        said.append(
            gettext("%(count)s more targets move without a change of verdict.")
            % {"count": written(others, 0)}
        )
    if not rows:
        return Block("verdicts", heading, tuple(said))
    return Block(
        "verdicts",
        heading,
        tuple(said),
        tables=(
            Table(
                gettext("Targets whose verdict changes"),
                head(
                    gettext("Target"), gettext("Year"), gettext("First run"), gettext("Second run"), numbers=(1,),
                ),
                tuple(
                    (
                        text(indicator_name(row.indicator, language())),
                        Cell(str(row.year) if row.year else "–", number=True),
                        replace(number(row.first), number=False, state=row.verdict_first),
                        replace(number(row.second), number=False, state=row.verdict_second),
                    )
                    for row in rows
                ),
            ),
        ),
    )  # fmt: skip


MOST_MOVED = 12


def communes_block(city: City, told: Comparison) -> Block:
    """The communes that gain and lose most people: the table behind the sentences."""
    heading = gettext("Communes that gain and lose most residents")
    rows = [row for row in told.communes if row.indicator == "population"]
    if not rows:
        return Block("communes", heading, (gettext("No commune gains or loses residents."),))
    shown = sorted(rows, key=lambda row: -row.change)
    shown = shown if len(shown) <= 2 * MOST_MOVED else [*shown[:MOST_MOVED], *shown[-MOST_MOVED:]]
    return Block(
        "communes",
        heading,
        tables=(
            Table(
                gettext("Residents in %(year)s") % {"year": rows[0].year},
                head(gettext("Commune"), gettext("First run"), gettext("Second run"), gettext("Difference")),
                tuple(
                    (
                        subjects.area_cell(city.plan.areas[row.area]),
                        number(row.first, 0),
                        number(row.second, 0),
                        change(row.change),
                    )
                    for row in shown
                ),
            ),
        ),
    )


def side_by_side(request: HttpRequest, city: City, first: str, second: str, noise: Noise) -> dict[str, Any]:
    """Two small maps of one indicator in one year, in the shades of one legend."""
    one, two = runs.opened(city, first), runs.opened(city, second)
    ahead = (future(one), future(two))
    communes = {a.id for a in city.plan.communes}
    mapped = [
        i
        for i in ahead[0].indicators()
        if i in registered() and registered()[i].group != "defence" and communes & set(ahead[0].areas(i))
    ]
    chosen = request.GET.get("indicator") or USUAL_MAP
    if chosen not in mapped:
        if request.GET.get("indicator"):
            raise Http404(gettext("There is nothing with this id."))
        chosen = mapped[0] if mapped else ""
    years = sorted(set(ahead[0].years()) & set(ahead[1].years()))
    year = chosen_year(request, years, years[-1] if years else None)
    context: dict[str, Any] = {
        "map_choice": sorted(((i, indicator_name(i, language())) for i in mapped), key=lambda pair: pair[1]),
        "map_years": [y for y in subjects.milestones(city) if y in years],
        "map_indicator": chosen,
        "map_year": year,
    }
    if not chosen or year is None:
        return context
    row = registered()[chosen]
    values = [values_of(city, run, chosen, year) for run in ahead]
    bounds = diagrams.breaks([v for found in values for v in found.values() if v is not None])
    path = next((p for (i, _), p in ahead[0].paths.items() if i == chosen), None)
    unit_words = unit(path.unit if path else row.unit)
    names_of_runs = (gettext("First run"), gettext("Second run"))
    context["maps"] = [
        (
            name,
            subjects.shaded_map(
                city,
                f"map-{side}",
                found_values,
                bounds,
                row.decimals,
                unit_words,
                f"{indicator_name(row.id, language())}, {year}: {name}",
            ),
        )
        for side, name, found_values in zip(("first", "second"), names_of_runs, values, strict=True)
    ]
    missing_somewhere = any(v is None for found_values in values for v in found_values.values())
    context["map_keys"] = subjects.shade_keys(bounds, row.decimals, any_missing=missing_somewhere)
    context["map_title"] = (
        f"{indicator_name(row.id, language())} ({unit_words}), {year}"
        if unit_words
        else f"{indicator_name(row.id, language())}, {year}"
    )
    context["map_quiet"] = subjects.beyond_frame(city)
    context["map_table"] = map_table(city, row, values, context["map_title"], noise)
    context["map_gap"] = gettext("≈: less than the model's own gap of %(percent)s %%, so no difference.") % {
        "percent": written(100 * noise.of(chosen, city.plan.communes[0].id), 2)
    }
    return context


def values_of(city: City, ahead: Future, indicator: str, year: int) -> dict[str, float | None]:
    return {a.id: ahead.value(indicator, a.id, year) for a in city.plan.communes}


def map_table(
    city: City, row: Indicator, values: list[dict[str, float | None]], title: str, noise: Noise
) -> Table:
    one, two = values

    def difference(area: str) -> Cell:
        a, b = one.get(area), two.get(area)
        if a is None or b is None:
            return no_data()
        if a == b or noise.differs(row.id, area, a, b):
            return change(b - a, row.decimals)
        return Cell(f"≈ {change(b - a, row.decimals).text}", number=True, quiet=True)

    return Table(
        title,
        head(gettext("Commune"), gettext("First run"), gettext("Second run"), gettext("Difference")),
        tuple(
            (
                subjects.area_cell(a),
                number(one.get(a.id), row.decimals),
                number(two.get(a.id), row.decimals),
                difference(a.id),
            )
            for a in subjects.commune_rows(city)
        ),
        gettext("The table of all communes"),
    )
