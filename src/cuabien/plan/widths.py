"""Roads that are as wide as they are only because a default says so. The check and the model both ask this module, so that none is stretched untold."""

from __future__ import annotations

from cuabien.plan.package import Plan

LEFT_OPEN = "planned, class default"
"""What the capacity of such a road rests on, in the tables of a run."""


def of_assumed_width(plan: Plan) -> frozenset[str]:
    """Roads that a project of a port brings and whose lanes are the default of their class: nobody has said how wide they get.

    A port is built with a road that fits it, so such a default says little; `transport.port_road_width` times it is what is driven.
    """
    return frozenset(
        link.id
        for link in plan.links.values()
        if link.project is not None
        and link.project in plan.projects
        and plan.projects[link.project].kind == "seaport"
        and link.mode == "road"
        and link.opens is not None
        and link.attributes == "class default"
    )
