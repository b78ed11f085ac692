"""Connected and in step: what each mode joins in a year, how far each terminal is from the gates, and what comes too late.

Everything here follows from the plan and a set of open links; no flow is needed. Minutes of a link are handed in,
so the same way is found on an empty road and in the peak hour.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cuabien.model.links import gates, is_driven
from cuabien.model.opening import NEVER, is_port, link_years, terminal_opens
from cuabien.model.world import is_alive, opening_year
from cuabien.plan.objects import Link, Terminal
from cuabien.plan.package import Plan

MODES = ("road", "rail", "barge", "fairway")
"""By which a terminal may be reached; rail is train and metro, barge is the inland waterways."""
LINK_MODES = {"rail": ("rail", "metro"), "barge": ("waterway",), "fairway": ("fairway",)}
GATE_MODE = {"road": "road", "rail": "rail", "barge": "waterway", "fairway": "fairway"}

OPEN_SEA = "open sea"

LinkMinutes = Callable[[str, int], float]
"""Minutes of a link by id, forward (0) or backward (1)."""


def carries(link: Link, mode: str) -> bool:
    """Whether a link belongs to the network of a mode; car ferries belong to the roads."""
    return is_driven(link) if mode == "road" else link.mode in LINK_MODES[mode]


def node_of(terminal: Terminal, mode: str) -> str | None:
    """The node of a terminal on the network of a mode; None where the plan names none."""
    nodes = {
        "road": terminal.road_node,
        "rail": terminal.rail_node,
        "barge": terminal.waterway_node,
        "fairway": terminal.fairway_node,
    }
    return nodes[mode]


@dataclass(frozen=True)
class Way:
    """The quickest way from a node to a gate of its mode."""

    minutes: float
    km: float
    gate: str
    links: tuple[str, ...]
    """From the node to the gate; empty at the gate itself."""
    directions: tuple[int, ...]


def ways_to_gates(plan: Plan, open_now: Sequence[str], mode: str, minutes: LinkMinutes) -> dict[str, Way]:
    """Node -> its quickest way to any gate of the mode, for every node that has one.

    Barges also sail the fairways inside the bar, and pass from one to the other where a terminal has a node on both.
    """
    into: dict[str, list[tuple[str, str, int]]] = {}
    met = _where_waters_meet(plan) if mode == "barge" else {}
    for name in open_now:
        link = plan.links[name]
        if carries(link, mode) or (
            mode == "barge" and link.mode == "fairway" and link.link_class != OPEN_SEA
        ):
            ends = met.get(link.from_node, link.from_node), met.get(link.to_node, link.to_node)
            into.setdefault(ends[1], []).append((ends[0], name, 0))
            if not link.one_way:
                into.setdefault(ends[0], []).append((ends[1], name, 1))
    found: dict[str, Way] = {}
    queue: list[tuple[float, str, str, str, int]] = [
        (0.0, gate, "", "", 0) for gate in gates(plan, GATE_MODE[mode], open_now)
    ]
    heapq.heapify(queue)
    while queue:
        reached, node, after, name, direction = heapq.heappop(queue)
        if node in found:
            continue
        if after:
            rest = found[after]
            found[node] = Way(
                reached,
                rest.km + plan.links[name].length_km,
                rest.gate,
                (name, *rest.links),
                (direction, *rest.directions),
            )
        else:
            found[node] = Way(0.0, 0.0, node, (), ())
        for before, taken, forward in into.get(node, ()):
            if before not in found:
                heapq.heappush(queue, (reached + minutes(taken, forward), before, node, taken, forward))
    return found | {one: found[other] for one, other in met.items() if other in found}


def _where_waters_meet(plan: Plan) -> dict[str, str]:
    """Node of a fairway -> the node of a waterway that is the same place."""
    both = [t for t in plan.terminals.values() if t.fairway_node and t.waterway_node]
    return {str(t.fairway_node): str(t.waterway_node) for t in both}


def loads_at(terminal: Terminal, mode: str) -> str | None:
    """The node at which a terminal's goods change to a mode: barges also come to the quays of ships."""
    node = node_of(terminal, mode)
    return terminal.fairway_node if node is None and mode == "barge" and is_port(terminal) else node


# ---- islands ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Island:
    """A part of a mode's network that touches no other part of it; the first is the largest."""

    mode: str
    number: int
    nodes: tuple[str, ...]
    links: tuple[str, ...]
    terminals: tuple[str, ...]


def islands(plan: Plan, open_now: Sequence[str], year: int) -> list[Island]:
    """The parts of each mode's open network, largest first. More than one: the mode is not connected in itself."""
    open_terminals = [t for t in plan.terminals.values() if terminal_opens(plan, t) <= year]
    found = []
    for mode in MODES:
        links = [plan.links[i] for i in open_now if carries(plan.links[i], mode)]
        parts = sorted(_parts(links), key=lambda part: (-len(part), min(part)))
        for number, part in enumerate(parts, start=1):
            found.append(
                Island(
                    mode,
                    number,
                    tuple(sorted(part)),
                    tuple(link.id for link in links if link.from_node in part),
                    tuple(t.id for t in open_terminals if node_of(t, mode) in part),
                )
            )
    return found


def _parts(links: Iterable[Link]) -> list[set[str]]:
    beside: dict[str, set[str]] = {}
    for link in links:
        beside.setdefault(link.from_node, set()).add(link.to_node)
        beside.setdefault(link.to_node, set()).add(link.from_node)
    parts: list[set[str]] = []
    seen: set[str] = set()
    for start in beside:
        if start in seen:
            continue
        part, waiting = {start}, [start]
        while waiting:
            for node in beside[waiting.pop()] - part:
                part.add(node)
                waiting.append(node)
        seen |= part
        parts.append(part)
    return parts


# ---- transfers ----------------------------------------------------------------------------------------------


def meeting_modes(plan: Plan, open_now: Sequence[str], terminal: Terminal) -> tuple[str, ...]:
    """The modes between which people or goods can change at a terminal: those whose open network has its node."""
    found = []
    for mode in MODES:
        node = node_of(terminal, mode)
        links = (plan.links[i] for i in open_now)
        if node and any(carries(k, mode) and node in (k.from_node, k.to_node) for k in links):
            found.append(mode)
    return tuple(found)


# ---- in step ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OutOfStep:
    """A project, or a terminal, that opens before something that it needs."""

    project: str
    needs: str
    """A project, a link, or the name of a mode when the plan has nothing that would bring it."""
    project_opens: int | None
    need_opens: int | None
    """None: the plan gives no year, or it never comes."""
    why: str
    """prerequisite, or the mode whose network the terminal does not reach when it opens."""


def out_of_step(plan: Plan, years: Sequence[int]) -> list[OutOfStep]:
    """Everything whose years do not fit, in order of project and need."""
    found = [*_late_prerequisites(plan, years[0]), *_terminals_ahead(plan, years)]
    return sorted(set(found), key=lambda f: (f.project, f.why, f.needs))


def _late_prerequisites(plan: Plan, base_year: int) -> Iterable[OutOfStep]:
    """Projects that open before a prerequisite, or whose prerequisite is gone or has no year."""
    for project in plan.projects.values():
        opens = opening_year(project)
        if opens is None or project.status in ("stopped", "narrative"):
            continue
        for needed in project.prerequisites:
            other = plan.projects.get(needed)
            if other is not None and other.status in ("done", "operating", "partly operating", "continuing"):
                continue
            ready = opening_year(other) if other is not None and is_alive(plan, needed) else None
            if ready is None or ready > opens:
                yield OutOfStep(project.id, needed, opens, ready, "prerequisite")


def _terminals_ahead(plan: Plan, years: Sequence[int]) -> Iterable[OutOfStep]:
    """Terminals that are open in a year in which a mode that meets there does not lead to a gate."""
    opened = {t.id: max(terminal_opens(plan, t), years[0]) for t in plan.terminals.values()}
    spans = link_years(plan)
    changes = {first for first, _ in spans.values()} | {gone for _, gone in spans.values()}
    looked_at = sorted({years[0]} | {y for y in changes | set(opened.values()) if years[0] < y <= years[-1]})
    ways = {
        year: {
            mode: ways_to_gates(plan, _open(spans, year), mode, lambda link, _: plan.links[link].length_km)
            for mode in MODES
        }
        for year in looked_at
    }
    for terminal in plan.terminals.values():
        start = opened[terminal.id]
        if start > years[-1]:
            continue
        for mode in MODES:
            node = node_of(terminal, mode)
            if node is None or not gates(plan, GATE_MODE[mode], tuple(plan.links)):
                continue
            ready = next((y for y in looked_at if y >= start and node in ways[y][mode]), None)
            if ready == start:
                continue
            yield OutOfStep(
                terminal.project or terminal.id,
                _brought_by(plan, spans, ways[ready][mode][node], ready) if ready else mode,
                start if start != NEVER else None,
                ready,
                mode,
            )


def _open(spans: Mapping[str, tuple[int, int]], year: int) -> tuple[str, ...]:
    return tuple(link for link, (first, gone) in spans.items() if first <= year < gone)


def _brought_by(plan: Plan, spans: Mapping[str, tuple[int, int]], way: Way, year: int) -> str:
    """What joins a way in a year: the project of the first link on it that opens then, else that link."""
    new = [link for link in way.links if spans[link][0] == year]
    if not new:
        return way.gate
    return plan.links[new[0]].project or new[0]
