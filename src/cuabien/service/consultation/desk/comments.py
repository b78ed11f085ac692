"""Comments at the desk: the list, one comment, and what is done with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuabien.base.faults import Refused, UnusableInput
from cuabien.base.words import N_, pick
from cuabien.service.city import current
from cuabien.service.consultation import acts, arranging, serving
from cuabien.service.consultation import models as m
from cuabien.service.consultation.desk import common, reading
from cuabien.service.consultation.serving import with_database
from cuabien.service.pages import language
from cuabien.service.people.deeds import audit
from cuabien.service.people.guard import official, person
from cuabien.service.people.roles import may


@official("desk")
@require_safe
@with_database
def index(request: HttpRequest) -> HttpResponseBase:
    """What waits, consultation by consultation; who may not read comments sees where they may go."""
    me = person(request)
    reads = me is not None and may(me.roles, "read")
    return common.show(
        request, "index.html", reads=reads, consultations=reading.consultations(me) if reads else []
    )


@official("read")
@require_safe
@with_database
def comments(request: HttpRequest) -> HttpResponseBase:
    city, me = current(), person(request)
    offered = reading.choices(city)
    wish = reading.asked(request.GET.dict(), offered)
    rows = reading.chosen(wish, me)
    found = serving.turned(
        rows, wish.page, reading.ON_A_PAGE, lambda page: f"?{urlencode(reading.turned(wish, page=page))}"
    )
    return common.show(
        request,
        "comments.html",
        wish=wish,
        offered=offered,
        told=reading.told(city, found.rows),
        count=found.count,
        **found.values,
    )


@official("read")
@require_safe
@with_database
def comment(request: HttpRequest, identity: str) -> HttpResponseBase:
    return _comment(request, common.comment(identity))


def _comment(request: HttpRequest, row: m.Comment, **more: Any) -> HttpResponseBase:
    themes = m.Theme.objects.filter(consultation=row.consultation_id, accepted=True)
    return common.show(
        request,
        "comment.html",
        one=reading.one(current(), row),
        where=pick(row.consultation, "title", language()),
        held=row.state == m.HELD,
        can_hide=row.state in (m.SHOWN, m.HELD),
        can_show=row.state in (m.HELD, m.MODERATED),
        reasons=reading.reasons(),
        colleagues=[(str(user.pk), user.name or user.email) for user in arranging.colleagues()],
        themes=[(theme.pk, pick(theme, "name", language())) for theme in themes],
        **more,
    )


@official("read_person")
@require_POST
@with_database
def who(request: HttpRequest, identity: str) -> HttpResponseBase:
    """Who wrote it and how to reach them: asked for on purpose, and each look is a deed."""
    row = common.comment(identity)
    audit(request, "read_person", f"comment:{row.id}")
    words = m.Words.objects.filter(comment=row).first() if row.state != m.ERASED else None
    return _comment(request, row, looked=True, words=words, account=row.author)


@official("read")
@require_safe
@with_database
def picture(request: HttpRequest, identity: str, sha256: str) -> HttpResponseBase:
    """A picture of a comment that is not shown yet, or no more."""
    return serving.picture(identity, sha256, reading.READ)


def _at(row: m.Comment) -> str:
    return reverse("desk-comment", args=[row.id])


@official("moderate")
@require_POST
@with_database
def hide(request: HttpRequest, identity: str) -> HttpResponseBase:
    row, said = common.comment(identity), common.given(request, ("reason", "words"))
    return common.acted(request, lambda: acts.moderate(row.id, by=person(request), **said), _at(row))


@official("restore")
@require_POST
@with_database
def restore(request: HttpRequest, identity: str) -> HttpResponseBase:
    row, said = common.comment(identity), common.given(request, ("words",))
    return common.acted(request, lambda: acts.restore(row.id, by=person(request), **said), _at(row))


@official("erase")
@require_POST
@with_database
def erase(request: HttpRequest, identity: str) -> HttpResponseBase:
    """What a person asked for at an office. The reason goes into the public log, so it names nobody."""
    row, said = common.comment(identity), common.given(request, ("reason",))
    return common.acted(request, lambda: acts.erase(row.id, by=person(request), **said), _at(row))


@official("assign")
@require_POST
@with_database
def assign(request: HttpRequest, identity: str) -> HttpResponseBase:
    row, said = common.comment(identity), common.given(request, ("to",))
    return common.acted(request, lambda: arranging.assign(row.id, by=person(request), **said), _at(row))


@official("accept_theme")
@require_POST
@with_database
def theme(request: HttpRequest, identity: str) -> HttpResponseBase:
    row, chosen = common.comment(identity), common.whole(request.POST.get("theme", ""))
    return common.acted(
        request, lambda: arranging.give_theme([row.id], by=person(request), theme=chosen), _at(row)
    )


# ---- answering --------------------------------------------------------------------------------------------

ANSWER = ("disposition", "reason_vi", "reason_en", "office", "run", "phrase", "back")
MOST_AT_ONCE = 200
TOO_MANY = N_("more than {most} comments were chosen at once; answer them in parts")


@official("answer")
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def answer(request: HttpRequest) -> HttpResponseBase:
    """One answer to one comment or to many. The form shows each of them, and carries which answer of each was seen, so that
    of two officials who answer at once one learns of the other."""
    sent = request.POST if request.method == "POST" else request.GET
    ids = list(dict.fromkeys(sent.getlist("comment")))[: MOST_AT_ONCE + 1]
    values = common.given(request, ANSWER)
    if request.method != "POST":
        _take_phrase(values)
        return _answer_form(request, ids, values)
    try:
        if len(ids) > MOST_AT_ONCE:
            raise Refused(TOO_MANY, most=MOST_AT_ONCE)
        run = values["run"].strip().lower()
        acts.answer(
            ids,
            by=person(request),
            seen={i: request.POST.get(f"seen-{i}", "") for i in ids},
            run=run,
            **{name: values[name] for name in ("disposition", "reason_vi", "reason_en", "office")},
        )
    except UnusableInput as error:
        return _answer_form(request, ids, values, serving.beside(error, (*ANSWER, "comments")), status=422)
    except Refused as error:
        return _answer_form(request, ids, values, refusal=serving.refusal(error), status=409)
    if len(ids) == 1:
        return common.see(reverse("desk-comment", args=ids), "kept")
    back = values["back"]
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith(reverse("desk-comments"))  # fmt: skip
    return common.see(back) if ours else common.see(reverse("desk-comments"), "kept")


def _take_phrase(values: dict[str, Any]) -> None:
    row = m.Phrase.objects.filter(pk=common.whole(values["phrase"])).first()
    if row is not None:
        values.update(disposition=row.disposition, reason_vi=row.reason_vi, reason_en=row.reason_en)


def _answer_form(
    request: HttpRequest,
    ids: list[str],
    values: dict[str, Any],
    wrong: serving.Faults | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponseBase:
    rows = m.Comment.objects.filter(pk__in=ids).select_related("consultation", "theme", "assigned_to")
    live = dict(m.AnswerTo.objects.filter(comment__in=ids, live=True).values_list("comment_id", "answer_id"))
    told = reading.told(current(), list(rows.order_by("entry_n")))
    return common.show(
        request,
        "answer.html",
        status=status,
        told=[(one, live.get(one["id"], "")) for one in told],
        values=values,
        wrong=wrong or {},
        refusal=refusal,
        dispositions=reading.dispositions(),
        phrases=[(row.pk, row.title) for row in m.Phrase.objects.all()],
    )


PHRASE = ("title", "disposition", "reason_vi", "reason_en", "phrase")


@official("answer")
@require_http_methods(["GET", "HEAD", "POST"])
@with_database
def phrases(request: HttpRequest) -> HttpResponseBase:
    """Answers that the desk keeps ready."""
    wrong: serving.Faults = {}
    values = common.given(request, PHRASE)
    if request.method == "POST":
        phrase = common.whole(values["phrase"])
        if request.POST.get("drop") and phrase is not None:
            arranging.drop_phrase(phrase, by=person(request))
            return common.see(reverse("desk-phrases"), "kept")
        try:
            arranging.keep_phrase(by=person(request), **{**values, "phrase": phrase})
            return common.see(reverse("desk-phrases"), "kept")
        except UnusableInput as error:
            wrong = serving.beside(error, PHRASE)
    return common.show(
        request,
        "phrases.html",
        status=422 if wrong else 200,
        rows=list(m.Phrase.objects.all()),
        values=values,
        wrong=wrong,
        dispositions=reading.dispositions(),
    )
