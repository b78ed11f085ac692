"""Themes that a program proposes and a person accepts, and comments that say nearly the same.

Both are computed from the words alone, offline, and are the same each time. A Vietnamese text is read twice, with its accents and
without, so that “duong” meets “đường”; pairs of syllables count beside single ones, since most words are two syllables long. Themes
are the factors of a non-negative factorisation of the weighted counts (TF-IDF, NMF); near-duplicates are neighbours by the cosine of
their runs of three to five letters. Nothing is removed or hidden by either.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from cuabien.base.words import fold
from cuabien.service.consultation.common import consultation_of, deed
from cuabien.service.consultation.ledger import turn
from cuabien.service.consultation.models import SHOWN, Comment, Theme, Words

FEWEST = 6
"""Comments below which a person sees the themes faster than a program."""
MOST_THEMES = 12
TERMS = 6
NEAR = 0.8
"""Cosine from which two comments say nearly the same. Assumed: a text with a few words changed stands above it, two texts about the
same thing in words of their own below."""
CLEAR = 0.4
"""Share of a comment's whole weight that its strongest theme must have; else it gets none."""
BARE = "\x00"
"""Before a term that was read without its accents."""
AT_ONCE = 512

STOP = frozenset(
    fold(
        "và là của có cho các những một không được này khi với để trong ra vào thì mà ở tại từ theo đến về như cũng đã sẽ "
        "đang rất quá nên cần phải bị do vì nếu hay hoặc đó đây kia tôi chúng ta em anh chị ông bà người nhiều ít hơn nhất "
        "lại còn chỉ đều thêm xin đề nghị kính mong ý kiến trên dưới sau trước giữa ai gì nào sao làm "
        "the a an and or of to in on at for with is are was were be been it this that these those i we you they he she not no "
        "do does did have has had will would should can could must as by from so if but than then there here very more most "
        "please think about into out our your their its"
    ).split()
)


@dataclass(frozen=True)
class Proposed:
    """A theme as the program sees it: its strongest terms, and which texts belong to it."""

    terms: tuple[str, ...]
    members: tuple[int, ...]


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text).lower())


def terms_of(text: str) -> list[str]:
    """Single syllables and pairs, once as they were written and once without accents."""
    return [*_terms(words_of(text), ""), *_terms([fold(word) for word in words_of(text)], BARE)]


def _terms(words: Sequence[str], mark: str) -> Iterator[str]:
    idle = [fold(word) in STOP or len(word) < 2 for word in words]
    for word, is_idle in zip(words, idle, strict=True):
        if not is_idle:
            yield mark + word
    for n in range(len(words) - 1):
        if not idle[n] and not idle[n + 1]:
            yield f"{mark}{words[n]} {words[n + 1]}"


def propose(texts: Sequence[str]) -> list[Proposed]:
    """Themes of texts, the largest first; none where there are too few texts or nothing that they share."""
    from sklearn.decomposition import NMF  # type: ignore[import-untyped]
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

    if len(texts) < FEWEST:
        return []
    try:
        reader = TfidfVectorizer(analyzer=terms_of, min_df=2, max_df=0.8, sublinear_tf=True)
        weights = reader.fit_transform(texts)
    except ValueError:  # no term stands in two texts
        return []
    count = min(MOST_THEMES, max(2, round(math.sqrt(len(texts) / 2))), min(weights.shape) - 1)
    if count < 1:
        return []
    model = NMF(n_components=count, init="nndsvda", random_state=0, max_iter=400, tol=1e-3)
    share = model.fit_transform(weights)
    total = share.sum(axis=1)
    best = share.argmax(axis=1)
    clear = (total > 0) & (share.max(axis=1) >= CLEAR * total)
    names, written = reader.get_feature_names_out(), _written(texts)
    found = [
        Proposed(
            _strongest(names, model.components_[n], written),
            tuple(int(i) for i in np.flatnonzero(clear & (best == n))),
        )
        for n in range(count)
    ]
    return sorted((one for one in found if one.members and one.terms), key=lambda one: (-len(one.members), one.terms))  # fmt: skip


def _written(texts: Sequence[str]) -> dict[str, str]:
    """Term without accents -> how it is written most often where it has any."""
    counts = Counter(term for text in texts for term in _terms(words_of(text), "") if fold(term) != term)
    found: dict[str, str] = {}
    for term in sorted(counts, key=lambda term: (-counts[term], term)):
        found.setdefault(fold(term), term)
    return found


def _strongest(names: Any, weights: Any, written: Mapping[str, str]) -> tuple[str, ...]:
    """The terms that say most, as people write them: with accents where anybody did, no syllable of a pair beside the pair."""
    chosen: list[str] = []
    for n in np.argsort(-weights, kind="stable"):
        if weights[n] <= 0 or len(chosen) == TERMS:
            break
        bare = fold(str(names[n]).removeprefix(BARE))
        if any(f" {bare} " in f" {other} " for other in chosen):
            continue
        chosen = [*(other for other in chosen if f" {other} " not in f" {bare} "), bare]
    return tuple(written.get(bare, bare) for bare in chosen)


def twins(texts: Sequence[str]) -> list[int | None]:
    """For each text the first earlier one that says nearly the same; accents, case and signs do not count."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    found: list[int | None] = [None] * len(texts)
    bare = [" ".join(words_of(fold(text))) for text in texts]
    if sum(bool(text) for text in bare) < 2:
        return found
    weights = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), dtype=np.float32).fit_transform(bare)
    for start in range(0, len(texts), AT_ONCE):
        end = min(start + AT_ONCE, len(texts))
        near = (weights[start:end] @ weights[:end].T).toarray() >= NEAR
        for row, text in enumerate(range(start, end)):
            earlier = np.flatnonzero(near[row, :text])
            found[text] = int(earlier[0]) if earlier.size else None
    return found


# ---- in the database --------------------------------------------------------------------------------------


def read_again(consultation: str, *, by: Any) -> int:
    """Propose themes for the comments that have none, in place of earlier proposals, and mark near-duplicates; how many themes
    were proposed. What a person accepted stays as it is."""
    where = consultation_of(consultation)
    rows = list(Comment.objects.filter(consultation=where, state=SHOWN).order_by("entry_n"))
    said = dict(Words.objects.filter(comment__in=[row.id for row in rows]).values_list("comment_id", "text"))
    texts = [said.get(row.id, "") for row in rows]
    same = twins(texts)
    free = [n for n, row in enumerate(rows) if row.theme_id is None]
    proposed = propose([texts[n] for n in free])
    with turn(), transaction.atomic():
        Theme.objects.filter(consultation=where, accepted=False).delete()
        for n, row in enumerate(rows):
            earlier = same[n]
            row.twin_of, row.proposed_theme = (rows[earlier] if earlier is not None else None), None
        for one in proposed:
            theme = Theme.objects.create(
                consultation=where, name_vi=", ".join(one.terms[:3])[:120], terms=list(one.terms)
            )
            for n in one.members:
                rows[free[n]].proposed_theme = theme
        Comment.objects.bulk_update(rows, ["twin_of", "proposed_theme"], batch_size=500)
        deed(by, "accept_theme", f"consultation:{where.id}", proposed=len(proposed), at=timezone.now().isoformat()[:10])  # fmt: skip
    return len(proposed)
