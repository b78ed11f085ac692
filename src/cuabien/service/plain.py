"""Plain words for what the plan writes as keys: ids in findings, vintages, long titles, kinds of sources.

The plan's files speak in ids (a boundary, a document, an indicator); a reader gets their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from cuabien.base.faults import Fault
from cuabien.base.words import date, number, pick
from cuabien.lexicon.register import indicator_name, indicators, unit_words
from cuabien.plan.package import Plan
from cuabien.service.vocabulary import label

DAY = re.compile(r"^\d{4}-\d{2}(-\d{2})?$")
NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
YEARS = frozenset(
    {"year", "opens", "starts", "carried_year", "start", "end", "period", "need_opens", "project_opens"}
)
"""Values that are years, which have no thousands mark."""
DOCUMENTS = frozenset({"document", "other_document", "successor"})
TITLE = 64


def document_label(document: Any, language: str, most: int = TITLE) -> str:
    """Its number where that is one ("45-NQ/TW"); a congress is known by its name and not by "XVI"."""
    if document.number and "/" in document.number:
        return str(document.number)
    return shortened(pick(document, "title", language), most)


def shortened(text: str, most: int = TITLE) -> str:
    """Cut at a word, with an ellipsis."""
    if len(text) <= most:
        return text
    return text[: most + 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"


# ---- periods ----------------------------------------------------------------------------------------------

YEARS_TOGETHER = re.compile(r"^(\d{4})-(\d{4})(?: (avg|sum))?$")
PART_OF_YEAR = re.compile(r"^(\d{4})(?:H([12])|Q([1-4]))$")
FIRST_MONTHS = re.compile(r"^(\d{4}) Jan-(Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov)$")
UP_TO = re.compile(r"^(\d{4})(?:-(\d{2}))? cumulative$")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def period(text: str) -> str:
    """What the plan writes as 2024H1, 2024Q3, 2014 Jan-Sep, 2021-2025 sum or 2018-06 cumulative, in the reader's words."""
    if found := YEARS_TOGETHER.match(text):
        of_all = {
            "avg": gettext("average of %(first)s–%(last)s"),
            "sum": gettext("total of %(first)s–%(last)s"),
        }
        return of_all.get(found[3], "%(first)s–%(last)s") % {"first": found[1], "last": found[2]}
    if found := FIRST_MONTHS.match(text):
        return gettext("first %(months)s months of %(year)s") % {
            "months": MONTHS.index(found[2]) + 1,
            "year": found[1],
        }
    if found := UP_TO.match(text):
        end = f"{int(found[2])}/{found[1]}" if found[2] else found[1]
        return gettext("all up to %(end)s") % {"end": end}
    if found := PART_OF_YEAR.match(text):
        year, half, quarter = found.groups()
        if quarter:
            return gettext("quarter %(quarter)s of %(year)s") % {"quarter": quarter, "year": year}
        template = gettext("first half of %(year)s") if half == "1" else gettext("second half of %(year)s")
        return template % {"year": year}
    return text


# ---- findings ---------------------------------------------------------------------------------------------


def spoken_finding(plan: Plan, fault: Fault, language: str, what: str = "message") -> str:
    """A finding's sentence with names where the checker has ids."""
    values = {key: in_words(plan, key, value, language) for key, value in fault.values.items()}
    told = Fault(fault.rule, fault.file, fault.template, fault.remedy, fault.row, fault.severity, values)
    return told.message(language) if what == "message" else told.mend(language)


def in_words(plan: Plan, key: str, value: object, language: str) -> object:
    text = str(value)
    if key.startswith("say_") or key in YEARS:
        return date(text, language) if DAY.match(text) else value
    if key in DOCUMENTS and text in plan.documents:
        return document_label(plan.documents[text], language)
    if key == "boundary" and text in plan.boundaries:
        return f"“{pick(plan.boundaries[text], 'name', language)}”"
    if key == "area" and text in plan.areas:
        return pick(plan.areas[text], "name", language)
    if key == "indicator" and text in indicators():
        return f"“{indicator_name(text, language)}”"
    if key in ("unit", "wanted"):
        return unit_words(text, language)
    if key == "mode":
        return gettext(label(text))
    if isinstance(value, int | float) or NUMBER.match(text):
        return number(float(text), language)
    return date(text, language) if DAY.match(text) else value


# ---- vintages ---------------------------------------------------------------------------------------------

HOW = re.compile(r"^computed:? (.+)$")
WHEN = re.compile(r"^(?:estimate|year-end) (.+)$")
REPORTED = re.compile(r"^as reported (.+)$")


def vintage_words(text: str) -> str | None:
    """Which of several figures it is; None when only the data's own English says so."""
    known = gettext(text)
    if known != text:
        return known
    if match := REPORTED.match(text):
        return gettext("as reported in %(when)s") % {"when": match[1]}
    if match := HOW.match(text):
        return (
            gettext("computed: %(how)s") % {"how": match[1]} if not re.search("[a-z]{3}", match[1]) else None
        )
    if (match := WHEN.match(text)) and not re.search("[A-Za-z]{3}", match[1]):
        return gettext("estimate of %(when)s") % {"when": match[1]}
    return None


# ---- sources ----------------------------------------------------------------------------------------------

SOURCE_KINDS = ("document", "page", "judgement", "other")
_GENERAL = re.compile(r"general knowledge|remembered|\bown\b|judged here|stored|assum", re.IGNORECASE)
_OFFICIAL = re.compile(r"\d+[-/][\w/-]*(NQ|QĐ|QD|NĐ|ND|TTg|QH1|CP|TW|UBND|HĐND|CT|KL)\b")
_PAGE = re.compile(r"\b[\w-]+\.(vn|com|org|net|gov|int|io|info|edu|jp|kr|cn|uk)\b", re.IGNORECASE)


def source_kind(source: Any) -> str:
    """What a source is, as far as its row tells: an official text, a page, our own judgement, something else."""
    text = f"{source.title} {source.number or ''}"
    if _GENERAL.search(text):
        return "judgement"
    if source.number or _OFFICIAL.search(text):
        return "document"
    return "page" if _PAGE.search(f"{text} {source.address or ''}") else "other"


def source_kind_words(kind: str) -> str:
    return {
        "document": gettext("Official texts"),
        "page": gettext("Pages and news"),
        "judgement": gettext("Own judgement and general knowledge"),
        "other": gettext("Statistics, reports and other sources"),
    }[kind]


# ---- people -----------------------------------------------------------------------------------------------


def owner_words(owner: str, language: str) -> str:
    """ "Lê Tiến Châu, Bí thư Thành ủy": the office in the reader's language, the name as it is."""
    if language == "vi":
        return owner
    for vi, en in OFFICES.items():
        owner = owner.replace(vi, en)
    return owner


OFFICES: Mapping[str, str] = {
    "Bí thư Thành ủy": "Secretary of the City Party Committee",
    "Ủy ban nhân dân thành phố": "City People's Committee",
    "Ban Chấp hành Đảng bộ thành phố": "City Party Committee",
    "Hội đồng nhân dân thành phố": "City People's Council",
    "Thành ủy": "City Party Committee",
}
