"""Rules about carrying the plan out: has every task an owner and a day, and does its state match what is known?"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from cuabien.base.dates import last_day
from cuabien.base.words import N_
from cuabien.plan import objects as o
from cuabien.plan.checks.register import COUNTS, Context, Found, Rule, is_finished, is_past

PROPOSAL = re.compile(r"P(\d\d)")
DIRECTIVE = re.compile(r"D(\d)[a-z]?")
MOVING = ("under way", "started", "done", "late")
STALE_DAYS = 366


def _tasks(c: Context) -> Iterator[o.Statement]:
    for statement in c.plan.programme.values():
        if statement.home == "task" and statement.state not in ("done", "recorded", "narrative"):
            yield statement


def without_owner(c: Context) -> Iterator[Found]:
    for task in _tasks(c):
        if not task.owner:
            yield Found("programme", task.id, N_("nobody is named who carries it out"))


def without_due_date(c: Context) -> Iterator[Found]:
    for task in _tasks(c):
        if not task.due:
            yield Found("programme", task.id, N_("no day is named by which it is to be done"))


def overdue(c: Context) -> Iterator[Found]:
    for statement in c.plan.programme.values():
        open_ = statement.state not in ("done", "recorded", "checked", "withheld", "narrative", "late")
        if open_ and is_past(statement.due, c.today):
            yield Found(
                "programme",
                statement.id,
                N_("it was due on {due}; its state is: {say_state}"),
                {"due": statement.due, "say_state": statement.state},
            )


def proposals_incomplete(c: Context) -> Iterator[Found]:
    yield from _missing_codes(
        c, PROPOSAL, "proposals", "P{:02d}", N_("proposal {code} of {count} is missing")
    )


def directives_incomplete(c: Context) -> Iterator[Found]:
    yield from _missing_codes(c, DIRECTIVE, "directives", "D{}", N_("directive {code} of {count} is missing"))


def _missing_codes(
    c: Context, pattern: re.Pattern[str], what: str, form: str, template: str
) -> Iterator[Found]:
    codes = [pattern.fullmatch(s.code) for s in c.plan.programme.values() if s.code]
    there = {int(match[1]) for match in codes if match}
    for document in c.plan.documents:
        count = COUNTS.get(document, {}).get(what, 0)
        for number in range(1, count + 1):
            if number not in there:
                yield Found("programme", None, template, {"code": form.format(number), "count": count})


def proposal_without_project(c: Context) -> Iterator[Found]:
    proposed = {project.proposal for project in c.plan.projects.values()}
    for statement in c.plan.programme.values():
        if not PROPOSAL.fullmatch(statement.code or ""):
            continue
        if not statement.projects or statement.code not in proposed:
            yield Found(
                "programme",
                statement.id,
                N_("proposal {code} has no project that carries it out"),
                {"code": statement.code},
            )


def proposal_unknown(c: Context) -> Iterator[Found]:
    codes = {statement.code for statement in c.plan.programme.values()}
    for project in c.plan.projects.values():
        if project.proposal and c.plan.programme and project.proposal not in codes:
            yield Found(
                "projects",
                project.id,
                N_("it carries out proposal {code}, which the programme does not hold"),
                {"code": project.proposal},
            )


def without_evidence(c: Context) -> Iterator[Found]:
    for statement in c.plan.programme.values():
        if statement.state in MOVING and not (statement.evidence_vi or statement.evidence_en):
            yield Found(
                "programme",
                statement.id,
                N_("its state is {say_state} and nothing shows it"),
                {"say_state": statement.state},
            )


def done_before_its_projects(c: Context) -> Iterator[Found]:
    for statement in c.plan.programme.values():
        if statement.state == "done":
            for project in (c.plan.projects[i] for i in statement.projects):
                if not is_finished(project):
                    yield Found(
                        "programme",
                        statement.id,
                        N_("it is done, and its project {project} is: {say_status}"),
                        {"project": project.id, "say_status": project.status},
                    )


def withheld_and_public(c: Context) -> Iterator[Found]:
    for statement in c.plan.programme.values():
        if statement.public and "withheld" in (statement.home, statement.state):
            yield Found("programme", statement.id, N_("it is withheld and marked as public"))


def stale(c: Context) -> Iterator[Found]:
    for statement in c.plan.programme.values():
        if statement.state in ("under way", "started") and statement.as_of:
            age = c.today - last_day(statement.as_of)
            if age > dt.timedelta(days=STALE_DAYS):
                yield Found(
                    "programme",
                    statement.id,
                    N_("its state ({say_state}) was seen on {as_of}, more than a year ago"),
                    {"say_state": statement.state, "as_of": statement.as_of},
                )


def nobody_measures(c: Context) -> Iterator[Found]:
    for flag in c.plan.flags.values():
        if not flag.formula:
            yield Found("flags", flag.id, N_("nothing measures this risk (no data)"))
        elif flag.operator is None or flag.bound is None:
            yield Found("flags", flag.id, N_("it has a formula and no bound, so it is never raised"))


RULES = (
    Rule(
        "task-without-owner",
        "warning",
        N_("Every task has an owner"),
        N_("What nobody is named for, nobody does."),
        N_("directive D4 of the report: clear persons, clear work"),
        N_("name the body that carries it out, with the document that says so"),
        without_owner,
    ),
    Rule(
        "task-without-due",
        "warning",
        N_("Every task has a day"),
        N_("Without a day nothing is ever late."),
        N_("directive D4 of the report: clear time, clear results"),
        N_("give the day that the document names, or agree one"),
        without_due_date,
    ),
    Rule(
        "task-overdue",
        "warning",
        N_("What is due is done"),
        N_("A passed day is a delay, and residents should read it here first."),
        N_("Planning Law 112/2025/QH15: carrying out a plan is followed and reported"),
        N_("set its state to done with evidence, or to late with a new day"),
        overdue,
    ),
    Rule(
        "proposals-incomplete",
        "warning",
        N_("Every proposal of the city is in the programme"),
        N_("A proposal that was agreed and is not followed is forgotten."),
        N_("report of 14/11/2024: eleven proposals"),
        N_("add the statement with its code P01 ... P11"),
        proposals_incomplete,
    ),
    Rule(
        "directives-incomplete",
        "warning",
        N_("Every directive is in the programme"),
        N_("A directive that is not followed is forgotten."),
        N_("report of 14/11/2024: six matters"),
        N_("add the statement with its code D1 ... D6"),
        directives_incomplete,
    ),
    Rule(
        "proposal-without-project",
        "warning",
        N_("Every proposal has a project"),
        N_("The project holds its place, time, cost and state."),
        N_("report of 14/11/2024: eleven proposals"),
        N_("name its projects in the programme, and its code in a project"),
        proposal_without_project,
    ),
    Rule(
        "proposal-unknown",
        "warning",
        N_("A project's proposal is in the programme"),
        N_("Mostly a slip in the code."),
        N_("technical: programme.csv"),
        N_("correct the code, or add the statement"),
        proposal_unknown,
    ),
    Rule(
        "state-without-evidence",
        "warning",
        N_("Movement has evidence"),
        N_("A state that nothing shows is a claim."),
        N_("technical: programme.csv"),
        N_("cite what shows it, or set the state back"),
        without_evidence,
    ),
    Rule(
        "done-before-its-projects",
        "warning",
        N_("What is done has its projects done"),
        N_("One of the two states is not true."),
        N_("technical: truth has one home"),
        N_("correct the state of the statement or of the project"),
        done_before_its_projects,
    ),
    Rule(
        "withheld-and-public",
        "fault",
        N_("What is withheld is not public"),
        N_("Matters of defence are split off before consultation and before publication."),
        N_("Planning Law 21/2017/QH14: state secrets are not published; Decree 37/2019 Art. 31(2)"),
        N_("set public to no"),
        withheld_and_public,
    ),
    Rule(
        "state-stale",
        "warning",
        N_("States are looked at once a year"),
        N_("What was under way a year ago may be done or dead."),
        N_("technical: the programme is followed yearly"),
        N_("look again, and set the state with its day"),
        stale,
    ),
    Rule(
        "flag-without-measure",
        "warning",
        N_("Every risk is measured"),
        N_("A risk without a measure is never seen coming; saying so keeps it in sight."),
        N_("limitations L01 ... L10 of the report"),
        N_("give a formula and a bound, or the data that would allow one"),
        nobody_measures,
    ),
)
