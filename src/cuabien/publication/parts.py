"""The parts of every edition, in the order in which they are made. The pages are no part of this layer: they are handed in."""

from __future__ import annotations

from collections.abc import Iterable

from cuabien.publication.edition import CHANGE, PLAN, RUN, EditionInput, Part, Piece
from cuabien.results.folder import MANIFEST as RUN_MANIFEST


def sources(edition: EditionInput) -> Iterable[Piece]:
    """What everything else follows from, byte for byte: the plan's files, the change, the run. Anyone can run it again."""
    from cuabien.plan.change import render_change

    for name, data in sorted(edition.files.items()):
        yield f"{PLAN}/{name}", data
    if edition.change:
        yield CHANGE, render_change(edition.change)
    for name in sorted([RUN_MANIFEST, *edition.run.manifest["files"]]):
        yield f"{RUN}/{name}", (edition.run.folder / name).read_bytes()


def tables(edition: EditionInput) -> Iterable[Piece]:
    from cuabien.publication.tables import pieces

    return pieces(edition)


def maps(edition: EditionInput) -> Iterable[Piece]:
    from cuabien.publication.maps import pieces

    return pieces(edition)


def catalogue(edition: EditionInput) -> Iterable[Piece]:
    from cuabien.publication.catalogue import pieces

    return pieces(edition)


def objects(edition: EditionInput) -> Iterable[Piece]:
    from cuabien.publication.objects import pieces

    return pieces(edition)


def since(edition: EditionInput) -> Iterable[Piece]:
    from cuabien.publication.since import pieces

    return pieces(edition)


def scenarios(edition: EditionInput) -> Iterable[Piece]:
    from cuabien.publication.scenarios import pieces

    return pieces(edition)


def publication(edition: EditionInput) -> Iterable[Piece]:
    from cuabien.publication.clock import pieces

    return pieces(edition)


def record(edition: EditionInput) -> Iterable[Piece]:
    """The consultation's record and the evidence of publication, file by file as they were handed in."""
    from cuabien.publication.record import pieces

    return pieces(edition.record) if edition.record is not None else ()


PARTS = (
    Part("sources", sources),
    Part("tables", tables),
    Part("maps", maps),
    Part("catalogue", catalogue),
    Part("objects", objects),
    Part("since", since),
    Part("scenarios", scenarios),
    Part("publication", publication),
    Part("record", record),
)
