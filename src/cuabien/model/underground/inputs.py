"""What the underground subject takes from a plan."""

from __future__ import annotations

from cuabien.base.faults import Fault
from cuabien.model.parameters import Need
from cuabien.plan.package import Plan

MARGIN = Need("underground.margin_m", 0.0, 50.0)
LINE_WIDTH = Need("underground.line_width_m", 0.0, 200.0, open_below=True)
NEEDS = (MARGIN, LINE_WIDTH)


def needs(plan: Plan) -> tuple[Need, ...]:
    """Every parameter that the subject reads."""
    return NEEDS


def faults(plan: Plan) -> list[Fault]:
    """Nothing underground stops a run: what is unknown is counted as not judged, what clashes is a finding."""
    return []
