"""Stress tests that were run beside a run: the same edition, code, seed and years, with one of the plan's own stresses.

Nothing is run here. `cuabien stress` puts its runs beside the plan's own; a report then tells what they say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cuabien.base.faults import CuabienError
from cuabien.indicators.noise import noise_of
from cuabien.indicators.simulated import future
from cuabien.plan.change import Change, change_hash
from cuabien.plan.package import Plan
from cuabien.results import Run, open_run
from cuabien.results.folder import MANIFEST

if TYPE_CHECKING:
    from cuabien.indicators.stress import StressRow

ALIKE = ("plan", "plan_hash", "code_hash", "seed", "last_year")


def beside(plan: Plan, run: Run, tests: Iterable[Change], language: str) -> list[StressRow]:
    """What each of the stress tests says, as far as its run lies beside this one; none where none does."""
    from cuabien.indicators.stress import rows

    titles = {change_hash(test): test.title_in(language) for test in tests}
    if run.manifest.get("change_hash") or not titles:
        return []
    base = future(run)
    found: dict[str, list[StressRow]] = {}
    for file in sorted(run.folder.parent.glob(f"{plan.header.id}-*/{MANIFEST}")):
        try:
            stressed = open_run(file.parent)
        except CuabienError:
            continue
        change = stressed.manifest.get("change_hash")
        if change in titles and all(stressed.manifest.get(k) == run.manifest.get(k) for k in ALIKE):
            noise = noise_of(run, stressed)
            city, known = plan.header.city, base.indicators()
            found[change] = rows(change, titles[change], base, future(stressed), city, known, noise)
    return [row for change in titles for row in found.get(change, ())]
