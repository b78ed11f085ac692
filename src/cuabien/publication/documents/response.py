"""The response report (báo cáo tiếp thu, giải trình): every comment with what became of it and why, complete.

It is built from the record alone, under the letterhead of Decree 30/2020/NĐ-CP, and drawn as DOCX, as HTML and as a table; names of
objects and communes, and how many people live there, come from the plan. Nothing is left out: who took a comment back, whose words
were hidden, and what nobody has answered yet stands there as such.
"""

from __future__ import annotations

import csv
import html
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cuabien.base.cells import neutral
from cuabien.base.hashing import in_groups
from cuabien.base.words import N_
from cuabien.plan.package import Plan
from cuabien.publication.documents.blocks import (
    Band,
    Block,
    Cell,
    Code,
    Column,
    Heading,
    Paragraph,
    Report,
    Table,
)
from cuabien.publication.documents.report import letterhead, numbered
from cuabien.publication.documents.writing import Writing, tidy, upper
from cuabien.record import objects as o
from cuabien.record.heard import heard
from cuabien.record.ledger import day_of
from cuabien.record.procedure import ACTS, STATES
from cuabien.record.walk import Walk, walk
from cuabien.record.words import ABOUT, CHANNEL, COMMENT_STATE, DISPOSITION, KIND, REASON, UNANSWERED
from cuabien.standards.legal import regimes

WHOLE = 1_000_000
"""Letters of a text that is never cut: the report is complete."""
STYLE = "response.css"
COLUMNS = (
    "n", "id", "consultation", "received", "channel", "commune", "commune_name", "about", "table", "object", "object_name",
    "clause", "change", "theme", "state", "state_reason", "text", "disposition", "disposition_words", "reason_vi", "reason_en",
    "answer", "answered", "office", "run",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A record, a plan and a language: what the report is made from."""

    record: o.Record
    known: Walk
    plan: Plan
    write: Writing

    def day(self, at: str) -> str:
        return self.write.date(day_of(at))

    def object(self, table: str, identity: str) -> str:
        """The name of an object; its id where the plan has it no more."""
        try:
            entry = self.plan.table(table).get(identity)
        except (KeyError, AttributeError):
            entry = None
        row = getattr(entry, "row", entry)
        names = (self.write.name(row, field, 300) for field in ("name", "title", "statement", "text"))
        return next((name for name in names if name), tidy(identity)) if row is not None else tidy(identity)


def gather(record: o.Record, plan: Plan, language: str) -> Said:
    return Said(record, walk(record), plan, Writing(language))


# ---- the report -------------------------------------------------------------------------------------------


def build(said: Said) -> Report:
    w, header = said.write, said.plan.header
    last = said.record.ledger[-1].at if said.record.ledger else f"{header.as_of[:4]}-01-01T00:00:00Z"
    subject = w.say(
        N_("on opinions received on the plan of {city}, what was accepted and what was explained"),
        city=w.name(header),
    )
    blocks = [
        block
        for consultation in said.known.consultations.values()
        for part in (_head, _counts, _agencies, _heard, _opinions, _unanswered)
        for block in part(said, consultation)
    ]
    return Report(
        w.language,
        f"{w.say(N_('Report'))} {subject}",
        day_of(last),
        letterhead(w, header, subject, day_of(last)[:4]),
        tuple(numbered([*blocks, *_proof(said)])),
    )


def _head(said: Said, row: o.Consultation) -> Iterable[Block]:
    w = said.write
    regime = regimes().get(row.regime)
    yield Heading(w.name(row, "title", 300))
    yield Paragraph(w.say(KIND[row.kind]), lead=w.say(N_("Form")))
    if regime is not None:
        yield Paragraph(f"{w.name(regime)} ({tidy(regime.law)})", lead=w.say(N_("Body of law")))
    if row.article:
        yield Paragraph(tidy(row.article, WHOLE), lead=w.say(N_("Article, as the official entered it")))
    yield Paragraph(w.say(STATES[row.state]), lead=w.say(N_("Where it stands")))
    yield Paragraph(in_groups(row.edition), lead=w.say(N_("Edition of the plan that was put before people")))
    steps = said.known.steps_of.get(row.id, ())
    if steps:
        yield Table(
            w.say(N_("Steps of the procedure")),
            (
                Column(w.say(N_("Date")), 1.2),
                Column(w.say(N_("Step")), 3),
                Column(w.say(N_("Deadline announced")), 1.3),
                Column(w.say(N_("Evidence")), 2.5),
            ),
            tuple(
                _cells(said.day(s.at), w.say(ACTS.get(s.act, s.act)), w.date(s.last_day) if s.last_day else "–", tidy(s.evidence, WHOLE) or "–")
                for s in steps
            ),
        )  # fmt: skip


def _cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell(text) for text in texts)


def _comments(said: Said, row: o.Consultation) -> Sequence[o.Comment]:
    return said.known.comments_of_consultation.get(row.id, ())


def _counts(said: Said, row: o.Consultation) -> Iterable[Block]:
    w, comments = said.write, _comments(said, row)
    yield Heading(w.say(N_("What was received and what became of it")), 2)
    channels = Counter(c.channel for c in comments)
    dispositions = said.known.dispositions(row.id)
    states = Counter(c.state for c in comments)
    rows: list[tuple[Cell, ...] | Band] = [_cells(w.say(N_("Received")), w.number(len(comments)))]
    groups = (
        (N_("How they came"), CHANNEL, channels),
        (N_("What became of them"), {**DISPOSITION, "": UNANSWERED}, dispositions),
        (N_("How they are shown"), COMMENT_STATE, states),
    )
    for name, words, counted in groups:
        if counted:
            rows.append(Band(w.say(name)))
            rows += [_cells(w.say(words[key]), w.number(counted[key])) for key in words if counted[key]]
    yield Table(
        w.say(N_("Opinions, counted")),
        (Column(w.say(N_("Opinions")), 4), Column(w.say(N_("How many")), 1, "right")),
        tuple(rows),
    )


def _agencies(said: Said, row: o.Consultation) -> Iterable[Block]:
    w = said.write
    asked = [i for i in said.record.invitations if i.consultation == row.id]
    if not asked:
        return
    yield Heading(w.say(N_("Agencies that were asked")), 2)
    yield Table(
        w.say(N_("Agencies that were asked, and whether they answered")),
        (
            Column(w.say(N_("Agency")), 3),
            Column(w.say(N_("Asked on")), 1.2),
            Column(w.say(N_("Answer due by")), 1.2),
            Column(w.say(N_("Answered on")), 1.4),
        ),
        tuple(
            _cells(w.name(i, "agency", 300), said.day(i.sent_at), said.day(i.due_at), said.day(i.answered_at) if i.answered_at else w.say(N_("no answer")))
            for i in asked
        ),
    )  # fmt: skip


def _heard(said: Said, row: o.Consultation) -> Iterable[Block]:
    w, communes = said.write, said.plan.communes
    rows = heard(_comments(said, row), {area.id: area.population for area in communes})
    if row.kind != "public" or not any(r.comments for r in rows):
        return
    silent = sum(r.commune != "" and r.comments == 0 for r in rows)
    yield Heading(w.say(N_("Who was heard")), 2)
    yield Paragraph(
        w.say(
            N_("From {silent} of {all} communes nobody spoke. Agencies are not counted here."),
            silent=w.number(silent),
            all=w.number(len(communes)),
        )
    )
    yield Table(
        w.say(N_("Opinions by commune, against the people who live there")),
        (
            Column(w.say(N_("Commune")), 3),
            Column(w.say(N_("Opinions")), 1, "right"),
            Column(w.say(N_("Share of opinions")), 1.2, "right"),
            Column(w.say(N_("Share of people")), 1.2, "right"),
        ),
        tuple(
            _cells(said.object("areas", r.commune) if r.commune else w.say(N_("no commune given")), w.number(r.comments), _percent(w, r.share_of_comments), _percent(w, r.share_of_people))
            for r in sorted(rows, key=lambda r: (r.commune == "", -(r.ratio or 0), r.commune))
        ),
    )  # fmt: skip


def _percent(w: Writing, share: float | None) -> str:
    return "–" if share is None else f"{w.number(100 * share, 1)} %"


def _opinions(said: Said, row: o.Consultation) -> Iterable[Block]:
    """Grouped by what they are about, and in it by theme."""
    w, comments = said.write, _comments(said, row)
    if not comments:
        return
    yield Heading(w.say(N_("Opinions, and what was accepted or explained")), 2)
    columns = (
        Column(w.say(N_("No.")), 0.5),
        Column(w.say(N_("Opinion")), 1.9),
        Column(w.say(N_("Content")), 3.4),
        Column(w.say(N_("Accepted or explained")), 3),
    )
    rows: list[tuple[Cell, ...] | Band] = []
    number = 0
    for group in grouped(said, comments):
        rows.append(Band(group.name))
        for comment in group.comments:
            number += 1
            rows.append(
                _cells(str(number), _who(said, comment), _content(said, comment), _answer(said, comment))
            )
    yield Table(w.say(N_("Opinions received and answers, by object and theme")), columns, tuple(rows))


@dataclass(frozen=True)
class Group:
    name: str
    comments: tuple[o.Comment, ...]


def grouped(said: Said, comments: Sequence[o.Comment]) -> list[Group]:
    """Objects first (those with the most comments), then clauses, places, proposals, the whole plan; themes within."""
    order = ("object", "clause", "place", "proposal", "whole")
    sizes = Counter(_subject(c) for c in comments)
    themes = {t.id: said.write.name(t, "name", 200) for t in said.record.themes}
    keys = sorted(
        {(_subject(c), c.theme if c.theme in themes else "") for c in comments},
        key=lambda k: (order.index(k[0][0]), -sizes[k[0]], k[0], k[1] == "", k[1]),
    )
    return [
        Group(
            " · ".join(filter(None, (_name(said, subject), themes.get(theme, "")))),
            tuple(c for c in comments if (_subject(c), c.theme if c.theme in themes else "") == (subject, theme)),
        )
        for subject, theme in keys
    ]  # fmt: skip


Subject = tuple[str, str, str]


def _subject(comment: o.Comment) -> Subject:
    detail = comment.clause if comment.about == "clause" else comment.object
    return comment.about, comment.table, detail


def _name(said: Said, subject: Subject) -> str:
    about, table, detail = subject
    kind = said.write.say(ABOUT[about])
    if about == "clause" and detail:
        return upper(f"{kind}: {tidy(detail)}")
    return said.object(table, detail) if detail else upper(kind)


def _who(said: Said, comment: o.Comment) -> str:
    w = said.write
    parts = [comment.id, said.day(comment.received_at), w.say(CHANNEL[comment.channel])]
    if comment.commune:
        parts.append(said.object("areas", comment.commune))
    return tidy("; ".join(parts), WHOLE)


def _content(said: Said, comment: o.Comment) -> str:
    if comment.state == o.SHOWN:
        return tidy(comment.text, WHOLE)
    words, reason = said.write.say(COMMENT_STATE[comment.state]), state_reason(said, comment)
    return f"[{words}{': ' + reason if reason else ''}]"


def state_reason(said: Said, comment: o.Comment) -> str:
    """Why a comment is not shown, in the words of the public log."""
    fates = said.known.fates_of.get(comment.id, ())
    if comment.state == o.SHOWN or not fates:
        return ""
    fate = fates[-1]
    reason = said.write.say(REASON[fate.reason]) if fate.reason in REASON else tidy(fate.reason)
    return ", ".join(filter(None, (reason, tidy(fate.words, WHOLE))))


def _answer(said: Said, comment: o.Comment) -> str:
    answer = said.known.answer_of.get(comment.id)
    if answer is None:
        if comment.state in o.GONE:
            return said.write.say(N_("no answer is due: it was taken back"))
        return said.write.say(UNANSWERED)
    words = said.write.say(DISPOSITION[answer.disposition])
    told = f"{upper(words)}. {said.write.name(answer, 'reason', WHOLE)}"
    return f"{told} [{answer.run[:12]}]" if answer.run else told


def _unanswered(said: Said, row: o.Consultation) -> Iterable[Block]:
    w = said.write
    waiting = said.known.unanswered(row.id)
    yield Heading(w.say(N_("Opinions without an answer")), 2)
    if not waiting:
        yield Paragraph(w.say(N_("None: every opinion received has an answer and a reason.")))
        return
    yield Paragraph(
        w.say(
            N_(
                "{count} opinions have no answer yet: {ids}. The procedure does not go on before each has one."
            ),
            count=w.number(len(waiting)),
            ids=", ".join(c.id for c in waiting),
        )
    )


def _proof(said: Said) -> Iterable[Block]:
    w = said.write
    yield Heading(w.say(N_("How anyone checks this report")))
    yield Paragraph(
        w.say(
            N_("It was made from the record of the consultation, whose ledger has {count} lines. Whoever sent an opinion holds a receipt and checks it offline:"),
            count=w.number(len(said.record.ledger)),
        )
    )  # fmt: skip
    lines = ["cuabien verify RECORD --receipt RECEIPT.json"]
    if said.record.roots:
        root = said.record.roots[-1]
        lines.append(f"{w.say(N_('last root ({day}):'), day=w.date(root.day))} {root.hash}")
    yield Code(tuple(lines))


# ---- drawn ------------------------------------------------------------------------------------------------


def as_docx(said: Said) -> bytes:
    from cuabien.publication.documents.docx import docx

    return docx(build(said))


def as_csv(said: Said) -> bytes:
    """One row a comment, texts whole and as they were typed; formulas neutralised."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for comment in sorted(said.record.comments, key=lambda c: c.n):
        writer.writerow({key: neutral(str(value)) for key, value in _row(said, comment).items()})
    return out.getvalue().encode()


def _row(said: Said, c: o.Comment) -> dict[str, object]:
    w, answer = said.write, said.known.answer_of.get(c.id)
    due = "" if c.state in o.GONE else w.say(UNANSWERED)
    return {
        "n": c.n,
        "id": c.id,
        "consultation": c.consultation,
        "received": c.received_at,
        "channel": w.say(CHANNEL[c.channel]),
        "commune": c.commune,
        "commune_name": said.object("areas", c.commune) if c.commune else "",
        "about": w.say(ABOUT[c.about]),
        "table": c.table,
        "object": c.object,
        "object_name": said.object(c.table, c.object) if c.object else "",
        "clause": c.clause,
        "change": c.change,
        "theme": w.name(said.known.themes[c.theme]) if c.theme in said.known.themes else "",
        "state": w.say(COMMENT_STATE[c.state]),
        "state_reason": state_reason(said, c),
        "text": c.text,
        "disposition": answer.disposition if answer else "",
        "disposition_words": w.say(DISPOSITION[answer.disposition]) if answer else due,
        "reason_vi": answer.reason_vi if answer else "",
        "reason_en": answer.reason_en if answer else "",
        "answer": answer.id if answer else "",
        "answered": answer.at if answer else "",
        "office": answer.office if answer else "",
        "run": answer.run if answer else "",
    }


def as_html(said: Said) -> bytes:
    """The same report as one page, with its style in a file beside it; no script, and every text escaped."""
    report = build(said)
    head = report.letterhead
    body = "\n".join(_block(block) for block in report.blocks)
    title = html.escape(report.title)
    parts = (
        f"<p>{_text(head.issuer)}</p>",
        f"<p>{_text(head.number)}</p>",
        f"<p><strong>{_text(head.nation)}</strong><br>{_text(head.motto)}</p>",
        f"<p><em>{_text(head.place_and_date)}</em></p>",
    )
    page = f"""<!doctype html>
<html lang="{report.language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{STYLE}">
<header>
{chr(10).join(parts)}
</header>
<main>
<p class="draft">{_text(head.draft)}</p>
<h1>{_text(head.kind)}<br>{_text(head.subject)}</h1>
{body}
</main>
</html>
"""
    return page.encode()


def _text(text: str) -> str:
    return f"<bdi>{html.escape(text)}</bdi>"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level + 1}>{_text(block.text)}</h{block.level + 1}>"
    if isinstance(block, Paragraph):
        lead = f"<strong>{_text(block.lead)}:</strong> " if block.lead else ""
        return f"<p>{lead}{_text(block.text)}</p>"
    if isinstance(block, Code):
        return f'<pre tabindex="0">{html.escape(chr(10).join(block.lines))}</pre>'
    heads = "".join(f'<th scope="col" class="{c.align}">{_text(c.heading)}</th>' for c in block.columns)
    rows = "\n".join(_line(block, row) for row in block.rows)
    caption = _text(block.caption)
    return f'<div class="wide" role="region" tabindex="0" aria-label="{html.escape(block.caption)}"><table><caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>'


def _line(table: Table, row: tuple[Cell, ...] | Band) -> str:
    if isinstance(row, Band):
        return f'<tr><th scope="rowgroup" colspan="{len(table.columns)}">{_text(row.text)}</th></tr>'
    cells = zip(table.columns, row, strict=True)
    return "<tr>" + "".join(f'<td class="{c.align}">{_text(cell.text)}</td>' for c, cell in cells) + "</tr>"


CSS = """body { font-family: "Times New Roman", Tinos, serif; line-height: 1.5; max-width: 60rem; margin: 1rem auto; padding: 0 1rem; }
header { text-align: center; }
h1 { text-align: center; font-size: 1.4rem; }
h2 { font-size: 1.2rem; }
h3 { font-size: 1.05rem; }
.draft { text-align: right; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem; }
caption { text-align: left; font-style: italic; padding: 0.25rem 0; }
th, td { border: 1px solid #555; padding: 0.25rem 0.5rem; vertical-align: top; text-align: left; overflow-wrap: anywhere; min-width: 3rem; }
th[scope="rowgroup"] { background: #eee; }
.right { text-align: right; }
.center { text-align: center; }
pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def files(said: Said, language: str) -> dict[str, bytes]:
    """The report in each form, by the name of its file."""
    return {
        f"response.{language}.html": as_html(said),
        f"response.{language}.csv": as_csv(said),
        f"response.{language}.docx": as_docx(said),
        STYLE: CSS.encode(),
    }
