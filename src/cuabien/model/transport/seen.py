"""What a year's traffic follows from, and nothing beside it: so that a year that was settled before can be recalled to the bit.

A project that opens later changes the traffic of a year through what is open, and through what people, jobs and goods the year has; not else. Traffic is
modelled from a world of which all else is taken away, so it cannot read what its key does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from hashlib import blake2b
from typing import Any

from cuabien.base.hashing import hash_value
from cuabien.model.engine import State
from cuabien.model.parameters import Parameters
from cuabien.model.world import World
from cuabien.plan.edition import row_content
from cuabien.plan.objects import Parameter, Project
from cuabien.plan.package import Plan
from cuabien.plan.widths import of_assumed_width

TABLES = ("areas", "nodes", "links", "lines", "line_stops", "terminals")
PARAMETERS = "transport."


@dataclass(frozen=True)
class Own(Mapping[str, Parameter]):
    """The parameters of traffic among all, read where they stand: whoever watches what is read sees them read here too."""

    rows: Mapping[str, Parameter]

    def __getitem__(self, name: str) -> Parameter:
        if not name.startswith(PARAMETERS):
            raise KeyError(name)
        return self.rows[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.rows if name.startswith(PARAMETERS))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def of_traffic(world: World) -> World:
    """The world as roads, trips and goods of one year see it; what is open, and what berths carry, is told to them."""
    plan, p = world.plan, world.parameters
    kept = ("header", *TABLES)
    nothing: dict[str, Any] = {field.name: {} for field in fields(Plan) if field.name not in kept}
    rows = {name: row for name, row in p.rows.items() if name.startswith(PARAMETERS)}
    return replace(
        world,
        plan=replace(plan, **{**nothing, "parameters": rows, "projects": _of_port_roads(plan)}),
        parameters=Parameters(Own(p.rows), {n: f for n, f in p.factors.items() if n in rows}),
        remembered={},
    )


def _of_port_roads(plan: Plan) -> dict[str, Project]:
    """The projects that bring roads of assumed width, which are known by them; without all else that is said of them."""
    brought = {plan.links[link].project for link in of_assumed_width(plan)}
    blank = {
        name: field.get_default(call_default_factory=True)
        for name, field in Project.model_fields.items()
        if not field.is_required()
    }
    return {name: row.model_copy(update=blank) for name, row in plan.projects.items() if name in brought}


def fingerprint(seen: World) -> str:
    """The hash of all that `of_traffic` leaves of a world, in its order."""
    plan = seen.plan
    return hash_value(
        {
            "header": row_content(plan.header),
            **{
                t: [row_content(row) for row in plan.table(t).values()]
                for t in (*TABLES, "projects", "parameters")
            },
            "ids": [list(plan.parameters), dict(seen.parameters.factors)],
            "world": [list(seen.years), seen.seed, sorted(seen.modelled)],
        }
    )


def key(of: str, year: int, told: object, states: Iterable[State]) -> str:
    """The key of one year: `of` what stands, `told` of the year, and the bits of what it reads in `states`."""
    found = blake2b(f"{of} {year} {told!r}".encode(), digest_size=32)
    for state in states:
        for name, array in state.items():
            found.update(f"{name} {array.shape} {array.dtype}".encode())
            found.update(array.tobytes())
    return found.hexdigest()
