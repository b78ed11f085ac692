"""Whether everything that Cửa Biển ships with may be shipped: no GPL and no AGPL; unmodified LGPL is fine.

Read are the locked run-time distributions (their installed metadata) and every package of the front end's lock file.
A licence that nobody can name is a fault too. Prints a table; exit code 1 when something may not be shipped.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parent.parent

Verdict = Literal["fine", "not allowed", "unknown"]

READ_BY_HAND = {"colorama": "BSD-3-Clause", "tzdata": "Apache-2.0"}
"""Distributions that are installed on Windows only, or whose metadata name no licence: what their file says."""

COPYLEFT = re.compile(
    r"\bA?GPL|(?<!LESSER )(?<!LIBRARY )\bGENERAL PUBLIC LICEN[CS]E|\bAFFERO\b|\bSSPL", re.IGNORECASE
)
LESSER = re.compile(
    r"\bLGPL[^\s()]*|LESSER GENERAL PUBLIC LICEN[CS]E|LIBRARY GENERAL PUBLIC LICEN[CS]E", re.IGNORECASE
)
RUNTIME_EXCEPTION = re.compile(
    r"\bGPL-[\d.]+(-only|-or-later|\+)?(-with-|\s+WITH\s+)GCC-exception(-[\d.]+)?", re.IGNORECASE
)
"""Compiler support libraries inside wheels of numpy and scipy: their exception lets anything link to them."""


@dataclass(frozen=True)
class Package:
    kind: Literal["python", "front end"]
    name: str
    version: str
    licence: str
    verdict: Verdict


def judge(licence: str) -> Verdict:
    """The verdict on one licence: an SPDX expression, a classifier or the words of an author.

    Of alternatives ("MIT OR GPL-2.0") one that is fine is enough; of parts ("MIT AND GPL-2.0") all must be.
    """
    words = LESSER.sub("lesser", RUNTIME_EXCEPTION.sub("exception", licence)).strip()
    if not words or words.upper() in {"UNKNOWN", "UNLICENSED", "OTHER", "PROPRIETARY"}:
        return "unknown"
    alternatives = re.split(r"\s+OR\s+", words) if " AND " not in words else [words]
    return "not allowed" if all(COPYLEFT.search(choice) for choice in alternatives) else "fine"


def licence_of(distribution: metadata.Distribution) -> str:
    """What a distribution's metadata say: the SPDX expression, else the classifiers, else the licence field."""
    fields = distribution.metadata
    if expression := fields.get("License-Expression"):
        return str(expression)
    classifiers = [
        c.split(" :: ")[-1] for c in fields.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    named = [c for c in classifiers if c != "OSI Approved"]
    if named:
        return " AND ".join(named)
    lines = str(fields.get("License") or "").strip().splitlines()
    return lines[0].strip() if lines else ""


def locked_names(lock: str) -> Iterator[tuple[str, str]]:
    """(name, version) of each distribution in a requirements lock file, once each name."""
    seen: set[str] = set()
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock, re.MULTILINE):
        if name not in seen:
            seen.add(name)
            yield name, version


def python_packages(lock: str) -> Iterator[Package]:
    for name, version in locked_names(lock):
        try:
            licence = licence_of(metadata.distribution(name))
        except metadata.PackageNotFoundError:
            licence = ""
        licence = licence or READ_BY_HAND.get(name, "")
        yield Package("python", name, version, licence, judge(licence))


def front_end_packages(lock: str, folder: Path) -> Iterator[Package]:
    """Every package of package-lock.json: the built files hold parts of many of them, and tools make the rest."""
    for path, entry in sorted(json.loads(lock)["packages"].items()):
        if not path:
            continue
        licence = entry.get("license") or _licence_field(folder / path / "package.json")
        name = path.split("node_modules/")[-1]
        yield Package("front end", name, entry.get("version", ""), licence, judge(licence))


def _licence_field(manifest: Path) -> str:
    if not manifest.is_file():
        return ""
    value = json.loads(manifest.read_text("utf-8")).get("license", "")
    return str(value.get("type", "")) if isinstance(value, dict) else str(value)


def table(packages: Sequence[Package]) -> str:
    """The Python packages one by one; those of the front end, mostly tools, by licence."""
    rows = [(p.name, p.version, p.licence[:60] or "-", p.verdict) for p in packages if p.kind == "python"]
    counts = Counter((p.licence or "-", p.verdict) for p in packages if p.kind == "front end")
    rows += [
        (f"front end: {count}", "", licence, verdict) for (licence, verdict), count in counts.most_common()
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = (
        "  ".join(cell.ljust(w) for cell, w in zip(row, [*widths, 0], strict=True)).rstrip() for row in rows
    )
    return "\n".join(lines)


def main() -> int:
    packages = list(python_packages((ROOT / "locks/run.txt").read_text("utf-8")))
    web_lock = ROOT / "web/package-lock.json"
    if web_lock.is_file():
        packages += front_end_packages(web_lock.read_text("utf-8"), ROOT / "web")
    print(table(packages))
    wrong = [p for p in packages if p.verdict != "fine"]
    for package in wrong:
        print(f"{package.name} {package.version}: {package.verdict}: {package.licence or 'no licence named'}")
    print(f"{len(packages)} packages, {len(wrong)} that may not be shipped")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
