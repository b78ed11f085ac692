"""A record of a small consultation with everything in it: two consultations, every channel and kind of comment, hostile texts,
a moderated, a restored, a withdrawn and an erased comment, answers singly, for a group and in place of another, voices, roots,
a counter-proposal with its change that was merged, a meeting.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from cuabien.plan.change import change_hash, read_change
from cuabien.record import contents
from cuabien.record import objects as o
from cuabien.record.ledger import Entry, Root, commit, moment, next_entry, root_content, root_of
from cuabien.record.receipts import Receipt, make_receipt

TINYTOWN = Path(__file__).parents[2] / "plans" / "tinytown"
STORM = (TINYTOWN / "scenarios" / "stress-storm.toml").read_bytes()
STORM_HASH = change_hash(read_change(STORM))
EDITION, NEXT = "a1" * 32, "b2" * 32
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1; 'DROP TABLE comments; --",
    "@SUM(1)\r\n=cmd|' /C calc'!A0",
    "'quoted', \"twice\"\nand\ton lines\r",
    "{{7*7}} {% load x %} </w:t><w:t>",
    "tiếng Việt có dấu ‮ đảo chiều 🏗",
)  # fmt: skip


class Book:
    """A record that grows act by act."""

    def __init__(self) -> None:
        self.now = dt.datetime(2025, 8, 4, 1, 0, tzinfo=dt.UTC)
        self.entries: list[Entry] = []
        self.rows: dict[str, list[Any]] = {table.name: [] for table in o.TABLES}
        self.geometries: dict[str, dict[str, Any]] = {}
        self.changes: dict[str, bytes] = {}
        self.receipts: dict[str, Receipt] = {}
        self.texts: dict[str, str] = {}

    @property
    def at(self) -> str:
        return moment(self.now)

    def later(self, **more: float) -> None:
        self.now += dt.timedelta(**more)

    def line(self, kind: str, subject: str, content: Any) -> Entry:
        last = self.entries[-1] if self.entries else None
        self.entries.append(next_entry(last, self.at, kind, subject, commit(b"", content)))
        return self.entries[-1]

    def consultation(self, identity: str, kind: str = "public", **other: Any) -> None:
        fields: dict[str, Any] = {
            "id": identity, "plan": "tinytown", "edition": EDITION, "edition_id": "", "title_vi": "Lấy ý kiến về quy hoạch Tí hon",
            "title_en": "Consultation on the plan of Tinytown", "summary_vi": "", "summary_en": "", "regime": "R2", "kind": kind,
            "state": "DRAFTING_PLAN", "opens_at": self.at, "closes_at": "2025-08-30T16:59:59Z",
            "article": "Luật 47/2024/QH15, Điều 37", "withheld_split": True, "scope": (),
        }  # fmt: skip
        self.rows["consultations"].append(o.Consultation(**{**fields, **other}))

    def step(
        self, identity: str, act: str, after: str, last_day: str = "", evidence: str = "hồ sơ 12"
    ) -> None:
        i, row = next((i, c) for i, c in enumerate(self.rows["consultations"]) if c.id == identity)
        values = {
            "consultation": identity, "before": row.state, "after": after, "act": act, "at": self.at,
            "article": row.article, "last_day": last_day, "evidence": evidence,
        }  # fmt: skip
        kind = (
            "opened" if after.endswith("CONSULT") else "closed" if row.state.endswith("CONSULT") else "moved"
        )
        n = self.line(kind, identity, contents.transition_content(**values)).n
        self.rows["transitions"].append(o.Transition(n=n, **values))
        self.rows["consultations"][i] = replace(row, state=after)

    def invite(self, identity: str, agency: str, answered: bool = True) -> None:
        values = {
            "consultation": identity, "agency_vi": agency, "agency_en": "", "sent_at": self.at, "due_at": "2025-08-19T16:59:59Z",
        }  # fmt: skip
        n = self.line("invited", identity, contents.invitation_content(**values)).n
        self.rows["invitations"].append(o.Invitation(n=n, **values, answered_at=self.at if answered else ""))

    def say(
        self, identity: str, text: str, *, place: Any = None, pictures: tuple[str, ...] = (), **other: Any
    ) -> str:
        salt = bytes([len(self.entries) % 256]) * 16
        words = contents.words_commitment(salt, text, place, pictures)
        fields: dict[str, Any] = {
            "id": identity, "consultation": "tinytown-1", "edition": EDITION, "about": "whole", "table": "", "object": "",
            "clause": "", "commune": "", "change": "", "channel": "web", "language": "vi", "received_at": self.at,
            "verified": False, **other,
        }  # fmt: skip
        content = contents.comment_content(fields, words)
        entry = self.line("received", identity, content)
        more = {
            "state": "shown",
            "theme": "",
            "twin_of": "",
            "salt": salt.hex(),
            "pictures": pictures,
            "text": text,
        }
        self.rows["comments"].append(o.Comment(n=entry.n, words=words, **{**more, **fields}))
        if place:
            self.geometries[identity] = place
        self.receipts[identity] = make_receipt(entry, content, salt, place, pictures)
        self.texts[identity] = text
        return identity

    def fate(self, identity: str, act: str, reason: str = "", words: str = "") -> None:
        values = {"comment": identity, "act": act, "reason": reason, "words": words, "at": self.at}
        n = self.line(act, identity, contents.fate_content(**values)).n
        self.rows["moderation"].append(o.Fate(n=n, **values))
        i, row = next((i, c) for i, c in enumerate(self.rows["comments"]) if c.id == identity)
        state = {"restored": "shown"}.get(act, act)
        if state == "shown":
            receipt = self.receipts[identity]
            row = replace(row, text=self.texts[identity], salt=receipt.salt)
        else:
            row = replace(row, text="", salt="", pictures=())
            self.geometries.pop(identity, None)
        self.rows["comments"][i] = replace(row, state=state)

    def answer(
        self, identity: str, comments: tuple[str, ...], disposition: str, reason: str, **other: Any
    ) -> None:
        values: dict[str, Any] = {
            "id": identity, "consultation": "tinytown-1", "disposition": disposition, "reason_vi": reason, "reason_en": "", "run": "",
            "office": "Sở Xây dựng", "at": self.at, "replaces": "", **other,
        }  # fmt: skip
        n = self.line("answered", identity, contents.answer_content(**values, comments=comments)).n
        self.rows["answers"].append(o.Answer(n=n, **values))
        self.rows["answer_comments"] += [o.AnswerComment(identity, c) for c in comments]

    def tally(self, day: str, counts: dict[str, tuple[int, int, int, int]]) -> None:
        n = self.line("voices", day, contents.voices_content(day, counts)).n
        self.rows["voices"] += [o.Voices(n, day, c, *four) for c, four in counts.items()]

    def root(self, written: bool = True) -> Root:
        root = root_of(self.entries[-1], self.at)
        self.rows["roots"].append(root)
        if written:
            self.line("root", root.day, root_content(root))
        return root

    def record(self) -> o.Record:
        return o.Record(
            ledger=tuple(self.entries),
            geometries=dict(self.geometries),
            changes=dict(self.changes),
            **{
                t.name: tuple(
                    sorted(self.rows[t.name], key=lambda r, t=t: tuple(getattr(r, c) for c in t.key))
                )
                for t in o.TABLES
            },
        )


def sample_book(edition: str = EDITION, answered: bool = True) -> Book:
    book = Book()
    book.changes[STORM_HASH] = STORM
    book.consultation("tinytown-1", edition=edition)
    book.consultation(
        "tinytown-agencies",
        kind="agency",
        edition=edition,
        title_vi="Lấy ý kiến cơ quan",
        title_en="Agencies",
    )
    book.invite("tinytown-agencies", "Sở Giao thông")
    book.invite("tinytown-agencies", "Sở Tài chính", answered=False)
    book.step("tinytown-agencies", "open_agencies", "AGENCY_CONSULT", "2025-08-30")
    book.step("tinytown-1", "open_public", "PUBLIC_CONSULT", "2025-08-30")
    book.later(hours=2)
    book.rows["themes"] += [
        o.Theme("bridges", "tinytown-1", "Cầu", "Bridges", True),
        o.Theme("dust", "tinytown-1", "Bụi", "", False),
    ]
    about = {"about": "object", "table": "projects", "object": "P1", "theme": "bridges", "edition": edition}
    book.say("c01", "Cầu này nên mở sớm hơn.", commune="T1", verified=True, **about)
    book.say("c02", "Cau nay nen mo som hon", commune="T2", twin_of="c01", **about)
    point = {"type": "Point", "coordinates": [106.6, 20.85]}
    book.say(
        "c03",
        "Ở đây thiếu trường học",
        about="place",
        commune="T4",
        place=point,
        pictures=("d4" * 32,),
        edition=edition,
    )
    book.say(
        "c04",
        "Xin thử phương án này",
        about="proposal",
        change=STORM_HASH,
        commune="T1",
        edition=edition,
        verified=True,
    )
    book.later(days=1)
    book.root()
    book.say("c05", "lời lẽ xúc phạm", commune="T3", edition=edition)
    book.say("c06", "đăng nhầm", edition=edition)
    book.say("c07", "tôi muốn rút lại", edition=edition, place=point, about="place", commune="T5")
    book.say("c08", "bị ẩn nhầm", about="clause", clause="Điều 2", edition=edition)
    book.say("c09", "Ý kiến của phường gửi bằng giấy", channel="paper", commune="T2", edition=edition)
    book.say(
        "c10",
        "A talk at the counter",
        channel="spoken",
        language="en",
        edition=edition,
        **{k: v for k, v in about.items() if k not in ("edition", "theme")},
    )
    for i, text in enumerate(HOSTILE):
        book.say(f"h{i:02d}", text, edition=edition, theme="dust")
    book.later(hours=1)
    book.say(
        "a01",
        "Sở Giao thông nhất trí",
        channel="agency",
        consultation="tinytown-agencies",
        edition=edition,
        verified=True,
    )
    book.fate("c05", "moderated", "insult", "Có lời xúc phạm cá nhân")
    book.fate("c06", "withdrawn")
    book.fate("c07", "erased")
    book.fate("c08", "moderated", "off_topic", "")
    book.later(minutes=5)
    book.fate("c08", "restored", "", "Ẩn nhầm")
    book.tally("2025-08-05", {"c01": (2, 5, 0, 1), "c03": (0, 1, 0, 0)})
    book.later(days=1)
    book.root()
    book.tally("2025-08-06", {"c01": (3, 6, 0, 1)})
    if answered:
        book.answer(
            "w1",
            ("c01", "c02"),
            "in_part",
            "Sẽ mở sớm hơn hai năm.",
            run=STORM_HASH,
            reason_en="Two years earlier.",
        )
        book.answer("w2", ("c03",), "accept", "Bổ sung một trường.")
        book.answer("w3", ("c04",), "decline", "Vượt ngân sách")
        book.later(hours=1)
        book.answer("w4", ("c04",), "accept", "Đưa vào dự thảo sau.", replaces="w3", run=STORM_HASH)
        book.answer("w5", ("c05", "c08", "c09", "c10"), "already_so", "Quy hoạch đã có nội dung này.")
        book.answer(
            "w6", tuple(f"h{i:02d}" for i in range(len(HOSTILE))), "out_of_scope", "=Ngoài <b>phạm vi</b>"
        )
        book.answer("w7", ("a01",), "accept", "Cảm ơn", consultation="tinytown-agencies")
        book.now = dt.datetime(2025, 8, 30, 17, 0, tzinfo=dt.UTC)
        book.step("tinytown-agencies", "report", "RESPONSE_REPORT")
        book.step("tinytown-1", "report", "RESPONSE_REPORT")
        book.rows["merged"].append(o.Merged("c04", STORM_HASH, edition, NEXT, book.at))
    book.rows["meetings"].append(
        o.Meeting(
            "m1",
            "Đối thoại với doanh nghiệp",
            "",
            "2025-08-20T01:00:00Z",
            "Nhà văn hoá",
            "",
            "T1",
            "businesses",
            "tinytown-1",
        )
    )
    book.rows["dialogue"].append(
        o.Question(
            "q1",
            "m1",
            "vi",
            "2025-08-20T02:00:00Z",
            "Bao giờ mở cầu?",
            "Năm 2030",
            "",
            "2025-08-21T02:00:00Z",
            "2025-12-31",
            "",
            "",
            "",
        )
    )
    book.later(days=1)
    book.root(written=False)
    return book


def sample_record(edition: str = EDITION, answered: bool = True) -> o.Record:
    return sample_book(edition, answered).record()
