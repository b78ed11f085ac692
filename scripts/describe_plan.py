"""Write what the code knows into docs/rules.md and docs/plan-format.md: scripts/describe_plan.py [--check].

Between the two marks of each page stands what is written here; around them stands what people wrote.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cuabien.plan.checks.describe import BEGIN, END, format_tables, rules_page

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {"rules.md": rules_page, "plan-format.md": format_tables}


def renewed(name: str) -> str:
    """The page with its written part as the code has it now."""
    text = (DOCS / name).read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return before + PAGES[name]() + after


def main(arguments: list[str]) -> int:
    stale = [name for name in PAGES if renewed(name) != (DOCS / name).read_text(encoding="utf-8")]
    if "--check" not in arguments:
        for name in stale:
            (DOCS / name).write_text(renewed(name), encoding="utf-8")
    print("\n".join(stale) or "both pages are in step with the code")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
