"""The scenarios that a plan carries, beside its own future: what differs, in words and in numbers.

Of each run its manifest and its indicators are kept; the manifest vouches for every table of it, so `verify --rerun` proves a
scenario as it proves the plan's own future, and a reader who wants more models it from `plan/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from cuabien.base.words import LANGUAGES
from cuabien.plan.change import change_hash
from cuabien.publication.edition import Edition, EditionInput, Piece, Scenario
from cuabien.publication.since import as_csv
from cuabien.results.folder import MANIFEST

if TYPE_CHECKING:
    from cuabien.indicators.compare import Comparison
    from cuabien.indicators.stress import StressRow

FOLDER, INDEX = "scenarios", "index.json"
INDICATORS = "indicators.parquet"
STRESS = "stress-"
"""How the file of a stress test begins: something goes wrong, and the plan stays as it is."""


def pieces(edition: EditionInput) -> Iterable[Piece]:
    if not edition.scenarios:
        return
    for scenario in edition.scenarios:
        folder = f"{FOLDER}/{scenario.id}"
        in_words = {language: compared(edition, scenario, language) for language in LANGUAGES}
        told = in_words["en"]
        for name in (MANIFEST, INDICATORS):
            yield f"{folder}/{name}", (scenario.run.folder / name).read_bytes()
        for language, said in in_words.items():
            lines = (*said.words(language), said.caveat(language))
            yield f"{folder}/differences.{language}.txt", ("\n".join(lines) + "\n").encode()
        for name, moved in (("indicators", told.indicators), ("targets", told.targets)):
            if moved:
                yield f"{folder}/{name}.csv", as_csv([row.as_row("en") for row in moved])
    rows = [_row(scenario) for scenario in edition.scenarios]
    yield f"{FOLDER}/{INDEX}", json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n"


def compared(edition: EditionInput, scenario: Scenario, language: str) -> Comparison:
    from cuabien.indicators.compare import compare

    reporting = [a.id for a in edition.plan.areas.values() if a.kind == "reporting"]
    return compare(edition.plan, edition.run, scenario.run, areas=reporting, language=language)


def _row(scenario: Scenario) -> dict[str, Any]:
    return {
        "id": scenario.id,
        **{f"title_{language}": title_of(scenario, language) for language in LANGUAGES},
        "file": f"plan/{scenario.file}",
        "change_hash": change_hash(scenario.change),
        "folder": f"{FOLDER}/{scenario.id}",
    }


def title_of(scenario: Scenario, language: str) -> str:
    return scenario.change.title_in(language) or scenario.id


def in_edition(edition: Edition) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(folder, file of the change, manifest of its run) of each scenario of a published edition."""
    for file in edition.manifest["files"]:
        path = PurePosixPath(str(file["path"]))
        if file["part"] == FOLDER and path.name == MANIFEST:
            manifest = json.loads((edition.folder / path).read_bytes())
            yield str(path.parent), f"{path.parent}.toml", manifest


def stress(edition: EditionInput, language: str) -> list[StressRow]:
    """What the stress tests among the scenarios say, for the report."""
    from cuabien.indicators.noise import noise_of
    from cuabien.indicators.simulated import future
    from cuabien.indicators.stress import rows

    base, city = future(edition.run), edition.plan.header.city
    return [
        row
        for scenario in edition.scenarios
        if scenario.id.startswith(STRESS)
        for row in rows(
            scenario.id,
            title_of(scenario, language),
            base,
            future(scenario.run),
            city,
            base.indicators(),
            noise_of(edition.run, scenario.run),
        )
    ]
