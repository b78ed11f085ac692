"""Rules about projects: do they come in an order that can be, and do they say where they stand?"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from cuabien.base.dates import first_day, last_day, year_of
from cuabien.base.words import N_
from cuabien.plan.checks.register import (
    Context,
    Found,
    Rule,
    complete_by,
    in_use_from,
    is_ahead,
    is_finished,
    is_open,
    is_past,
)

REACHED_BY_LAND = ("seaport", "airport", "railway", "logistics", "port relocation")
"""Kinds of project whose use needs people or goods to come and go by land or river."""
LONGEST_YEARS = 15
ACCESS = (("road_node", "road"), ("rail_node", "rail"), ("waterway_node", "waterway"))


def before_prerequisite(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        year = in_use_from(project)
        for prerequisite in (c.plan.projects[i] for i in project.prerequisites):
            ready = complete_by(prerequisite)
            if year is None or ready is None or is_finished(prerequisite) or is_finished(project):
                continue
            if year < ready:
                yield Found(
                    "projects",
                    project.id,
                    N_("it is to be in use from {year}, before {prerequisite}, which it needs, in {ready}"),
                    {"year": year, "prerequisite": prerequisite.id, "ready": ready},
                )


def prerequisite_stopped(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        for prerequisite in (c.plan.projects[i] for i in project.prerequisites):
            if prerequisite.status == "stopped" and project.status != "stopped":
                yield Found(
                    "projects",
                    project.id,
                    N_("it needs {prerequisite}, which was stopped"),
                    {"prerequisite": prerequisite.id},
                )


def prerequisite_without_date(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        year = in_use_from(project)
        for prerequisite in (c.plan.projects[i] for i in project.prerequisites):
            if year is not None and complete_by(prerequisite) is None and not is_finished(prerequisite):
                yield Found(
                    "projects",
                    project.id,
                    N_("it is to be in use from {year} and needs {prerequisite}, of which no end is known"),
                    {"year": year, "prerequisite": prerequisite.id},
                )


def past_its_end(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if is_past(project.opens, c.today) and not is_finished(project) and project.status != "stopped":
            yield Found(
                "projects",
                project.id,
                N_("it was to be finished by {opens}; on {today} its state is: {say_status}"),
                {
                    "opens": project.opens,
                    "today": c.today.isoformat(),
                    "say_status": project.status,
                },
            )


def started_without_end(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if project.status in ("under construction", "partly operating") and complete_by(project) is None:
            yield Found(
                "projects",
                project.id,
                N_("it has started ({say_status}) and no end is planned or predicted"),
                {"say_status": project.status},
            )


def start_passed(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        waiting = project.status in ("idea", "proposed", "planned", "consultation")
        if waiting and is_past(project.starts, c.today):
            yield Found(
                "projects",
                project.id,
                N_("it was to start in {starts} and its state is still: {say_status}"),
                {"starts": project.starts, "say_status": project.status},
            )


def opens_before_start(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        for opens in (project.opens, project.predicted_opens):
            if project.starts and opens and last_day(opens) < first_day(project.starts):
                yield Found(
                    "projects",
                    project.id,
                    N_("it opens in {opens}, before it starts in {starts}"),
                    {"opens": opens, "starts": project.starts},
                )


def in_use_too_early(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if project.status in ("operating", "done") and is_ahead(project.opens, c.today):
            yield Found(
                "projects",
                project.id,
                N_("its state is {say_status}, and it opens only in {opens}"),
                {"say_status": project.status, "opens": project.opens},
            )


def state_from_the_future(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if is_ahead(project.status_date, c.today):
            yield Found(
                "projects",
                project.id,
                N_("its state is dated {date}, after {today}"),
                {"date": project.status_date, "today": c.today.isoformat()},
            )


def earliest_after_opening(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if project.not_before and project.opens and year_of(project.opens) < project.not_before:
            yield Found(
                "projects",
                project.id,
                N_("it opens in {opens} and not before {year}"),
                {"opens": project.opens, "year": project.not_before},
            )


def capacity_falls(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        dated = [p for p in project.phases if p.year is not None and p.value is not None]
        for unit in {phase.unit for phase in dated}:
            steps = sorted((p.year or 0, p.value or 0.0) for p in dated if p.unit == unit)
            for (year, value), (next_year, next_value) in itertools.pairwise(steps):
                if next_value < value:
                    yield Found(
                        "projects",
                        project.id,
                        N_("its capacity falls from {value} in {year} to {next_value} in {next_year}"),
                        {"value": value, "year": year, "next_value": next_value, "next_year": next_year},
                    )


def phase_outside(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        for phase in project.phases:
            early = project.starts and phase.year and phase.year < year_of(project.starts)
            late = project.opens and phase.year and phase.year > year_of(project.opens)
            if early or late:
                yield Found(
                    "projects",
                    project.id,
                    N_("a phase of {year} lies outside its years {starts} to {opens}"),
                    {"year": phase.year, "starts": project.starts or "…", "opens": project.opens or "…"},
                )


def takes_very_long(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if project.starts and project.opens and not project.phases:
            years = year_of(project.opens) - year_of(project.starts)
            if years > LONGEST_YEARS:
                yield Found(
                    "projects",
                    project.id,
                    N_("it takes {years} years from {starts} to {opens} and has no phases"),
                    {"years": years, "starts": project.starts, "opens": project.opens},
                )


def no_access(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        year = in_use_from(project)
        if project.kind not in REACHED_BY_LAND or not project.terminals or year is None:
            continue
        year = max(year, c.today.year)
        terminals = [c.plan.terminals[i] for i in project.terminals]
        reached = any(
            is_open(link, year)
            for terminal in terminals
            for column, mode in ACCESS
            for link in c.degree.get((getattr(terminal, column) or "", mode), ())
        )
        if not reached:
            yield Found(
                "projects",
                project.id,
                N_("no road, railway or waterway reaches {terminals} by {year}"),
                {"terminals": ", ".join(project.terminals), "year": year},
            )


def access_not_stated(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        if project.kind in ("seaport", "airport") and not project.terminals and project.status != "stopped":
            yield Found(
                "projects",
                project.id,
                N_("no terminal is named, so nobody can say how it is reached (no data)"),
            )


def communes_not_of_plan(c: Context) -> Iterator[Found]:
    for project in c.plan.projects.values():
        for area in (c.plan.areas[i] for i in project.communes):
            if area.kind in ("commune", "district") and area.boundary != c.plan.header.boundary:
                yield Found(
                    "projects",
                    project.id,
                    N_("it lies in {area}, which is of the boundary {boundary}, not of the plan's"),
                    {"area": area.id, "boundary": area.boundary},
                )


RULES = (
    Rule(
        "project-before-prerequisite",
        "warning",
        N_("A project opens after what it needs"),
        N_("A port without its road, or a plant without its park, stands idle."),
        N_("technical: order of works"),
        N_("open it later, bring the prerequisite forward, or say why it is not needed"),
        before_prerequisite,
    ),
    Rule(
        "prerequisite-stopped",
        "warning",
        N_("No project waits for one that was stopped"),
        N_("What waits for a stopped project will not come either, unless the plan changes."),
        N_("technical: order of works"),
        N_("name another prerequisite, or change the project's own dates"),
        prerequisite_stopped,
    ),
    Rule(
        "prerequisite-without-date",
        "warning",
        N_("What a dated project needs has a date too"),
        N_("Nobody can say whether the date holds while that of its prerequisite is unknown."),
        N_("technical: order of works"),
        N_("give the prerequisite a planned or predicted end"),
        prerequisite_without_date,
    ),
    Rule(
        "project-past-end",
        "warning",
        N_("A project whose end has passed is finished"),
        N_("A passed date without a finished work is a delay; saying so is the first step to mend it."),
        N_(
            "Planning Law 112/2025/QH15: carrying out a plan is followed and reported; limitation L07 of the report"
        ),
        N_("set its state to what it is, or give a predicted end"),
        past_its_end,
    ),
    Rule(
        "started-without-end",
        "warning",
        N_("A project that has started has an end"),
        N_("Without an end, planned or predicted, lateness cannot be seen."),
        N_("technical: progress cannot be measured without an end"),
        N_("give opens, or predicted_opens with its source"),
        started_without_end,
    ),
    Rule(
        "start-passed",
        "warning",
        N_("A project whose start has passed has started"),
        N_("A start that passed unnoticed moves the end as well."),
        N_("technical: progress"),
        N_("set its state to what it is, or give a new start"),
        start_passed,
    ),
    Rule(
        "opens-before-start",
        "fault",
        N_("A project starts before it opens"),
        N_("No future can carry this out."),
        N_("technical: time"),
        N_("correct one of the two dates"),
        opens_before_start,
    ),
    Rule(
        "in-use-too-early",
        "fault",
        N_("What is in use has opened"),
        N_("Either the state or the date is wrong, and the model would use one of them."),
        N_("technical: time"),
        N_("correct the state or the date"),
        in_use_too_early,
    ),
    Rule(
        "state-from-the-future",
        "warning",
        N_("No state is dated in the future"),
        N_("A state is something that was seen."),
        N_("technical: time"),
        N_("correct the date; plans belong into starts and opens"),
        state_from_the_future,
    ),
    Rule(
        "earliest-after-opening",
        "fault",
        N_('"Not before" and the opening agree'),
        N_("The two say different things and the model can follow only one."),
        N_("technical: time"),
        N_("correct one of the two"),
        earliest_after_opening,
    ),
    Rule(
        "capacity-falls",
        "warning",
        N_("Capacity grows from phase to phase"),
        N_("Phases state what stands by a year, all in all; a fall is mostly a slip."),
        N_("technical: phases are cumulative (docs/plan-format.md)"),
        N_("state the whole capacity by each year, or note why it falls"),
        capacity_falls,
    ),
    Rule(
        "phase-outside",
        "warning",
        N_("Phases lie between start and end"),
        N_("Capacity before the start or after the end belongs to another date or another project."),
        N_("technical: time"),
        N_("correct the year of the phase or the dates of the project"),
        phase_outside,
    ),
    Rule(
        "takes-very-long",
        "warning",
        N_("A project of more than 15 years has phases"),
        N_(
            "Over so many years a part is in use before the whole; without phases the model sees nothing of it."
        ),
        N_("technical: planning periods of ten years"),
        N_("give it phases, or check the dates"),
        takes_very_long,
    ),
    Rule(
        "project-without-access",
        "warning",
        N_("A port, an airport or a railway is reached when it opens"),
        N_("Without a road, railway or waterway nothing comes or goes."),
        N_("directive D2d of the report: modes of transport connected and in step"),
        N_("open a link to the terminal by then, or open the project later"),
        no_access,
    ),
    Rule(
        "access-not-stated",
        "warning",
        N_("A port or an airport names its terminal"),
        N_("Whether it is reached can be checked only at a terminal of the network."),
        N_("directive D2d of the report: modes of transport connected and in step"),
        N_("add a terminal with its nodes to map/terminals.csv and name it in the project"),
        access_not_stated,
    ),
    Rule(
        "project-on-other-boundary",
        "warning",
        N_("Projects name communes of the plan's own boundary"),
        N_(
            "District level ended on 1 July 2025; what lies in a former unit cannot be joined to new figures."
        ),
        N_("Resolution 202/2025/QH15; Resolution 1669/NQ-UBTVQH15"),
        N_("name the communes of today"),
        communes_not_of_plan,
    ),
)
