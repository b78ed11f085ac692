"""What somebody hands in, made plain, and every fault of it at once.

A text is kept in one form (composed letters, plain line ends, nothing that cannot be seen), so that whoever pastes it into
the check of a receipt gets the same hash. Of a drawing only type and coordinates are kept.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cuabien.base.faults import Fault
from cuabien.base.words import LANGUAGES, N_
from cuabien.service.consultation.common import is_hash
from cuabien.service.consultation.models import ABOUT, CHANNELS, Consultation

LONGEST_TEXT = 10_000
LONGEST_NAME = 120
LONGEST_CONTACT = 200
LONGEST_NOTE = 300
MOST_PICTURES = 3
MOST_CORNERS = 500
DECIMALS = 6
"""Of a degree: a tenth of a metre."""
GEOMETRIES = {"Point": 0, "LineString": 1, "Polygon": 2}
"""Type -> how deep its list of coordinates is."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*", re.ASCII)


@dataclass(frozen=True)
class Kept:
    """A picture that was made anew and lies in the home (`images.keep`)."""

    sha256: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True)
class Said:
    """What somebody hands in."""

    text: str
    about: str = "whole"
    table: str = ""
    object_id: str = ""
    clause: str = ""
    geometry: Mapping[str, Any] | None = None
    """A GeoJSON geometry: Point, LineString or Polygon, longitude and latitude."""
    commune: str = ""
    change: str = ""
    run_note: str = ""
    language: str = "vi"
    channel: str = "web"
    name: str = ""
    contact: str = ""
    consent_name_public: bool = False
    pictures: Sequence[Kept] = ()
    handed_in_on: dt.date | None = None
    """The day on which it reached an office on paper or was spoken, where a clerk types it in later."""


# ---- one form -----------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """A text in its one form. Whoever checks a text against a receipt puts it into this form first."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c == "\n" or c == "\t" or unicodedata.category(c) not in _UNSEEN)
    return "\n".join(line.rstrip() for line in kept.split("\n")).strip()


_UNSEEN = ("Cc", "Cf", "Cs", "Co")
"""Controls, and marks that turn the direction of writing: what is read must be what was written."""


def one_line(text: str) -> str:
    return " ".join(plain(text).split())


def tidy(said: Said) -> Said:
    """The same in its one form; what is no drawing stays as it was sent, and `faults` tells it."""
    return dataclasses.replace(
        said,
        text=plain(said.text),
        run_note=one_line(said.run_note),
        clause=one_line(said.clause),
        name=one_line(said.name),
        contact=one_line(said.contact),
        geometry=drawn(said.geometry) or said.geometry,
        pictures=tuple(dataclasses.replace(kept, alt=one_line(kept.alt)) for kept in said.pictures),
    )


def drawn(geometry: object) -> dict[str, Any] | None:
    """A drawing with nothing but its type and its coordinates; None where it is none."""
    if not isinstance(geometry, Mapping) or geometry.get("type") not in GEOMETRIES:
        return None
    kind = str(geometry["type"])
    try:
        coordinates = _coordinates(geometry.get("coordinates"), GEOMETRIES[kind])
    except (TypeError, ValueError, OverflowError):
        return None
    return {"type": kind, "coordinates": coordinates} if WHOLE[kind](coordinates) else None


WHOLE: Mapping[str, Callable[[list[Any]], bool]] = {
    "Point": lambda _: True,
    "LineString": lambda line: len(line) >= 2,
    "Polygon": lambda rings: bool(rings) and all(len(r) >= 4 and r[0] == r[-1] for r in rings),
}
"""Type -> whether its coordinates draw one."""


def _coordinates(value: Any, depth: int) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError
    if depth:
        return [_coordinates(inner, depth - 1) for inner in value]
    lon, lat = (float(number) for number in value if not isinstance(number, bool))
    if not (math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError
    return [round(lon, DECIMALS) + 0.0, round(lat, DECIMALS) + 0.0]


def corners(geometry: Mapping[str, Any]) -> list[list[float]]:
    """Every corner of a drawing."""
    rows: list[Any] = [geometry["coordinates"]]
    for _ in range(GEOMETRIES[geometry["type"]]):
        rows = [inner for row in rows for inner in row]
    return rows


def pin(geometry: Mapping[str, Any] | None) -> tuple[float | None, float | None]:
    """Where a drawing is shown in a list: the middle of its extent."""
    if not geometry:
        return None, None
    lon, lat = zip(*corners(geometry), strict=True)
    return round((min(lon) + max(lon)) / 2, DECIMALS), round((min(lat) + max(lat)) / 2, DECIMALS)


# ---- what is wrong ------------------------------------------------------------------------------------------

RULES: Mapping[str, tuple[str, str]] = {
    "say-nothing": (N_("the comment has no words"), N_("write what you think; one sentence is enough")),
    "say-too-long": (
        N_("the text has {found} characters; {most} are taken"),
        N_("shorten it, or hand it in as several comments"),
    ),
    "say-about": (
        N_("a comment is about an object, a clause, a place, a proposal or the whole plan"),
        N_("choose one of these"),
    ),
    "say-object": (N_("it is not said which object the comment is about"), N_("choose the object in the list or on the map")),
    "say-scope": (N_("this consultation is not about that object"), N_("choose an object of this consultation")),
    "say-clause": (N_("it is not said which clause the comment is about"), N_("name the clause, or choose the whole plan")),
    "say-place": (
        N_("the place is not a point, a line or an area"),
        N_("choose the place on the map again, or choose a commune or an address instead"),
    ),
    "say-corners": (N_("the drawing has more than {most} corners"), N_("draw it with fewer corners")),
    "say-proposal": (
        N_("the proposal does not name a change that was tried"),
        N_("try the change first, then hand it in from its page"),
    ),
    "say-language": (N_("the language is not known"), N_("choose Vietnamese or English")),
    "say-channel": (N_("the way in which the comment came is not known"), N_("choose one of the list")),
    "say-pictures": (N_("more than {most} pictures were sent"), N_("choose the ones that say most")),
    "say-consent": (
        N_("a name can be shown only if there is one"),
        N_("write your name, or leave the box empty"),
    ),
}  # fmt: skip
"""Rule -> what is wrong, how to mend it."""


def faults(said: Said, consultation: Consultation) -> list[Fault]:
    """Everything that keeps it from being taken. `Fault.file` names the field of the form."""
    return list(_faults(said, consultation))


def _faults(said: Said, consultation: Consultation) -> Iterator[Fault]:
    if not said.text:
        yield _fault("say-nothing", "text")
    for field, most in (
        ("text", LONGEST_TEXT),
        ("name", LONGEST_NAME),
        ("contact", LONGEST_CONTACT),
        ("run_note", LONGEST_NOTE),
        ("clause", LONGEST_NAME),
    ):
        found = len(getattr(said, field))
        if found > most:
            yield _fault("say-too-long", field, found=found, most=most)
    if said.about not in ABOUT:
        yield _fault("say-about", "about")
    if said.language not in LANGUAGES:
        yield _fault("say-language", "language")
    if said.channel not in CHANNELS:
        yield _fault("say-channel", "channel")
    if said.consent_name_public and not said.name:
        yield _fault("say-consent", "consent_name_public")
    if len(said.pictures) > MOST_PICTURES:
        yield _fault("say-pictures", "pictures", most=MOST_PICTURES)
    yield from _subject_faults(said, consultation)


def _subject_faults(said: Said, consultation: Consultation) -> Iterator[Fault]:
    named = bool(_ID.fullmatch(said.table) and _ID.fullmatch(said.object_id))
    if (said.about == "object" and not (named and len(said.table) <= 40 and len(said.object_id) <= 120)) or (
        (said.table or said.object_id) and not named
    ):
        yield _fault("say-object", "object_id")
    elif named and consultation.scope and [said.table, said.object_id] not in consultation.scope:
        yield _fault("say-scope", "object_id")
    if said.about == "clause" and not said.clause:
        yield _fault("say-clause", "clause")
    if said.geometry is None:
        if said.about == "place" and not said.commune:
            yield _fault("say-place", "geometry")
    elif drawn(said.geometry) is None:
        yield _fault("say-place", "geometry")
    elif len(corners(said.geometry)) > MOST_CORNERS:
        yield _fault("say-corners", "geometry", most=MOST_CORNERS)
    if (said.about == "proposal" or said.change) and not is_hash(said.change):
        yield _fault("say-proposal", "change")
    if said.commune and not (_ID.fullmatch(said.commune) and len(said.commune) <= 20):
        yield _fault("say-place", "commune")


def _fault(rule: str, field: str, **values: object) -> Fault:
    template, remedy = RULES[rule]
    return Fault(rule, field, template, remedy, values=values)
