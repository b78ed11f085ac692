"""The ways through a record: comment -> object -> answer -> change -> edition, and back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from cuabien.record.objects import (
    GONE,
    Answer,
    Comment,
    Consultation,
    Fate,
    Merged,
    Record,
    Theme,
    Transition,
    Voices,
)

Key = TypeVar("Key")


@dataclass(frozen=True)
class Walk:
    """What leads where; every list in the order of the ledger."""

    consultations: Mapping[str, Consultation]
    comments: Mapping[str, Comment]
    answers: Mapping[str, Answer]
    themes: Mapping[str, Theme]
    steps_of: Mapping[str, tuple[Transition, ...]]
    comments_of_consultation: Mapping[str, tuple[Comment, ...]]
    comments_of_object: Mapping[tuple[str, str], tuple[Comment, ...]]
    """(table, id) -> the comments about it."""
    comments_of_commune: Mapping[str, tuple[Comment, ...]]
    comments_of_change: Mapping[str, tuple[Comment, ...]]
    """Change -> the comments that propose it."""
    twins_of: Mapping[str, tuple[Comment, ...]]
    comments_of_answer: Mapping[str, tuple[str, ...]]
    answer_of: Mapping[str, Answer]
    """Comment -> the answer that holds: the last."""
    answers_of: Mapping[str, tuple[Answer, ...]]
    """Comment -> every answer that it was given."""
    answers_of_change: Mapping[str, tuple[Answer, ...]]
    """Change -> the answers that show its run."""
    fates_of: Mapping[str, tuple[Fate, ...]]
    merged_of: Mapping[str, tuple[Merged, ...]]
    """Comment -> the editions into which it went."""
    merged_into: Mapping[str, tuple[Merged, ...]]
    """Edition after -> what was merged into it."""
    merged_of_change: Mapping[str, tuple[Merged, ...]]
    voices_of: Mapping[str, Voices]
    """Comment -> its last tally."""

    def unanswered(self, consultation: str) -> list[Comment]:
        """Whoever took a comment back needs no answer any more; a moderated one needs one."""
        return [
            c
            for c in self.comments_of_consultation.get(consultation, ())
            if c.state not in GONE and c.id not in self.answer_of
        ]

    def dispositions(self, consultation: str) -> Counter[str]:
        """Disposition -> to how many comments it was given; blank: no answer yet. Those that were taken back are in none."""
        return Counter(
            self.answer_of[c.id].disposition if c.id in self.answer_of else ""
            for c in self.comments_of_consultation.get(consultation, ())
            if c.state not in GONE
        )


def walk(record: Record) -> Walk:
    """Every way through a record. Rows that lead nowhere lead nowhere here too; the checks name them."""
    comments = sorted(record.comments, key=lambda c: c.n)
    answers = {a.id: a for a in sorted(record.answers, key=lambda a: a.n)}
    pairs = [(p.comment, answers[p.answer]) for p in record.answer_comments if p.answer in answers]
    answers_of = {key: tuple(sorted(a, key=lambda a: a.n)) for key, a in _grouped(pairs).items()}
    merged = sorted(record.merged, key=lambda m: (m.at, m.comment))
    return Walk(
        consultations={c.id: c for c in record.consultations},
        comments={c.id: c for c in comments},
        answers=answers,
        themes={t.id: t for t in record.themes},
        steps_of=_grouped((t.consultation, t) for t in sorted(record.transitions, key=lambda t: t.n)),
        comments_of_consultation=_grouped((c.consultation, c) for c in comments),
        comments_of_object=_grouped(((c.table, c.object), c) for c in comments if c.object),
        comments_of_commune=_grouped((c.commune, c) for c in comments if c.commune),
        comments_of_change=_grouped((c.change, c) for c in comments if c.change),
        twins_of=_grouped((c.twin_of, c) for c in comments if c.twin_of),
        comments_of_answer=_grouped((p.answer, p.comment) for p in record.answer_comments),
        answer_of={key: given[-1] for key, given in answers_of.items()},
        answers_of=answers_of,
        answers_of_change=_grouped((a.run, a) for a in answers.values() if a.run),
        fates_of=_grouped((f.comment, f) for f in sorted(record.moderation, key=lambda f: f.n)),
        merged_of=_grouped((m.comment, m) for m in merged),
        merged_into=_grouped((m.edition_after, m) for m in merged),
        merged_of_change=_grouped((m.change, m) for m in merged),
        voices_of={v.comment: v for v in sorted(record.voices, key=lambda v: v.n)},
    )


Value = TypeVar("Value")


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, tuple[Value, ...]]:
    found: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}
