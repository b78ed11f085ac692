"""Letters to who follows something: a comment, a consultation, a project, a commune, or the dialogue.

An act puts its letters into the queue in its own transaction: a letter exists exactly when what it tells of happened. They are sent
apart from it, so that a mail server that does not answer holds nobody up. A letter is claimed before it is sent: should the program
end in between, a letter is lost rather than sent twice. Of comments about a project or a commune one letter goes out after each day.

The key that confirms and ends a following is made of the server's secret and put in when a letter is sent; the database holds its
hash only. An address stands in `Follow` and nowhere else, and goes with it, with every letter that was waiting.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

from cuabien.base import words
from cuabien.base.dates import VIETNAM
from cuabien.base.faults import CuabienError
from cuabien.record.procedure import ASKING
from cuabien.service.consultation import ledger
from cuabien.service.consultation.common import hashed, keyed
from cuabien.service.consultation.models import SHOWN, Comment, Consultation, Follow, Letter

log = logging.getLogger("cuabien.service")

DIALOGUE = "dialogue"
WHAT = re.compile(r"(comment|consultation|project|commune):([A-Za-z0-9_.:-]{1,120})|dialogue", re.ASCII)
TABLES = {"project": "projects", "commune": "areas"}
"""What is followed -> the table of the plan that holds it."""

UNCONFIRMED_FOR = dt.timedelta(days=2)
"""So long an address that nobody confirmed is kept."""
MOST_UNCONFIRMED = 5
"""Letters that can be sent to an address that never agreed to any; after so many it is left in peace."""
AGAIN_AFTER = dt.timedelta(hours=1)
MOST_TRIES = 10
"""After each failure twice as long is waited: the last try comes some eight hours after the first."""
MOST_AT_ONCE = 200

Text = Callable[[], tuple[str, str]]
"""Subject and body, in the language that is spoken when it is called."""


# ---- what is followed ---------------------------------------------------------------------------------------


def split(what: str) -> tuple[str, str] | None:
    """Kind and id of what is followed; None where the text means nothing."""
    found = WHAT.fullmatch(what)
    return (found[1] or DIALOGUE, found[2] or "") if found else None


def there_is(what: str) -> bool:
    """Whether there is such a thing to follow."""
    kind, identity = split(what) or ("", "")
    if kind == "comment":
        return Comment.objects.filter(pk=identity).exists()
    if kind == "consultation":
        return Consultation.objects.filter(pk=identity).exists()
    if kind in TABLES:
        from cuabien.service.city import current

        plan = current().plan
        return (
            identity in plan.table("projects")
            if kind == "project"
            else any(identity == c.id for c in plan.communes)
        )
    return kind == DIALOGUE


def named(what: str) -> str:
    """What is followed, in words, in the language that is spoken now."""
    kind, identity = split(what) or ("", "")
    if kind == "comment":
        return gettext("comment %(id)s") % {"id": identity}
    if kind == "consultation":
        row = Consultation.objects.filter(pk=identity).first()
        return words.pick(row, "title", _language()) if row else identity
    if kind in TABLES:
        return _name_in_plan(TABLES[kind], identity)
    return gettext("the dialogue with residents and businesses")


def _name_in_plan(table: str, identity: str) -> str:
    from cuabien.service.city import current
    from cuabien.service.pages_of_record import object_of

    try:
        return object_of(current(), table, identity)[0]
    except (CuabienError, OSError):
        return identity


def path_of(what: str) -> str:
    """The page of what is followed."""
    kind, identity = split(what) or ("", "")
    if kind == DIALOGUE:
        return reverse("dialogue")
    return reverse({"commune": "area"}.get(kind, kind), args=[identity])


def _language() -> str:
    return "en" if translation.get_language() == "en" else "vi"


def _whole(path: str) -> str:
    address: str = settings.CUABIEN_ADDRESS
    return address.rstrip("/") + path


# ---- following, and ending it -------------------------------------------------------------------------------


def token_of(row: Follow) -> str:
    made = row.made_at.astimezone(dt.UTC).isoformat(timespec="seconds")
    return keyed("follow", f"{row.email} {row.what} {made}")[:32]


def ask(email: str, what: str, language: str, moment: dt.datetime | None = None) -> None:
    """Somebody wants to follow something: a letter with the key goes to the address. Whether it follows already is told in that
    letter only; who asks learns nothing."""
    now = ledger.now(moment).replace(microsecond=0)
    email = email.strip().lower()
    try:
        with ledger.turn(), transaction.atomic():
            row = Follow.objects.filter(email=email, what=what).first()
            if row is None:
                if Follow.objects.filter(email=email, confirmed_at=None).count() >= MOST_UNCONFIRMED:
                    return
                row = Follow(email=email, what=what, language=language, made_at=now)
                row.token_hash = hashed(token_of(row))
                row.save(force_insert=True)
            elif row.letters.filter(about__startswith="key:", made_at__gt=now - AGAIN_AFTER).exists():  # type: ignore[attr-defined]
                return
            known = row.confirmed_at is not None
            _put([row], f"key:{now.timestamp():.0f}", lambda: _about_key(what, known), now)
    except IntegrityError:
        log.info("two asked for the same following at once; one letter is sent")


def _about_key(what: str, known: bool) -> tuple[str, str]:
    name = {"what": named(what)}
    if known:
        return (
            gettext("You follow this already: %(what)s") % name,
            gettext("You follow this already: %(what)s") % name + "\n" + _whole(path_of(what)),
        )
    return (
        gettext("Please confirm that you want to follow: %(what)s") % name,
        gettext(
            "Somebody asked, with this address, for letters about: %(what)s. Was it you? Then confirm it with the link below. If not, do nothing: no further letter comes, and the address is erased after two days."
        )
        % name,
    )


def following(token: str) -> Follow | None:
    """What a key confirms or ends."""
    return Follow.objects.filter(token_hash=hashed(token)).first()


def confirm(row: Follow, moment: dt.datetime | None = None) -> None:
    with ledger.turn():
        Follow.objects.filter(pk=row.pk, confirmed_at=None).update(confirmed_at=ledger.now(moment))


def end(row: Follow) -> None:
    """The address is erased, and with it every letter to it."""
    with ledger.turn(), transaction.atomic():
        row.delete()
    ledger.leave_no_copy()


# ---- what happened ------------------------------------------------------------------------------------------

ANSWERED, HIDDEN, SHOWN_AGAIN, OPENED, CLOSED_NOW, MEETING, REPLIED, DONE = (
    noop("The comment that you follow was answered: %(what)s"),
    noop("The comment that you follow was hidden by a moderator: %(what)s"),
    noop("The comment that you follow is shown again: %(what)s"),
    noop("The consultation that you follow is open: %(what)s"),
    noop("The consultation that you follow is closed: %(what)s"),
    noop("A meeting was announced: %(what)s"),
    noop("A question was answered: %(what)s"),
    noop("The city says what it has done: %(what)s"),
)


def tell(whats: Iterable[str], event: str, sentence: str, now: dt.datetime) -> None:
    """Put a letter into the queue for everybody who follows one of these; called within the act, once for each `event`."""
    rows: dict[str, list[Follow]] = {}
    for row in _confirmed().filter(what__in=list(whats)).order_by("pk"):
        rows.setdefault(row.what, []).append(row)
    for what, readers in rows.items():
        _put(readers, event, lambda what=what: _event(sentence, what), now)  # type: ignore[misc]


def _event(sentence: str, what: str) -> tuple[str, str]:
    line = gettext(sentence) % {"what": named(what)}
    return line, f"{line}\n{_whole(path_of(what))}"


def _confirmed() -> QuerySet[Follow]:
    return Follow.objects.exclude(confirmed_at=None)


def _put(readers: Iterable[Follow], event: str, text: Text, now: dt.datetime) -> None:
    told: dict[str, tuple[str, str]] = {}
    letters = []
    for row in readers:
        if row.language not in told:
            with translation.override(row.language):
                told[row.language] = text()
        subject, body = told[row.language]
        letters.append(Letter(follow=row, about=event[:160], subject=_cut(subject), body=body, made_at=now))
    Letter.objects.bulk_create(letters)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else line[:199] + "…"


# ---- comments of a day --------------------------------------------------------------------------------------


def gather(moment: dt.datetime | None = None) -> int:
    """Letters about the comments of the days before today, one for each reader and subject; how many were put into the queue.

    A reader hears of what came since the day of the last such letter, so that nothing is left out while this did not run.
    """
    now = ledger.now(moment)
    today = _midnight(now)
    rows: QuerySet[Any] = (
        _confirmed()
        .filter(Q(what__startswith="project:") | Q(what__startswith="commune:"), confirmed_at__lt=today)
        .annotate(last=Max("letters__made_at", filter=Q(letters__about__startswith="said:")))
    )
    told: list[tuple[Follow, dt.datetime | None]] = [(row, row.last) for row in rows]
    since = {row: _midnight(last) if last else row.confirmed_at for row, last in told}
    waiting = {row: begin for row, begin in since.items() if begin is not None and begin < today}
    if not waiting:
        return 0
    came = _came({row.what for row in waiting}, min(waiting.values()), today)
    counts: dict[tuple[str, int], list[Follow]] = {}
    for row, begin in waiting.items():
        count = sum(at >= begin for at in came.get(row.what, ()))
        if count:
            counts.setdefault((row.what, count), []).append(row)
    event = f"said:{today.astimezone(VIETNAM).date().isoformat()}"
    with ledger.writing(now):
        done = set(Letter.objects.filter(about=event).values_list("follow_id", flat=True))
        still = set(Follow.objects.filter(pk__in=[row.pk for row in waiting]).values_list("pk", flat=True))
        put: Counter[str] = Counter()
        for (what, count), readers in counts.items():
            left = [row for row in readers if row.pk in still - done]
            _put(left, event, lambda what=what, count=count: _said(what, count), now)  # type: ignore[misc]
            put[event] += len(left)
    return put[event]


def _said(what: str, count: int) -> tuple[str, str]:
    line = gettext("New comments about %(what)s: %(n)s") % {"what": named(what), "n": count}
    return line, f"{line}\n{_whole(path_of(what))}"


def _midnight(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)


def _came(whats: set[str], since: dt.datetime, until: dt.datetime) -> dict[str, list[dt.datetime]]:
    """What is followed -> when each comment about it came."""
    projects = [what.partition(":")[2] for what in whats if what.startswith("project:")]
    communes = [what.partition(":")[2] for what in whats if what.startswith("commune:")]
    about = (
        Q(table="projects", object_id__in=projects)
        | Q(table="areas", object_id__in=communes)
        | Q(commune__in=communes)
    )
    rows = Comment.objects.filter(about, state=SHOWN, received_at__gte=since, received_at__lt=until)
    came: dict[str, list[dt.datetime]] = {}
    for table, identity, commune, at in rows.values_list("table", "object_id", "commune", "received_at"):
        of = (
            {f"project:{identity}"}
            if table == "projects"
            else {f"commune:{identity}"}
            if table == "areas"
            else set()
        )
        for what in of | {f"commune:{commune}"}:
            came.setdefault(what, []).append(at)
    return came


# ---- the end of the time to speak ---------------------------------------------------------------------------

CLOSED_LATELY = dt.timedelta(days=7)
"""So long the end of a consultation is still news, where this did not run meanwhile."""


def closed(moment: dt.datetime | None = None) -> None:
    """Letters about consultations whose last second has passed: no act closes them, the clock does."""
    now = ledger.now(moment)
    ended = Consultation.objects.filter(closes_at__lt=now, closes_at__gte=now - CLOSED_LATELY)
    for row in ended.filter(transitions__after__in=ASKING).distinct():
        event = f"closed:{row.id}:{ledger.in_words(row.closes_at)}" if row.closes_at else ""
        what = f"consultation:{row.id}"
        readers = _confirmed().filter(what=what, confirmed_at__lt=row.closes_at).exclude(letters__about=event)
        if readers.exists():
            with ledger.writing(now):
                _put(readers.order_by("pk"), event, lambda what=what: _event(CLOSED_NOW, what), now)  # type: ignore[misc]


# ---- sending ------------------------------------------------------------------------------------------------

_gathered: dict[str, dt.date] = {}
"""The day whose letters this program has gathered already."""


def send(moment: dt.datetime | None = None) -> int:
    """Send what waits; how many letters went out. Anybody may call it at any time, from several programs at once."""
    now = ledger.now(moment)
    with ledger.turn():
        Follow.objects.filter(confirmed_at=None, made_at__lt=now - UNCONFIRMED_FOR).delete()
    closed(now)
    day = now.astimezone(VIETNAM).date()
    if _gathered.get("day") != day:
        gather(now)
        _gathered["day"] = day
    waiting = Letter.objects.filter(sent_at=None, tries__lt=MOST_TRIES).exclude(follow=None)
    due = [letter for letter in waiting.select_related("follow") if _may_go(letter, now)]
    return sum(_sent(letter, now) for letter in due[:MOST_AT_ONCE])


def _may_go(letter: Letter, now: dt.datetime) -> bool:
    return letter.made_at + dt.timedelta(minutes=2**letter.tries - 1) <= now


def _sent(letter: Letter, now: dt.datetime) -> bool:
    """Claim it, then send it; given back to the queue where the mail server did not take it."""
    mine: Any = Letter.objects.filter(pk=letter.pk)
    with ledger.turn():
        claimed = mine.filter(sent_at=None).update(sent_at=now, tries=F("tries") + 1, fault="")
    if not claimed or letter.follow is None:
        return False
    try:
        _message(letter, letter.follow).send()
    except (OSError, ValueError) as error:
        with ledger.turn():  # the kind of the fault only: a mail server repeats the address in its words
            mine.update(sent_at=None, fault=type(error).__name__)
        log.warning("a letter could not be sent: %s", type(error).__name__)
        return False
    return True


def _message(letter: Letter, to: Follow) -> EmailMessage:
    token = token_of(to)
    if hashed(token) != to.token_hash:  # the server's secret is a new one
        Follow.objects.filter(pk=to.pk).update(token_hash=hashed(token))
    with translation.override(to.language):
        key = _whole(reverse("following", args=[token]))
        foot = (
            gettext("Confirm it, or end it:") if to.confirmed_at is None else gettext("No further letters:")
        )
    return EmailMessage(
        subject=letter.subject,
        body=f"{letter.body}\n\n{foot}\n{key}\n",
        to=[to.email],
        headers={
            "Message-ID": f"<letter-{letter.pk}-{hashed(token)[:16]}@cuabien>",
            "List-Unsubscribe": f"<{key}>",
            "Auto-Submitted": "auto-generated",
        },
    )
