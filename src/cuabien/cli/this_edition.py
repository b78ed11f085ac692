"""What the pages of an edition tell of the edition itself, gathered from what publication knows and the service may not."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cuabien.base.words import LANGUAGES, N_, date, say
from cuabien.publication.edition import EditionInput
from cuabien.service.edition import BEFORE_RUN, Beside, Moved, ThisEdition


def this_edition(edition: EditionInput, publisher: str) -> ThisEdition:
    """`publisher`: the fingerprint of the key that signs."""
    from cuabien.publication.catalogue import every_file
    from cuabien.publication.clock import told_of
    from cuabien.publication.edition import MANIFEST, SUMS
    from cuabien.record.folder import is_record, read_record

    words, moved, before = _since(edition)
    return ThisEdition(
        id=edition.id,
        published=edition.published,
        publisher=publisher,
        publication=json.loads(json.dumps(told_of(edition))),
        withheld_moves=edition.withheld_moves,
        files=frozenset((*edition.written, MANIFEST, SUMS)),
        resources=[
            {
                "name": data.name,
                "path": data.path,
                "title": data.vi,
                "title_en": data.en,
                "format": data.format,
            }
            for data in every_file(edition)
        ],
        previous={"edition": edition.previous.id, "manifest_sha256": edition.previous.seal}
        if edition.previous
        else None,
        words=words,
        moved=moved,
        beside=[*before, *_scenarios(edition)],
        record=read_record(edition.record) if edition.record and is_record(edition.record) else None,
    )


def _scenarios(edition: EditionInput) -> Iterator[Beside]:
    from cuabien.plan.change import change_hash
    from cuabien.publication.scenarios import FOLDER, title_of

    for scenario in edition.scenarios:
        titles = {language: title_of(scenario, language) for language in LANGUAGES}
        changed_by = change_hash(scenario.change)
        yield Beside(scenario.id, titles, changed_by, scenario.run, f"{FOLDER}/{scenario.id}")


def _since(edition: EditionInput) -> tuple[dict[str, list[str]], list[Moved], list[Beside]]:
    """Words, places and the future of the edition before; nothing where none came before."""
    from cuabien.publication.since import of_edition, places, since, words

    if edition.previous is None:
        return {}, [], []
    plan, run = of_edition(edition.previous)
    moved = since(plan, edition.plan, (run, edition.run))
    day = str(edition.previous.manifest["published"])
    titles = {
        language: say(N_("The edition of {day}"), language, day=date(day, language)) for language in LANGUAGES
    }
    return (
        {language: words(moved, language) for language in LANGUAGES},
        [Moved(str(spot.properties["change"]), spot.shape) for spot in places(moved)],
        [Beside(BEFORE_RUN, titles, None, run)],
    )
