"""Template words: numbers, dates, names and marks as the reader's language writes them."""

from __future__ import annotations

import re
from math import floor, log10
from typing import Any

from django import template
from django.conf import settings
from django.middleware.csrf import get_token
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from cuabien.base import words
from cuabien.lexicon.register import indicator_name as registered_name
from cuabien.lexicon.register import indicators, unit_words
from cuabien.service import plain
from cuabien.service.city import with_type
from cuabien.service.vocabulary import label

register = template.Library()


def language() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


# ---- numbers and units -------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def form_token(context: Context) -> SafeString:
    """The token of a form for everybody (`people.guard.open_form`): there only where a session is, so that no visitor gets
    a cookie for it."""
    request = getattr(context, "request", None)
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return SafeString("")
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))


@register.filter
def number(value: float | None, decimals: int | None = None) -> str:
    """1.234,5 or 1,234.5; blank is "no data"."""
    if value is None or value != value:
        return gettext("no data")
    return words.number(float(value), language(), decimals)


def as_written(value: float) -> str:
    """A figure with no more decimals than it was given, four at most: 12,6 and not 12,60."""
    return without_idle_noughts(words.number(value, language(), 4))


def without_idle_noughts(shown: str) -> str:
    mark = "," if language() == "vi" else "."
    return shown.rstrip("0").rstrip(mark) if mark in shown else shown


@register.filter
def unit(key: str | None) -> str:
    return unit_words(key, language())


@register.simple_tag
def figure(value: float | None, unit_key: str | None = "", decimals: int | None = None) -> SafeString:
    """A number with its unit, marked up so that both can be styled; blank says that there is no data.

    Without `decimals` it is shown with two at most and no idle noughts, as sources print it."""
    if value is None or value != value:
        return format_html('<span class="no-data">{}</span>', gettext("no data"))
    shown = words.number(float(value), language(), decimals)
    if decimals is None:
        shown = without_idle_noughts(shown)
    if not unit_key:
        return format_html('<span class="figure-number">{}</span>', shown)
    return format_html(
        '<span class="figure-number">{}</span> <span class="unit">{}</span>', shown, unit(unit_key)
    )


@register.simple_tag
def cell(value: float | None, unit_key: str | None = "", decimals: int | None = None) -> SafeString:
    """A number in a column; where there is none a quiet dash, which a screen reader says as "no data". How many are
    missing stands once over the table."""
    return blank() if value is None or value != value else figure(value, unit_key, decimals)


@register.simple_tag
def blank(words_: str = "") -> SafeString:
    """A quiet dash for what is not known."""
    return format_html(
        '<span class="blank"><span aria-hidden="true">–</span><span class="visually-hidden">{}</span></span>',
        words_ or gettext("no data"),
    )


@register.filter
def decimals_of(indicator: str) -> int | None:
    row = indicators().get(indicator)
    return row.decimals if row else None


@register.filter
def decimals_that_count(value: float | None) -> int | None:
    """Decimals that leave a small number three figures: a rate of 0.000276 a year is not nothing."""
    return 2 - floor(log10(abs(value))) if value and abs(value) < 1 else None


# ---- dates ------------------------------------------------------------------------------------------------


@register.filter
def day(text: str | None) -> str:
    """1/7/2025 or 1 Jul 2025; a month or a year stays one."""
    if not text:
        return gettext("no date")
    if language() == "en":
        return words.date(str(text), "en")
    return "/".join(str(int(part)) for part in reversed(str(text).split("-")))


@register.filter
def period(text: str | None) -> str:
    """2024H1 as "first half of 2024", 2024Q3 as "quarter 3 of 2024", 2021-2025 with a dash of its own."""
    return plain.period(text) if text else ""


@register.filter
def years(row: Any) -> str:
    """2026–2030 for a row with year_from and year, 2030 for one year."""
    first, last = getattr(row, "year_from", None), getattr(row, "year", None)
    if first and last and first != last:
        return f"{first}–{last}"
    return str(last or first or "")


# ---- names and words ---------------------------------------------------------------------------------------


@register.filter
def named(item: Any, field: str = "name") -> str:
    """The item's name (or another field that stands in both languages) for the reader."""
    return words.pick(item, field, language()) if item is not None else ""


@register.filter
def word(value: str | None) -> str:
    """A word of the plan's own vocabulary (a status, a mode, a kind) in the reader's language."""
    return gettext(label(value)) if value else gettext("no data")


@register.filter
def heading(value: str) -> str:
    """The word with a capital first letter; the rest as it stands."""
    return value[:1].upper() + value[1:]


@register.filter
def document_name(document: Any) -> str:
    """A document by its number where that is one, else by its title."""
    return plain.document_label(document, language())


@register.filter
def shortened(text: str, most: int = plain.TITLE) -> str:
    return plain.shortened(text, most)


@register.filter
def owner(text: str) -> str:
    return plain.owner_words(text, language())


@register.filter
def typed(area: Any) -> str:
    """An area with its type word in Vietnamese ("Phường Hồng Bàng"), its plain name in English."""
    return with_type(area) if language() == "vi" else words.pick(area, "name", "en")


@register.filter
def any_range(lines: Any) -> bool:
    return any(line.low is not None for line in lines)


@register.filter
def total_of(counts: Any) -> int:
    return sum(counts.values()) if counts else 0


COMPARISONS = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "=": ""}


@register.filter
def aim(target: Any) -> str:
    """What a target asks for: "≥ 13 %/năm", "2,8–3,0 triệu người", or its words."""
    if target.operator == "text" or target.value is None:
        return words.pick(target, "text", language())
    value = as_written(target.value)
    if target.operator == "range" and target.high is not None:
        value = f"{value}–{as_written(target.high)}"
    return f"{COMPARISONS.get(target.operator, '')}{value} {unit(target.unit)}".strip()


@register.filter
def indicator_name(indicator: str) -> str:
    return registered_name(indicator, language())


@register.filter
def foreign(item: Any, field: str = "name") -> bool:
    """Whether the name shown is in the other language because the reader's is blank."""
    key = f"{field}_{language()}"
    value = item.get(key) if isinstance(item, dict) else getattr(item, key, None)
    return not value


@register.filter
def get(mapping: Any, key: Any) -> Any:
    return mapping.get(key) if mapping is not None else None


# ---- marks ------------------------------------------------------------------------------------------------

ICONS = {
    "good": "✓",
    "bad": "✗",
    "close": "≈",
    "late": "!",
    "moving": "→",
    "waiting": "○",
    "unknown": "?",
    "assumed": "~",
    "schematic": "◌",
    "plain": "•",
}

LOOKS = {
    "reached": "good",
    "met": "good",
    "on track": "good",
    "reproduced": "good",
    "done": "good",
    "operating": "good",
    "quiet": "good",
    "checked": "good",
    "not reached": "bad",
    "missed": "bad",
    "off track": "bad",
    "conflicting": "bad",
    "raised": "bad",
    "fault": "bad",
    "close": "close",
    "ambiguous": "close",
    "partly operating": "close",
    "late": "late",
    "warning": "late",
    "stopped": "late",
    "under way": "moving",
    "under construction": "moving",
    "continuing": "moving",
    "started": "moving",
    "consultation": "moving",
    "planned": "waiting",
    "proposed": "waiting",
    "idea": "waiting",
    "agreed in principle": "waiting",
    "not started": "waiting",
    "no data": "unknown",
    "not measurable": "unknown",
    "assumed": "assumed",
    "schematic": "schematic",
    "withheld": "unknown",
    "joined": "good",
    "not joined": "bad",
    "binding": "bad",
    "bottleneck": "close",
}
"""How a state looks: an icon and a colour class, always beside its word."""


@register.simple_tag
def badge(state: str | None) -> SafeString:
    """A state as icon and word; colour comes from the class and says nothing by itself."""
    state = state or "no data"
    look = LOOKS.get(state, "plain")
    slug = re.sub(r"[^a-z0-9]+", "-", state.lower()).strip("-")
    return format_html(
        '<span class="badge badge--{} badge--{}"><span class="badge-icon" aria-hidden="true">{}</span> {}</span>',
        look,
        slug,
        ICONS[look],
        word(state),
    )


@register.simple_tag
def tally(state: str, count: int) -> SafeString:
    """How many are in a state; none of a bad state is no alarm."""
    shown = badge(state) if count else format_html('<span class="badge badge--none">{}</span>', word(state))
    return format_html(
        '<span class="tally-one">{} <span class="count">{}</span></span>', shown, number(float(count))
    )


@register.simple_tag
def source_of(row: Any) -> SafeString:
    """Where a figure comes from: its source's page, and a warning where it was remembered rather than read."""
    source = getattr(row, "source", None)
    if not source:
        return format_html("{}", "")
    confidence = getattr(row, "confidence", None)
    link = format_html(
        '<a class="source-link" href="{}">{}</a>', reverse("source", args=[source]), gettext("source")
    )
    if not confidence or confidence == "source read":
        return link
    if not confidence.startswith("general knowledge"):
        return format_html('{} <span class="confidence">{}</span>', link, gettext(confidence))
    return format_html(
        '{} <span class="confidence" title="{}">{}<span class="visually-hidden"> ({})</span></span>',
        link,
        gettext(confidence),
        gettext("from memory"),
        gettext(confidence),
    )


# ---- what indicators and the checker say ------------------------------------------------------------------------


@register.filter
def why(row: Any) -> str:
    """Why a target's verdict is what it is, in one line."""
    return str(row.why(language()))


@register.filter
def why_reading(reading: Any) -> str:
    return words.say(reading.reason, language(), missing="; ".join(reading.missing)) if reading.reason else ""


@register.filter
def bound(flag: Any) -> str:
    value = as_written(flag.bound)
    return f"{COMPARISONS.get(flag.operator, '')}{value} {unit(flag.unit)}".strip()


@register.simple_tag
def vintage(text: str | None) -> SafeString:
    """Which of several figures this is, in the words of the data (English) unless the catalogue knows them."""
    if not text:
        return format_html('<span class="muted">{}</span>', "–")
    shown = plain.vintage_words(text)
    if language() == "vi":
        return format_html("{}", shown) if shown else format_html('<span lang="en">{}</span>', text)
    return format_html("{}", text)


@register.simple_tag(takes_context=True)
def finding_message(context: Context, fault: Any) -> str:
    return plain.spoken_finding(context["plan"], fault, language())


@register.simple_tag(takes_context=True)
def finding_remedy(context: Context, fault: Any) -> str:
    return plain.spoken_finding(context["plan"], fault, language(), "remedy")


@register.simple_tag
def among(rank: Any) -> SafeString:
    """The set of a rank: "63 provinces and cities", or the note of the source in its own words."""
    shown = words.say(rank.among, language(), of=rank.of)
    if rank.of is None and shown == rank.among and language() == "vi":
        return format_html('<span lang="en">{}</span>', shown)
    return format_html("{}", shown)


@register.filter
def scientific(value: float) -> str:
    return f"{value:.1e}"


@register.filter
def spoken(rule: Any, field: str) -> str:
    """A sentence of a rule (title, why, source) for the reader; braces in it are doubled for `say`."""
    sentence = str(getattr(rule, field, ""))
    return words.say(sentence, language()).replace("{{", "{").replace("}}", "}") if sentence else ""


PAGES_OF = {
    "projects": ("project", ""),
    "targets": ("targets", "#"),
    "programme": ("statement", ""),
    "flags": ("flags", "#"),
    "documents": ("document", ""),
    "sources": ("source", ""),
    "areas": ("area", ""),
    "peers": ("peers", "#"),
}
"""table -> the page of one of its objects, or the page that lists them."""


@register.simple_tag(takes_context=True)
def about(context: Context, finding: Any) -> SafeString:
    """What a finding is about: its name, and a link to it where it has a page."""
    row = getattr(context["plan"], finding.table, {}).get(finding.id) if finding.table else None
    if row is None:
        return format_html("{}", "")
    row = getattr(row, "row", row)
    name = next(
        (said for field in ("name", "title", "statement") if (said := words.pick(row, field, language()))), ""
    )
    if finding.table == "targets":
        name = f"{indicator_name(row.indicator)} {years(row)}"
    name = plain.shortened(name, 110)
    label_ = format_html('<strong>{}</strong> <span class="code">{}</span>', name, finding.id)
    if finding.table == "zones":
        return format_html('<a href="{}#{}">{}</a>', reverse("layer", args=[row.layer]), finding.id, label_)
    page, mark = PAGES_OF.get(finding.table, ("", ""))
    if not page:
        return label_
    address = reverse(page) + mark + finding.id if mark else reverse(page, args=[finding.id])
    return format_html('<a href="{}">{}</a>', address, label_)


@register.simple_tag
def source_words(node: Any, plan: Any) -> SafeString:
    """A source in the walk back: its title as it stands; where it is general knowledge, that, in the reader's words."""
    source = plan.sources.get(node.source)
    if source is not None and plain.source_kind(source) == "judgement":
        return format_html(
            '<span>{}</span> <span class="verbatim muted" lang="en">{}</span>',
            gettext("own judgement or general knowledge"),
            plain.shortened(source.title, 80),
        )
    return format_html('<span class="verbatim">{}</span>', words.pick(node, "label", language()))


# ---- what people said ------------------------------------------------------------------------------------------


@register.inclusion_tag("parts/said_about.html", takes_context=True)
def said_about(context: Context, table: str, identity: str) -> dict[str, Any]:
    """The comments about an object: those of the record in an edition that holds one, else those that people send now."""
    from django.db import DatabaseError

    from cuabien.service.city import current
    from cuabien.service.consultation.showing import about
    from cuabien.service.pages_of_record import said_about as in_the_record

    city = current()
    request = getattr(context, "request", None)
    if city.published is not None or (request is not None and "cuabien.edition_root" in request.META):
        return in_the_record(table, identity)
    try:
        return about(city, table, identity)
    except (DatabaseError, OSError):
        return {}  # the plan's own pages stand without a database


@register.simple_tag
def hand_in(change: str) -> SafeString:
    """Where a tried change can be handed in as a comment; nothing while no consultation is open."""
    from django.db import DatabaseError

    from cuabien.service.consultation.showing import speaking

    try:
        row = speaking()
    except (DatabaseError, OSError):
        row = None
    if row is None:
        return SafeString("")
    address = f"{reverse('say', args=[row.id])}?about=proposal&change={change}"
    return format_html(' <a class="button" href="{}">{}</a>', address, gettext("Hand it in as a comment"))
