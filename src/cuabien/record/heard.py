"""Who was heard: comments by commune against the people who live there, so that silence is seen as well as speech."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cuabien.record.objects import Comment


@dataclass(frozen=True, slots=True)
class Heard:
    """One commune; blank: no commune was given. Shares are of what is known, 1 is all."""

    commune: str
    comments: int
    population: float | None
    share_of_comments: float | None
    share_of_people: float | None

    @property
    def ratio(self) -> float | None:
        """How often it was heard against its share of the people: 1 is even, 0 is silence."""
        if self.share_of_comments is None or not self.share_of_people:
            return None
        return self.share_of_comments / self.share_of_people


def heard(comments: Iterable[Comment], population: Mapping[str, float | None]) -> list[Heard]:
    """Every commune of the plan, those from which nobody spoke among them; agencies are not counted. Comments without a
    commune stand last and in no share."""
    counts = Counter(c.commune for c in comments if c.channel != "agency")
    said = sum(n for commune, n in counts.items() if commune in population)
    people = sum(known for known in population.values() if known)
    rows = [
        Heard(
            commune,
            counts[commune],
            known,
            counts[commune] / said if said else None,
            known / people if people and known else None,
        )
        for commune, known in population.items()
    ]
    elsewhere = sum(n for commune, n in counts.items() if commune not in population)
    if elsewhere:
        rows.append(Heard("", elsewhere, None, None, None))
    return rows
