"""The checker: reads a plan as a planner would, and tells every finding at once.

`RULES` is the one register of rules: those of form (plan/form.py), which reading applies, and the planning rules
below. A rule says what it looks for, why (law or practice), and how to mend what it finds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cuabien.base.faults import Fault
from cuabien.base.words import N_
from cuabien.plan.checks import promises, works
from cuabien.plan.checks.register import Context, Found, Rule, faults_of
from cuabien.plan.form import FORM_RULES
from cuabien.plan.package import Plan

__all__ = ["PLANNING_RULES", "RULES", "Context", "Found", "Rule", "check"]

PRACTICE = N_("planning practice")
PLANNING_LAW = N_("Planning Law 21/2017/QH14")
PLANNING_RULES: tuple[Rule, ...] = (
    # ---- projects and their years
    Rule("opens-before-prerequisite", N_("A project follows what it needs"), PRACTICE, N_("{id} is first in use in {year}, before {other} that it needs ({later})"), N_("move one of the two, or say why the need has gone"), works.before_prerequisite),
    Rule("past-its-end", N_("A project is finished by its date"), N_("General Secretary's working session of 14/11/2024, limitation 7: long-delayed projects"), N_("{id} was to open by {opens} and is \"{status}\""), N_("give its true state with a date, or a predicted opening with its reason"), works.past_its_end),
    Rule("end-before-start", N_("A project starts before it opens"), PRACTICE, N_("{id} opens ({opens}) before it starts ({starts})"), N_("correct one of the two dates"), works.end_before_start, "fault"),
    Rule("started-without-end", N_("A project under way has an end"), PRACTICE, N_("{id} is under construction and no opening is planned or predicted"), N_("add `opens` or `predicted_opens`"), works.started_without_end),
    Rule("finished-in-future", N_("What operates has opened"), PRACTICE, N_("{id} is \"{status}\" but opens in {opens}"), N_("correct the status or the date"), works.finished_in_the_future),
    Rule("start-has-passed", N_("A planned start has been made or moved"), PRACTICE, N_("{id} was to start by {starts} and is still \"{status}\""), N_("give its true state with a date"), works.start_has_passed),
    Rule("takes-very-long", N_("A project without phases ends within 15 years"), PRACTICE, N_("{id} takes {years} years from start to opening"), N_("give it phases, or check the dates"), works.takes_very_long),
    Rule("shrinking-phases", N_("Phases are totals reached"), PRACTICE, N_("a later phase of {id} has less ({unit}) than an earlier one"), N_("write each phase as the total reached by then"), works.shrinking_phases),
    Rule("without-access", N_("A port or airport can be reached when it opens"), N_("directive D2c: connect and synchronise the modes of transport"), N_("no road, rail or waterway of {terminal} is open in {year}, when {id} is first in use"), N_("open an access link by then, or move the project"), works.without_access),
    # ---- network
    Rule("link-before-project", N_("A link opens with its project"), N_("directive D2c: connect and synchronise the modes of transport"), N_("{id} opens in {opens}, its project {project} in {year}"), N_("bring the years into step"), works.link_and_project_apart),
    Rule("planned-link-of-nobody", N_("A planned link belongs to a project"), PRACTICE, N_("{id} opens in {opens} and no project builds it"), N_("name the project that builds it"), works.planned_link_of_nobody),
    Rule("link-shorter-than-straight", N_("No link is shorter than the straight line"), N_("GMNS: length is measured along the link"), N_("{id} is {length} km long, the straight line {straight} km"), N_("correct the length or the nodes"), works.link_shorter_than_straight),
    Rule("link-to-itself", N_("A link joins two places"), N_("GMNS"), N_("{id} begins and ends at one node"), N_("correct one of its nodes"), works.link_to_itself, "fault"),
    Rule("link-closes-before-opening", N_("A link opens before it closes"), PRACTICE, N_("{id} closes in {closes} and opens in {opens}"), N_("correct the years"), works.link_closes_before_it_opens, "fault"),
    Rule("terminal-without-link", N_("A terminal is on the network of each of its modes"), N_("directive D2c: connect and synchronise the modes of transport"), N_("{id} names node {node} for {mode}, and no {mode} link touches it"), N_("add the link, or take the mode off the terminal"), works.terminal_without_link),
    Rule("island-of-a-mode", N_("A mode is one network"), N_("directive D2c: connect and synchronise the modes of transport"), N_("{count} {mode} nodes around {id} are apart from the main network, also when everything planned is open"), N_("add the missing link; a network drawn schematically may lack it only on paper"), works.islands_of_a_mode),
    # ---- layers
    Rule("zone-years-reversed", N_("A designation ends after it begins"), PRACTICE, N_("{id} runs from {from_year} to {to_year}"), N_("correct the years"), works.zone_years_reversed, "fault"),
    Rule("zone-ends-before-project", N_("A designation lasts as long as its project needs"), PLANNING_LAW, N_("{id} ends in {to_year}, before its project {project} opens ({year})"), N_("extend the designation or move the project"), works.zone_ends_before_project),
    Rule("operating-in-future", N_("What operates has opened: zones"), PRACTICE, N_("{id} is said to operate and opens in {from_year}"), N_("correct the status or the year"), works.operating_in_the_future),
    Rule("layers-overlap", N_("Layers do not conflict in space"), N_("directive D2b: six layers in one plan; official shapes only"), N_("{id} ({one_layer}) overlaps {other} ({other_layer}) in the same years"), N_("decide which designation holds, or give them different years"), works.layers_overlap),
    Rule("underground-without-depth", N_("An underground work has its depth"), N_("directive D2b: the underground layer"), N_("the depth range of {id} is not known (no data)"), N_("add depth_top_m and depth_bottom_m"), works.underground_without_depth),
    Rule("depth-reversed", N_("Depth grows downward"), PRACTICE, N_("the bottom of {id} ({bottom} m) is not below its top ({top} m)"), N_("correct the depths; metres below ground, positive downward"), works.depth_reversed, "fault"),
    Rule("layer-missing", N_("All six layers are there"), N_("directive D2b: urban, industrial, tourism, marine economy, underground, spatial"), N_("the layer {layer} is empty (no data)"), N_("import it with `cuabien import layers`"), works.thematic_layer_missing),
    # ---- targets
    Rule("target-without-indicator", N_("A target has an indicator"), N_("Planning Law 21/2017/QH14: goals are measured"), N_("no register knows the indicator {indicator}"), N_("use an id of the register of indicators"), promises.target_without_indicator),
    Rule("target-without-value", N_("A target has a value and a year"), PRACTICE, N_("{id} has no value or no year (no data)"), N_("read the document again, or write it as a text target"), promises.target_without_value),
    Rule("target-range-reversed", N_("A range runs upward"), PRACTICE, N_("the range of {id} runs from {value} down to {high}"), N_("swap the two"), promises.target_range_reversed, "fault"),
    Rule("targets-differ", N_("Documents agree on a target"), N_("Planning Law 21/2017/QH14: plans are consistent with one another"), N_("documents set different targets for {indicator} in {year}: {said}"), N_("say which document holds"), promises.targets_differ),
    Rule("target-of-replaced-document", N_("A target stands in a document in force"), N_("Law on the Promulgation of Legal Documents"), N_("{id} comes from {document}, which was replaced by {by}"), N_("keep it as history, and follow the new document"), promises.target_of_replaced_document),
    Rule("target-on-old-boundary", N_("A target is for the city of today"), N_("Resolution 202/2025/QH15: merger of 1 July 2025"), N_("{id} ({indicator}, {year}) was set for the city before the merger and cannot be compared with the merged one"), N_("ask the authority for a target on the new boundary"), promises.target_on_old_boundary),
    Rule("port-beyond-mapped", N_("Mapped berths carry the port target"), N_("berth map of the maritime authority, 2023"), N_("target {target} million tonnes in {year}; mapped capacity {mapped}: {gap} are not mapped. {blank} of {berths} berths have no figure, the target is of the merged city and a wide count, and berths with {now} mapped carried 150.2 in 2021"), N_("add the missing berth figures and the scope of the target before drawing a conclusion"), promises.port_beyond_mapped_capacity),
    # ---- figures and boundaries
    Rule("boundaries-mixed", N_("Old and new boundaries are not mixed"), N_("Resolution 202/2025/QH15: merger of 1 July 2025"), N_("a value of {area} stands under the boundary {boundary}"), N_("name the area that the source speaks of, with its own boundary"), promises.boundaries_mixed, "fault"),
    Rule("value-before-its-area", N_("No observation is older than its area"), N_("Resolution 202/2025/QH15: merger of 1 July 2025"), N_("a value of the merged city for {period}, before it existed ({start}), is a sum of two, not an observation"), N_("keep it only with a note that says how it was added up"), promises.value_before_its_area),
    Rule("assumed-without-range", N_("An assumption has a range"), PRACTICE, N_("{id} is assumed and has no range"), N_("add low and high"), promises.assumed_without_range),
    Rule("range-misses-value", N_("A value lies within its range"), PRACTICE, N_("{value} does not lie between {low} and {high}"), N_("correct the range or the value"), promises.range_misses_value, "fault"),
    Rule("share-beyond-whole", N_("A share lies between 0 and 100"), PRACTICE, N_("the share is {value} percent"), N_("check value and unit"), promises.share_beyond_whole),
    Rule("series-breaks", N_("A level moves gradually"), PRACTICE, N_("the value moves by {percent} percent in a year: the definition may have changed"), N_("note the definition as another vintage"), promises.series_breaks),
    Rule("parts-and-whole", N_("Parts add up to the whole"), N_("Resolution 1669/NQ-UBTVQH15"), N_("{column} of {id} is {said}; its parts add up to {sum}"), N_("correct the part or the whole"), promises.parts_and_whole),
    Rule("source-undated", N_("A source that was read has a date or an address"), PRACTICE, N_("{count} sources that were read have neither date nor address, {id} first"), N_("add when they were issued or read"), promises.source_undated),
    Rule("read-in-future", N_("A source was read before today"), PRACTICE, N_("{id} was read on {read_on}"), N_("correct the date"), promises.read_in_the_future),
    Rule("path-stops-short", N_("A dated path reaches the base year"), PRACTICE, N_("the path of {id} ends in {last}"), N_("add a later value"), promises.path_stops_short),
    # ---- law and documents
    Rule("published-late", N_("A plan is public in time"), N_("Planning Law 21/2017/QH14, article 38: within 15 days of approval"), N_("{number} was made public {days} days after approval; the law allows {limit} {tag}"), N_("add an earlier publication with its evidence, if there was one"), promises.published_late),
    Rule("consulted-too-briefly", N_("Residents have the legal time to answer"), N_("Decree 37/2019/NĐ-CP; Law 47/2024/QH15, article 37"), N_("{id} was open for {days} days; at least {least} are due"), N_("extend the consultation"), promises.consulted_too_briefly),
    Rule("replaced-but-in-force", N_("A replaced document has an end"), N_("Law on the Promulgation of Legal Documents"), N_("{number} was replaced by {by} and has no last day"), N_("add in_force_to"), promises.replaced_but_in_force),
    Rule("document-in-future", N_("A document has been issued"), PRACTICE, N_("{id} is dated {date}"), N_("correct the date"), promises.document_in_the_future),
    # ---- programme
    Rule("task-without-owner", N_("A task has an owner"), N_("directive D2a; Government Resolution 07/NQ-CP"), N_("{count} tasks have no owner named: {ids}"), N_("name who answers for each"), promises.task_without_owner),
    Rule("task-without-date", N_("A task has a date"), N_("Government Resolution 07/NQ-CP"), N_("{count} tasks have no date: {ids}"), N_("give each a date"), promises.task_without_date),
    Rule("task-overdue", N_("A task is done by its date"), N_("Government Resolution 07/NQ-CP"), N_("{id} was due on {due} and is \"{state}\""), N_("give its true state, with evidence"), promises.task_overdue),
    Rule("proposal-without-project", N_("A proposal is carried by a project"), N_("General Secretary's working session of 14/11/2024: eleven proposals"), N_("no project carries proposal {code}"), N_("add the project, or name the proposal in it"), promises.proposal_without_project),
    Rule("said-without-evidence", N_("A state has evidence"), PRACTICE, N_("{id} is \"{state}\" without evidence"), N_("add the evidence, or \"no data\""), promises.said_without_evidence),
    Rule("claim-without-formula", N_("A claim can be recomputed"), PRACTICE, N_("{id} has no formula (no data)"), N_("add a formula, or the figure that is missing"), promises.claim_without_formula),
)  # fmt: skip


def _nothing(context: Context) -> Iterator[Found]:
    """Rules of form are applied by reading: a plan that was read has kept them, or carries its warnings."""
    return iter(())


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        *PLANNING_RULES,
        *(Rule(f.id, f.title, N_("docs/plan-format.md"), f.template, f.remedy, _nothing, f.severity, "form") for f in FORM_RULES),
    )
}  # fmt: skip


def check(plan: Plan, today: dt.date | None = None) -> list[Fault]:
    """Every finding of the planning rules; `today` defaults to the day on which the plan says it was true."""
    from cuabien.base.dates import last_day

    context = Context(plan, today or last_day(plan.header.as_of))
    return [fault for rule in PLANNING_RULES for fault in faults_of(rule, context)]
