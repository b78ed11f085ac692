"""Rules about what is promised and said: targets, figures, boundaries, documents, the programme."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from cuabien.base.dates import first_day, is_partial_date, last_day, year_of
from cuabien.lexicon.register import indicators
from cuabien.plan.checks.register import Context, Found

MERGER = dt.date(2025, 7, 1)
PUBLISH_WITHIN_DAYS = {"R1": (15, ""), "R2": (15, "unconfirmed"), "R3": (15, "unconfirmed")}
"""Days from approval to publication by planning regime (Planning Law 2017, article 38; the others are not confirmed)."""
CONSULT_AT_LEAST_DAYS = {"R0": 40, "R1": 30, "R2": 20}
"""Days that residents have at least (Construction Law 2014, article 17; Decree 37/2019; Law 47/2024, article 37)."""


# ---- targets ----------------------------------------------------------------------------------------------


def target_without_indicator(c: Context) -> Iterator[Found]:
    known = indicators()
    for i, target in c.plan.targets.items():
        if target.operator != "text" and target.indicator not in known:
            yield Found("targets", i, {"indicator": target.indicator})


def target_without_value(c: Context) -> Iterator[Found]:
    for i, target in c.plan.targets.items():
        if target.operator != "text" and (target.value is None or target.year is None):
            yield Found("targets", i)


def target_range_reversed(c: Context) -> Iterator[Found]:
    for i, t in c.plan.targets.items():
        if t.value is not None and t.high is not None and t.high < t.value:
            yield Found("targets", i, {"value": t.value, "high": t.high})


def targets_differ(c: Context) -> Iterator[Found]:
    """Documents that set different values for one indicator, area and year."""
    same: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for i, t in c.plan.targets.items():
        if t.operator != "text" and t.value is not None:
            same[t.indicator, t.area, t.boundary, t.year_from, t.year, t.unit].append(i)
    for ids in same.values():
        rows = [c.plan.targets[i] for i in ids]
        if len({(t.value, t.high) for t in rows}) > 1:
            said = "; ".join(
                f"{i}: {t.value:g}" for i, t in zip(ids, rows, strict=True) if t.value is not None
            )
            yield Found(
                "targets", ids[0], {"indicator": rows[0].indicator, "year": rows[0].year, "said": said}
            )


def target_of_replaced_document(c: Context) -> Iterator[Found]:
    for i, t in c.plan.targets.items():
        document = c.plan.documents.get(t.document)
        ahead = t.year is not None and t.year >= c.today.year
        if document and document.replaced_by and ahead:
            yield Found(
                "targets", i, {"document": document.number or document.id, "by": document.replaced_by}
            )


def target_on_old_boundary(c: Context) -> Iterator[Found]:
    for i, t in c.plan.targets.items():
        old = t.boundary != c.plan.header.boundary
        if old and t.operator != "text" and t.year is not None and t.year >= c.today.year:
            yield Found("targets", i, {"indicator": t.indicator, "year": t.year})


def port_beyond_mapped_capacity(c: Context) -> Iterator[Found]:
    """What is mapped is compared with what is promised; the gap is told, never that the target cannot be met."""
    stays = {"existing", "plan by 2025", "plan by 2030", "plan after 2030"}
    today = {"existing", "relocate by 2025", "relocate by 2030"}
    rows = list(c.plan.port_capacity.values())
    now = sum(r.capacity_mt_year or 0 for r in rows if r.phase in today)
    for i, t in c.plan.targets.items():
        if t.indicator != "port_cargo" or t.value is None or t.year is None or not rows:
            continue
        then = [r for r in rows if r.phase in stays and (r.from_year or 0) <= t.year <= (r.to_year or 9999)]
        mapped = sum(r.capacity_mt_year or 0 for r in then)
        if t.value > mapped:
            yield Found("targets", i, {
                "target": t.value, "mapped": round(mapped, 1), "gap": round(t.value - mapped, 1), "year": t.year,
                "blank": sum(r.berths_without_figure for r in then), "berths": sum(r.berths for r in then), "now": round(now, 1),
            })  # fmt: skip


# ---- figures and boundaries -------------------------------------------------------------------------------


def boundaries_mixed(c: Context) -> Iterator[Found]:
    """A value of the old city or of Hải Dương under the new boundary, or of the merged city under the old one."""
    for i, row in c.plan.indicators.items():
        area = c.plan.areas.get(row.area)
        if area and area.kind in {"reporting", "commune", "district"} and row.boundary != area.boundary:
            yield Found("indicators", i, {"area": row.area, "boundary": row.boundary})


def value_before_its_area(c: Context) -> Iterator[Found]:
    """A merged-city value for a year before the merger is a sum of two cities, not an observation."""
    for i, row in c.plan.indicators.items():
        year = row.period[:4]
        if row.area == c.plan.header.city and year.isdigit() and row.boundary == c.plan.header.boundary:
            start = c.plan.boundaries[row.boundary].valid_from if row.boundary in c.plan.boundaries else None
            if start and int(year) < year_of(start):
                yield Found("indicators", i, {"period": row.period, "start": start})


def assumed_without_range(c: Context) -> Iterator[Found]:
    for i, row in c.plan.figures.items():
        if row.status == "assumed" and row.value is not None and (row.low is None or row.high is None):
            yield Found("figures", i)
    for i, parameter in c.plan.parameters.items():
        if parameter.status == "assumed" and (parameter.low is None or parameter.high is None):
            yield Found("parameters", i)


def range_misses_value(c: Context) -> Iterator[Found]:
    for i, row in c.plan.figures.items():
        if (
            row.value is not None
            and row.low is not None
            and row.high is not None
            and not row.low <= row.value <= row.high
        ):
            yield Found("figures", i, {"low": row.low, "value": row.value, "high": row.high})


def share_beyond_whole(c: Context) -> Iterator[Found]:
    for i, row in c.plan.indicators.items():
        share = row.indicator.endswith(("_share", "_rate")) or row.indicator.startswith("share_")
        if share and row.unit == "percent" and row.value is not None and not 0 <= row.value <= 100:
            yield Found("indicators", i, {"value": row.value})


def series_breaks(c: Context) -> Iterator[Found]:
    """A level that moves by more than 40 % in one year was probably counted in another way."""
    levels = {"port_cargo", "population", "grdp_constant2010", "port_teu"}
    series: dict[tuple[str, str, str | None], dict[int, tuple[str, float]]] = defaultdict(dict)
    for i, row in c.plan.indicators.items():
        if row.indicator in levels and row.value and len(row.period) == 4 and row.period.isdigit():
            series[row.indicator, row.area, row.vintage][int(row.period)] = (i, row.value)
    for values in series.values():
        for year, (i, value) in values.items():
            before = values.get(year - 1)
            if before and abs(value / before[1] - 1) > 0.4:
                yield Found("indicators", i, {"percent": round(100 * (value / before[1] - 1))})


def parts_and_whole(c: Context) -> Iterator[Found]:
    """Communes' registered people and areas add up to what is said of the area they lie in."""
    for i, whole in c.plan.areas.items():
        parts = [a for a in c.plan.areas.values() if a.part_of == i and a.boundary == c.plan.header.boundary]
        for column in ("population", "area_km2"):
            values = [getattr(a, column) for a in parts]
            said = getattr(whole, column)
            if said and values and None not in values and abs(sum(values) / said - 1) > 0.005:
                yield Found("areas", i, {"column": column, "said": said, "sum": round(sum(values), 1)})


def source_undated(c: Context) -> Iterator[Found]:
    """One finding for all: a list of a hundred undated sources helps nobody."""
    bare = [
        i
        for i, s in c.plan.sources.items()
        if s.confidence == "source read" and not (s.date or s.address or s.read_on)
    ]
    if bare:
        yield Found("sources", bare[0], {"count": len(bare)})


def read_in_the_future(c: Context) -> Iterator[Found]:
    for i, s in c.plan.sources.items():
        if s.read_on and first_day(s.read_on) > c.today:
            yield Found("sources", i, {"read_on": s.read_on})


def path_stops_short(c: Context) -> Iterator[Found]:
    for i, p in c.plan.parameters.items():
        if isinstance(p.value, dict) and len(p.value) > 1 and max(p.value) < c.plan.header.base_year:
            yield Found("parameters", i, {"last": max(p.value)})


# ---- law and documents ------------------------------------------------------------------------------------


def published_late(c: Context) -> Iterator[Found]:
    for i, d in c.plan.documents.items():
        limit = PUBLISH_WITHIN_DAYS.get(d.regime or "")
        if limit and d.approved and len(d.approved) == 10:
            until = last_day(d.published) if d.published else c.today
            days = (until - first_day(d.approved)).days
            if days > limit[0]:
                yield Found(
                    "documents",
                    i,
                    {"number": d.number or i, "days": days, "limit": limit[0], "tag": limit[1]},
                )


def consulted_too_briefly(c: Context) -> Iterator[Found]:
    for i, d in c.plan.documents.items():
        least = CONSULT_AT_LEAST_DAYS.get(d.regime or "")
        if least and d.consulted_from and d.consulted_to:
            days = (last_day(d.consulted_to) - first_day(d.consulted_from)).days + 1
            if days < least:
                yield Found("documents", i, {"days": days, "least": least})


def replaced_but_in_force(c: Context) -> Iterator[Found]:
    for i, d in c.plan.documents.items():
        if d.replaced_by and not d.in_force_to:
            yield Found("documents", i, {"number": d.number or i, "by": d.replaced_by})


def document_in_the_future(c: Context) -> Iterator[Found]:
    for i, d in c.plan.documents.items():
        if d.date and is_partial_date(d.date) and first_day(d.date) > c.today:
            yield Found("documents", i, {"date": d.date})


# ---- programme --------------------------------------------------------------------------------------------


def task_without_owner(c: Context) -> Iterator[Found]:
    bare = [i for i, s in c.plan.programme.items() if s.home == "task" and not s.owner and s.state != "done"]
    if bare:
        yield Found("programme", bare[0], {"count": len(bare), "ids": ", ".join(bare)})


def task_without_date(c: Context) -> Iterator[Found]:
    bare = [i for i, s in c.plan.programme.items() if s.home == "task" and not s.due and s.state != "done"]
    if bare:
        yield Found("programme", bare[0], {"count": len(bare), "ids": ", ".join(bare)})


def task_overdue(c: Context) -> Iterator[Found]:
    for i, s in c.plan.programme.items():
        if s.due and s.state not in {"done", "checked", "recorded"} and last_day(s.due) < c.today:
            yield Found("programme", i, {"due": s.due, "state": s.state})


def proposal_without_project(c: Context) -> Iterator[Found]:
    carried = {p.proposal for p in c.plan.projects.values()}
    for i, s in c.plan.programme.items():
        if s.kind == "proposal" and s.code and s.code not in carried and s.public:
            yield Found("programme", i, {"code": s.code})


def said_without_evidence(c: Context) -> Iterator[Found]:
    for i, s in c.plan.programme.items():
        if s.state in {"done", "under way"} and not (s.evidence_vi or s.evidence_en) and s.public:
            yield Found("programme", i, {"state": s.state})


def claim_without_formula(c: Context) -> Iterator[Found]:
    recomputed = {claim.statement for claim in c.plan.claims.values() if claim.formula}
    for i, claim in c.plan.claims.items():
        if not claim.formula and claim.statement not in recomputed:
            yield Found("claims", i)
