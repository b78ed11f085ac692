"""Why is this number what it is? Walk any number back to equations, parameters, clauses and sources.

A number of a run goes back to the variable and the equation that gave it, what that equation reads, and the
parameters with their status and source. An observed number goes back to the page that it was read on. A claim goes
back to its readings and their inputs, a target to its document, a ratio to its two sides. The answer is a tree of frozen
nodes that a page, a terminal or a program can show.

Every word is in the reader's language: an equation through the catalogue (its symbols are the same in both), a variable by
its meaning in the register, a parameter by its name and note. What somebody wrote (a note of an observed figure, the
title of a source) stays as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10
from typing import Any

from cuabien.base.faults import Refused
from cuabien.base.words import N_, number, pick, reader_language, say
from cuabien.indicators import claims, targets
from cuabien.indicators.observed import RATIO_TO_NATION, Derived, Point, derived, points
from cuabien.indicators.remarks import remarks
from cuabien.indicators.series import must_exist
from cuabien.indicators.simulated import Future, future
from cuabien.indicators.targets import TargetRow
from cuabien.lexicon import register
from cuabien.plan.objects import Parameter
from cuabien.plan.package import Plan
from cuabien.results import Run

MAX_DEPTH = 6
"""How many variables back the walk goes; equations of one year read one another only so far."""

SMALL_WORDS = frozenset(
    (
        "the",
        "of",
        "and",
        "is",
        "are",
        "was",
        "were",
        "for",
        "by",
        "with",
        "from",
        "that",
        "which",
        "what",
        "than",
        "not",
    )
)
REMEMBERED = N_("general knowledge")
"""How the title of a source begins that is no document."""
STATUSES = (
    N_("assumed"), N_("calibrated"), N_("statistic"), N_("law"), N_("press"), N_("source read"),
    N_("general knowledge, high"), N_("general knowledge, low"), N_("no data"),
)  # fmt: skip
"""States of parameters and sources; verdicts have their own places."""

KINDS = {
    "simulated": N_("simulated"),
    "observed": N_("observed"),
    "derived": N_("derived"),
    "figure": N_("figure"),
    "target": N_("target"),
    "claim": N_("claim"),
    "reading": N_("reading"),
    "equation": N_("equation"),
    "variable": N_("variable"),
    "parameter": N_("parameter"),
    "swing": N_("swing"),
    "source": N_("source"),
    "document": N_("document"),
    "missing": N_("missing"),
    "note": N_("note"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One step of the walk back."""

    kind: str
    label_vi: str
    label_en: str
    value: float | None = None
    unit: str = ""
    status: str = ""
    """observed, simulated, a verdict, or the status of a parameter (law, statistic, assumed ...)."""
    source: str = ""
    """Id of the source that the value was read in."""
    address: str = ""
    children: tuple[Node, ...] = ()
    variable: str = ""
    """The variable of the run that an equation gives, or that is only named: where the walk can be taken up again."""

    def as_row(self, language: str | None = None) -> dict[str, object]:
        return {
            "kind": self.kind,
            "kind_text": say(KINDS.get(self.kind, self.kind), language),
            "label": pick(self, "label", language),
            "value": self.value,
            "unit": register.unit_words(self.unit, language),
            "status": self.status,
            "status_text": say(self.status, language) if self.status else "",
            "source": self.source,
            "address": self.address,
            "children": [child.as_row(language) for child in self.children],
        }

    def walk(self) -> Iterator[Node]:
        """This node and everything below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


def explain(
    plan: Plan,
    run: Run | None,
    indicator: str,
    area: str,
    year: int | None = None,
    *,
    most: int = MAX_DEPTH,
    judged: Iterable[TargetRow] | None = None,
) -> Node:
    """The number of an indicator in an area and year (the last one known when no year is named), walked back `most`
    variables deep; those beyond are only named, and `explain_variable` goes on from them. `judged` is what `targets.judge` says of
    this plan and run, for who asks often.

    Refused, with near matches, when the indicator, area or year is unknown.
    """
    ahead = future(run)
    must_exist(plan, ahead, indicator, area)
    seen = points(plan, indicator, area)
    course = ahead.path(indicator, area)
    if year is None:
        basis = RATIO_TO_NATION.get(indicator, ("", ""))[0]
        known = [p.year for p in (*seen, *points(plan, basis, area)) if p.year] + (
            list(course.values) if course else []
        )
        year = max(known, default=None)
    value = course.values.get(year) if course and year is not None else None
    share = None if value is not None else derived(plan, indicator, area, str(year))
    if share is not None and not any(p.year == year for p in seen):
        return _derived(plan, share, indicator, area, str(year))
    here = [p for p in seen if p.year == year or (year is None)]
    if value is None and not here:
        years = sorted({p.period for p in seen} | ({str(y) for y in course.values} if course else set()))
        judging = [
            row
            for row in (targets.judge(plan, run) if judged is None else judged)
            if row.indicator == indicator
        ]
        if not years and judging:
            return _without_a_figure(plan, run, ahead, indicator, area, judging, most)
        raise Refused(
            N_("there is no figure of {indicator} in {area} for {year}; there is one for {years}"),
            indicator=indicator,
            area=area,
            year=year or "-",
            years=_span(years) or "-",
        )
    children = [_observation(plan, p) for p in here]
    if value is not None and run is not None:
        children = [_equation(plan, run, ahead, indicator, area, int(year or 0), most), *children]
        children += _swing(plan, ahead, indicator, area, int(year or 0))
        said = remarks(plan, run, indicator, area, int(year or 0))
        children = [*(Node("note", each("vi"), each("en")) for each in said), *children]
    children += [
        _target(plan, row)
        for row in (targets.judge(plan, run) if judged is None else judged)
        if row.area == area and row.indicator in (indicator, f"{indicator}_avg") and row.year == year
    ]
    main = here[0] if value is None else None
    place = plan.areas[area]
    return Node(
        kind="observed" if main else "simulated",
        label_vi=f"{register.indicator_name(indicator, 'vi')}, {place.name_vi}, {year}",
        label_en=f"{register.indicator_name(indicator, 'en')}, {place.name_en}, {year}",
        value=main.value if main else value,
        unit=main.unit if main else course.unit if course else "",
        status="observed" if main else "simulated",
        source=main.source if main else "",
        address=f"/indicators/{indicator}/",
        children=tuple(children),
    )


MEAN_OF = "_avg"
"""How the id of an indicator ends that is the mean of another over the years of a target."""


def _without_a_figure(
    plan: Plan,
    run: Run | None,
    ahead: Future,
    indicator: str,
    area: str,
    judging: list[TargetRow],
    most: int,
) -> Node:
    """What targets ask for and nobody has a figure of, here: why not, where there is one, and what each target then says."""
    place, registered = plan.areas[area], register.indicators().get(indicator)
    of_years = indicator.removesuffix(MEAN_OF)
    is_mean = indicator.endswith(MEAN_OF) and ahead.path(of_years, area) is not None
    children = []
    if is_mean:
        children.append(
            _said(
                N_("it is the mean of {name} over the years of each target, and is judged so below"),
                lambda language: {"name": register.indicator_name(of_years, language)},
            )
        )
    elif any(row.target is not None for row in judging) and not (registered and registered.simulated):
        children.append(
            _said(N_("no equation of the model gives it: only an observed figure can tell"), lambda _: {})
        )
    elsewhere = {a: found for a in plan.areas if (found := points(plan, indicator, a))}
    children += [
        _said(
            N_("figures of {area}: {years}"),
            lambda language, a=a, found=found: {  # type: ignore[misc]
                "area": pick(plan.areas[a], "name", language),
                "years": _span(sorted({p.period for p in found})),
            },
        )
        for a, found in elsewhere.items()
    ]
    children += [_target(plan, row) for row in judging]
    if is_mean:
        children.append(explain(plan, run, of_years, area, most=most, judged=judging))
    return Node(
        kind="missing",
        label_vi=f"{register.indicator_name(indicator, 'vi')}, {place.name_vi}",
        label_en=f"{register.indicator_name(indicator, 'en')}, {place.name_en}",
        status="" if is_mean else "no data",
        address=f"/indicators/{indicator}/",
        children=tuple(children),
    )


def _said(template: str, values: Callable[[str], dict[str, str]]) -> Node:
    """A note in both languages."""
    return Node("note", say(template, "vi", **values("vi")), say(template, "en", **values("en")))


def _derived(plan: Plan, share: Derived, indicator: str, area: str, period: str) -> Node:
    """A ratio of two observed values, with both."""
    place = plan.areas[area]
    registered = register.indicators()[indicator]
    return Node(
        kind="derived",
        label_vi=f"{registered.name_vi}, {place.name_vi}, {period}",
        label_en=f"{registered.name_en}, {place.name_en}, {period}",
        value=share.value,
        unit=registered.unit,
        status="derived",
        address=f"/indicators/{indicator}/",
        children=tuple(_observation(plan, point) for point in share.inputs),
    )


def explain_claim(plan: Plan, statement: str) -> Node:
    """A published statement walked back to its readings, their inputs and sources."""
    row = next(iter(claims.verdicts(plan, statement)), None)
    if row is None:
        known = sorted({c.statement for c in plan.claims.values()})
        raise Refused(
            N_("the statement {id} holds no figure; these do: {known}"),
            id=statement,
            known=", ".join(known) or "-",
        )
    return Node(
        kind="claim",
        label_vi=row.statement_vi,
        label_en=row.statement_en,
        value=row.stated,
        unit=row.unit or "",
        status=row.verdict,
        source=plan.programme[statement].source if statement in plan.programme else "",
        address=f"/programme/{statement}/",
        children=tuple(_reading(plan, reading) for reading in row.readings),
    )


def explain_target(plan: Plan, run: Run | None, target: str) -> Node:
    """A target walked back to its document, and to the figure that judges it."""
    row = next((t for t in targets.judge(plan, run) if t.id == target), None)
    if row is None:
        raise Refused(N_("there is no target {id}"), id=target)
    return _target(plan, row)


def explain_variable(plan: Plan, run: Run, variable: str, year: int) -> Node | None:
    """One variable of the run: its equation, the parameters in it, and the names of what it reads. None when unknown."""
    entry = _entry(run.explain, "variables", variable)
    return None if entry is None else _step(plan, run.explain, entry, year, 0, {variable}, 0)


def read_by(run: Run, variable: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The variables, and the indicators, whose equations read this variable, of this year or of the year before."""
    variables, indicators = (
        tuple(
            sorted(
                name
                for name, entry in run.explain.get(shelf, {}).items()
                if name != variable and variable in (*entry.get("reads", ()), *entry.get("reads_last", ()))
            )
        )
        for shelf in ("variables", "indicators")
    )
    return variables, indicators


def text(node: Node, language: str | None = None) -> str:
    """The tree as lines of text, two blanks a level. Notes in another language are left out, and that is said."""
    spoken = language or reader_language()
    lines = list(_lines(node, spoken, 0))
    if any(not _is_read(below, spoken) for below in node.walk()):
        lines.append(
            say(N_("Notes of the data that are in English are left out here; --lang en shows them."), spoken)
        )
    return "\n".join(lines)


def _is_read(node: Node, language: str) -> bool:
    """Whether a reader of the language can read a node: a note that nobody put into Vietnamese is as it was written."""
    alike = node.label_vi == node.label_en
    return node.kind != "note" or language != "vi" or not alike or not is_english(node.label_vi)


def is_english(words: str) -> bool:
    """Whether a text is English: by the small words that no English sentence does without, or because it has no accent."""
    letters = [c for c in words if c.isalpha()]
    small = any(word.strip(".,;:()\"'") in SMALL_WORDS for word in words.lower().split())
    return bool(letters) and (small or all(c.isascii() for c in letters))


# ---- branches ---------------------------------------------------------------------------------------------


def _reading(plan: Plan, reading: claims.Reading) -> Node:
    children = [_observation(plan, point) for point in reading.inputs]
    children += [Node("missing", missing, missing) for missing in reading.missing]
    if reading.note:
        children.append(Node("note", reading.note, reading.note))
    formula = f" = {reading.formula}" if reading.formula else ""
    return Node(
        kind="reading",
        label_vi=reading.reading_vi + formula,
        label_en=reading.reading_en + formula,
        value=reading.recomputed,
        unit=reading.unit or "",
        status=reading.verdict,
        children=tuple(children),
    )


def _observation(plan: Plan, point: Point) -> Node:
    name = f"[{point.area}, {point.period}]" + (f" {point.vintage}" if point.vintage else "")
    notes = (Node("note", point.note, point.note),) if point.note else ()
    return Node(
        kind="observed",
        label_vi=f"{register.indicator_name(point.indicator, 'vi')} {name}",
        label_en=f"{register.indicator_name(point.indicator, 'en')} {name}",
        value=point.value,
        unit=point.unit,
        status=point.confidence,
        source=point.source,
        children=(*_source(plan, point.source), *notes),
    )


def _source(plan: Plan, identity: str) -> tuple[Node, ...]:
    source = plan.sources.get(identity)
    if source is None:
        return ()
    vi, en = (
        ", ".join(str(part) for part in (_title(source.title, code), source.number, source.date) if part)
        for code in ("vi", "en")
    )
    return (
        Node(
            "source",
            vi,
            en,
            status=source.confidence,
            source=identity,
            address=source.address or f"/sources/{identity}/",
        ),
    )


def _title(title: str, language: str) -> str:
    """A source as it names itself; what nobody printed is no name."""
    return say(REMEMBERED, language) if title.startswith(REMEMBERED) and language != "en" else title


def _target(plan: Plan, row: TargetRow) -> Node:
    document = plan.documents.get(row.document)
    children: list[Node] = []
    if document is not None:
        number_ = f" ({document.number})" if document.number else ""
        children.append(
            Node(
                "document",
                document.title_vi + number_,
                document.title_en + number_,
                source=document.source,
                address=f"/documents/{document.id}/",
                children=_source(plan, plan.targets[row.id].source),
            )
        )
    children += [_observation(plan, point) for point in row.points]
    if row.value is not None:
        children.append(
            Node(
                "figure",
                register.indicator_name(row.indicator, "vi"),
                register.indicator_name(row.indicator, "en"),
                row.value,
                row.unit or "",
                row.basis,
            )
        )
    if row.why():
        children.append(Node("note", row.why("vi"), row.why("en")))
    years = f"{row.year_from}-{row.year}" if row.year_from else str(row.year or "")
    head = f"{row.id} {row.operator}" if row.target is not None else row.id
    return Node(
        kind="target",
        label_vi=f"{head}, {years}" if row.target is not None else f"{head}: {row.text_vi}",
        label_en=f"{head}, {years}" if row.target is not None else f"{head}: {row.text_en}",
        value=row.target,
        unit=row.unit or "",
        status=row.verdict,
        address="/targets/",
        children=tuple(children),
    )


def _swing(plan: Plan, ahead: Future, indicator: str, area: str, year: int) -> list[Node]:
    swing = ahead.swings.get((indicator, area, year))
    if swing is None:
        return []
    vi, en = (
        f"{number(swing.low, code)} - {number(swing.high, code)}: {_called(plan, swing.by, code)}"
        for code in ("vi", "en")
    )
    return [Node("swing", vi, en, status="assumed")]


# ---- equations of a run -----------------------------------------------------------------------------------


def _equation(plan: Plan, run: Run, ahead: Future, indicator: str, area: str, year: int, most: int) -> Node:
    """The equation that gave an indicator, and behind it every variable and parameter that it reads."""
    book = run.explain
    entry = _entry(book, "indicators", indicator)
    course = ahead.path(indicator, area)
    if entry is None:
        label = course.derivation if course and course.derivation else indicator
        return Node("equation", label, label, status="simulated")
    return _step(plan, book, entry, year, 0, set(), most)


def _step(
    plan: Plan,
    book: Mapping[str, Any],
    entry: Mapping[str, Any],
    year: int,
    depth: int,
    told: set[str],
    most: int,
) -> Node:
    """An entry of the book and what it reads; each variable is unfolded once (`told`), then only named."""
    children: list[Node] = []
    for variable in entry.get("reads", ()):
        below = _entry(book, "variables", variable)
        if below is not None and variable not in told and depth < most:
            told.add(variable)
            children.append(_step(plan, book, below, year, depth + 1, told, most))
        else:
            children.append(
                _variable(book, variable, N_("{variable}: see above") if variable in told else "{variable}")
            )
    children += [
        _variable(book, variable, N_("{variable} of the year before"))
        for variable in entry.get("reads_last", ())
    ]
    children += [_parameter(plan, str(identity), year) for identity in entry.get("parameters", ())]
    return Node(
        "equation",
        _equation_words(book, entry, "vi"),
        _equation_words(book, entry, "en"),
        status="simulated",
        address=str(entry.get("page") or ""),
        children=tuple(children),
        variable=str(entry.get("variable") or ""),
    )


def _equation_words(book: Mapping[str, Any], entry: Mapping[str, Any], language: str) -> str:
    """What a variable is and how it comes about; of an indicator, which has been named, how it follows from its variable."""
    named, equation = _named(book, str(entry.get("variable", "")), language), entry.get("equation")
    if not equation:
        return named
    words = say(str(equation), language)
    return f"{named}: {words}" if "axes" in entry else words


def _named(book: Mapping[str, Any], variable: str, language: str) -> str:
    """A variable by its meaning and its name; by its name alone in a run that does not say what it means."""
    entry = _entry(book, "variables", variable) or {}
    meaning = entry.get("meaning_vi" if language == "vi" else "meaning")
    return f"{meaning} ({variable})" if meaning else variable


def _variable(book: Mapping[str, Any], variable: str, template: str) -> Node:
    entry = _entry(book, "variables", variable) or {}
    return Node(
        "variable",
        say(template, "vi", variable=_named(book, variable, "vi")),
        say(template, "en", variable=_named(book, variable, "en")),
        unit="",
        address=str(entry.get("page") or ""),
        variable=variable if entry else "",
    )


def _entry(book: Mapping[str, Any], shelf: str, name: str) -> Mapping[str, Any] | None:
    """An entry of explain.json, which holds "indicators" and "variables" by name."""
    found = book.get(shelf, {}).get(name)
    return found if isinstance(found, Mapping) else None


def _parameter(plan: Plan, identity: str, year: int) -> Node:
    parameter = plan.parameters.get(identity)
    if parameter is None:
        return Node("parameter", identity, identity, status="no data")
    low, high = parameter.low, parameter.high
    bounded = low is not None and high is not None
    vi, en = (
        _called(plan, identity, code)
        + (f" [{_readable(low or 0.0, code)} - {_readable(high or 0.0, code)}]" if bounded else "")
        for code in ("vi", "en")
    )
    notes = (Node("note", parameter.note_vi or parameter.note, parameter.note),) if parameter.note else ()
    return Node(
        kind="parameter",
        label_vi=vi,
        label_en=en,
        value=at_year(parameter, year),
        unit=parameter.unit,
        status=parameter.status,
        source=parameter.source,
        children=(*_source(plan, parameter.source), *notes),
    )


def _called(plan: Plan, identity: str, language: str) -> str:
    """A parameter by what it is and by its id; by its id alone in a plan that no longer has it."""
    parameter = plan.parameters.get(identity)
    return identity if parameter is None else f"{pick(parameter, 'name', language)} ({identity})"


def at_year(parameter: Parameter, year: int) -> float:
    """The value in a year: a dated path is interpolated linearly and held flat outside."""
    if isinstance(parameter.value, float | int):
        return float(parameter.value)
    path = sorted(parameter.value.items())
    if year <= path[0][0]:
        return path[0][1]
    for (y0, v0), (y1, v1) in pairwise(path):
        if year <= y1:
            return v0 + (v1 - v0) * (year - y0) / (y1 - y0)
    return path[-1][1]


# ---- text -------------------------------------------------------------------------------------------------


def _lines(node: Node, language: str | None, depth: int) -> Iterator[str]:
    head = f"{'  ' * depth}{say(KINDS.get(node.kind, node.kind), language)}: {pick(node, 'label', language)}"
    if node.value is not None:
        head += f" = {_readable(node.value, language)} {register.unit_words(node.unit, language)}".rstrip()
    if node.status and node.status != node.kind:
        head += f" [{say(node.status, language)}]"
    if node.address:
        head += f" {node.address}"
    yield head
    for child in node.children:
        if _is_read(child, language or reader_language()):
            yield from _lines(child, language, depth + 1)


def _readable(value: float, language: str | None) -> str:
    """Three figures that count for a small number: 0.037 stays 0.037."""
    small = 0 < abs(value) < 1
    return number(value, language, 2 - floor(log10(abs(value))) if small else None)


def _span(years: list[str]) -> str:
    return ", ".join(years) if len(years) <= 6 else f"{years[0]} ... {years[-1]}"
